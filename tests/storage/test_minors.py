"""Which words are withheld: those a judge's standing word says may be about minors, unless people of the place say otherwise."""

from dataclasses import dataclass, replace

import pytest

from core.model.found import Sought, Source
from core.model.live import Look
from core.model.person import Place
from core.model.review import Act, Decision
from core.model.risk import PERSON, Alert, Kind, Label, Verdict
from core.model.transcript import Segment, SegmentState
from storage.database import Database
from tests.builders import judged
from tests.storage.conftest import NOW

HERE, THERE = "console:here", "discord:9"
MINORS, OTHER = {Label.S3: 0.7}, {Label.H: 0.9, Label.S3: 0.49}
PIECES = 6


@dataclass
class Desk:
    """A live of six pieces of ten seconds that two places see."""

    database: Database
    live: int

    async def judge(self, piece: int, labels: dict[Label, float] = MINORS, place: str = "", **more: object) -> int:
        """What a judge says of a piece, in its third second; the number of the assessment, or of the alert of `place`."""
        said = judged(labels=labels, **{"second": 10.0 * piece + 3, **more})
        start = None if said.engine == PERSON or said.kind is not Kind.SPEECH else 10.0 * piece
        async with self.database.work() as work:
            number = await work.alerts.assessed(self.live, said, NOW, start)
            return (await work.alerts.raise_(place, self.live, number, NOW)).id if place else number

    async def decide(self, number: int, place: str = HERE, **changes: object) -> Alert:
        """A person decides the alert of a place."""
        async with self.database.work() as work:
            before = await work.alerts.get(place, number)
            assert before is not None
            after = replace(before, **changes)
            decision = Decision(number, Act.NOTE, before.verdict, after.verdict, "Mara", "console:1", NOW)
            changed = await work.alerts.change(before, after, decision)
            assert changed is not None
            return changed

    async def alert(self, number: int, place: str = HERE) -> Alert:
        async with self.database.reading() as work:
            found = await work.alerts.get(place, number)
        assert found is not None
        return found

    async def kept(self, place: str = HERE) -> list[int]:
        """The pieces `place` is not shown. Every way of asking says the same."""
        async with self.database.reading() as work:
            shown = await work.transcripts.shown_to(place, self.live)
            stretches = await work.transcripts.withheld(place, self.live)
            parts = [await work.transcripts.shown_to(place, self.live, start=10.0 * n, end=10.0 * n) for n in range(6)]
            found = await work.search.find(place, "", Sought(("said",), (Source.LIVES,)))
            whole = await work.search.find(place, "", Sought(("said",), (Source.LIVES,), whole=True))
        bare = [
            n for n, one in enumerate(shown) if one == Segment(one.start, one.end, None, state=SegmentState.WITHHELD)
        ]
        assert stretches == [(10.0 * n, 10.0 * n + 10) for n in bare]
        assert [n for n, (one,) in enumerate(parts) if one == shown[n] and n in bare] == bare
        assert sorted(row.second for row in found) == [10.0 * n for n in range(PIECES) if n not in bare]
        assert len(whole) == PIECES
        return bare


@pytest.fixture
async def desk(database: Database, stage) -> Desk:
    async with database.work() as work:
        await work.places.put(Place(THERE, "there"))
        live, _ = await work.lives.begin(stage.account, Look(NOW, True, "room2", "Both"), [HERE, THERE])
        said = [Segment(10.0 * n, 10.0 * n + 10, f"piece{n} said") for n in range(PIECES)]
        await work.transcripts.add(live.id, said)
    return Desk(database, live.id)


async def test_only_the_piece_a_judge_takes_for_that_is_withheld_in_all_places(desk: Desk):
    await desk.judge(1, OTHER)
    await desk.judge(2)
    await desk.judge(3, kind=Kind.CHAT, second=33.0)
    assert (await desk.kept(), await desk.kept(THERE)) == ([2], [2])


async def test_the_last_word_on_a_piece_counts(desk: Desk):
    await desk.judge(1)
    await desk.judge(1, OTHER)
    await desk.judge(2, OTHER)
    await desk.judge(2)
    assert await desk.kept() == [2]


