"""Working: claim a job, do it, and store what came of it together with its end, in one transaction."""

import asyncio
import logging
import os
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from core.errors import EarshotError, Transient
from core.model.job import Job
from core.ports.clock import Clock
from core.ports.store import Storage, Work
from core.services.enduring import enduring
from core.services.pausing import Pause

log = logging.getLogger(__name__)
Effect = Callable[[Work], Awaitable[None]]
Handler = Callable[[Job], Awaitable[Effect]]

LEASE = timedelta(seconds=60)
RENEW = 20.0  # seconds between two renewals of a lease
ATTEMPTS = 5
AT_ONCE = 8  # jobs running in one process: a clip waits for its last seconds, so most of them only wait
GLANCE = 0.5  # seconds between two looks for what came due, or was asked for by another process


@dataclass
class Working:
    """The worker of one process."""

    storage: Storage
    clock: Clock
    handlers: Mapping[str, Handler]
    name: str = field(default_factory=lambda: f"worker-{os.getpid()}")
    running: dict[int, Job] = field(default_factory=dict)
    _pause: Pause = field(init=False)

    def __post_init__(self) -> None:
        self._pause = Pause(self.clock)

    def soon(self) -> None:
        """A job was added: look at once."""
        self._pause.soon()

    async def run(self) -> None:
        """Work, until cancelled; what is running then is claimed again after its lease."""
        async with asyncio.TaskGroup() as group:
            while True:
                free = AT_ONCE - len(self.running)
                with enduring("working"):
                    for job in await self._claim(free) if free else []:
                        self.running[job.id] = job
                        group.create_task(self._do(job), name=f"job {job.key}")
                await self._pause.rest(GLANCE)

    async def _claim(self, free: int) -> list[Job]:
        async with self.storage.reading() as work:
            if not await work.jobs.due(tuple(self.handlers), self.clock.now()):
                return []
        async with self.storage.work() as work:
            return await work.jobs.claim(self.name, tuple(self.handlers), self.clock.now(), LEASE, free)

    async def _do(self, job: Job) -> None:
        keep = asyncio.create_task(self._keep(job))
        try:
            with enduring(
                f"job {job.key}"
            ):  # an end that could not be written: it is done again when its lease is over
                await self._try(job)
        finally:
            keep.cancel()
            del self.running[job.id]
            self.soon()  # there is room for the next

    async def _try(self, job: Job) -> None:
        try:
            effect = await self.handlers[job.kind](job)
            async with self.storage.work() as work:
                if await work.jobs.finish(job, self.clock.now()):
                    await effect(work)
        except EarshotError as error:
            await self._failed(job, error)
        except Exception as error:  # supervision: one job's trouble must not end the others
            log.exception("job %s", job.key)
            await self._failed(job, error)

    async def _failed(self, job: Job, error: Exception) -> None:
        """Try again later what may pass; bury what will not."""
        retry = isinstance(error, Transient) and job.attempt < ATTEMPTS
        wait = getattr(error, "retry_after", None) or min(300.0, 2.0**job.attempt) * random.uniform(0.5, 1.0)
        at = self.clock.now() + timedelta(seconds=wait) if retry else None
        log.info("job %s failed (attempt %s): %s", job.key, job.attempt, error)
        async with self.storage.work() as work:
            await work.jobs.finish(job, self.clock.now(), error=str(error)[:500] or type(error).__name__, retry_at=at)

    async def _keep(self, job: Job) -> None:
        while True:
            await self.clock.sleep(RENEW)
            with enduring(f"the lease of {job.key}"):
                async with self.storage.work() as work:
                    await work.jobs.extend(job, self.clock.now() + LEASE)
