"""Replies for who runs Earshot."""

from dataclasses import dataclass
from datetime import datetime

from bot.health import Part
from core.model.job import Job, JobState
from core.services.offering import Offered
from core.services.tidying import Tidied
from core.services.videos.reckoning import Turn


@dataclass(frozen=True)
class HealthShown:
    """Every part, with cause and cure."""

    parts: tuple[Part, ...]


@dataclass(frozen=True)
class JobList:
    """Work of all places in one state at `now`: one page of `n`. `counts` are of all states; `turns` say of rows that wait for
    their turn how they stand."""

    state: JobState
    rows: tuple[Job, ...]
    n: int
    page: int
    pages: int
    counts: dict[JobState, int]
    now: datetime
    turns: tuple[tuple[int, Turn], ...] = ()


@dataclass(frozen=True)
class JobShown:
    """One piece of work at `now`; `place` is the name of whose it is, `turn` how it stands while it waits for it."""

    job: Job
    now: datetime
    place: str = ""
    turn: Turn | None = None


@dataclass(frozen=True)
class LookingAtAll:
    """Every followed account is looked at now: `n` of them, done in about `seconds`."""

    n: int
    seconds: float


@dataclass(frozen=True)
class ConfirmSay:
    """Asks before `places` are told `text`; it is kept under `number` until then."""

    number: str
    text: str
    places: int


@dataclass(frozen=True)
class SaidToAll:
    """A word is on its way to `places`; none: they had been told before."""

    places: int


@dataclass(frozen=True)
class Synced:
    """Commands were registered again: what became of it on each platform."""

    rows: tuple[Offered, ...]


@dataclass(frozen=True)
class CleanedUp:
    """What was left over is let go."""

    tidied: Tidied


@dataclass(frozen=True)
class Learned:
    """The judge inside has learned what people decided in so many `places` since it last did."""

    places: int


@dataclass(frozen=True)
class AtIt:
    """A piece of work of `kind` somebody waits for: `done` of `of` steps are over; `of` 0: nobody knows how many there are."""

    kind: str
    done: int = 0
    of: int = 0
