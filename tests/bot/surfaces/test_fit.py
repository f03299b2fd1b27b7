"""Cutting a card to a message's room, and what its texts look like afterwards."""

import pytest

from bot.card import Card, Item, Quote
from bot.clean import blank, shown, typed
from bot.surfaces.fit import Room, cut_text, fitted
from bot.wording import Run, Style, plain

ROOM = Room(400, len, 0, 1)


@pytest.mark.parametrize("sign", ["🇫🇷", "👩‍👩‍👧‍👦", "👍🏽", "e\u0301", "1️⃣"])
def test_a_cut_never_tears_a_sign(sign: str) -> None:
    for limit in range(2, 30):
        cut = cut_text(sign * 20, limit, len)
        assert len(cut) <= limit
        assert cut.endswith("…")
        assert cut[:-1] == sign * ((len(cut) - 1) // len(sign))


def test_a_cut_prefers_a_space() -> None:
    assert cut_text("one two three four five", 16, len) == "one two three…"
    assert cut_text("short", 5, len) == "short"


def test_every_part_of_a_long_card_keeps_a_share() -> None:
    card = Card(
        (Run("Title"),),
        tuple((Run(f"body {n} is a line of some length"),) for n in range(30)),
        (Quote("quoted " * 200),),
        tuple(Item((Run(f"item {n}"),), f"open:{n}") for n in range(50)),
    )
    cut = fitted(card, ROOM)
    assert ROOM.of_line(cut.title) + sum(map(ROOM.of_line, cut.body)) + sum(map(ROOM.of_quote, cut.quotes)) <= 400
    assert plain(cut.body[-1]) == f"… (+{31 - len(cut.body)})"
    assert plain(cut.items[-1].line) == f"… (+{51 - len(cut.items)})"
    assert cut.items[-1].key == ""
    assert cut.quotes[0].text.endswith("…")
    assert len(cut.body) > 2
    assert len(cut.items) > 5


def test_what_one_part_does_not_need_goes_to_the_others() -> None:
    cut = fitted(Card((Run("Title"),), ((Run("one line"),),), (Quote("quoted " * 200),)), ROOM)
    assert plain(cut.body[0]) == "one line"
    assert len(cut.quotes[0].text) > 340


def test_what_happened_is_the_title_and_what_to_do_the_next_line() -> None:
    cut = fitted(Card((Run("It went wrong.", Style.BOLD), Run(" Try "), Run("/help", Style.CODE))), ROOM)
    assert plain(cut.title) == "It went wrong."
    assert plain(cut.body[0]) == "Try /help"
    whole = fitted(Card((Run("Earshot is well", Style.BOLD), Run(", since 20:14"))), ROOM)
    assert plain(whole.title) == "Earshot is well, since 20:14"


def test_a_title_without_anything_to_see_is_still_a_title() -> None:
    assert plain(fitted(Card((Run("\u200b\u2060 "),)), ROOM).title) == "…"
    assert plain(fitted(Card(()), ROOM).title) == "…"


def test_neighbours_of_one_style_become_one_piece() -> None:
    cut = fitted(Card((Run("a", Style.BOLD), Run("", Style.PLAIN), Run("b", Style.BOLD))), ROOM)
    assert cut.title == (Run("ab", Style.BOLD),)


def test_text_cannot_steer_what_shows_it() -> None:
    assert shown("a\u202eb\x1b[31m\x00c\ud800\td") == "ab[31mc\ufffd d"
    assert shown("a\r\nb\u2028c") == "a b c"
    assert shown("a\r\nb\u2028c", lines=True) == "a\nb\nc"
    assert shown("Z" + "\u0351" * 40) == "Z" + "\u0351" * 4
    assert shown("مرحبا 👩‍👩‍👧‍👦 \u200fא") == "مرحبا 👩‍👩‍👧‍👦 \u200fא"
    assert typed("@\u200bamina\u2060") == "@amina"
    assert blank("\u200b \ufeff\u3164")
    assert not blank("·")
