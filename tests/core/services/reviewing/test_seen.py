"""Nobody decides what they were not shown: an alert that got worse since its card was drawn stands as it is."""

from dataclasses import replace
from typing import Any

import pytest

from core.errors import Invalid
from core.model.person import Person, Place, Two
from core.model.review import Act
from core.model.risk import Alert, Assessment, Category, Kind, Label, Verdict, Virality
from core.services.assessing.telling import raised, seen_of, stands_of
from core.services.reviewing.deciding import Reviewing
from tests.builders import HERE, placed
from tests.doubles import BEGAN, CountedStorage, HandClock

MARA, TOM, NINA = Person("console:1", "Mara"), Person("console:2", "Tom"), Person("console:3", "Nina")
PLACE = Place(HERE, "here")
WORDS = Assessment(
    Category.CONTROVERSIAL, Virality.HIGH, False, labels={Label.H: 0.55}, quote="out with them", kind=Kind.COMMENT
)
DECIDING: dict[str, Any] = {
    "confirm": lambda reviewing, alert, seen: reviewing.decide(PLACE, alert, Verdict.CONFIRMED, MARA, seen=seen),
    "dismiss": lambda reviewing, alert, seen: reviewing.decide(PLACE, alert, Verdict.DISMISSED, MARA, seen=seen),
    "relabel": lambda reviewing, alert, seen: reviewing.relabel(PLACE, alert, Category.NEUTRAL, (), MARA, seen=seen),
}


@pytest.fixture
async def reviewing(storage: CountedStorage, clock: HandClock) -> Reviewing:
    await placed(storage, HERE)
    return Reviewing(storage, clock)


async def alert_of(storage: CountedStorage, judged: Assessment) -> Alert:
    async with storage.work() as work:
        return await work.alerts.raise_(HERE, None, await work.alerts.assessed(None, judged, BEGAN), BEGAN)


async def worse(storage: CountedStorage, alert: Alert, judged: Assessment) -> None:
    """A judgement takes the place of the one the alert was raised for."""
    async with storage.work() as work:
        await work.alerts.quotes(alert.id, await work.alerts.assessed(None, judged, BEGAN))


@pytest.mark.parametrize("does", DECIDING.values(), ids=DECIDING)
@pytest.mark.parametrize(
    "change",
    [
        {"quote": "out with them all, tonight"},
        {"labels": {Label.H: 0.55, Label.SH: 0.8}},
        {"category": Category.HATEFUL},
    ],
    ids=["other words", "one more label", "another category"],
)
async def test_what_got_worse_since_its_card_was_drawn_is_not_decided(
    reviewing: Reviewing, storage: CountedStorage, does: Any, change: dict[str, Any]
):
    alert = await alert_of(storage, WORDS)
    seen = raised(alert, "").seen
    await worse(storage, alert, replace(WORDS, **change))
    with pytest.raises(Invalid, match="ALERT_CHANGED"):
        await does(reviewing, alert, seen)
    assert await reviewing.history(alert) == []
    async with storage.reading() as work:
        now = await work.alerts.get(HERE, alert.id)
    assert now is not None
    assert (now.verdict, now.category) == (Verdict.WAITING, None)
    await does(reviewing, alert, raised(now, "").seen)
    assert len(await reviewing.history(alert)) == 1


@pytest.mark.parametrize("does", DECIDING.values(), ids=DECIDING)
async def test_what_says_the_same_to_a_reviewer_is_decided(reviewing: Reviewing, storage: CountedStorage, does: Any):
    alert = await alert_of(storage, WORDS)
    seen = raised(alert, "").seen
    await worse(
        storage,
        alert,
        replace(WORDS, engine="gpt", confidence=0.8, virality=Virality.LOW, labels={Label.H: 0.6, Label.V: 0.1}),
    )
    async with storage.work() as work:
        await work.alerts.repeated(alert.id, 3)
    await does(reviewing, alert, seen)
    assert len(await reviewing.history(alert)) == 1


async def test_a_card_of_an_older_version_and_a_typed_decision_are_about_what_there_is(
    reviewing: Reviewing, storage: CountedStorage
):
    alert = await alert_of(storage, WORDS)
    await worse(storage, alert, replace(WORDS, quote="worse"))
    decided, _ = await reviewing.decide(PLACE, alert, Verdict.CONFIRMED, MARA)
    assert (decided.verdict, decided.assessment.quote) == (Verdict.CONFIRMED, "worse")


