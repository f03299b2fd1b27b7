"""Waiting for a job whose end is the answer: it is done by whatever process can, or here where nothing works by itself."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from bot.asked import Asked
from core.model.job import Job, JobState

GLANCE = 0.1  # seconds between two looks
MOVES = timedelta(seconds=3)  # between two words about how far it is
OPEN = (JobState.WAITING, JobState.RUNNING)


async def ended(asked: Asked, job: Job, patience: timedelta, how_far: Callable[[Job], Any]) -> Job:
    """The job when it is over, or as it is when `patience` is. Who waits for long is shown `how_far` it is meanwhile."""
    worker = asked.house.worker
    hands = asyncio.create_task(worker.for_one(job.id).run()) if worker is not None else None
    try:
        return await _watched(asked, job, patience, how_far)
    finally:
        if hands is not None:
            hands.cancel()
            await asyncio.gather(hands, return_exceptions=True)


async def _watched(asked: Asked, job: Job, patience: timedelta, how_far: Callable[[Job], Any]) -> Job:
    clock = asked.house.clock
    began = moved = clock.now()
    while True:
        async with asked.house.storage.reading() as work:
            job = await work.jobs.get(job.id) or job
        if job.state not in OPEN or clock.now() - began >= patience:
            return job
        if clock.now() - moved >= MOVES:
            moved = clock.now()
            await asked.meanwhile(how_far(job))
        await clock.sleep(GLANCE)
