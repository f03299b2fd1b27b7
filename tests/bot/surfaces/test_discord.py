"""What Discord is offered and shown, drawn through the real library without any connection, against Discord's rules."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import discord
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.belongings import SUGGESTIONS
from bot.card import Button, Card, Choice, File, Question, Quote
from bot.cards import draw
from bot.command import Command, Option, command, key
from bot.commands import ALL
from bot.kinds import Seconds, Share, Text
from bot.replies.accounts import FollowBack, Unfollowed
from bot.surfaces.discord import offer
from bot.surfaces.discord.draw import draw_discord, drawn
from bot.surfaces.discord.marks import escape, utf16
from bot.surfaces.discord.pressing import ITEMS, Ask, question_of
from bot.wording import Run, Style, Words, catalog
from core.model.account import Handle
from core.model.person import Role
from core.model.trigger import MatchMode
from tests.bot.surfaces import shapes
from tests.bot.surfaces.probe import KERNEL, Shelf, Transcribed, asked_by, follow_of, working
from tests.platforms import discord_rules as rules
from tests.waiting import PATIENCE

ENGLISH, FRENCH = Words("en", ZoneInfo("UTC")), Words("fr", ZoneInfo("Europe/Paris"))


def translate(language: str, text: str) -> str:
    return catalog(language).gettext(text)


class House(discord.Client):
    """A client that was never connected; it writes down what reaches it."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents.none())
        self.seen: list[tuple[Any, ...]] = []
        self.came = asyncio.Event()

    async def pressed(self, interaction: Any, key: str) -> None:
        self.seen.append(("pressed", key))
        self.came.set()

    async def answered(self, interaction: Any, key: str, option: str, answer: str) -> None:
        self.seen.append(("answered", key, option, answer))
        self.came.set()

    async def ran(self, interaction: Any, command: Command, raw: dict[str, str]) -> None:
        self.seen.append(("ran", command.name, raw))
        self.came.set()

    async def suggest(self, interaction: Any, command: Command, option: Option, typed: str) -> list[Choice]:
        return await KERNEL.suggest(command, option, typed, asked_by(self.shelf))

    shelf = Shelf()


@pytest.fixture
async def client() -> AsyncIterator[House]:
    async with House() as made:
        yield made


def interaction(client: House, kind: int, data: dict[str, Any], body: dict[str, Any] | None = None) -> Any:
    """What the gateway hands over when somebody uses a command (2), presses (3) or fills in a form (5)."""
    user = {"id": "5", "username": "karim", "discriminator": "0", "avatar": None, "global_name": None}
    told: dict[str, Any] = {
        "id": "1",
        "application_id": "2",
        "type": kind,
        "token": "t",
        "version": 1,
        "user": user,
        "channel_id": "3",
        "data": data,
        "entitlements": [],
        "authorizing_integration_owners": {},
        "attachment_size_limit": 10 << 20,
    }
    if body:
        told["message"] = {
            "id": "7", "channel_id": "3", "author": user, "content": "", "timestamp": "2026-11-20T20:14:00+00:00",
            "edited_timestamp": None, "tts": False, "mention_everyone": False, "mentions": [], "mention_roles": [],
            "attachments": [], "embeds": [], "pinned": False, "type": 0, "flags": body["flags"],
            "components": json.loads(json.dumps(body["components"])),
        }  # fmt: skip
    return discord.Interaction(data=told, state=client._connection)  # type: ignore[arg-type]


async def reached(client: House) -> tuple[Any, ...]:
    async with asyncio.timeout(PATIENCE):
        await client.came.wait()
    client.came.clear()
    return client.seen[-1]


def texts(body: dict[str, Any]) -> list[str]:
    return [part["content"] for part in rules.flat(body["components"]) if part["type"] == 10]


def ids(body: dict[str, Any]) -> list[str]:
    return [part["custom_id"] for part in rules.flat(body["components"]) if part.get("custom_id")]


# ---------------------------------------------------------------- what is offered


