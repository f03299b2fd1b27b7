"""Cutting: the job that cuts a clip out of the buffer of a live that runs here."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from core.errors import EarshotError, Missing, Transient
from core.model.clip import Cut, Source
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


@dataclass
class Clipping:
    """Wishes for clips, and the handler of `clip` jobs."""

    storage: Storage
    clock: Clock
    clipper: Clipper
    folder: Path
    spare: Spare = plenty
    wishing: Wishing = field(init=False)

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
        return self._kept(job, cut)

    async def failed(self, work: Work, job: Job, error: EarshotError, again: datetime | None) -> None:
        """A job that ends without a clip tells why; one that is tried again tells nothing."""
        with suppress(Missing):  # its live or its place is gone, and nobody is left to be told
            if again is None:
                await failed(work, self.clock, job, error.code)

    def _kept(self, job: Job, cut: Cut) -> Effect:
        return lambda work: saved(work, self.clock, job, cut)
