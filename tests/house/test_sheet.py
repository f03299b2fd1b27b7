"""Every post as the platforms would get it: the sheet a person looks at holds all of them, and none breaks a rule."""

import json
from functools import cache
from itertools import pairwise
from typing import Any

import pytest

from bot.cards import draw
from bot.wording import Style, Words, catalog, plain
from core.model.notice import KINDS
from tests.house.samples import every
from tests.house.sheet import WORDS, posts
from tests.house.templates import texts
from tests.platforms import discord_rules, telegram_rules

LONGEST = 300  # characters of a text of ours: more is a wall


@cache
def sheet() -> list[dict[str, Any]]:
    """All posts, drawn once, and not by whoever only collects tests."""
    return list(posts())


def bodies(platform: str) -> list[tuple[str, str, dict[str, object]]]:
    return [(post["name"], post.get("method", ""), post["payload"]) for post in sheet() if post["platform"] == platform]


def test_every_post_is_on_the_sheet_in_every_size_and_language_on_both_platforms() -> None:
    found = {tuple(post["name"].partition(" ")[2].replace(" · ", ", ").split(", ")) for post in sheet()}
    wanted = {
        (made.__name__, size, language, platform)
        for made in KINDS.values()
        for size in ("usual", "longest", "hostile", "empty")
        for language in ("en", "fr")
        for platform in ("discord", "telegram")
    }
    assert wanted - found == set()
    assert json.dumps(sheet())


def test_discord_takes_every_post() -> None:
    for name, _, body in bodies("discord"):
        assert discord_rules.message_breaches(body) == [], name


def test_telegram_takes_every_post() -> None:
    for name, method, payload in bodies("telegram"):
        files = {key for key in ("photo", "video", "document") if str(payload.get(key, "")).startswith("attachment://")}
        params = {key: value for key, value in payload.items() if key not in {*files, "chat_id"}}
        assert telegram_rules.body_breaches(method, params, files) == [], name


def test_a_hateful_quote_is_never_in_the_open() -> None:
    marked = "vermin they are"
    for language in WORDS:
        for _, meaning in every():
            if type(meaning).__name__ == "RiskRaised":
                card = draw(type(meaning)(**{**meaning.__dict__, "quote": marked, "reason": "", "note": ""}), language)
                assert all(quote.hidden for quote in card.quotes)
                lines = [card.title, *card.body, card.foot]
                assert not any(marked in plain(line) for line in lines)


@pytest.mark.parametrize("words", WORDS, ids=lambda words: words.language)
def test_the_first_line_of_every_post_says_what_happened_and_stands_out(words: Words) -> None:
    for name, meaning in every():
        if type(meaning) in KINDS.values() and "usual" in name:
            title = draw(meaning, words).title
            assert any(run.style in (Style.BOLD, Style.CODE) for run in title), name


@pytest.mark.parametrize("words", WORDS, ids=lambda words: words.language)
def test_the_buttons_of_a_post_are_few_and_the_dangerous_one_is_last_of_its_row(words: Words) -> None:
    for name, meaning in every():
        if type(meaning) in KINDS.values():
            for row in draw(meaning, words).buttons:
                assert len(row) <= 4, name
                assert not any(one.look == "danger" for one, _ in pairwise(row)), name


def test_our_own_words_are_short_and_do_not_shout() -> None:
    french = catalog("fr")
    said = [text for one in texts() for text in (one, french.gettext(one))]
    assert [text for text in said if "!" in text] == []
    assert [text for text in said if len(text) > LONGEST] == []