async def test_the_piece_that_is_quoted_is_withheld_and_not_the_one_that_ends_where_it_begins(desk: Desk):
    await desk.judge(1, second=20.0, engine=PERSON)
    assert await desk.kept() == [2]


async def test_pieces_that_were_judged_together_are_withheld_together_and_come_back_together(desk: Desk):
    first, last = await desk.judge(1, OTHER), await desk.judge(3, OTHER)
    alert = await desk.judge(2, place=HERE)
    async with desk.database.work() as work:
        word = (await work.alerts.get(HERE, alert)).assessment
        await work.alerts.replaced(first, word)
        await work.alerts.replaced(last, replace(word, labels=OTHER))
        assert [one.second for one in await work.alerts.of_live(desk.live)] == [23.0]  # still one word
        assert await work.alerts.unjudged(desk.live) == [40.0, 50.0]
    assert await desk.kept() == [1, 2]
    await desk.decide(alert, verdict=Verdict.DISMISSED)
    assert (await desk.kept(), await desk.kept(THERE)) == ([], [1, 2])


async def test_words_that_come_late_or_are_written_down_anew_are_withheld_too(desk: Desk):
    await desk.judge(4)
    async with desk.database.work() as work:
        await work.transcripts.add(desk.live, [Segment(40.0, 50.0, "piece4 said otherwise", engine="groq")])
        shown = await work.transcripts.shown_to(HERE, desk.live, start=40.0, end=40.0)
    assert shown == [Segment(40.0, 50.0, None, engine="groq", state=SegmentState.WITHHELD)]


async def test_what_people_of_a_place_found_not_to_be_so_comes_back_there_and_nowhere_else(desk: Desk):
    here, there = await desk.judge(1, place=HERE), await desk.judge(2, place=THERE)
    assert await desk.kept() == [1, 2]
    await desk.decide(here, verdict=Verdict.DISMISSED)
    await desk.decide(there, THERE, labels=(Label.H,))
    assert (await desk.kept(), await desk.kept(THERE)) == ([2], [1])
    await desk.decide(here, verdict=Verdict.WAITING)
    assert await desk.kept() == [1, 2]


async def test_a_later_word_on_what_people_decided_changes_nothing(desk: Desk):
    alert = await desk.judge(1, place=HERE)
    await desk.decide(alert, verdict=Verdict.DISMISSED)
    await desk.judge(1, second=14.0)
    assert (await desk.kept(), await desk.kept(THERE)) == ([], [1])


async def test_that_something_else_was_dismissed_brings_nothing_back(desk: Desk):
    alert = await desk.judge(1, OTHER, HERE)
    await desk.decide(alert, verdict=Verdict.DISMISSED)
    await desk.judge(1)
    assert await desk.kept() == [1]


async def test_what_people_found_to_be_so_is_withheld_whatever_judges_say(desk: Desk):
    alert = await desk.judge(1, OTHER, HERE)
    await desk.decide(alert, labels=(Label.S3, Label.H))
    assert (await desk.kept(), await desk.kept(THERE)) == ([1], [])
    sent = await desk.judge(3, {}, HERE, engine=PERSON, quote="piece3 said piece4 said")
    await desk.decide(sent, labels=(Label.S3,))
    assert (await desk.kept(), await desk.kept(THERE)) == ([1, 3, 4], [])


async def test_all_lines_of_a_post_that_a_person_sent_come_back_together(desk: Desk):
    sent = await desk.judge(1, {}, HERE, engine=PERSON, quote="piece1 said piece2 said piece4 said")
    beside = await desk.judge(4, {}, HERE, engine=PERSON, quote="piece4 said")
    apart = await desk.judge(2, OTHER, HERE)
    await desk.decide(sent, labels=(Label.S3,))
    assert (await desk.kept(), (await desk.alert(apart)).restricted) == ([1, 2, 4], True)
    await desk.decide(sent, verdict=Verdict.DISMISSED)
    assert (await desk.kept(), (await desk.alert(apart)).restricted) == ([], False)
    await desk.decide(sent, verdict=Verdict.CONFIRMED)
    await desk.decide(beside, labels=(Label.S3,))
    await desk.decide(sent, labels=(Label.H,))
    assert await desk.kept() == [4]


