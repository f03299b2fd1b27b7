"""Everything that can be said is drawn on every surface in every language; every command is offered everywhere."""

import inspect
import json
from dataclasses import is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

import discord
import pytest

import bot.replies
from bot.card import Card
from bot.cards import draw
from bot.commands import ALL
from bot.replies.looks import LooksShown
from bot.surfaces.console.draw import Numbers, draw_console
from bot.surfaces.console.plain import plain_reply
from bot.surfaces.discord import offer as discord_offer
from bot.surfaces.discord.draw import draw_discord
from bot.surfaces.telegram import offer as telegram_offer
from bot.surfaces.telegram.draw import draw_telegram
from bot.typed import read
from bot.wording import Words, catalog, plain
from core.model.notice import KINDS, Tellable, facts_of
from core.model.notice import read as read_notice
from core.model.person import Platform
from tests.house.samples import every
from tests.platforms import discord_rules, telegram_rules

WORDS = (Words("en", ZoneInfo("UTC")), Words("fr", ZoneInfo("Europe/Paris")))
SAMPLES = list(every())


def replies() -> set[type]:
    """Every reply there is, found in bot/replies."""
    found = set()
    for file in Path(bot.replies.__file__).parent.glob("*.py"):
        module = __import__(f"bot.replies.{file.stem}", fromlist=["_"]) if file.stem != "__init__" else bot.replies
        found |= {made for _, made in inspect.getmembers(module, is_dataclass) if made.__module__ == module.__name__}
    return found


@cache
def drawn(words: Words) -> list[tuple[str, Any, Card]]:
    return [(name, meaning, draw(meaning, words)) for name, meaning in SAMPLES]


# ---------------------------------------------------------------- drawn


def test_there_is_a_sample_of_every_reply_and_of_everything_told() -> None:
    sampled = {type(meaning) for _, meaning in SAMPLES}
    assert replies() - sampled == set()
    assert set(get_args(Tellable)) - sampled == set()
    assert set(KINDS.values()) == set(get_args(Tellable))


@pytest.mark.parametrize("words", WORDS, ids=lambda w: w.language)
def test_everything_has_a_card_whose_keys_fit_and_whose_title_says_something(words: Words) -> None:
    for name, _, card in drawn(words):
        assert plain(card.title).strip() or name == "Working, empty", name
        for button in (one for row in card.buttons for one in row):
            assert button.label, name
            assert button.key.startswith("https://") or len(button.key.encode()) <= 64, name
        assert all(len(row) <= 5 for row in card.buttons), name
        assert all(len(item.key.encode()) <= 64 for item in card.items), name


@pytest.mark.parametrize("words", WORDS, ids=lambda w: w.language)
def test_no_placeholder_is_left_in_what_people_read(words: Words) -> None:
    for name, meaning, card in drawn(words):
        if "hostile" in name or isinstance(meaning, LooksShown):  # which says what may stand in a line of one's own
            continue
        lines = [card.title, card.foot, *card.body, *(item.line for item in card.items)]
        assert not any("{" in plain(line) for line in lines), name


@pytest.mark.parametrize("words", WORDS, ids=lambda w: w.language)
def test_a_button_presses_a_command_there_is(words: Words) -> None:
    verbs = {command.verb for command in ALL} | {"job.cancel"}  # the sample of a moving post
    for name, _, card in drawn(words):
        keys = [one.key for row in card.buttons for one in row] + [item.key for item in card.items if item.key]
        assert all(key.startswith("https://") or key.partition(":")[0] in verbs for key in keys), name


@pytest.mark.parametrize("words", WORDS, ids=lambda w: w.language)
def test_the_console_draws_everything_and_nothing_steers_the_terminal(words: Words) -> None:
    for name, _, card in drawn(words):
        numbers = Numbers()
        text = "\n".join(line.plain for line in draw_console(card, words, numbers))
        assert not any(sign in text for sign in "\x1b\x00\x07\x9b\u202e\u202c\ud800\r"), name
        assert draw_console(card, words, None), name


@pytest.mark.parametrize("words", WORDS, ids=lambda w: w.language)
async def test_discord_takes_everything(words: Words) -> None:
    for name, meaning in SAMPLES:
        assert discord_rules.message_breaches(draw_discord(meaning, words).body()) == [], name


@pytest.mark.parametrize("words", WORDS, ids=lambda w: w.language)
def test_telegram_takes_everything(words: Words) -> None:
    for name, meaning in SAMPLES:
        message = draw_telegram(meaning, words)
        for body in (message.first, *message.more):
            assert telegram_rules.body_breaches(body.method, body.params, set(body.files)) == [], name


@pytest.mark.parametrize("words", WORDS, ids=lambda w: w.language)
def test_every_reply_is_json_for_scripts(words: Words) -> None:
    for name, meaning in SAMPLES:
        told = json.dumps(plain_reply(meaning, words), ensure_ascii=False).encode()
        assert json.loads(told)["reply"] == type(meaning).__name__, name


def test_everything_told_survives_being_stored() -> None:
    for name, meaning in SAMPLES:
        if type(meaning) in KINDS.values():
            kind, facts = facts_of(meaning)
            assert read_notice(kind, facts) == meaning, name


# ---------------------------------------------------------------- offered


OFFERED = [command for command in ALL if command.offered]


@pytest.mark.parametrize("command", OFFERED, ids=lambda c: c.name)
def test_the_console_offers_every_command(command) -> None:  # type: ignore[no-untyped-def]
    assert read(command.name.split(), ALL).command is command


async def test_discord_offers_every_command_with_its_options_in_french_too() -> None:
    class Nobody:
        async def ran(self, *_: Any) -> None: ...

        async def suggest(self, *_: Any) -> list[Any]:
            return []

    async with discord.Client(intents=discord.Intents.none()) as client:
        tree = await discord_offer.tree(client, ALL, Nobody(), lambda language, text: catalog(language).gettext(text))
        server = discord.Object(1)
        discord_offer.add_for_owners(tree, ALL, Nobody(), server)
        told = await discord_offer.payload(tree) + await discord_offer.payload(tree, server)
    offered = {}
    for top in told:
        groups = [option for option in top.get("options", []) if option["type"] == 1]
        for one in groups or [top]:
            name = f"{top['name']} {one['name']}" if groups else top["name"]
            offered[name] = one
    assert set(offered) == {command.name for command in OFFERED}
    for command in OFFERED:
        told_options = [option["name"] for option in offered[command.name].get("options", [])]
        shown = command.on(Platform.DISCORD).shown
        wanted = [option.name for option in shown] + ["file"] * any(option.kind.file for option in shown)
        assert sorted(told_options) == sorted(wanted), command.name
        assert offered[command.name]["description_localizations"]["fr"], command.name


@pytest.mark.parametrize("language", ["", "fr"])
def test_telegram_offers_the_first_word_of_every_command(language: str) -> None:
    menus = telegram_offer.menus(ALL, lambda to, text: catalog(to).gettext(text), owners=[1])
    names = {entry.command for menu in menus if menu.language == language for entry in menu.entries}
    assert names == {command.name.split()[0] for command in OFFERED}
