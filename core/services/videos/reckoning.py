"""Reckoning: how long transcriptions take, by how long those before them took; and when who waits has their turn."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from heapq import heapreplace

from core.model.job import Job, JobState
from core.ports.store import Work
from core.services.videos.ordering import AT_ONCE, KIND, Order

MEMO = "pace of transcriptions"
REMEMBERED = 20  # transcriptions a mean is made of: what was slow last week does not count for ever
MOST = 1000  # jobs of the queue that are reckoned; who is behind them is told no time
ANY = ""  # the pace of all engines together


@dataclass(frozen=True)
class Pace:
    """How fast transcriptions were: running means of the seconds of work for each second of video, and of the seconds of a
    video, made of `count` of them."""

    speed: float = 0.0
    length: float = 0.0
    count: int = 0

    def after(self, seconds: float, length: float) -> "Pace":
        """With one more, of a video of `length` seconds that took `seconds`."""
        count = min(self.count + 1, REMEMBERED)
        speed = self.speed + (seconds / length - self.speed) / count
        return Pace(speed, self.length + (length - self.length) / count, count)


@dataclass(frozen=True)
class Reckoning:
    """The paces of all engines, by name."""

    paces: Mapping[str, Pace] = field(default_factory=dict)

    @classmethod
    async def of(cls, work: Work) -> "Reckoning":
        """As it was remembered."""
        said = json.loads(await work.memos.get(MEMO) or "{}")
        return cls({engine: Pace(**pace) for engine, pace in said.items()})

    async def learn(self, work: Work, engine: str, seconds: float, length: float) -> None:
        """Remember that `engine` took `seconds` for a video of `length` seconds."""
        if length > 0 and seconds > 0:
            new = {one: self.paces.get(one, Pace()).after(seconds, length) for one in (engine, ANY)}
            paces = {**self.paces, **new}
            await work.memos.put(MEMO, json.dumps({one: asdict(pace) for one, pace in paces.items()}))

    def seconds(self, engine: str, length: float = 0.0) -> float | None:
        """How long a video of `length` seconds takes, 0: one of the usual length; None: nobody knows yet."""
        pace = self.paces.get(engine) or self.paces.get(ANY)
        return pace.speed * (length or pace.length) if pace else None


@dataclass(frozen=True)
class Turn:
    """How one who waits stands: so many are ahead, and about so many seconds until it is done; None: nobody knows."""

    ahead: int
    left: float | None = None


async def turns(work: Work, now: datetime) -> list[tuple[Job, Turn]]:
    """Every transcription that waits for its turn, and how it stands: the first of the queue, as many as are reckoned."""
    queue, reckoning = await work.jobs.queue(KIND, now, MOST), await Reckoning.of(work)
    lefts = _lefts(queue, reckoning, now)
    waiting = [(place, job) for place, job in enumerate(queue) if job.state is JobState.WAITING]
    return [(job, Turn(_ahead(place), lefts.get(job.id))) for place, job in waiting]


async def turn_of(work: Work, job: Job, now: datetime) -> Turn:
    """How `job` stands."""
    for one, turn in await turns(work, now):
        if one.id == job.id:
            return turn
    return Turn(_ahead(await work.jobs.ahead(job, now)))


def _ahead(before: int) -> int:
    """How many are ahead of somebody with `before` jobs before theirs: as long as there is room, nobody is."""
    return before if before >= AT_ONCE else 0


def _lefts(queue: Sequence[Job], reckoning: Reckoning, now: datetime) -> dict[int, float]:
    """The seconds until each of a queue is done, AT_ONCE at a time, as far as they can be reckoned."""
    lefts: dict[int, float] = {}
    room = [0.0] * max(AT_ONCE, sum(job.state is JobState.RUNNING for job in queue))
    for job in queue:
        need = _needs(job, reckoning, now)
        if need is None:
            return lefts
        lefts[job.id] = room[0] + need
        heapreplace(room, lefts[job.id])
    return lefts


def _needs(job: Job, reckoning: Reckoning, now: datetime) -> float | None:
    """How long a job still takes once it has its turn: as it says itself, else as those before it took."""
    if job.state is JobState.RUNNING and job.progress.get("left_seconds") is not None:
        return float(job.progress["left_seconds"])
    whole = reckoning.seconds(Order.of(job).engine, float(job.progress.get("seconds", 0.0)))
    if whole is None or job.state is not JobState.RUNNING or job.begun is None:
        return whole
    return max(1.0, whole - (now - job.begun).total_seconds())