async def test_what_somebody_else_says_it_is_meanwhile_has_to_be_seen_too(
    reviewing: Reviewing, storage: CountedStorage
):
    alert = await alert_of(storage, WORDS)
    seen = seen_of(alert)
    await reviewing.relabel(PLACE, alert, Category.HATEFUL, (Label.S3,), TOM)
    with pytest.raises(Invalid, match="ALERT_CHANGED"):
        await reviewing.decide(PLACE, alert, Verdict.CONFIRMED, MARA, seen=seen)
    assert [one.act for one in await reviewing.history(alert)] == [Act.RELABEL]


async def test_who_comes_too_late_is_told_who_was_faster_not_that_it_changed(
    reviewing: Reviewing, storage: CountedStorage
):
    alert = await alert_of(storage, WORDS)
    seen = seen_of(alert)
    await worse(storage, alert, replace(WORDS, quote="worse"))
    await reviewing.decide(PLACE, alert, Verdict.CONFIRMED, TOM)
    with pytest.raises(Invalid, match="DECIDED"):
        await reviewing.decide(PLACE, alert, Verdict.DISMISSED, MARA, seen=seen)


async def test_an_undo_of_what_was_decided_anew_meanwhile_takes_nothing_back(
    reviewing: Reviewing, storage: CountedStorage, clock: HandClock
):
    decided, _ = await reviewing.decide(PLACE, await alert_of(storage, WORDS), Verdict.CONFIRMED, MARA)
    seen = stands_of(decided)
    await reviewing.decide(PLACE, decided, Verdict.WAITING, TOM)
    await clock.advance(1)
    again, _ = await reviewing.decide(PLACE, decided, Verdict.CONFIRMED, MARA)
    with pytest.raises(Invalid, match="ALERT_CHANGED"):
        await reviewing.decide(PLACE, again, Verdict.WAITING, MARA, late=True, seen=seen)
    back, _ = await reviewing.decide(PLACE, again, Verdict.WAITING, MARA, seen=stands_of(again))
    assert back.verdict is Verdict.WAITING


async def test_an_undo_of_a_proposal_takes_back_no_decision_it_became_and_nobody_elses_word(
    reviewing: Reviewing, storage: CountedStorage
):
    await placed(storage, HERE, two=Two.EVERY)
    proposed, _ = await reviewing.decide(PLACE, await alert_of(storage, WORDS), Verdict.CONFIRMED, MARA)
    opposed, _ = await reviewing.decide(PLACE, proposed, Verdict.DISMISSED, TOM)
    assert len({stands_of(one) for one in (proposed, opposed)}) == 2
    with pytest.raises(Invalid, match="ALERT_CHANGED"):
        await reviewing.decide(PLACE, opposed, Verdict.WAITING, NINA, late=True, seen=stands_of(proposed))
    left, _ = await reviewing.decide(PLACE, opposed, Verdict.WAITING, TOM, seen=stands_of(opposed))
    assert stands_of(left) == stands_of(proposed)
    decided, _ = await reviewing.decide(PLACE, left, Verdict.CONFIRMED, TOM)
    with pytest.raises(Invalid, match="ALERT_CHANGED"):
        await reviewing.decide(PLACE, decided, Verdict.WAITING, MARA, seen=stands_of(proposed))
    none, _ = await reviewing.decide(PLACE, decided, Verdict.WAITING, TOM, seen=stands_of(decided))
    assert (none.verdict, none.proposed) == (Verdict.WAITING, Verdict.CONFIRMED)


async def test_words_that_are_kept_back_are_part_of_what_a_card_stands_for(storage: CountedStorage):
    await placed(storage, HERE)
    mild, other = replace(WORDS, labels={Label.S3: 0.9}), replace(WORDS, labels={Label.S3: 0.9}, quote="else")
    cards = [raised(await alert_of(storage, one), "") for one in (mild, other)]
    assert [one.quote for one in cards] == ["", ""]
    assert cards[0].seen != cards[1].seen
