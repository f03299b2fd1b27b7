"""Cutting: the job that cuts a clip out of the buffer of a live that runs here, at the latest when the live or the program ends."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from core.errors import EarshotError, Missing, Transient
from core.model.clip import Clip, Cut, Source
from core.model.job import Job, JobState
from core.model.live import Live, LiveStatus
from core.model.trigger import Hit
from core.ports.clipper import Clipper
from core.ports.clock import Clock
from core.ports.store import Storage, Work
from core.services.clipping.lengthening import longer
from core.services.clipping.telling import Made, failed, path_of, saved
from core.services.clipping.wishing import Wish, Wishing
from core.services.enduring import enduring
from core.services.lives.scene import Scene
from core.services.screening import Screens
from core.services.sparing import Spare, make, plenty
from core.services.working import Effect

log = logging.getLogger(__name__)
MOST = {"clip": 64, "replay": 16}
"""Clips that may be under way at once: they wait for their end or for OBS, and two threads cut them."""

BACK = timedelta(seconds=60)  # after a restart a live that goes on is captured again in a few
LEAST = 1.0  # seconds: what is shorter shows nothing
GLANCE = 0.5  # seconds between two looks whether it is
STOPPING = 8.0  # real seconds a stop waits for clips; who stops a container gives it ten
OPEN = (JobState.WAITING, JobState.RUNNING)
SEEN = 500  # jobs that are looked through for clips at a stop


async def _none(path: Path) -> None:
    pass


@dataclass
class Clipping:
    """Wishes for clips, and the handler of `clip` jobs. `still` makes the picture of a clip that is there, `screens` look at it
    before it is posted."""

    storage: Storage
    clock: Clock
    clipper: Clipper
    folder: Path
    spare: Spare = plenty
    screens: Screens | None = None
    wishing: Wishing = field(init=False)
    still: Callable[[Path], Awaitable[None]] = _none

    def __post_init__(self) -> None:
        self.wishing = Wishing(self.storage, self.clock, self.clipper, spare=self.spare)

    async def wish(self, work: Work, scene: Scene, hit: Hit, *wanted: Source) -> None:
        """See Wishing.of_hit."""
        await self.wishing.of_hit(work, scene, hit, *wanted)

    async def ask(self, live: Live, place: str, seconds: float, name: str, who: str) -> Job:
        """See Wishing.of_person."""
        return await self.wishing.of_person(live, place, seconds, name, who)

    async def longer(self, place: str, clip: Clip, before: float, after: float) -> Job:
        """See lengthening."""
        return await longer(self.wishing, place, clip, before, after)

    async def save(self, job: Job) -> Effect:
        """Cut the clip of a job; one that was whole when a process died is taken as it is."""
        wish, path = Wish.of(job), path_of(self.folder, job)
        try:
            make(self.folder)
            cut = await self.clipper.found(path, wish.start) or await self._cut(wish, path)
            if cut.seconds < LEAST:
                await asyncio.to_thread(path.unlink, missing_ok=True)
                raise Missing("CLIP_EARLY")
        except Transient:
            raise
        except EarshotError as error:
            code = error.code
            return lambda work: failed(work, self.clock, job, code)
        return self._kept(job, await self.looked_at(wish.live_id, wish.place, cut))

    async def looked_at(self, live_id: int, place: str, cut: Cut) -> Made:
        """A clip that was cut, with its still and with what it shows."""
        received = self.clock.now()
        await self.still(cut.path)
        if self.screens is None:
            return Made(cut)
        seen = await self.screens.look(live_id, place, cut.path, cut.start, cut.start + cut.seconds)
        return Made(cut, self.screens, seen, received)

    async def failed(self, work: Work, job: Job, error: EarshotError, again: datetime | None) -> None:
        """A job that ends without a clip tells why; one that is tried again tells nothing."""
        with suppress(Missing):  # its live or its place is gone, and nobody is left to be told
            if again is None:
                await failed(work, self.clock, job, error.code)

    async def over(self, scene: Scene) -> None:
        """A live is over: what is still to be cut of it is cut at once, with what there is."""
        async with self.storage.work() as work:
            for place in {follow.place for follow in scene.follows}:
                jobs = await work.jobs.of_place(place, "clip", state=JobState.WAITING)
                await _hasten(work, [job for job in jobs if Wish.of(job).live_id == scene.live.id], self.clock)

    async def until_end(self, front: Awaitable[None]) -> None:
        """Wait for `front`, whose end is the program's. Then every clip is cut with what there is, before the captures stop."""
        await front
        self.clipper.hurry()
        pending = True
        try:
            async with asyncio.timeout(STOPPING):
                while pending:
                    with enduring("cutting the last clips"):
                        pending = await self._pending()
                    await self.clock.sleep(GLANCE / 10)
        except TimeoutError:
            log.warning("not all clips could be cut before the end")

    async def _pending(self) -> bool:
        """Whether clips of lives that are kept here have still to be cut; none of them waits any longer."""
        async with self.storage.work() as work:
            jobs = [job for state in OPEN for job in await work.jobs.in_state(state, SEEN) if job.kind == "clip"]
            here = [job for job in jobs if self.clipper.keeps(Wish.of(job).live_id)]
            await _hasten(work, here, self.clock)
        return any(job.state is JobState.RUNNING or not job.attempt for job in here)

    async def _cut(self, wish: Wish, path: Path) -> Cut:
        """Cut it; after a restart when its live is captured again."""
        until = self.clock.now() + BACK
        while not self.clipper.keeps(wish.live_id):
            if self.clock.now() >= until or not await self._runs(wish.live_id):
                raise Missing("CLIP_GONE")
            await self.clock.sleep(GLANCE)
        return await self.clipper.save(wish.live_id, wish.start, wish.end, path)

    async def _runs(self, live_id: int) -> bool:
        async with self.storage.reading() as work:
            live = await work.lives.get(live_id)
        return live is not None and live.status is not LiveStatus.ENDED

    def _kept(self, job: Job, made: Made) -> Effect:
        return lambda work: saved(work, self.clock, job, made)


async def _hasten(work: Work, jobs: list[Job], clock: Clock) -> None:
    if jobs:
        await work.jobs.hasten([job.id for job in jobs], clock.now())
