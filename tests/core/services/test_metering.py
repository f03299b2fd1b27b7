"""Metering: every second an engine hears for a place is counted, and beyond its minutes a day only captions are read."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Transient
from core.model.feed import OFF, Event, Feed
from core.model.job import Job, JobState
from core.model.notice import NoticeKind
from core.model.tellable.house import BudgetSpent
from core.model.tellable.videos import Transcribing
from core.model.transcript import Gap, GapCause, SegmentState
from core.model.usage import Usage, Used
from core.model.video import VideoTranscript
from core.services.lives.keeping import Keeping
from core.services.metering import Metering
from storage.writer import BatchedWriter
from tests.builders import HERE, THERE, followed, outbox, placed, rows, scene_of, segment, span, told
from tests.core.services.conftest import Running
from tests.core.services.transcribing_desk import Desk, desk, silent
from tests.doubles import BEGAN, CountedStorage, HandClock

__all__ = ["desk"]
DAY = timedelta(days=1)


@pytest.fixture
async def meter(storage: CountedStorage, clock: HandClock) -> Metering:
    await placed(storage, HERE, address="console:here/posts")
    return Metering(storage, clock, 2)


async def hear(meter: Metering, seconds: float, engine: str = "groq", place: str = HERE) -> None:
    async with meter.storage.work() as work:
        await meter.heard(work, place, engine, seconds)


async def used(meter: Metering, place: str = HERE) -> Used:
    async with meter.storage.reading() as work:
        return await meter.used(work, place)


async def test_it_is_counted_by_day_and_engine_and_added_up_for_the_month(meter: Metering, clock: HandClock):
    await hear(meter, 30)
    await clock.advance(DAY.total_seconds())
    await hear(meter, 10)
    await hear(meter, 5, "captions")
    await hear(meter, 7, place=THERE)
    assert await used(meter) == Used((("groq", 10.0, 40.0), ("captions", 5.0, 5.0)), 120.0, 110.0)
    assert await used(meter, THERE) == Used((), 120.0, 120.0), "a place that is not stored has nothing"


async def test_beyond_its_minutes_a_place_is_over_until_midnight_and_told_once(
    meter: Metering, clock: HandClock, tmp_path: Path
):
    await hear(meter, 119)
    assert not await meter.over(HERE)
    for _ in range(3):
        await hear(meter, 10)
    assert await meter.over(HERE)
    [said] = outbox(tmp_path)
    midnight = datetime.combine(BEGAN.date() + DAY, datetime.min.time(), UTC)
    assert (said.says, said.notice.address) == (BudgetSpent(2, midnight), "console:here/posts")
    await clock.advance((midnight - clock.now()).total_seconds())
    assert not await meter.over(HERE)
    await hear(meter, 120)
    assert len(outbox(tmp_path)) == 2, "the next day is told of again"


async def test_captions_cost_nothing_and_without_a_limit_nobody_is_over(meter: Metering, tmp_path: Path):
    await hear(meter, 9000, "captions")
    assert not await meter.over(HERE)
    free = Metering(meter.storage, meter.clock)
    await hear(free, 9000)
    assert not await free.over(HERE)
    assert (await used(free)).left is None
    assert outbox(tmp_path) == []


async def test_a_place_that_wants_no_word_of_it_gets_none(meter: Metering, tmp_path: Path):
    async with meter.storage.work() as work:
        await work.feeds.put(Feed(HERE, Event.HEALTH, OFF))
    await hear(meter, 500)
    assert outbox(tmp_path) == []


async def test_a_live_counts_for_every_place_that_has_it_written_down(storage: CountedStorage, clock: HandClock):
    await followed(storage)
    await followed(storage, place=THERE, transcript=False)
    scene = await scene_of(storage)
    meter = Metering(storage, clock)
    keeping = Keeping(storage, BatchedWriter(storage.database), meter)
    for part in (
        segment("Hello.", 0.0, 5.0, engine="groq"),
        segment("", 5.0, 4.0, engine="groq", state=SegmentState.SILENT),
        segment(None, 9.0, 3.0, engine="", state=SegmentState.FAILED),
        Gap(12.0, 13.0, GapCause.RECONNECT),
    ):
        await keeping.speech(scene, part)
    assert (await used(meter)).engines == (("groq", 9.0, 9.0),)
    assert (await used(meter, THERE)).engines == ()


async def test_usage_of_a_place_goes_with_it(meter: Metering, tmp_path: Path):
    await hear(meter, 5)
    async with meter.storage.work() as work:
        await work.places.forget(HERE)
    assert rows(tmp_path, "select * from usage") == []


@dataclass
class KeptUsages:
    """Counts in memory."""

    rows: list[Usage]

    async def of_place(self, place: str, since: date) -> list[Usage]:
        return [one for one in self.rows if one.day >= since]


@dataclass
class KeptWork:
    """A unit of work that knows nothing else."""

    usages: KeptUsages


@given(st.lists(st.tuples(st.sampled_from(["groq", "captions"]), st.integers(0, 40), st.integers(1, 900)), max_size=12))
async def test_what_is_used_is_the_sum_of_what_was_heard(heard: list[tuple[str, int, int]]):
    today = date(2026, 11, 20)
    kept: dict[tuple[date, str], float] = {}
    for engine, ago, seconds in heard:
        day = today - timedelta(days=ago)
        kept[day, engine] = kept.get((day, engine), 0.0) + seconds
    rows_of = [Usage(day, engine, seconds, 1) for (day, engine), seconds in kept.items()]

    clock = HandClock(None, datetime(2026, 11, 20, 12, tzinfo=UTC))  # type: ignore[arg-type]
    said = await Metering(None, clock, 10).used(KeptWork(KeptUsages(rows_of)), HERE)  # type: ignore[arg-type]
    month = [row for row in heard if (today - timedelta(days=row[1])).month == 11]
    assert {engine for engine, _, _ in said.engines} == {engine for engine, _, _ in month}
    assert sum(whole for _, _, whole in said.engines) == sum(seconds for _, _, seconds in month)
    assert said.left == 600 - sum(seconds for engine, ago, seconds in heard if not ago and engine == "groq")


# ---------------------------------------------------------------- videos


async def test_a_video_is_counted_in_the_transaction_that_stores_it(desk: Desk, clock: HandClock, running: Running):
    desk.videos.does = silent
    await desk.job()
    async with running(desk.worker().run()):
        await clock.advance(1)
        await desk.says(span(1.0, 5.0), span(20.0, 30.0))
        await clock.advance(1)
    assert (await used(desk.service.metering)).engines == (("groq", 14.0, 14.0),)


async def test_a_place_that_is_over_is_refused_what_must_be_heard_and_given_what_is_there(
    desk: Desk, clock: HandClock, running: Running
):
    await desk.job()
    async with running(desk.worker().run()):
        await clock.advance(1)
        await clock.advance(1)
    meter = Metering(desk.storage, clock, 1)
    over = Desk(desk.storage, clock, desk.folder, engines=desk.engines, minutes=1)
    await hear(meter, 60)
    with pytest.raises(Transient) as caught:
        await over.ask(engine="groq")
    assert (caught.value.code, caught.value.values["n"], caught.value.values["until"]) == ("BUDGET", 1, meter.opens)
    assert isinstance(await over.ask(), VideoTranscript)
    assert isinstance(await over.ask(language="fr"), Job), "it may have captions"


async def test_a_video_without_captions_waits_for_the_next_day(desk: Desk, clock: HandClock, running: Running):
    over = Desk(desk.storage, clock, desk.folder, engines=desk.engines, minutes=1)
    over.videos.does = silent
    await hear(over.service.metering, 61)
    await over.job()
    async with running(over.worker().run()):
        await clock.advance(1)
        await clock.advance(1)
        said = over.last()
        assert isinstance(said, Transcribing)
        assert (said.waits, said.until) == ("BUDGET", over.service.metering.opens)
        await clock.advance((over.service.metering.opens - clock.now()).total_seconds() + 1)
        await over.says(span(1.0, 5.0))
        await clock.advance(1)
    assert await over.state() is JobState.DONE
    assert len(told(desk.folder, NoticeKind.BUDGET)) == 0, "it has no address for posts"


async def test_a_video_with_captions_comes_all_the_same(desk: Desk, clock: HandClock, running: Running):
    over = Desk(desk.storage, clock, desk.folder, engines=desk.engines, minutes=1)
    await hear(over.service.metering, 61)
    await over.job()
    async with running(over.worker().run()):
        await clock.advance(1)
        await clock.advance(1)
    assert await over.state() is JobState.DONE


async def test_a_live_is_frugal_once_everybody_who_has_it_written_down_is_over(
    storage: CountedStorage, clock: HandClock
):
    meter = Metering(storage, clock, 1)
    for place in (HERE, THERE):
        await followed(storage, "maria", place)
    scene = await scene_of(storage)
    async with storage.work() as work:
        await meter.heard(work, HERE, "groq", 60)
        await meter.speech(work, scene, segment("one", 0, 2, engine="groq"))
        assert not scene.frugal, "another place has minutes left"
        await meter.heard(work, THERE, "groq", 60)
        await meter.speech(work, scene, segment(None, 2, 2))
    assert scene.frugal
    await clock.advance(DAY.total_seconds())
    async with storage.work() as work:
        await meter.speech(work, scene, segment(None, 9, 2))
    assert not scene.frugal


async def test_what_got_no_words_is_not_counted(meter: Metering, storage: CountedStorage):
    await followed(storage, "maria", HERE)
    scene = await scene_of(storage)
    async with storage.work() as work:
        await meter.speech(work, scene, segment(None, 0, 5))
    assert (await used(meter)).engines == ()