async def test_every_command_is_offered_within_discords_rules(client: House) -> None:
    told = await offer.payload(await offer.tree(client, ALL, client, translate))
    assert rules.tree_breaches(told) == []
    names = {c.name.partition(" ")[0] for c in ALL if c.offered}
    assert {one["name"] for one in told} == names - {"admin"}, "what is for owners is offered in their servers alone"


async def test_the_probe_commands_are_offered_from_their_signatures(client: House) -> None:
    told = {
        one["name"]: one for one in await offer.payload(await offer.tree(client, KERNEL.commands, client, translate))
    }
    assert rules.tree_breaches(list(told.values())) == []
    assert set(told) == {"follow", "unfollow", "transcribe"}
    account, transcript = told["follow"]["options"]
    assert (account["name"], account["required"], account["autocomplete"]) == ("account", True, True)
    assert [choice["value"] for choice in transcript["choices"]] == ["yes", "no"]
    assert [option["name"] for option in told["unfollow"]["options"]] == ["account"]
    assert told["follow"]["default_member_permissions"] == discord.Permissions(manage_guild=True).value
    assert told["transcribe"]["default_member_permissions"] is None


async def test_types_become_ranges_choices_and_human_labels(client: House) -> None:
    @command("clip save", Role.MODERATOR)
    async def save(
        asked: Any,
        in_: Text,
        seconds: Seconds | None = None,
        risk: Share | None = None,
        match: MatchMode = MatchMode.DISGUISED,
    ) -> None:
        """Save the last seconds of a live, of any live that is followed here, with more words than a description of a
        command may ever have on Discord"""

    long = replace(save, about="Save the last seconds " * 20)
    told = await offer.payload(await offer.tree(client, [long], client, translate))
    assert rules.tree_breaches(told) == []
    group = told[0]
    assert group["default_member_permissions"] == discord.Permissions(manage_messages=True).value
    inside = group["options"][0]
    assert len(inside["description"]) <= 100
    assert inside["description"].endswith(("seconds…", "last…", "the…", "Save…"))
    options = {option["name"]: option for option in inside["options"]}
    assert options["in"]["required"]
    assert (options["seconds"]["type"], options["seconds"]["min_value"], options["seconds"]["max_value"]) == (4, 1, 600)
    assert (options["risk"]["type"], options["risk"]["autocomplete"]) == (3, True), "yes and no are typed too"
    assert [c["name"] for c in options["match"]["choices"]] == ["whole word", "contains", "pattern", "disguised"]


async def test_other_languages_are_told_beside_the_english(client: House) -> None:
    french = {"Turn a TikTok video into text": "Transcrire une vidéo TikTok " * 9, "yes": "oui"}
    told = await offer.payload(
        await offer.tree(client, KERNEL.commands, client, lambda _, text: french.get(text, text))
    )
    assert rules.tree_breaches(told) == []
    named = {one["name"]: one for one in told}
    assert named["transcribe"]["description"] == "Turn a TikTok video into text"
    assert named["transcribe"]["description_localizations"]["fr"].startswith("Transcrire une vidéo")
    assert named["follow"]["description_localizations"] == {}
    assert named["follow"]["options"][1]["choices"][0]["name_localizations"] == {"fr": "oui"}


async def test_the_digest_changes_with_the_offer_and_only_then(client: House) -> None:
    async def told(commands: Any) -> str:
        async with House() as one:
            return offer.digest(await offer.payload(await offer.tree(one, commands, one, translate)))

    assert await told(KERNEL.commands) == await told(KERNEL.commands)
    assert await told(KERNEL.commands) != await told(KERNEL.commands[:2])


async def test_a_name_cannot_be_a_command_and_a_group(client: House) -> None:
    both = [replace(one, offered=True) for one in KERNEL.commands]
    with pytest.raises(ValueError, match="unfollow"):
        await offer.tree(client, both, client, translate)


