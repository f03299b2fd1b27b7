"""Queueing: who waits for a transcription is told how far they have come, in the very answer they wait at."""

from dataclasses import dataclass

from core.model.job import Job
from core.model.tellable.videos import Transcribing
from core.ports.clock import Clock
from core.ports.store import Storage, Work
from core.services.enduring import again_and_again
from core.services.videos.ordering import Order
from core.services.videos.reckoning import Turn, turns
from core.services.videos.telling import post, progress_of

EVERY = 3.0  # seconds between two looks, and so between two changes of one answer
NEAR, FAR = 5, 5  # who is further back than that is told every fifth step: a long queue must not use up a chat's edits


@dataclass(frozen=True)
class Queueing:
    """Looks at the queue of one installation."""

    storage: Storage
    clock: Clock

    async def run(self) -> None:
        """Tell who waits, until cancelled."""
        await again_and_again(self.clock, EVERY, "telling who waits", self.round)

    async def round(self) -> None:
        """Tell everybody whose place in the queue is another one by now."""
        async with self.storage.reading() as work:
            standing = await turns(work, self.clock.now())
        for job, turn in standing:
            if _tells(int(job.progress.get("ahead", 0)), turn.ahead):
                async with self.storage.work() as work:
                    await self._tell(work, job, turn)

    async def _tell(self, work: Work, job: Job, turn: Turn) -> None:
        order = Order.of(job)
        said = waiting_for(job, turn)
        if await work.jobs.progress(job, progress_of(said)) and order.answers:
            key = f"{job.epoch}:{self.clock.now().timestamp()}"
            await post(work, job, order.address, said, key, self.clock.now(), silent=True)


def waiting_for(job: Job, turn: Turn) -> Transcribing:
    """What is said of a job that waits for its turn."""
    order = Order.of(job)
    only = "" if order.public else job.by
    return Transcribing(job.id, order.handle, order.name, left_seconds=turn.left, ahead=turn.ahead, only=only)


def _tells(told: int, ahead: int) -> bool:
    return told != ahead and (ahead <= NEAR or ahead % FAR == 0)
