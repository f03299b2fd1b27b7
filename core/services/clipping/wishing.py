"""Wishing: which stretch of a live becomes a clip, and from where. Hits inside one window share its clip."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from hashlib import blake2s
from typing import Any, Self

from core.errors import Denied
from core.model.clip import AFTER_SECONDS, BEFORE_SECONDS, NAMELESS, Source
from core.model.job import Job, JobState
from core.model.live import Live
from core.model.trigger import Hit
from core.ports.clipper import Clipper
from core.ports.clock import Clock
from core.ports.store import Storage, Work
from core.services.lives.scene import Scene
from core.services.sparing import Spare, plenty, tell_stopped

LONGEST = 60.0  # seconds: clips are quotes, not copies
KINDS = {Source.OWN: "clip", Source.OBS: "replay"}
"""The kind of job that makes a clip of each source."""
TWICE = 1.0  # seconds: the same wish of the same person again so soon is a button pressed twice
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
    nobody said so; `spare`, whether there is room for them."""

    storage: Storage
    clock: Clock
    clipper: Clipper
    sources: Callable[[Work, str], Awaitable[tuple[Source, ...]]] = only_own
    spare: Spare = plenty

    async def of_hit(self, work: Work, scene: Scene, hit: Hit, *wanted: Source) -> None:
        """A clip around `hit`, unless one that is being made covers it. Nothing is remembered here: after a crash, or when the
        transaction fails, the same hit finds what is stored. The job is due when the last second is expected to have come."""
        if (space := await self.spare()) is not None:
            await tell_stopped(work, self.clock, hit.place, scene.account.id, space)
            return
        start, end = max(0.0, hit.second - BEFORE_SECONDS), hit.second + AFTER_SECONDS
        who, now = hit.by or scene.live.handle, self.clock.now()
        wish = Wish(scene.live.id, hit.place, start, end, hit.at, who, hit.word, hit.id)
        for source in wanted or await self.sources(work, hit.place):
            kind = KINDS[source]
            if not await covered(work, kind, wish, hit.second):
                due = now if source is Source.OBS else now + timedelta(seconds=max(0.0, end - scene.second_of(now)))
                await work.jobs.add(kind, f"{kind}:hit:{hit.id}", wish.facts, due, place=hit.place)

    async def of_person(self, live: Live, place: str, seconds: float, name: str, who: str) -> Job:
        """A clip of the last `seconds`, asked for by a person; the same again within TWICE is the same clip. Raises Denied DISK_LOW
        (x, y: bytes free, and needed)."""
        if (space := await self.spare()) is not None:
            raise Denied("DISK_LOW", x=space.free, y=space.least)
        now = self.clock.now()
        second = self.clipper.second_of(live, now)
        wish = Wish(live.id, place, max(0.0, second - min(seconds, LONGEST)), second, now, who, name or NAMELESS)
        async with self.storage.work() as work:
            made = [
                await _pressed(work, kind, wish)
                or await work.jobs.add(kind, key_of(kind, wish), wish.facts, now, place=place)
                for kind in [KINDS[source] for source in await self.sources(work, place)]
            ]
        return made[0]


def key_of(kind: str, wish: Wish) -> str:
    """The key of the job for what a person wants."""
    said = f"{wish.start:.1f} {wish.end:.1f} {wish.who} {wish.word}"
    return f"{kind}:{wish.place}:{wish.live_id}:{blake2s(said.encode(), digest_size=8).hexdigest()}"


async def _pressed(work: Work, kind: str, wish: Wish) -> Job | None:
    """The job of the same wish of a moment ago."""
    for job in await work.jobs.of_place(wish.place, kind, limit=SEEN):
        one = Wish.of(job)
        same = (one.live_id, one.hit_id, one.who, one.word) == (wish.live_id, None, wish.who, wish.word)
        near = abs(one.end - wish.end) <= TWICE and abs(one.start - wish.start) <= TWICE
        if same and near and job.state not in (JobState.DEAD, JobState.CANCELLED):
            return job
    return None


async def covered(work: Work, kind: str, wish: Wish, second: float) -> bool:
    """Whether a clip that a hit wished for shows `second` already. A replay of OBS is saved at once: it ends with its hit."""
    rest = AFTER_SECONDS if kind == KINDS[Source.OBS] else 0.0
    asked = [Wish.of(job) for job in await work.jobs.of_place(wish.place, kind, limit=SEEN)]
    same = (one for one in asked if one.live_id == wish.live_id and one.hit_id not in (None, wish.hit_id))
    return any(one.start <= second <= one.end - rest for one in same)
