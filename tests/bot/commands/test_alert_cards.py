"""What an alert is called, why it was told, and what to do at once."""

import pytest

from bot.house import House
from bot.wording import plain
from core.model.risk import Category, Kind, Label, Virality
from tests.bot.commands.test_reviews import Ask, Say, drawn, raised, texts
from tests.bot.commands.test_reviews import say as say
from tests.bot.conftest import Belongings


@pytest.mark.parametrize(
    ("label", "kind", "helps"),
    [
        (Label.SH, Kind.SPEECH, "call the emergency number"),
        (Label.SH, Kind.CHAT, "call the emergency number"),
        (Label.SH, Kind.COMMENT, ""),
        (Label.S3, Kind.SPEECH, "your country's hotline"),
        (Label.V2, Kind.SPEECH, ""),
    ],
)
async def test_where_somebody_may_be_in_danger_the_alert_says_what_to_do_until_it_is_decided(
    say: Say, ask: Ask, house: House, mine: Belongings, label: Label, kind: Kind, helps: str
):
    live = None if kind is Kind.COMMENT else mine.live.id
    low = {"category": Category.NEUTRAL, "virality": Virality.LOW}
    (number,) = await raised(house, 1, live, kind=kind, labels={label: 0.9}, **low)
    lines = ("call the emergency number", "your country's hotline")
    said = texts(drawn(await say(f"review show {number}"), ask()))
    assert [line for line in lines if line in said] == ([helps] if helps else [])
    said = texts(drawn(await say(f"review decide {number} confirm"), ask()))
    assert not [line for line in lines if line in said]


async def test_what_is_told_for_its_labels_is_called_by_them_and_not_by_a_score_that_says_nothing(
    say: Say, ask: Ask, house: House, mine: Belongings
):
    low = {"category": Category.CONTROVERSIAL, "virality": Virality.LOW}
    chat, threat, word = [
        *await raised(house, 1, mine.live.id, kind=Kind.CHAT, labels={Label.HR: 0.35, Label.V: 0.1}, **low),
        *await raised(house, 1, mine.live.id, labels={Label.H2: 0.9, Label.H: 0.8}, **low),
        *await raised(house, 1, kind=Kind.COMMENT, engine="words", **low),
    ]
    card = drawn(await say(f"review show {chat}"), ask())
    assert plain(card.title) == f"Risk to review · harassment · chat of @{mine.live.handle}"
    assert "Written" in texts(card)
    assert "Said" not in texts(card)
    assert "base" not in plain(card.foot)
    assert "no Groq key" not in texts(card)
    critical = drawn(await say(f"review show {threat}"), ask())
    assert plain(critical.title) == f"Critical risk · threats, hate · @{mine.live.handle}"
    assert "critical · threats 0.90, told from 0.60, whatever the score: base 0.2" in plain(critical.foot)
    assert "= 0.20" in plain(critical.foot)
    own = drawn(await say(f"review show {word}"), ask())
    assert plain(own.title) == "Risk to review · a word of this place · a comment"
    listed = texts(drawn(await say("review list"), ask()))
    assert "waiting · critical · threats, hate" in listed
    assert "0.20" not in listed
