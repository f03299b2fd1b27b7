"""Places take turns at the queue of work: who asked for much holds up nobody who asked for little."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from core.model.job import Job, JobState
from core.ports.store import Work
from storage.database import Database

NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
LEASE = timedelta(hours=9)
AT_ONCE = 2
Working = Callable[[], AbstractAsyncContextManager[Work]]


async def test_one_job_of_another_place_is_next_however_much_waits(working: Working):
    async with working() as work:
        for number in range(20):
            await work.jobs.add("video", f"a{number}", {}, NOW, place="much")
        busy = await work.jobs.claim("w", ["video"], NOW, LEASE, AT_ONCE)
        assert [job.key for job in busy] == ["a0", "a1"]
        later = NOW + timedelta(minutes=1)
        one = await work.jobs.add("video", "b", {}, later, place="little")
        assert await work.jobs.ahead(one, later) == 2, "only those under way"
        assert [job.key for job in await work.jobs.queue("video", later, 4)] == ["a0", "a1", "b", "a2"]
        await work.jobs.finish(busy[0], later)
        assert [job.key for job in await work.jobs.claim("w", ["video"], later, LEASE, 1)] == ["b"]


async def test_several_are_claimed_from_all_places_in_turn(working: Working):
    async with working() as work:
        for place in ("a", "b", "c"):
            for number in range(3):
                await work.jobs.add("video", f"{place}{number}", {}, NOW, place=place)
        claimed = await work.jobs.claim("w", ["video"], NOW, LEASE, 5)
    assert [job.key for job in claimed] == ["a0", "b0", "c0", "a1", "b1"]


async def test_another_kind_of_work_costs_no_turn(working: Working):
    async with working() as work:
        await work.jobs.add("clip", "clip", {}, NOW, place="a")
        await work.jobs.claim("w", ["clip"], NOW, LEASE, 1)
        await work.jobs.add("video", "a", {}, NOW, place="a")
        await work.jobs.add("video", "b", {}, NOW, place="b")
        assert [job.key for job in await work.jobs.claim("w", ["video"], NOW, LEASE, 1)] == ["a"]


async def test_what_waits_to_be_tried_again_is_ahead_of_nobody(working: Working):
    async with working() as work:
        await work.jobs.add("video", "a", {}, NOW, place="a")
        (job,) = await work.jobs.claim("w", ["video"], NOW, LEASE, 1)
        await work.jobs.finish(job, NOW, "it broke", NOW + timedelta(hours=1))
        other = await work.jobs.add("video", "b", {}, NOW, place="b")
        assert await work.jobs.ahead(other, NOW) == 0
        assert await work.jobs.queue("video", NOW, 9) == [other]


async def test_jobs_are_counted_by_state_for_a_place_and_a_person(working: Working):
    async with working() as work:
        for key, place, by in (("1", "a", "you"), ("2", "a", "her"), ("3", "b", "you")):
            await work.jobs.add("video", key, {}, NOW, place=place, by=by)
        await work.jobs.add("clip", "4", {}, NOW, place="a", by="you")
        (job,) = await work.jobs.claim("w", ["clip"], NOW, LEASE, 1)
        await work.jobs.finish(job, NOW, "it broke")
        mine = await work.jobs.counts(place="a", by="you")
        assert (mine[JobState.WAITING], mine[JobState.DEAD], mine[JobState.DONE]) == (1, 1, 0)
        assert (await work.jobs.counts(kind="video"))[JobState.WAITING] == 3
        assert [job.key for job in await work.jobs.of_place("a", "video", by="you")] == ["1"]
        assert [job.key for job in await work.jobs.of_place("a", "clip", state=JobState.DEAD)] == ["4"]
        assert await work.jobs.of_place("a", "clip", state=JobState.WAITING) == []


# ---------------------------------------------------------------- whatever comes


@dataclass
class Round:
    """A queue at work: jobs come, two at a time are done, and what was begun while somebody waited is written down."""

    work: Work
    now: datetime = NOW
    number: int = 0
    running: list[Job] = field(default_factory=list)
    begun: list[Job] = field(default_factory=list)
    begun_since: dict[str, list[str]] = field(default_factory=dict)

    async def comes(self, place: str) -> None:
        self.number += 1
        await self.work.jobs.add("video", str(self.number), {}, self.now, place=place)

    async def ends(self, which: int) -> None:
        if self.running:
            job = self.running.pop(which % len(self.running))
            assert await self.work.jobs.finish(job, self.now)

    async def begins(self) -> None:
        waits = {
            job.place for job in await self.work.jobs.queue("video", self.now, 99) if job.state is JobState.WAITING
        }
        idle = waits - {job.place for job in self.running}
        self.begun_since = {place: self.begun_since.get(place, []) for place in idle}
        for job in await self.work.jobs.claim("w", ["video"], self.now, LEASE, AT_ONCE - len(self.running)):
            self.running.append(job)
            self.begun.append(job)
            self.begun_since.pop(job.place, None)
            for place, others in self.begun_since.items():
                assert job.place not in others, f"{job.place} was begun twice while {place} waited"
                others.append(job.place)


@asynccontextmanager
async def queueing() -> AsyncIterator[Round]:
    with TemporaryDirectory() as folder:
        database = Database("", Path(folder))
        await database.open()
        async with database.work() as work:
            yield Round(work)
        await database.close()


STEPS = st.lists(st.one_of(st.sampled_from("abcd"), st.integers(0, 1)), max_size=30)


@settings(max_examples=10, deadline=None)
@given(STEPS)
async def test_nobody_is_begun_twice_while_somebody_with_nothing_under_way_waits(steps: list[str | int]):
    """A letter: a job of that place comes; a number: one of those under way ends."""
    async with queueing() as it:
        for step in [*steps, *[0] * 40]:
            it.now += timedelta(seconds=1)
            await (it.comes(step) if isinstance(step, str) else it.ends(step))
            await it.begins()
        assert len(it.begun) == it.number, "everything came to its turn"
        for place in "abcd":
            own = [job.id for job in it.begun if job.place == place]
            assert own == sorted(own), "a place's own come oldest first"


@settings(max_examples=10, deadline=None)
@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=12))
async def test_the_queue_that_is_shown_is_the_order_of_the_claims(places: list[str]):
    async with queueing() as it:
        for place in places:
            it.now += timedelta(seconds=1)
            await it.comes(place)
        shown = await it.work.jobs.queue("video", it.now, 99)
        assert [await it.work.jobs.ahead(job, it.now) for job in shown] == list(range(len(shown)))
        claimed: list[Job] = []
        for _ in shown:
            it.now += timedelta(seconds=1)
            claimed += await it.work.jobs.claim("w", ["video"], it.now, LEASE, 1)
        assert [job.id for job in claimed] == [job.id for job in shown]