async def test_a_used_command_arrives_with_its_values_as_typed(client: House) -> None:
    tree = await offer.tree(client, KERNEL.commands, client, translate)
    used = {
        "id": "9", "name": "follow", "type": 1,
        "options": [{"name": "account", "type": 3, "value": "@Amina"}, {"name": "transcript", "type": 3, "value": "no"}],
    }  # fmt: skip
    await tree._call(interaction(client, 2, used))
    assert client.seen == [("ran", "follow", {"account": "@Amina", "transcript": "no"})]


async def test_suggestions_come_from_storage_at_once_and_never_more_than_25(client: House) -> None:
    client.shelf.rows = [follow_of(n, f"cook.{n}") for n in range(1, 5001)] + [follow_of(9999, "amina")]
    tree = await offer.tree(client, KERNEL.commands, client, translate)
    follow = tree.get_command("follow")
    assert isinstance(follow, discord.app_commands.Command)
    typing = follow._params["account"].autocomplete
    here = interaction(client, 4, {"id": "9", "name": "follow", "type": 1, "options": []})
    await typing(here, "warm")  # the matcher is imported at first use
    took = []
    for _ in range(5):
        started = time.thread_time()  # our own time: other processes are not what is measured
        found = await typing(here, "amna")
        took.append(time.thread_time() - started)
    assert found[0].value == "amina"
    assert len(await typing(here, "")) == SUGGESTIONS
    assert all(1 <= len(one.name) <= 100 and 1 <= len(one.value) <= 100 for one in found)
    assert min(took) < 0.05, f"{min(took) * 1000:.1f} ms for 5,001 names"


async def test_nothing_is_suggested_to_those_who_may_not_use_the_command() -> None:
    follow = KERNEL.named("follow")
    assert follow is not None
    assert (
        await KERNEL.suggest(follow, follow.options[0], "a", asked_by(Shelf([follow_of(1, "amina")]), Role.VIEWER))
        == []
    )


# ---------------------------------------------------------------- what is shown


@pytest.mark.parametrize("words", [ENGLISH, FRENCH], ids=["en", "fr"])
async def test_every_shape_of_card_with_every_text_obeys_discord(words: Words, tmp_path: Path) -> None:
    found = {}
    for name, card in shapes.every(tmp_path / "plot.png"):
        shown = drawn(card, words)
        found[name] = rules.message_breaches(shown.body()) + [
            f"loose marks {marks}" for marks in map(rules.loose_marks, texts(shown.body())) if marks
        ]
        if shown.ask:
            found[name] += rules.schema_breaches(
                "ModalInteractionCallbackRequest", {"type": 9, "data": shown.ask.to_dict()}
            )
    assert {name: breaches for name, breaches in found.items() if breaches} == {}


@given(text=st.text(max_size=400), start=st.integers(0, 60), end=st.integers(0, 60), hidden=st.booleans())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example(text="0.", start=1, end=1, hidden=False)
@example(text="0.", start=0, end=1, hidden=False)
@example(text="12) x", start=1, end=2, hidden=False)
@example(text="a\n 1. x", start=3, end=5, hidden=False)
@example(text="1. x", start=1, end=4, hidden=True)
async def test_no_text_at_all_can_break_a_card(text: str, start: int, end: int, hidden: bool) -> None:
    quote = Quote(text, start, end, hidden)
    body = drawn(Card((Run(text, Style.BOLD),), shapes.lines(text, 2), (quote,), foot=(Run(text),)), ENGLISH).body()
    assert rules.message_breaches(body) == []
    assert [marks for marks in map(rules.loose_marks, texts(body)) if marks] == []


def test_addresses_stay_links_and_everything_else_is_letters() -> None:
    assert escape("see https://a.example/x_y_z?q=1 *now*") == "see https://a.example/x_y_z?q=1 \\*now\\*"
    assert escape("||https://a.example/||x") == "\\|\\|https://a.example/\\|\\|x"
    assert escape("1. a\n- b\n# c\n-# d\n> e") == "1\\. a\n\\- b\n\\# c\n\\-# d\n\\> e"
    assert "@everyone" not in escape("@everyone")
    assert escape("[a](https://b.example)").startswith("\\[a\\](")


