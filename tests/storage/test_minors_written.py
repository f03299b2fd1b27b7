"""Which lines of chat are withheld: those that say what a judge took for that in their live, unless people of a place disagree."""

from dataclasses import dataclass, replace

import pytest

from core.matching.quoting import Quotes, quoted
from core.model.found import Sought, Source
from core.model.live import ChatMessage, Chatter, Look
from core.model.person import Place
from core.model.review import Act, Decision
from core.model.risk import PERSON, Alert, Kind, Label, Verdict
from storage.database import Database
from storage.writer import BatchedWriter
from tests.builders import judged
from tests.storage.conftest import NOW

HERE, THERE = "console:here", "discord:9"
MINORS, OTHER = {Label.S3: 0.7}, {Label.H: 0.9, Label.S3: 0.49}
LINES = ("line one", "line two", "LINE one!", "line three")


@dataclass
class Desk:
    """Two lives with the same chat, which two places see."""

    database: Database
    live: int
    other: int

    async def judge(self, quote: str, labels: dict[Label, float] = MINORS, place: str = "", **more: object) -> int:
        """What a judge says of a line; the number of the assessment, or of the alert of `place`."""
        said = judged(labels=labels, quote=quote, **{"kind": Kind.CHAT, **more})
        async with self.database.work() as work:
            number = await work.alerts.assessed(self.live, said, NOW)
            return (await work.alerts.raise_(place, self.live, number, NOW)).id if place else number

    async def decide(self, number: int, place: str = HERE, **changes: object) -> None:
        """A person decides the alert of a place."""
        before = await self.alert(number, place)
        after = replace(before, **changes)
        decision = Decision(number, Act.NOTE, before.verdict, after.verdict, "Mara", "console:1", NOW)
        async with self.database.work() as work:
            assert await work.alerts.change(before, after, decision) is not None

    async def alert(self, number: int, place: str = HERE) -> Alert:
        async with self.database.reading() as work:
            found = await work.alerts.get(place, number)
        assert found is not None
        return found

    async def kept(self, place: str = HERE) -> list[int]:
        """The lines `place` is not shown. Both ways of asking say the same, and of the other live nothing is withheld."""
        async with self.database.reading() as work:
            kept = Quotes.of(await work.chats.withheld(place, self.live))
            assert await work.chats.withheld(place, self.other) == []
            found = await work.search.find(place, "", Sought(("line",), (Source.CHAT,)))
            whole = await work.search.find(place, "", Sought(("line",), (Source.CHAT,), whole=True))
        bare = [n for n, text in enumerate(LINES) if text in kept]
        shown = [row for row in found if row.id == self.live]
        assert sorted(row.second for row in shown) == [10.0 * n for n in range(len(LINES)) if n not in bare]
        assert len(found) - len(shown) == len(LINES)
        assert len(whole) == 2 * len(LINES)
        return bare


@pytest.fixture
async def desk(database: Database, stage) -> Desk:
    async with database.work() as work:
        await work.places.put(Place(THERE, "there"))
        lives = [
            (await work.lives.begin(stage.account, Look(NOW, True, room, "Both"), [HERE, THERE]))[0].id
            for room in ("room2", "room3")
        ]
    writer = BatchedWriter(database)
    for live in lives:
        for n, text in enumerate(LINES):
            writer.put(live, 10.0 * n, ChatMessage(f"{live}-{n}", NOW, Chatter("juno", "9"), text))
    await writer.flush()
    return Desk(database, *lives)


async def test_all_lines_that_say_what_a_judge_takes_for_that_are_withheld_in_all_places(desk: Desk):
    assert (await desk.kept(), await desk.kept(THERE)) == ([], [])
    await desk.judge("line one")
    await desk.judge("line two", OTHER)
    await desk.judge("line three", kind=Kind.SPEECH)
    assert (await desk.kept(), await desk.kept(THERE)) == ([0, 2], [0, 2])


async def test_what_people_of_a_place_found_not_to_be_so_comes_back_there_and_nowhere_else(desk: Desk):
    here, there = await desk.judge("line one", place=HERE), await desk.judge("line two", place=THERE)
    await desk.decide(here, verdict=Verdict.DISMISSED)
    await desk.decide(there, THERE, labels=(Label.H,))
    assert (await desk.kept(), await desk.kept(THERE)) == ([1], [0, 2])
    await desk.judge("Line One")
    assert (await desk.kept(), await desk.kept(THERE)) == ([1], [0, 2])
    await desk.decide(here, verdict=Verdict.WAITING)
    assert await desk.kept() == [0, 1, 2]


async def test_that_something_else_was_dismissed_brings_nothing_back(desk: Desk):
    for alert in (await desk.judge("line one", OTHER, HERE), await desk.judge("line two", place=HERE)):
        await desk.decide(alert, verdict=Verdict.DISMISSED)
    await desk.judge("line one")
    assert await desk.kept() == [0, 2]


@pytest.mark.parametrize("engine", ["rules", PERSON])
async def test_what_people_found_to_be_so_is_withheld_there_whatever_judges_say(desk: Desk, engine: str):
    alert = await desk.judge("line one", OTHER, HERE, engine=engine)
    await desk.decide(alert, labels=(Label.S3, Label.H))
    assert (await desk.kept(), await desk.kept(THERE)) == ([0, 2], [])
    await desk.decide(alert, labels=(Label.H,))
    assert await desk.kept() == []
    await desk.decide(alert, labels=(Label.S3,), verdict=Verdict.DISMISSED)
    assert await desk.kept() == []


async def test_an_alert_that_quotes_such_a_line_for_another_reason_is_restricted_as_well(desk: Desk):
    before, sent = await desk.judge("line one", OTHER, HERE), await desk.judge("LINE ONE", {}, HERE, engine=PERSON)
    apart, said = await desk.judge("line two", OTHER, HERE), await desk.judge("line one", OTHER, HERE, kind=Kind.SPEECH)
    minors = await desk.judge("line one", place=HERE)
    every = (before, sent, apart, said, minors)
    assert [(await desk.alert(one)).restricted for one in every] == [True, True, False, False, True]
    await desk.decide(minors, verdict=Verdict.DISMISSED)
    assert not any([(await desk.alert(one)).restricted for one in every])


async def test_a_long_line_is_withheld_by_how_it_begins(desk: Desk):
    text = "line " + "of many words " * 40
    writer = BatchedWriter(desk.database)
    writer.put(desk.live, 90.0, ChatMessage("long", NOW, Chatter("juno", "9"), text))
    await writer.flush()
    await desk.judge(quoted(text))
    async with desk.database.reading() as work:
        found = await work.search.find(HERE, "", Sought(("many",), (Source.CHAT,)))
    assert found == []
