"""What every queue of work must do, and that killing its workers loses nothing and finishes nothing twice."""

import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.model.job import JobState
from core.ports.store import Work
from storage.database import Database

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
LEASE = timedelta(seconds=30)
Working = Callable[[], AbstractAsyncContextManager[Work]]


@pytest.fixture(params=["sqlite"])
async def working(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Working]:
    """Transactions on an empty queue of each implementation."""
    database = Database("", tmp_path)
    await database.open()
    yield database.work
    await database.close()


class TestJobQueue:
    """One contract, every implementation."""

    async def test_a_job_is_claimed_once_done_once_and_then_over(self, working: Working):
        async with working() as work:
            added = await work.jobs.add("clip", "k", {"live": 1, "why": ["é"]}, NOW)
            assert (added.state, added.attempt, added.epoch) == (JobState.WAITING, 0, 0)
            assert await work.jobs.due(["clip"], NOW)
        async with working() as work:
            (job,) = await work.jobs.claim("w1", ["clip"], NOW, LEASE, 10)
            assert job == replace(added, state=JobState.RUNNING, attempt=1, epoch=1)
            assert not await work.jobs.due(["clip"], NOW)
            assert await work.jobs.claim("w2", ["clip"], NOW, LEASE, 10) == []
        async with working() as work:
            assert await work.jobs.finish(job, NOW)
            assert not await work.jobs.finish(job, NOW)
            assert not await work.jobs.due(["clip"], NOW + timedelta(days=1))

    async def test_the_same_wish_is_one_job_until_it_is_finished(self, working: Working):
        async with working() as work:
            first = await work.jobs.add("clip", "k", {"n": 1}, NOW)
            assert await work.jobs.add("clip", "k", {"n": 2}, NOW) == first
            (job,) = await work.jobs.claim("w", ["clip"], NOW, LEASE, 1)
            assert (await work.jobs.add("clip", "k", {}, NOW)).id == job.id
            await work.jobs.finish(job, NOW)
            assert (await work.jobs.add("clip", "k", {"n": 3}, NOW)).id != first.id

    async def test_jobs_come_when_due_oldest_due_first_and_only_of_the_kinds_asked_for(self, working: Working):
        async with working() as work:
            for key, kind, seconds in [("a", "clip", 2), ("b", "clip", 1), ("c", "other", 0), ("d", "clip", 60)]:
                await work.jobs.add(kind, key, {}, NOW + timedelta(seconds=seconds))
            assert not await work.jobs.due(["clip"], NOW)
            assert await work.jobs.claim("w", ["clip"], NOW, LEASE, 9) == []
            later = NOW + timedelta(seconds=5)
            assert await work.jobs.due(["clip"], later)
            (first,) = await work.jobs.claim("w", ["clip"], later, LEASE, 1)
            rest = await work.jobs.claim("w", ["clip", "other"], later, LEASE, 9)
        assert [first.key, *(job.key for job in rest)] == ["b", "c", "a"]

    async def test_a_failed_job_waits_for_its_retry_and_dies_without_one(self, working: Working):
        again = NOW + timedelta(minutes=1)
        async with working() as work:
            await work.jobs.add("clip", "k", {}, NOW)
            (job,) = await work.jobs.claim("w", ["clip"], NOW, LEASE, 1)
            assert await work.jobs.finish(job, NOW, "it broke", again)
            assert await work.jobs.claim("w", ["clip"], NOW, LEASE, 1) == []
            (job,) = await work.jobs.claim("w", ["clip"], again, LEASE, 1)
            assert (job.attempt, job.epoch, job.error, job.due) == (2, 2, "it broke", again)
            assert await work.jobs.finish(job, again, "it broke again")
            assert not await work.jobs.due(["clip"], again + timedelta(days=9))

    async def test_a_lease_that_ran_out_is_claimed_anew_and_the_slow_worker_can_do_no_harm(self, working: Working):
        late = NOW + LEASE
        async with working() as work:
            await work.jobs.add("clip", "k", {}, NOW)
            (slow,) = await work.jobs.claim("slow", ["clip"], NOW, LEASE, 1)
            assert not await work.jobs.due(["clip"], late - timedelta(seconds=1))
            assert await work.jobs.due(["clip"], late)
            (quick,) = await work.jobs.claim("quick", ["clip"], late, LEASE, 1)
            assert (quick.id, quick.attempt, quick.epoch) == (slow.id, 2, 2)
            assert not await work.jobs.finish(slow, late)
            assert not await work.jobs.extend(slow, late + LEASE)
            assert await work.jobs.finish(quick, late)

    async def test_a_long_job_keeps_its_lease(self, working: Working):
        async with working() as work:
            await work.jobs.add("clip", "k", {}, NOW)
            (job,) = await work.jobs.claim("w", ["clip"], NOW, LEASE, 1)
            assert await work.jobs.extend(job, NOW + 3 * LEASE)
            assert not await work.jobs.due(["clip"], NOW + 2 * LEASE)
            assert await work.jobs.finish(job, NOW + 2 * LEASE)
            assert not await work.jobs.extend(job, NOW + 9 * LEASE)

    async def test_a_worker_later_than_its_lease_still_finishes_when_nobody_took_over(self, working: Working):
        async with working() as work:
            await work.jobs.add("clip", "k", {}, NOW)
            (job,) = await work.jobs.claim("w", ["clip"], NOW, LEASE, 1)
            assert await work.jobs.finish(job, NOW + 2 * LEASE)

    async def test_a_clock_set_back_claims_nothing_twice(self, working: Working):
        async with working() as work:
            await work.jobs.add("clip", "k", {}, NOW)
            await work.jobs.claim("w", ["clip"], NOW, LEASE, 1)
            assert await work.jobs.claim("w", ["clip"], NOW - timedelta(hours=1), LEASE, 1) == []

    async def test_a_claim_that_is_not_committed_never_happened(self, working: Working):
        async with working() as work:
            await work.jobs.add("clip", "k", {}, NOW)

        async def claim_and_fail() -> None:
            async with working() as work:
                await work.jobs.claim("w", ["clip"], NOW, LEASE, 1)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await claim_and_fail()
        async with working() as work:
            (job,) = await work.jobs.claim("w", ["clip"], NOW, LEASE, 1)
            assert job.epoch == 1