async def test_a_hidden_quote_is_hidden_to_its_last_letter() -> None:
    body = drawn(Card((Run("x"),), quotes=(Quote("||out|| |\nsecond | line|", 2, 5, hidden=True),)), ENGLISH).body()
    for line in texts(body)[0].split("\n")[1:]:
        assert line.startswith("> ||")
        assert line.endswith("||")
        assert "||" not in line[4:-2]


async def test_only_the_role_that_is_meant_is_called() -> None:
    body = drawn(Card((Run("live"),), quotes=(Quote("<@&901> <@&902> @everyone"),), ping="discord:901"), ENGLISH).body()
    assert texts(body)[0] == "<@&901>"
    first = texts(drawn(Card((Run("live"),), ((Run("now"),),), ping="901"), ENGLISH).body())
    assert first == ["<@&901> live", "now"]
    assert body["allowed_mentions"] == {"parse": [], "roles": ["901"]}
    assert all("<@&901>" not in text for text in texts(body)[1:])
    nobody = drawn(Card((Run("live"),), ping="discord:everyone"), ENGLISH)
    assert nobody.body()["allowed_mentions"] == {"parse": [], "roles": []}
    assert nobody.allowed.to_dict() == {"parse": [], "roles": []}
    assert drawn(Card((Run("x"),), ping="901"), ENGLISH).allowed.to_dict() == {"parse": [], "roles": [901]}


async def test_what_is_left_out_is_said() -> None:
    card = Card((Run("Lines"),), tuple((Run(f"line {n} " + "x" * 90),) for n in range(60)))
    shown = texts(drawn(card, ENGLISH).body())[0].split("\n")
    left_out = 60 - (len(shown) - 2)
    assert shown[-1] == f"… (+{left_out})"
    assert utf16("\n".join(shown)) > 3300


async def test_a_long_quote_keeps_the_words_that_were_found_in_sight() -> None:
    quote = Quote("before " * 900 + "giveaway" + " after" * 900, 6300, 6308)
    text = texts(drawn(Card((Run("Hit"),), quotes=(quote,)), ENGLISH).body())[0].split("\n")[1]
    assert "**giveaway**" in text
    assert text.startswith("> …")
    assert text.endswith("…")


async def test_files_are_opened_under_the_names_the_view_uses(tmp_path: Path) -> None:
    picture = tmp_path / "plot été.png"
    picture.write_bytes(b"png")
    shown = drawn(Card((Run("x"),), picture=picture, files=(File("words.srt", data=b"1"),)), ENGLISH)
    uploads = shown.uploads()
    assert [(one.filename, one.fp.read()) for one in uploads] == [("plot_ete.png", b"png"), ("words.srt", b"1")]
    assert rules.message_breaches(shown.body()) == []
    uploads[0].close()


# ---------------------------------------------------------------- pressing


async def test_unfollowing_asks_then_undoes_and_the_old_buttons_go_on_working() -> None:
    shelf = Shelf([follow_of(1, "amina")])
    asked = asked_by(shelf)
    confirm = await KERNEL.run(KERNEL.commands[1], {"account": "@amina"}, asked)
    sure = next(i for i in ids(draw_discord(confirm, ENGLISH).body()) if i.startswith("unfollow:"))
    done = await KERNEL.press(sure, asked)
    assert isinstance(done, Unfollowed)
    assert shelf.rows == []
    undo = ids(draw_discord(done, ENGLISH).body())
    assert undo == ["unfollow.undo:1"]
    assert isinstance(await KERNEL.press(undo[0], asked), FollowBack)
    assert [one.handle for one in shelf.rows] == ["amina"]
    assert isinstance(await KERNEL.press(sure, asked), Unfollowed)


