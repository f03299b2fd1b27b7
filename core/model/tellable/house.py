"""What is told of a place and of Earshot itself."""

from dataclasses import dataclass, field
from datetime import datetime

from core.model.person import Address


@dataclass(frozen=True)
class PlaceLost:
    """Told to whoever set a place up: Earshot may not post there any more. `why` is NO_POST or GONE."""

    place: str
    name: str
    address: Address
    why: str
    since: datetime


@dataclass(frozen=True)
class ClipsStopped:
    """A clip was wished for while only `free` bytes of the disk are left: below `least` none is begun."""

    free: int
    least: int


@dataclass(frozen=True)
class Skipped:
    """More was waiting for an address than anybody would read: `count` posts were left out between `since` and `until`."""

    count: int
    since: datetime
    until: datetime


@dataclass(frozen=True)
class Digest:
    """What happened in a place between `since` and `until`. `accounts` are (handle, lives, hits, alerts, clips) of those with
    something to tell; `quiet` are the others; `waiting` alerts wait for a person, of `kinds` (Kind, how many), the oldest since
    `oldest`. Once a week `agreed` are (label or category, both, judge alone, people alone, nobody) of what was decided, of which
    `confirmed` was right and `dismissed` was not. `held` is what quiet hours between `held_since`
    and `held_until` held back, as in HeldBack."""

    since: datetime
    until: datetime
    accounts: list[tuple[str, int, int, int, int]] = field(default_factory=list)
    quiet: list[str] = field(default_factory=list)
    waiting: int = 0
    videos: int = 0
    held: list[tuple[str, int, int, int]] = field(default_factory=list)
    held_since: datetime | None = None
    held_until: datetime | None = None
    kinds: list[tuple[str, int]] = field(default_factory=list)
    oldest: datetime | None = None
    confirmed: int = 0
    dismissed: int = 0
    agreed: list[tuple[str, int, int, int, int]] = field(default_factory=list)


@dataclass(frozen=True)
class HeldBack:
    """What came in the quiet hours of a place and was not told one by one: (handle, hits, clips, new videos) of each account."""

    since: datetime
    until: datetime
    accounts: list[tuple[str, int, int, int]]


@dataclass(frozen=True)
class Health:
    """Something of Earshot's is not well. `what` names it (TIKTOK_LIMIT, POSTS_LATE, DISK_LOW, STORE_SLOW, NO_WORDS,
    NO_ENGINE; ENGINE_KEY, JUDGE_KEY, JUDGE_MODEL, JUDGE_DOWN with a name behind a colon); over at `ended`."""

    what: str
    since: datetime
    ended: datetime | None = None
    amount: float = 0.0


@dataclass(frozen=True)
class BudgetSpent:
    """A place has used up its `minutes` of speech of the day; engines hear for it again from `until` on."""

    minutes: float
    until: datetime


@dataclass(frozen=True)
class JudgeSpent:
    """A place has used up its `dollars` of models' judgements of the day; models judge for it again from `until` on."""

    dollars: float
    until: datetime


@dataclass(frozen=True)
class Said:
    """A word of who runs Earshot to every place."""

    text: str


@dataclass(frozen=True)
class Tested:
    """A post that shows that posts arrive. `by` asked for it."""

    by: str
