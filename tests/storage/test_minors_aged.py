"""Words that went by their age: whoever was not shown them is shown nothing that quotes them, and nothing else of them is left."""

from typing import NamedTuple

import pytest
from sqlalchemy import text

from core.model.found import Sought, Source
from core.model.keep import Matter
from core.model.person import Person
from core.model.risk import PERSON, Label, Verdict
from core.model.transcript import Segment
from core.model.trigger import Hit, Trigger, Where
from storage.database import Database
from tests.storage.conftest import NOW
from tests.storage.test_minors import HERE, OTHER, THERE, Desk
from tests.storage.test_minors import desk as desk

MARA = Person("console:1", "Mara")


class Known(NamedTuple):
    """What two places are not shown, by seconds; which of their alerts are restricted, and to where each reaches."""

    here: list[tuple[float, float]]
    there: list[tuple[float, float]]
    restricted: dict[int, bool]
    until: dict[int, float]


async def known(desk: Desk) -> Known:
    async with desk.database.reading() as work:
        here, there = [await work.transcripts.withheld(place, desk.live) for place in (HERE, THERE)]
        alerts = [
            one
            for place in (HERE, THERE)
            for one in await work.alerts.several(place, sorted(await work.alerts.find(place)))
        ]
        until = {one.id: await work.alerts.until(one) for one in alerts}
    return Known(here, there, {one.id: one.restricted for one in alerts}, until)


async def age(desk: Desk, at_most: int = 100) -> int:
    gone = 0
    async with desk.database.work() as work:
        while some := await work.leftovers.forget(Matter.TRANSCRIPTS, desk.live, at_most):
            gone += some
    return gone


async def left(database: Database) -> list[tuple[object, ...]]:
    async with database.writing() as connection:
        return [tuple(row) for row in await connection.execute(text("select start, text, search_text from segment"))]


async def test_what_is_withheld_is_withheld_when_its_words_are_gone(desk: Desk):
    await desk.judge(1, OTHER, HERE)
    await desk.judge(1, OTHER, THERE)
    await desk.judge(1)
    await desk.judge(2, second=25.0)
    await desk.judge(3, OTHER, HERE)
    labelled = await desk.judge(3, {}, HERE, engine=PERSON, quote="piece3 said")
    await desk.decide(labelled, labels=(Label.S3,))
    freed = await desk.judge(4, place=THERE)
    await desk.decide(freed, THERE, verdict=Verdict.DISMISSED)
    before = await known(desk)
    assert before.here == [(10.0, 20.0), (20.0, 30.0), (30.0, 40.0), (40.0, 50.0)]
    assert before.there == [(10.0, 20.0), (20.0, 30.0)]
    assert sum(before.restricted.values()) == 4
    assert await age(desk) == 6
    assert await known(desk) == before


async def test_of_a_post_of_several_lines_each_stays_withheld_and_no_other(desk: Desk):
    sent = await desk.judge(1, {}, HERE, engine=PERSON, quote="piece1 said piece3 said", second=10.0)
    other = await desk.judge(0, {}, HERE, engine=PERSON, quote="piece0 said piece2 said", second=0.0)
    apart = [await desk.judge(piece, OTHER, HERE) for piece in (2, 3)]
    await desk.decide(sent, labels=(Label.S3,))
    before = await known(desk)
    assert before.here == [(10.0, 20.0), (30.0, 40.0)]
    assert [before.restricted[one] for one in (other, *apart)] == [False, False, True]
    assert before.until == {sent: 30.0, other: 20.0, apart[0]: 23.0, apart[1]: 33.0}
    assert await age(desk) == 6
    assert await known(desk) == before


async def test_a_post_that_is_sent_to_review_when_its_words_are_gone_keeps_back_what_it_may_quote(desk: Desk):
    apart = await desk.judge(3, OTHER, HERE)
    await age(desk)
    sent = await desk.judge(1, {}, HERE, engine=PERSON, quote="piece1 said piece3 said", second=10.0)
    await desk.decide(sent, labels=(Label.S3,))
    assert (await desk.alert(apart)).restricted


async def test_people_have_the_last_word_also_when_the_words_are_gone(desk: Desk):
    minors, hate = await desk.judge(1, place=HERE), await desk.judge(1, OTHER, HERE)
    late = [await desk.judge(4, OTHER, HERE), await desk.judge(4, OTHER, HERE, second=44.0)]
    await desk.judge(1)
    assert await age(desk) == 6
    assert (await desk.alert(hate)).restricted
    await desk.decide(minors, verdict=Verdict.DISMISSED)
    assert not (await desk.alert(hate)).restricted
    await desk.decide(minors, verdict=Verdict.WAITING)
    assert (await desk.alert(hate)).restricted
    await desk.decide(late[0], labels=(Label.S3,))
    assert [(await desk.alert(one)).restricted for one in late] == [True, True]


async def test_a_hit_in_what_is_found_to_be_so_only_then_is_withheld_too(desk: Desk):
    async with desk.database.work() as work:
        trigger = await work.triggers.add(Trigger(0, HERE, "said"))
        await work.hits.add(
            Hit(0, trigger.id, desk.live, HERE, "said", Where.SPEECH, NOW, 25.0, "piece2 said", 0, 4, "")
        )
    await age(desk)
    await desk.decide(await desk.judge(2, {}, HERE, engine=PERSON, second=25.0), labels=(Label.S3,))
    assert (await known(desk)).here == [(20.0, 30.0)]


async def test_nothing_is_left_but_when_it_was_said(desk: Desk):
    await desk.judge(1)
    await desk.judge(2, OTHER, HERE)
    await desk.judge(3, OTHER)
    assert await age(desk, at_most=2) == 6
    assert sorted(await left(desk.database)) == [(10.0, "", None), (20.0, "", None)]
    async with desk.database.work() as work:
        assert await work.transcripts.of_live(desk.live) == await work.transcripts.shown_to(HERE, desk.live) == []
        assert await work.transcripts.last(desk.live, 10) == []
        assert await work.search.find(HERE, "", Sought(("said",), (Source.LIVES,), whole=True)) == []
        assert await work.alerts.unjudged(desk.live) == []
        assert await work.leftovers.forget(Matter.TRANSCRIPTS, desk.live, 10) == 0
    await _index_is_whole(desk.database)


async def test_it_goes_with_its_live_and_makes_room_for_words_that_come_late(desk: Desk):
    await desk.judge(1)
    await age(desk)
    async with desk.database.work() as work:
        await work.transcripts.add(desk.live, [Segment(10.0, 20.0, "late")])
        assert [part.start for part in await work.transcripts.of_live(desk.live)] == [10.0]
    await _index_is_whole(desk.database)
    await age(desk)
    async with desk.database.work() as work:
        while not await work.lives.remove(desk.live):
            pass
    assert await left(desk.database) == []
    await _index_is_whole(desk.database)


async def _index_is_whole(database: Database) -> None:
    async with database.writing() as connection:
        check = "insert into segment_fts (segment_fts, rank) values ('integrity-check', 1)"
        await connection.execute(text(check))  # raises where it is not


@pytest.mark.parametrize("engine", ["rules", PERSON])
async def test_of_what_nobody_was_told_of_nothing_is_left(desk: Desk, engine: str):
    await desk.judge(1, OTHER, engine=engine)
    await age(desk)
    assert await left(desk.database) == []
