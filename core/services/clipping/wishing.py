"""Wishing: which stretch of a live becomes a clip, and from where. Hits inside one window share its clip."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Self

from core.model.clip import AFTER_SECONDS, BEFORE_SECONDS, NAMELESS, Source
from core.model.job import Job
from core.model.live import Live
from core.model.trigger import Hit
from core.ports.clipper import Clipper
from core.ports.clock import Clock
from core.ports.store import Storage, Work
from core.services.lives.scene import Scene

LONGEST = 60.0  # seconds: clips are quotes, not copies
KINDS = {Source.OWN: "clip", Source.OBS: "replay"}
"""The kind of job that makes a clip of each source."""
SEEN = 50  # wishes of a place that are looked at for a window; more than that are not open at once


@dataclass(frozen=True)
class Wish:
    """Seconds [start, end] of a live wanted as a clip for one place. `at` is when what it is for happened; `who` said or wrote
    `word`, or asked for it. `hit_id` None: a person asked. `instead`: why it does not come from OBS, which it was wanted from."""

    live_id: int
    place: str
    start: float
    end: float
    at: datetime
    who: str
    word: str
    hit_id: int | None = None
    instead: str = ""

    @classmethod
    def of(cls, job: Job) -> Self:
        """What a job is to make."""
        return cls(**{**job.payload, "at": datetime.fromisoformat(job.payload["at"])})

    @property
    def facts(self) -> dict[str, Any]:
        """For a job; `of` reads it."""
        return {**asdict(self), "at": self.at.isoformat()}


async def only_own(work: Work, place: str) -> tuple[Source, ...]:
    """Clips come from our own buffer."""
    return (Source.OWN,)


@dataclass
class Wishing:
    """Wishes for clips become jobs, in the transaction of what they are for. `sources` says where a place's clips come from when
    nobody said so."""

    storage: Storage
    clock: Clock
    clipper: Clipper
    sources: Callable[[Work, str], Awaitable[tuple[Source, ...]]] = only_own

    async def of_hit(self, work: Work, scene: Scene, hit: Hit, *wanted: Source) -> None:
        """A clip around `hit`, unless one that is being made covers it. Nothing is remembered here: after a crash, or when the
        transaction fails, the same hit finds what is stored."""
        start, end = max(0.0, hit.second - BEFORE_SECONDS), hit.second + AFTER_SECONDS
        who = hit.by or scene.live.handle
        wish = Wish(scene.live.id, hit.place, start, end, hit.at, who, hit.word, hit.id)
        for source in wanted or await self.sources(work, hit.place):
            kind = KINDS[source]
            if not await covered(work, kind, wish, hit.second):
                due = self.clock.now() if source is Source.OBS else scene.time_of(end)
                await work.jobs.add(kind, f"{kind}:hit:{hit.id}", wish.facts, due, place=hit.place)

    async def of_person(self, live: Live, place: str, seconds: float, name: str, who: str) -> Job:
        """A clip of the last `seconds`, asked for by a person."""
        now = self.clock.now()
        second = self.clipper.second_of(live, now)
        wish = Wish(live.id, place, max(0.0, second - min(seconds, LONGEST)), second, now, who, name or NAMELESS)
        async with self.storage.work() as work:
            kinds = [KINDS[source] for source in await self.sources(work, place)]
            made = [
                await work.jobs.add(kind, f"{kind}:{place}:{live.id}:{second:.0f}", wish.facts, now, place=place)
                for kind in kinds
            ]
        return made[0]


async def covered(work: Work, kind: str, wish: Wish, second: float) -> bool:
    """Whether a clip that a hit wished for shows `second` already. A replay of OBS is saved at once: it ends with its hit."""
    rest = AFTER_SECONDS if kind == KINDS[Source.OBS] else 0.0
    asked = [Wish.of(job) for job in await work.jobs.of_place(wish.place, kind, limit=SEEN)]
    same = (one for one in asked if one.live_id == wish.live_id and one.hit_id not in (None, wish.hit_id))
    return any(one.start <= second <= one.end - rest for one in same)