async def test_a_button_of_an_old_message_is_rebuilt_from_nothing_but_its_id(client: House) -> None:
    """The client of this test has never sent anything: as after a restart."""
    client.add_dynamic_items(*ITEMS)
    same = Button("Undo", "unfollow.undo:1")
    body = drawn(Card((Run("x"),), buttons=((same, same, Button("▶", "following:page=2")),)), ENGLISH).body()
    for custom_id in ids(body):
        press = interaction(client, 3, {"custom_id": custom_id, "component_type": 2}, body)
        client._connection._view_store.dispatch_view(2, custom_id, press)
        assert await reached(client) == ("pressed", custom_id.partition(";;")[0])
    assert [seen[1] for seen in client.seen] == ["unfollow.undo:1", "unfollow.undo:1", "following:page=2"]


async def test_an_entry_of_an_old_list_opens_after_a_restart(client: House) -> None:
    client.add_dynamic_items(*ITEMS)
    question = Question("account", "Which one?", "unfollow", (Choice("@amina", "amina"), Choice("@chef", "chef")))
    body = drawn(Card((Run("x"),), question=question), ENGLISH).body()
    menu = next(part for part in rules.flat(body["components"]) if part["type"] == 3)
    chosen = menu["options"][1]["value"]
    data = {"custom_id": menu["custom_id"], "component_type": 3, "values": [chosen]}
    client._connection._view_store.dispatch_view(3, menu["custom_id"], interaction(client, 3, data, body))
    assert await reached(client) == ("pressed", "unfollow:account=chef")
    shelf = Shelf([follow_of(1, "amina"), follow_of(2, "chef")])
    confirm = await KERNEL.press(chosen, asked_by(shelf))
    assert confirm.follow.handle == "chef"


async def test_a_sent_message_leaves_nothing_in_memory(client: House) -> None:
    shown = draw_discord(Unfollowed(follow_of(1, "amina")), ENGLISH)
    client._connection.store_view(shown.view, 7)
    assert client._connection._view_store._views == {}
    assert client._connection._view_store._synced_message_views == {}


async def test_a_form_carries_its_question_and_hands_over_the_answer(client: House) -> None:
    missing = await KERNEL.run(KERNEL.commands[0], {"transcript": "no"}, asked_by(Shelf()))
    form = draw_discord(missing, ENGLISH).ask
    assert isinstance(form, Ask)
    told = form.to_dict()
    assert rules.schema_breaches("ModalInteractionCallbackRequest", {"type": 9, "data": told}) == []
    assert question_of(told["custom_id"]) == ("follow:transcript=no", "account")
    assert rules.message_breaches(draw_discord(missing, ENGLISH).body()) == []
    form.field._value = "Amina"
    await form.on_submit(interaction(client, 5, {"custom_id": told["custom_id"], "components": []}))
    _, pressed, option, answer = await reached(client)
    shelf = Shelf()
    await KERNEL.answer(pressed, option, answer, asked_by(shelf))
    assert [(one.handle, one.transcript) for one in shelf.rows] == [(Handle("amina"), False)]


# ---------------------------------------------------------------- a moving post


async def test_a_working_post_moves_and_becomes_its_result_as_the_same_kind_of_message() -> None:
    result = Transcribed("Pâtes au citron", "Alors aujourd'hui. " * 40, 12)
    bodies = [draw_discord(one, ENGLISH).body() for one in (working(0.1), working(0.55), result)]
    for body in bodies:
        assert rules.message_breaches(body) == []
        assert body["flags"] == rules.V2
        assert [part["type"] for part in body["components"]] == [17]
    moved = [text.replace("▰", "").replace("▱", "") for text in texts(bodies[0])[0].split("\n")]
    assert moved[-1] == " 10 %"
    assert ids(bodies[1]) == ["job.cancel:7"]
    assert ids(bodies[2]) == ["transcript.open:12"]


async def test_drawing_stays_quick() -> None:
    card = draw(working(0.4), ENGLISH)
    started = time.thread_time()
    for _ in range(50):
        drawn(card, ENGLISH)
    assert (time.thread_time() - started) / 50 < 0.02


def test_a_key_fits_a_button_on_every_platform() -> None:
    with pytest.raises(ValueError, match="not a button key"):
        key("trigger.remove", "x" * 64)
