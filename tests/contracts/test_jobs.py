"""What every queue of work must do, and that killing its workers loses nothing and finishes nothing twice."""

import subprocess
import sys
from collections.abc import Callable
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
def working(database: Database) -> Working:
    """Transactions on an empty queue of each implementation."""
    return database.work


class TestJobQueue:
    """One contract, every implementation."""

    async def test_a_job_is_claimed_once_done_once_and_then_over(self, working: Working):
        async with working() as work:
            added = await work.jobs.add("clip", "k", {"live": 1, "why": ["é"]}, NOW)
            assert (added.state, added.attempt, added.epoch) == (JobState.WAITING, 0, 0)
            assert await work.jobs.due(["clip"], NOW)
        async with working() as work:
            (job,) = await work.jobs.claim("w1", ["clip"], NOW, LEASE, 10)
            assert job == replace(added, state=JobState.RUNNING, attempt=1, epoch=1, begun=NOW)
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

    async def test_it_knows_when_the_next_of_some_kinds_is_due(self, working: Working):
        async with working() as work:
            assert await work.jobs.next_due(["clip", "report"]) is None
            for seconds, kind in ((30, "clip"), (20, "report"), (10, "other")):
                await work.jobs.add(kind, kind, {}, NOW + timedelta(seconds=seconds))
            assert await work.jobs.next_due(["clip", "report"]) == NOW + timedelta(seconds=20)
            await work.jobs.claim("w", ["report"], NOW + timedelta(seconds=60), LEASE, 1)
            assert await work.jobs.next_due(["clip", "report"]) == NOW + timedelta(seconds=30)

    async def test_what_waits_untried_can_be_made_due_at_once_and_nothing_else_changes(self, working: Working):
        later = NOW + timedelta(seconds=60)
        async with working() as work:
            tried = await work.jobs.add("clip", "tried", {}, NOW)
            (claimed,) = await work.jobs.claim("w", ["clip"], NOW, LEASE, 1)
            await work.jobs.finish(claimed, NOW, error="DISK", retry_at=later)
            mine, other = [await work.jobs.add("clip", key, {}, later) for key in ("mine", "other")]
            await work.jobs.hasten([mine.id, tried.id], NOW)
            dues = [job.due for one in (tried, mine, other) if (job := await work.jobs.get(one.id))]
            assert dues == [later, NOW, later]
            await work.jobs.hasten([mine.id], NOW + timedelta(seconds=5))
            assert await work.jobs.next_due(["clip"]) == NOW

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

    async def test_jobs_of_all_places_are_shown_by_state_newest_first(self, working: Working):
        async with working() as work:
            for key in "abcd":
                await work.jobs.add("clip", key, {}, NOW, place=f"console:{key}")
            (job,) = await work.jobs.claim("w", ["clip"], NOW, LEASE, 1)
            await work.jobs.finish(job, NOW, "CLIP_GONE")
            waiting = await work.jobs.in_state(JobState.WAITING, 2)
            assert [one.key for one in waiting] == ["d", "c"]
            assert [one.key for one in await work.jobs.in_state(JobState.WAITING, 2, skip=2)] == ["b"]
            assert [(one.key, one.error) for one in await work.jobs.in_state(JobState.DEAD, 9)] == [("a", "CLIP_GONE")]
            counts = await work.jobs.counts()
        assert (counts[JobState.WAITING], counts[JobState.DEAD], counts[JobState.RUNNING]) == (3, 1, 0)

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

    async def test_a_job_given_back_is_due_at_once_and_the_attempt_does_not_count(self, working: Working):
        async with working() as work:
            await work.jobs.add("clip", "k", {}, NOW)
            (job,) = await work.jobs.claim("w1", ["clip"], NOW, LEASE, 1)
            assert await work.jobs.give_back(job, NOW)
            assert not await work.jobs.give_back(job, NOW), "it holds it no longer"
            (again,) = await work.jobs.claim("w2", ["clip"], NOW, LEASE, 1)
            assert (again.attempt, again.epoch) == (1, 2)
            assert not await work.jobs.give_back(job, NOW), "nor does it take it from another"
            assert not await work.jobs.finish(job, NOW)

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

    async def test_a_job_says_whose_it_is_and_how_far_it_is(self, working: Working):
        async with working() as work:
            added = await work.jobs.add("clip", "k", {}, NOW, place="here", by="you")
            assert (added.place, added.by, added.progress) == ("here", "you", {})
            (job,) = await work.jobs.claim("w", ["clip"], NOW, LEASE, 1)
            assert await work.jobs.progress(job, {"step": "found", "share": 0.5})
            known = await work.jobs.get(job.id)
            assert known is not None
            assert (known.progress, known.state) == ({"step": "found", "share": 0.5}, JobState.RUNNING)
            await work.jobs.finish(job, NOW)
            assert await work.jobs.progress(job, {"what": "came of it"}), "in the transaction of its end, too"
            assert await work.jobs.get(job.id + 1) is None

    async def test_the_jobs_of_a_place_are_its_own_newest_first(self, working: Working):
        async with working() as work:
            for key, place in [("a", "here"), ("b", "there"), ("c", "here")]:
                await work.jobs.add("clip", key, {}, NOW, place=place)
            await work.jobs.add("other", "d", {}, NOW, place="here")
            (done,) = await work.jobs.claim("w", ["clip"], NOW, LEASE, 1)
            await work.jobs.finish(done, NOW)
            assert [job.key for job in await work.jobs.of_place("here", "clip")] == ["c", "a"]
            assert [job.key for job in await work.jobs.of_place("here", "clip", unfinished=True)] == ["c"]
            assert len(await work.jobs.of_place("here", "clip", limit=1)) == 1

    async def test_what_comes_before_a_job_is_counted(self, working: Working):
        async with working() as work:
            first = await work.jobs.add("clip", "a", {}, NOW)
            await work.jobs.add("other", "b", {}, NOW)
            last = await work.jobs.add("clip", "c", {}, NOW)
            soon = await work.jobs.add("clip", "d", {}, NOW - timedelta(seconds=1))
            assert [await work.jobs.ahead(job, NOW) for job in (first, last, soon)] == [1, 2, 0]
            (claimed,) = await work.jobs.claim("w", ["clip"], NOW, LEASE, 1)
            await work.jobs.finish(claimed, NOW)
            assert await work.jobs.ahead(last, NOW) == 1

    async def test_a_cancelled_job_is_lost_to_its_worker_and_to_nobody_else(self, working: Working):
        async with working() as work:
            for key in ("a", "b"):
                await work.jobs.add("clip", key, {}, NOW, place="here")
            jobs = await work.jobs.claim("w", ["clip"], NOW, LEASE, 2)
            assert await work.jobs.lost(jobs) == set()
            assert await work.jobs.cancel(jobs[0].id, "there") is None
            cancelled = await work.jobs.cancel(jobs[0].id, "here")
            assert cancelled is not None
            assert cancelled.state is JobState.CANCELLED
            assert await work.jobs.lost(jobs) == {jobs[0].id}
            assert await work.jobs.cancel(jobs[0].id, "here") is None
            assert not await work.jobs.progress(jobs[0], {"step": "later"})
            assert not await work.jobs.finish(jobs[0], NOW)
            assert not await work.jobs.extend(jobs[0], NOW + LEASE)
            await work.jobs.finish(jobs[1], NOW)
            assert await work.jobs.lost(jobs[1:]) == set(), "done is not lost"
            assert not await work.jobs.due(["clip"], NOW + timedelta(days=1))

    async def test_a_waiting_job_is_cancelled_too(self, working: Working):
        async with working() as work:
            job = await work.jobs.add("clip", "a", {}, NOW, place="here")
            assert await work.jobs.cancel(job.id, "here") is not None
            assert await work.jobs.claim("w", ["clip"], NOW, LEASE, 1) == []

    async def test_a_job_that_died_or_was_cancelled_is_had_again_as_if_new(self, working: Working):
        later = NOW + timedelta(hours=1)
        async with working() as work:
            await work.jobs.add("clip", "a", {"n": 1}, NOW, place="here", by="you")
            (job,) = await work.jobs.claim("w", ["clip"], NOW, LEASE, 1)
            assert await work.jobs.again(job.id, "here", later) is None, "it is under way"
            await work.jobs.progress(job, {"step": "found"})
            await work.jobs.finish(job, NOW, "it broke")
            assert await work.jobs.again(job.id, "there", later) is None
            anew = await work.jobs.again(job.id, "here", later)
            assert anew is not None
            assert (anew.id, anew.state, anew.attempt, anew.error, anew.progress, anew.due) == (
                job.id, JobState.WAITING, 0, "", {}, later,
            )  # fmt: skip
            (job,) = await work.jobs.claim("w", ["clip"], later, LEASE, 1)
            assert (job.payload, job.by, job.attempt, job.since) == ({"n": 1}, "you", 1, later)
            await work.jobs.finish(job, later, "it broke")
            anew = await work.jobs.again(job.id, "here", later, {"n": 2})
            assert anew is not None
            (job,) = await work.jobs.claim("w", ["clip"], later, LEASE, 1)
            assert job.payload == {"n": 2}
            await work.jobs.finish(job, later)
            assert await work.jobs.again(job.id, "here", later) is None, "it is done"

    async def test_again_never_makes_two_unfinished_jobs_of_one_wish(self, working: Working):
        async with working() as work:
            first = await work.jobs.add("clip", "a", {}, NOW, place="here")
            await work.jobs.cancel(first.id, "here")
            second = await work.jobs.add("clip", "a", {}, NOW, place="here")
            assert await work.jobs.again(first.id, "here", NOW) == second

    async def test_one_job_alone_can_be_claimed(self, working: Working):
        async with working() as work:
            await work.jobs.add("clip", "a", {}, NOW)
            wanted = await work.jobs.add("clip", "b", {}, NOW)
            claimed = await work.jobs.claim("w", ["clip"], NOW, LEASE, 5, only=wanted.id)
            assert [job.key for job in claimed] == ["b"]


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
