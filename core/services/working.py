"""Working: claim a job, do it, and store what came of it together with its end, in one transaction."""

import asyncio
import logging
import os
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from core.errors import Bug, EarshotError, Invalid, Transient
from core.model.job import Job
from core.ports.clock import Clock
from core.ports.store import Storage, Work
from core.services.enduring import enduring
from core.services.pausing import Pause
from core.services.videos.limiting import within

log = logging.getLogger(__name__)
Effect = Callable[[Work], Awaitable[None]]
Handler = Callable[[Job], Awaitable[Effect]]
Failing = Callable[[Work, Job, EarshotError, datetime | None], Awaitable[None]]
"""Done in the transaction that stores a failure; the time is when it is tried again, None: never."""

Over = Callable[[Job], None]
"""Done when the end of a job, good or bad, is stored: what cannot be taken back, such as removing its files."""

LEASE = timedelta(seconds=60)
RENEW = 20.0  # seconds between two renewals of a lease
ATTEMPTS = 5
AT_ONCE = 8  # jobs running in one process beside those of the kinds that have room of their own
GLANCE = 0.5  # seconds between two looks for what was asked for or was cancelled by another process
SOONEST = 0.01  # seconds between two looks, whatever has come due in between
LONGEST = timedelta(minutes=30)  # of one attempt (Tiknote's hard limit)


@dataclass
class Working:
    """The worker of one process. `most` is how many jobs of a kind may run at once, in room of its own; the kinds that are not in
    it share AT_ONCE. `only` is the one job it is for, None: for all."""

    storage: Storage
    clock: Clock
    handlers: Mapping[str, Handler]
    name: str = field(default_factory=lambda: f"worker-{os.getpid()}")
    running: dict[int, Job] = field(default_factory=dict)
    failing: Mapping[str, Failing] = field(default_factory=dict)
    over: Mapping[str, Over] = field(default_factory=dict)
    most: Mapping[str, int] = field(default_factory=dict)
    only: int | None = None
    _tasks: dict[int, "asyncio.Task[None]"] = field(default_factory=dict)
    _pause: Pause = field(init=False)

    def __post_init__(self) -> None:
        self._pause = Pause(self.clock)

    def for_one(self, job_id: int) -> "Working":
        """Hands for one job only."""
        return replace(self, only=job_id, running={}, _tasks={})

    def soon(self) -> None:
        """A job was added: look at once."""
        self._pause.soon()

    async def run(self) -> None:
        """Work, until cancelled; what is running then is given back for whoever comes next."""
        async with asyncio.TaskGroup() as group:
            while True:
                rest = GLANCE
                with enduring("working"):
                    await self._let_go()
                    claimed, rest = await self._claim()
                    for job in claimed:
                        self.running[job.id] = job
                        self._tasks[job.id] = group.create_task(self._do(job), name=f"job {job.key}")
                await self._pause.rest(rest)

    async def _let_go(self) -> None:
        """Stop what somebody has cancelled."""
        if self.running:
            async with self.storage.reading() as work:
                lost = await work.jobs.lost(tuple(self.running.values()))
            for job_id in lost & self._tasks.keys():
                self._tasks[job_id].cancel()

    async def _claim(self) -> tuple[list[Job], float]:
        """What is due now, and the seconds until the next look: when a job comes due for which there is room. A clip is wanted when
        its last second is over, not a moment later."""
        rooms = self._rooms()
        every, now = tuple(kind for kinds in rooms for kind in kinds), self.clock.now()
        async with self.storage.reading() as work:
            if not every or not await work.jobs.due(every, now):
                return [], self._until(await work.jobs.next_due(every) if every else None)
            rooms = {kinds: room for kinds, room in rooms.items() if await work.jobs.due(kinds, now)}
        claimed: list[Job] = []
        async with self.storage.work() as work:
            for kinds, room in rooms.items():
                now = self.clock.now()
                claimed += await work.jobs.claim(self.name, kinds, now, LEASE, room, only=self.only)
        return claimed, SOONEST if claimed else GLANCE

    def _until(self, due: datetime | None) -> float:
        left = GLANCE if due is None or self.only is not None else (due - self.clock.now()).total_seconds()
        return max(SOONEST, min(left, GLANCE))

    def _rooms(self) -> dict[tuple[str, ...], int]:
        """How many jobs of which kinds may be begun."""
        under_way = [job.kind for job in self.running.values()]
        rooms: dict[tuple[str, ...], int] = {
            (kind,): most - under_way.count(kind) for kind, most in self.most.items() if kind in self.handlers
        }
        others = tuple(kind for kind in self.handlers if kind not in self.most)
        rooms[others] = AT_ONCE - sum(kind not in self.most for kind in under_way)
        return {kinds: room for kinds, room in rooms.items() if kinds and room > 0}

    async def _do(self, job: Job) -> None:
        keep = asyncio.create_task(self._keep(job))
        try:
            with enduring(
                f"job {job.key}"
            ):  # an end that could not be written: it is done again when its lease is over
                await self._try(job)
        except asyncio.CancelledError:
            with enduring(f"giving {job.key} back"):
                async with self.storage.work() as work:
                    await work.jobs.give_back(job, self.clock.now())
            raise
        finally:
            keep.cancel()
            del self.running[job.id], self._tasks[job.id]
            self.soon()  # there is room for the next

    async def _try(self, job: Job) -> None:
        try:
            effect = await self._handled(job)
            async with self.storage.work() as work:
                if held := await work.jobs.finish(job, self.clock.now()):
                    await effect(work)
            self._over(job, held)
        except EarshotError as error:
            await self._failed(job, error)
        except Exception as error:  # supervision: one job's trouble must not end the others
            log.exception("job %s", job.key)
            await self._failed(job, error)

    async def _handled(self, job: Job) -> Effect:
        if job.attempt > ATTEMPTS:  # whoever did it died, each time: that must not go on for ever
            raise Invalid("JOB_DEADLY", n=ATTEMPTS)
        try:
            return await within(self.clock, LONGEST.total_seconds(), self.handlers[job.kind](job))
        except TimeoutError as error:
            raise Invalid("JOB_LATE", n=round(LONGEST.total_seconds() / 60)) from error

    async def _failed(self, job: Job, error: Exception) -> None:
        """Try again later what may pass; bury what will not."""
        retry = isinstance(error, Transient) and job.attempt < ATTEMPTS
        wait = getattr(error, "retry_after", None) or min(300.0, 2.0**job.attempt) * random.uniform(0.5, 1.0)
        at = self.clock.now() + timedelta(seconds=wait) if retry else None
        log.info("job %s failed (attempt %s): %s", job.key, job.attempt, error)
        async with self.storage.work() as work:
            said = str(error)[:500] or type(error).__name__
            held = await work.jobs.finish(job, self.clock.now(), error=said, retry_at=at)
            if held and job.kind in self.failing:
                known = error if isinstance(error, EarshotError) else Bug("BUG", ticket=f"JOB{job.id}")
                await self.failing[job.kind](work, job, known, at)
        self._over(job, held and at is None)

    def _over(self, job: Job, ended: bool) -> None:
        if ended and job.kind in self.over:
            self.over[job.kind](job)

    async def _keep(self, job: Job) -> None:
        while True:
            await self.clock.sleep(RENEW)
            with enduring(f"the lease of {job.key}"):
                async with self.storage.work() as work:
                    await work.jobs.extend(job, self.clock.now() + LEASE)
