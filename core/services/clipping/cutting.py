"""Cutting: the job that cuts a clip out of the buffer of a live that runs here."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from core.errors import EarshotError, Missing, Transient
from core.model.clip import Clip, Cut, Source
from core.model.job import Job
from core.model.live import Live
from core.model.trigger import Hit
from core.ports.clipper import Clipper
from core.ports.clock import Clock
from core.ports.store import Storage, Work
from core.services.clipping.telling import failed, path_of, saved
from core.services.clipping.wishing import Wish, Wishing
from core.services.lives.scene import Scene
from core.services.sparing import Spare, make, plenty
from core.services.working import Effect


async def _none(path: Path) -> None:
    pass


@dataclass
class Clipping:
    """Wishes for clips, and the handler of `clip` jobs. `still` makes the picture of a clip that is there."""

    storage: Storage
    clock: Clock
    clipper: Clipper
    folder: Path
    spare: Spare = plenty
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

    async def save(self, job: Job) -> Effect:
        """Cut the clip of a job."""
        wish, path = Wish.of(job), path_of(self.folder, job)
        try:
            make(self.folder)
            cut = await self.clipper.save(wish.live_id, wish.start, wish.end, path)
        except Transient:
            raise
        except EarshotError as error:
            code = error.code
            return lambda work: failed(work, self.clock, job, code)
        await self.still(cut.path)
        return self._kept(job, cut)

    async def longer(self, place: str, clip: Clip, before: float, after: float) -> Job:
        """A job for the stretch of `clip`, longer by so many seconds on both sides. Raises Missing CLIP_GONE."""
        raise Missing("CLIP_GONE")

    async def failed(self, work: Work, job: Job, error: EarshotError, again: datetime | None) -> None:
        """A job that ends without a clip tells why; one that is tried again tells nothing."""
        with suppress(Missing):  # its live or its place is gone, and nobody is left to be told
            if again is None:
                await failed(work, self.clock, job, error.code)

    def _kept(self, job: Job, cut: Cut) -> Effect:
        return lambda work: saved(work, self.clock, job, cut)
