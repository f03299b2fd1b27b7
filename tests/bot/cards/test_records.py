"""What the audit log says when nothing answers a question: never that it is empty, and always whether it is whole."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from bot.card import Card, Tone
from bot.cards import draw
from bot.replies.records import AuditList
from bot.wording import Words, plain
from tests.house.review_samples import DEEDS
from tests.house.samples import NOW

EN, FR = Words("en", ZoneInfo("UTC")), Words("fr", ZoneInfo("UTC"))
NARROWED = AuditList((), 1, False, "review.audit:person=console:1", "Mara", NOW)
SINCE = f"{EN.day(NOW)} {EN.time(NOW)}"
DEPUIS = f"{FR.day(NOW)} {FR.time(NOW)}"


def text(card: Card) -> str:
    return "\n".join(map(plain, (card.title, *card.body, card.foot))).replace("\N{NO-BREAK SPACE}", " ")


def buttons(card: Card) -> list[tuple[str, str]]:
    return [(one.label, one.key) for row in card.buttons for one in row]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            EN,
            ["Nothing like that is written down.", f"Mara · since {SINCE}.", "The record is whole", "The whole record"],
        ),
        (FR, ["Rien de tel n'est inscrit.", f"Mara · depuis {DEPUIS}.", "Le registre est entier", "Tout le registre"]),
    ],
    ids=["en", "fr"],
)
def test_a_filter_that_finds_nothing_is_named_and_says_whether_the_record_is_whole(
    words: Words, says: list[str]
) -> None:
    card = draw(NARROWED, words)
    *said, everything = says
    assert [one for one in said if one not in text(card)] == []
    assert "yet" not in text(card)
    assert "encore" not in text(card)
    assert buttons(card) == [(everything, "review.audit")]
    assert card.tone is Tone.CALM


@pytest.mark.parametrize(
    ("words", "page", "row"),
    [(EN, "What I looked for: page 9.", "Row 12 was changed"), (FR, "Ce que j'ai cherché : page 9.", "ligne 12")],
    ids=["en", "fr"],
)
def test_a_page_past_the_end_is_named_and_a_broken_record_is_still_said_to_be(
    words: Words, page: str, row: str
) -> None:
    card = draw(AuditList((), 9, False, broken=12), words)
    assert page in text(card)
    assert row in text(card)
    assert [one for _, one in buttons(card)] == ["review.audit"]
    assert card.tone is Tone.DANGER


def test_only_a_record_in_which_nothing_stands_says_that_nothing_does_yet() -> None:
    card = draw(AuditList((), 1, False), EN)
    assert "Nothing is written down yet." in text(card)
    assert buttons(card) == []


def test_a_list_that_is_narrowed_leads_to_everything_and_one_that_is_not_does_not() -> None:
    narrowed = draw(replace(NARROWED, rows=DEEDS[:1]), EN)
    assert f"Mara · since {SINCE}" in text(narrowed)
    assert ("The whole record", "review.audit") in buttons(narrowed)
    assert buttons(draw(AuditList(DEEDS[:1], 1, False), EN)) == []
