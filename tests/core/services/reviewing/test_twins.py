"""Linked places: what is decided on an alert is decided on that of the same words there, and on no other."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from core.model.person import Place
from core.model.risk import PERSON, Alert, Assessment, Category, Kind, Label, Target, Verdict, Virality
from core.services.reviewing.deciding import Reviewing
from tests.builders import HERE, THERE, followed, judged, scene_of
from tests.core.services.reviewing.test_reviewing import MARA, OTHER, PLACE, TOM
from tests.doubles import CountedStorage, HandClock

LATE = 200.0  # seconds
WORM, HARM = (
    judged(
        Category.CONTROVERSIAL,
        Virality.LOW,
        hateful=False,
        target=Target.NONE,
        kind=Kind.CHAT,
        item=f"chat:{label}",
        quote=quote,
        labels={label: 0.9},
    )
    for label, quote in ((Label.HR, "you worm"), (Label.SH, "I will selfharm tonight"))
)
GAME, SAD = (
    judged(Category.CONTROVERSIAL, Virality.LOW, hateful=False, target=Target.NONE, quote=quote, labels={label: 0.9})
    for label, quote in ((Label.V2, "kill them in the game"), (Label.SH, "I will kill myself"))
)
NUDES, CHILD, TEEN = (
    judged(
        Category.CONTROVERSIAL,
        Virality.LOW,
        hateful=False,
        target=Target.NONE,
        kind=Kind.CHAT,
        item="chat:S",
        quote=quote,
        labels={Label.S: 0.9, Label.S3: minors},
    )
    for quote, minors in (("send nudes", 0.0), ("a lolly sends nudes", 0.7), ("a teen sends nudes", 0.55))
)
SENT = judged(
    Category.CONTROVERSIAL,
    Virality.LOW,
    hateful=False,
    target=Target.NONE,
    quote="she gave out her home",
    engine=PERSON,
)
TAXES = judged(Category.CONTROVERSIAL, Virality.LOW, hateful=False, target=Target.NONE, quote="taxes are theft")


@dataclass
class Circle:
    """Two linked places with alerts of one live."""

    storage: CountedStorage
    clock: HandClock
    reviewing: Reviewing
    live_id: int

    async def raised(self, place: Place, said: Assessment) -> Alert:
        """Now."""
        async with self.storage.work() as work:
            number = await work.alerts.assessed(self.live_id, said, self.clock.now())
            return await work.alerts.raise_(place.id, self.live_id, number, self.clock.now())

    async def verdicts(self, place: Place = OTHER) -> dict[str, Verdict]:
        """Of every alert of a place, by its quote."""
        async with self.storage.reading() as work:
            found = await work.alerts.several(place.id, await work.alerts.find(place.id))
        return {one.assessment.quote: one.verdict for one in found}


@pytest.fixture
async def circle(storage: CountedStorage, clock: HandClock, tmp_path: Path) -> Circle:
    for place in (HERE, THERE):
        await followed(storage, "maria", place)
    async with storage.work() as work:
        for place in (HERE, THERE):
            await work.partners.join(place, "circle")
    return Circle(storage, clock, Reviewing(storage, clock), (await scene_of(storage)).live.id)


@pytest.mark.parametrize(("one", "other"), [(WORM, HARM), (GAME, SAD), (TAXES, SENT)], ids=["chat", "speech", "sent"])
async def test_another_cause_is_not_decided_however_alike_it_is_called(
    circle: Circle, one: Assessment, other: Assessment
) -> None:
    mine = await circle.raised(PLACE, one)
    await circle.raised(OTHER, one)
    await circle.clock.advance(LATE)
    await circle.raised(OTHER, other)
    await circle.reviewing.decide(PLACE, mine, Verdict.DISMISSED, MARA)
    assert await circle.verdicts() == {one.quote: Verdict.DISMISSED, other.quote: Verdict.WAITING}


@pytest.mark.parametrize(
    ("one", "other"),
    [(WORM, HARM), (NUDES, CHILD), (NUDES, TEEN), (GAME, SAD), (SENT, TAXES)],
    ids=["chat", "severe in chat", "about minors in chat", "speech", "sent"],
)
async def test_where_nothing_of_its_cause_stands_nothing_is_decided(
    circle: Circle, one: Assessment, other: Assessment
) -> None:
    mine = await circle.raised(PLACE, one)
    await circle.raised(OTHER, other)
    await circle.reviewing.decide(PLACE, mine, Verdict.CONFIRMED, MARA)
    assert await circle.verdicts() == {other.quote: Verdict.WAITING}


async def test_the_same_line_of_a_chat_is_decided_however_grave_the_judge_of_each_place_finds_it(
    circle: Circle,
) -> None:
    milder, worse = (replace(WORM, labels={Label.HR: 0.9, Label.H2: sure}) for sure in (0.1, 0.65))
    assert milder.grave() != worse.grave()
    mine = await circle.raised(PLACE, worse)
    await circle.raised(OTHER, milder)
    await circle.reviewing.decide(PLACE, mine, Verdict.DISMISSED, MARA)
    assert await circle.verdicts() == {WORM.quote: Verdict.DISMISSED}


@pytest.mark.parametrize("verdict", [Verdict.DISMISSED, Verdict.CONFIRMED])
@pytest.mark.parametrize("named", [True, False], ids=["named", "not named"])
async def test_the_same_line_that_is_about_minors_only_for_another_place_is_decided_there_by_whom_it_has_named(
    circle: Circle, verdict: Verdict, *, named: bool
) -> None:
    async with circle.storage.work() as work:
        await work.places.put(replace(OTHER, reviewers=(MARA.id,) if named else ()))
    mine = await circle.raised(PLACE, replace(CHILD, labels={Label.S: 0.9}))
    await circle.raised(OTHER, CHILD)
    decided, _ = await circle.reviewing.decide(PLACE, mine, verdict, MARA)
    assert await circle.verdicts() == {CHILD.quote: verdict if named else Verdict.WAITING}
    await circle.reviewing.decide(PLACE, decided, Verdict.WAITING, MARA)
    assert await circle.verdicts() == {CHILD.quote: Verdict.WAITING}


async def test_of_several_with_one_cause_that_with_the_same_words_is_decided(circle: Circle) -> None:
    mine = await circle.raised(PLACE, TAXES)
    await circle.raised(OTHER, TAXES)
    await circle.clock.advance(60)
    await circle.raised(OTHER, judged(**{**vars(TAXES), "quote": "all of them lie"}))
    await circle.reviewing.decide(PLACE, mine, Verdict.CONFIRMED, MARA)
    assert await circle.verdicts() == {"taxes are theft": Verdict.CONFIRMED, "all of them lie": Verdict.WAITING}


async def test_an_undo_takes_back_no_decision_that_a_linked_place_made_by_itself(circle: Circle) -> None:
    theirs = await circle.raised(OTHER, TAXES)
    await circle.reviewing.decide(OTHER, theirs, Verdict.CONFIRMED, TOM, "reported")
    mine = await circle.raised(PLACE, TAXES)
    await circle.clock.advance(1)
    decided, _ = await circle.reviewing.decide(PLACE, mine, Verdict.CONFIRMED, MARA)
    await circle.reviewing.decide(PLACE, decided, Verdict.WAITING, MARA)
    assert await circle.verdicts(PLACE) == {"taxes are theft": Verdict.WAITING}
    assert await circle.verdicts() == {"taxes are theft": Verdict.CONFIRMED}


async def test_an_undo_takes_back_the_note_of_the_decision_and_no_other(circle: Circle) -> None:
    alert = await circle.raised(PLACE, TAXES)
    await circle.reviewing.note(PLACE, alert, "file 4711", TOM)
    for note in ("", "clear"):
        decided, _ = await circle.reviewing.decide(PLACE, alert, Verdict.CONFIRMED, MARA, note)
        assert decided.note == (note or "file 4711")
        alert, _ = await circle.reviewing.decide(PLACE, decided, Verdict.WAITING, MARA)
        assert alert.note == "file 4711"
