"""Jobs: claimed, done, tried again, given up; what came of one is stored with its end or not at all."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core.errors import EarshotError, Missing, Transient
from core.model.job import Job
from core.ports.store import Work
from core.services.working import ATTEMPTS, Effect, Working
from tests.builders import rows
from tests.core.services.conftest import Running
from tests.doubles import CountedStorage, HandClock


@dataclass
class Bench:
    """A handler that does what a test says, and a worker for it."""

    storage: CountedStorage
    clock: HandClock
    folder: Path
    does: Callable[[Job], Awaitable[None]]
    attempts: list[tuple[str, int]] = field(default_factory=list)

    async def handle(self, job: Job) -> Effect:
        self.attempts.append((job.key, job.attempt))
        await self.does(job)

        async def effect(work: Work) -> None:
            await work.revisions.bump(f"did {job.key}")

        return effect

    def worker(self, name: str = "w") -> Working:
        return Working(self.storage, self.clock, {"clip": self.handle}, name)

    async def add(self, key: str = "k") -> None:
        async with self.storage.work() as work:
            await work.jobs.add("clip", key, {}, self.clock.now())

    def jobs(self) -> list[tuple[str, str]]:
        return [(row["state"], row["error"]) for row in rows(self.folder, "select state, error from job order by id")]

    async def effects(self, key: str = "k") -> int:
        async with self.storage.reading() as work:
            return await work.revisions.of(f"did {key}")


async def well(job: Job) -> None:
    """Nothing goes wrong."""


def failing(error: Exception) -> Callable[[Job], Awaitable[None]]:
    """Always this."""

    async def fail(job: Job) -> None:
        raise error

    return fail


@pytest.fixture
def bench(storage: CountedStorage, clock: HandClock, tmp_path: Path) -> Bench:
    return Bench(storage, clock, tmp_path, well)


async def test_a_job_is_done_once_and_its_effect_is_stored(bench: Bench, clock: HandClock, running: Running):
    async with running(bench.worker().run()):
        await bench.add()
        for _ in range(4):
            await clock.advance(1)
    assert (bench.jobs(), await bench.effects(), bench.attempts) == ([("done", "")], 1, [("k", 1)])


async def test_two_workers_do_a_job_once(bench: Bench, clock: HandClock, running: Running):
    for number in range(20):
        await bench.add(f"k{number}")
    async with running(bench.worker("a").run(), bench.worker("b").run()):
        for _ in range(6):
            await clock.advance(1)
    assert len(bench.attempts) == len(set(bench.attempts)) == 20


async def test_what_may_pass_is_tried_again_when_the_other_side_says(bench: Bench, clock: HandClock, running: Running):
    bench.does = failing(Transient("DISK", retry_after=100))
    await bench.add()
    async with running(bench.worker().run()):
        assert bench.jobs() == [("waiting", "DISK")]
        await clock.advance(99)
        assert len(bench.attempts) == 1
        bench.does = well
        await clock.advance(1.5)
        await clock.advance(1)
    assert (bench.jobs()[0][0], await bench.effects(), len(bench.attempts)) == ("done", 1, 2)


async def test_what_never_passes_is_given_up_after_a_few_tries(bench: Bench, clock: HandClock, running: Running):
    bench.does = failing(Transient("DISK"))
    await bench.add()
    async with running(bench.worker().run()):
        for _ in range(8):
            await clock.advance(300)
            await clock.advance(1)
    assert (bench.jobs(), len(bench.attempts)) == ([("dead", "DISK")], ATTEMPTS)


@pytest.mark.parametrize(
    "error", [Missing("NOT_FOUND"), ZeroDivisionError("division by zero")], ids=["error", "mistake"]
)
async def test_what_cannot_pass_is_given_up_at_once_and_the_others_go_on(
    bench: Bench, clock: HandClock, running: Running, error: Exception
):
    bench.does = failing(error)
    await bench.add("bad")
    async with running(bench.worker().run()):
        bench.does = well
        await bench.add("good")
        await clock.advance(1)
        await clock.advance(1)
    assert [state for state, _ in bench.jobs()] == ["dead", "done"]
    assert str(error.code if isinstance(error, EarshotError) else error) in bench.jobs()[0][1]
    assert (await bench.effects("bad"), await bench.effects("good")) == (0, 1)


async def test_an_effect_that_fails_is_not_half_stored_and_its_job_not_done(
    bench: Bench, clock: HandClock, running: Running
):
    async def handle(job: Job) -> Effect:
        async def effect(work: Work) -> None:
            await work.revisions.bump("half")
            raise Missing("CLIP_GONE")

        return effect

    worker = Working(bench.storage, clock, {"clip": handle}, "w")
    await bench.add()
    async with running(worker.run()):
        await clock.advance(1)
    async with bench.storage.reading() as work:
        assert await work.revisions.of("half") == 0
    assert bench.jobs() == [("dead", "CLIP_GONE")]


async def test_a_long_job_keeps_its_lease_and_nobody_else_takes_it(bench: Bench, clock: HandClock, running: Running):
    done = asyncio.Event()

    async def wait(job: Job) -> None:
        await done.wait()

    bench.does = wait
    await bench.add()
    async with running(bench.worker("a").run(), bench.worker("b").run()):
        for _ in range(20):
            await clock.advance(15)
        assert len(bench.attempts) == 1
        done.set()
        await clock.advance(1)
    assert (bench.jobs(), await bench.effects()) == ([("done", "")], 1)


async def test_a_stop_gives_what_is_running_back_at_once_and_costs_it_no_attempt(
    bench: Bench, clock: HandClock, running: Running
):
    async def wait(job: Job) -> None:
        await asyncio.Event().wait()

    bench.does = wait
    await bench.add()
    for name in ("first", "second"):
        async with running(bench.worker(name).run()):
            await clock.advance(1)
        assert bench.jobs() == [("waiting", "")]
    bench.does = well
    async with running(bench.worker("third").run()):
        await clock.advance(1)
    assert (bench.jobs(), bench.attempts) == ([("done", "")], [("k", 1)] * 3)


async def test_a_worker_that_died_gives_its_job_back_and_can_do_no_harm_later(
    bench: Bench, clock: HandClock, running: Running
):
    await bench.add()
    async with bench.storage.work() as work:
        (job,) = await work.jobs.claim("dead", ["clip"], clock.now(), clock.now() - clock.now(), 1)
    async with running(bench.worker().run()):
        await clock.advance(61)
    assert bench.attempts == [("k", 2)]
    async with bench.storage.work() as work:
        assert not await work.jobs.finish(job, clock.now())
    assert await bench.effects() == 1


async def test_a_job_that_kills_whoever_does_it_is_given_up_too(bench: Bench, clock: HandClock, running: Running):
    """A file that ends the process ends every process that takes it up: no attempt comes to an end that could be counted."""
    await bench.add()
    for _ in range(ATTEMPTS):
        async with bench.storage.work() as work:
            await work.jobs.claim("dead", ["clip"], clock.now(), clock.now() - clock.now(), 1)
    async with running(bench.worker().run()):
        await clock.advance(61)
    assert (bench.jobs(), bench.attempts) == ([("dead", "JOB_DEADLY {'n': 5}")], [])


async def test_no_more_jobs_run_at_once_than_allowed(bench: Bench, clock: HandClock, running: Running):
    done = asyncio.Event()

    async def wait(job: Job) -> None:
        await done.wait()

    bench.does = wait
    for number in range(20):
        await bench.add(f"k{number}")
    worker = bench.worker()
    async with running(worker.run()):
        await clock.advance(1)
        assert len(worker.running) == len(bench.attempts) == 8
        done.set()
        for _ in range(6):
            await clock.advance(1)
    assert len(bench.attempts) == 20


async def test_a_busy_database_neither_ends_the_worker_nor_loses_the_job(
    bench: Bench, clock: HandClock, running: Running
):
    async def busy(job: Job) -> None:
        bench.storage.busy = 2  # neither the end nor the failure can be written down
        bench.does = well

    bench.does = busy
    await bench.add()
    async with running(bench.worker().run()):
        bench.storage.busy += 2
        for _ in range(3):
            await clock.advance(1)
        await clock.advance(61)
        await clock.advance(1)
    assert (bench.jobs()[0][0], await bench.effects()) == ("done", 1)


async def test_a_cancelled_job_stops_within_a_second_and_the_others_go_on(
    bench: Bench, clock: HandClock, running: Running
):
    stopped: list[str] = []

    async def wait(job: Job) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            stopped.append(job.key)

    bench.does = wait
    async with bench.storage.work() as work:
        for key in ("a", "b"):
            await work.jobs.add("clip", key, {}, clock.now(), place="here")
    worker = bench.worker()
    async with running(worker.run()):
        await clock.advance(1)
        async with bench.storage.work() as work:
            await work.jobs.cancel(1, "here")
        await clock.advance(0.6)
        await clock.settled()
        assert (stopped, list(worker.running)) == (["a"], [2])
        assert bench.jobs() == [("cancelled", ""), ("running", "")]
    assert bench.jobs() == [("cancelled", ""), ("waiting", "")], "a stop gives back what runs, not what was cancelled"


async def test_an_attempt_that_takes_half_an_hour_is_ended(bench: Bench, clock: HandClock, running: Running):
    async def wait(job: Job) -> None:
        await asyncio.Event().wait()

    bench.does = wait
    await bench.add()
    async with running(bench.worker().run()):
        for _ in range(31):
            await clock.advance(60)
    assert bench.jobs() == [("dead", "JOB_LATE {'n': 30}")]


async def test_a_failure_is_told_in_its_own_transaction_with_the_time_of_the_next_try(
    bench: Bench, clock: HandClock, running: Running
):
    told: list[tuple[str, bool]] = []

    async def failing_effect(work: Work, job: Job, error: EarshotError, at: datetime | None) -> None:
        told.append((error.code, at is not None))
        await work.revisions.bump("told")

    worker = Working(bench.storage, clock, {"clip": bench.handle}, "w", failing={"clip": failing_effect})
    bench.does = failing(Transient("DISK", retry_after=10))
    await bench.add()
    async with running(worker.run()):
        await clock.advance(1)
        bench.does = failing(ZeroDivisionError())
        await clock.advance(11)
        await clock.advance(1)
    assert told == [("DISK", True), ("BUG", False)]
    async with bench.storage.reading() as work:
        assert await work.revisions.of("told") == 2


async def test_what_cannot_be_taken_back_waits_until_the_end_is_stored(
    bench: Bench, clock: HandClock, running: Running
):
    stored: list[str] = []

    async def handle(job: Job) -> Effect:
        async def effect(work: Work) -> None:
            if job.attempt == 1:
                raise Transient("DISK", retry_after=10)

        return effect

    def over(job: Job) -> None:
        stored.append(bench.jobs()[0][0])

    await bench.add()
    async with running(Working(bench.storage, clock, {"clip": handle}, "w", over={"clip": over}).run()):
        await clock.advance(1)
        assert (bench.jobs(), stored) == ([("waiting", "DISK")], [])
        await clock.advance(11)
        await clock.advance(1)
    assert stored == ["done"]


async def test_of_a_kind_that_is_heavy_only_a_few_run_and_they_block_nobody(
    bench: Bench, clock: HandClock, running: Running
):
    done = asyncio.Event()

    async def wait(job: Job) -> None:
        if job.kind == "heavy":
            await done.wait()

    bench.does = wait
    async with bench.storage.work() as work:
        for number in range(5):
            await work.jobs.add("heavy", f"h{number}", {}, clock.now())
        await work.jobs.add("clip", "light", {}, clock.now())
    worker = Working(bench.storage, clock, {"heavy": bench.handle, "clip": bench.handle}, "w", most={"heavy": 2})
    async with running(worker.run()):
        await clock.advance(1)
        assert sorted(key for key, _ in bench.attempts) == ["h0", "h1", "light"]
        done.set()
        for _ in range(4):
            await clock.advance(1)
    assert len(bench.attempts) == 6


async def test_hands_for_one_job_touch_no_other(bench: Bench, clock: HandClock, running: Running):
    await bench.add("a")
    await bench.add("b")
    async with running(bench.worker().for_one(2).run()):
        await clock.advance(1)
    assert bench.attempts == [("b", 1)]


async def test_a_kind_with_room_of_its_own_is_not_held_up_by_eight_slow_jobs_and_takes_none_of_theirs(
    bench: Bench, clock: HandClock, running: Running
):
    async def slow(job: Job) -> Effect:
        await asyncio.Event().wait()
        raise AssertionError

    worker = Working(bench.storage, clock, {"slow": slow, "clip": bench.handle}, "w", most={"clip": 3})
    async with bench.storage.work() as work:
        for number in range(10):
            await work.jobs.add("slow", f"slow{number}", {}, clock.now())
    async with running(worker.run()):
        assert len(worker.running) == 8
        waiting = asyncio.Event()

        async def wait(job: Job) -> None:
            await waiting.wait()

        bench.does = wait
        for number in range(5):
            await bench.add(f"k{number}")
        await clock.advance(1)
        assert (len(worker.running), len(bench.attempts)) == (11, 3)
        waiting.set()
        await clock.advance(1)
        await clock.advance(1)
        assert len(bench.attempts) == 5


async def test_a_job_is_begun_at_the_moment_it_is_due(bench: Bench, clock: HandClock, running: Running):
    async with bench.storage.work() as work:
        await work.jobs.add("clip", "k", {}, clock.now() + timedelta(seconds=0.7))
    async with running(bench.worker().run()):
        await clock.advance(0.5)
        assert bench.attempts == []
        await clock.advance(0.2)
        assert bench.attempts == [("k", 1)]