WORKER = """
import asyncio, sys
from datetime import datetime, timedelta
from pathlib import Path
from storage.database import Database

async def main():
    database = Database("", Path(sys.argv[1]))
    now = datetime.fromisoformat(sys.argv[2])
    await database.open()
    while True:
        async with database.work() as work:
            jobs = await work.jobs.claim("w", ["clip"], now, timedelta(seconds=30), 7)
        if not jobs:
            break
        for job in jobs:
            async with database.work() as work:
                if await work.jobs.finish(job, now):
                    await work.revisions.bump(f"did {job.key}")
            print(job.key, flush=True)
    await database.close()

asyncio.run(main())
"""


async def test_killing_workers_loses_no_job_and_does_none_twice(tmp_path: Path):
    """kill -9 in the middle of claiming and finishing, again and again; every effect is there exactly once."""
    database = Database("", tmp_path)
    await database.open()
    async with database.work() as work:
        for number in range(100):
            await work.jobs.add("clip", f"k{number}", {}, NOW)
    kills = 0
    for generation in range(20):
        now = NOW + generation * LEASE
        command = [sys.executable, "-c", WORKER, str(tmp_path), now.isoformat()]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as worker:
            assert worker.stdout is not None
            for done, _ in enumerate(worker.stdout, 1):
                if done == 28 + generation:  # in the middle of the seven it has claimed
                    worker.kill()
                    break
            killed = worker.wait(timeout=60) != 0
        kills += killed
        if not killed:
            break
    async with database.reading() as work:
        assert not await work.jobs.due(["clip"], NOW + timedelta(days=1))
        assert [await work.revisions.of(f"did k{number}") for number in range(100)] == [1] * 100
    await database.close()
    assert kills >= 2