async def test_of_what_a_person_sent_lines_are_withheld_as_they_are_written_and_by_whole_words(desk: Desk):
    lines = ["it's 100% _so_", " more  of\nit ", "", " ", "so", "it's 100%", "and more of it", "SAID"]
    said = [Segment(100.0 + 10 * n, 110.0 + 10 * n, text) for n, text in enumerate(lines)]
    far = [Segment(90.0, 100.0, "and on"), Segment(1_001.0, 1_011.0, "and on")]
    async with desk.database.work() as work:
        await work.transcripts.add(desk.live, [*said, *far])
    quote = " ".join([*lines[:2], "and on", "it's said anyway"])
    sent = await desk.judge(10, {}, HERE, engine=PERSON, quote=quote, second=100.0)
    await desk.decide(sent, labels=(Label.S3,))
    async with desk.database.reading() as work:
        kept = [start for start, _ in await work.transcripts.withheld(HERE, desk.live)]
    assert kept == [100.0, 110.0, 150.0]


async def test_the_second_of_a_post_is_rounded_and_all_its_lines_are_withheld(desk: Desk):
    async with desk.database.work() as work:
        await work.transcripts.add(desk.live, [Segment(70.0000004, 80.0, "so said"), Segment(80.0, 90.0, "and so on")])
    sent = await desk.judge(7, {}, HERE, engine=PERSON, quote="so said and so on", second=70.0)
    await desk.decide(sent, labels=(Label.S3,))
    async with desk.database.reading() as work:
        assert await work.transcripts.withheld(HERE, desk.live) == [(70.0000004, 80.0), (80.0, 90.0)]


async def test_an_alert_reaches_to_the_last_line_that_it_quotes(desk: Desk):
    alerts = [
        await desk.judge(1, {}, HERE, engine=PERSON, quote="piece1 said piece2 said piece4 said", second=10.0),
        await desk.judge(1, {}, HERE, engine=PERSON, quote="written down otherwise"),
        await desk.judge(2, MINORS, HERE, quote="piece2 said piece4 said"),
    ]
    async with desk.database.reading() as work:
        until = [await work.alerts.until(await desk.alert(one)) for one in alerts]
    assert until == [40.0, 13.0, 23.0]


async def test_an_alert_that_quotes_such_words_for_another_reason_is_restricted_as_well(desk: Desk):
    before = await desk.judge(1, OTHER, HERE)
    sent = await desk.judge(2, {}, HERE, engine=PERSON, quote="piece2 said piece3 said")
    apart = await desk.judge(4, OTHER, HERE)
    assert [(await desk.alert(one)).restricted for one in (before, sent, apart)] == [False, False, False]
    await desk.judge(1)
    minors = await desk.judge(3, place=HERE)
    assert [(await desk.alert(one)).restricted for one in (before, sent, apart, minors)] == [True, True, False, True]
    assert not (await desk.alert(before)).about_minors
    await desk.decide(minors, verdict=Verdict.DISMISSED)
    assert [(await desk.alert(one)).restricted for one in (sent, minors)] == [False, False]


async def test_a_line_that_a_person_sent_is_restricted_also_when_its_words_are_written_down_anew(desk: Desk):
    sent = await desk.judge(2, {}, HERE, engine=PERSON, quote="piece2 said", second=22.0)
    posted = await desk.judge(2, {}, HERE, engine=PERSON, quote="piece2 said piece3 said", second=19.9999)
    before = await desk.judge(1, {}, HERE, engine=PERSON, quote="piece1 said", second=12.0)
    async with desk.database.work() as work:
        await work.transcripts.add(desk.live, [Segment(20.0, 30.0, "piece 2 said", engine="groq")])
    await desk.judge(2)
    assert [(await desk.alert(one)).restricted for one in (sent, posted, before)] == [True, True, False]
