"""Replies about clips."""

from dataclasses import dataclass
from datetime import datetime

from core.model.account import Handle
from core.model.clip import Clip
from core.model.live import Live
from core.model.tellable.finds import ClipSaved


@dataclass(frozen=True)
class ClipAsked:
    """A clip is being cut; it will be posted where the live is told."""

    live: Live
    seconds: float


@dataclass(frozen=True)
class ClipLonger:
    """A longer one is being cut of the same moment."""

    clip: Clip


@dataclass(frozen=True)
class ClipList:
    """Saved clips: one page of all `n`, narrowed by account, time and `words` of the name. `key` asks for the same.
    `held` are the numbers of those that are not shown."""

    rows: tuple[Clip, ...]
    page: int
    pages: int
    n: int = 0
    key: str = "clip.list"
    account: Handle | None = None
    since: datetime | None = None
    words: str = ""
    held: frozenset[int] = frozenset()


@dataclass(frozen=True)
class ClipShown:
    """One clip, as its post tells it."""

    said: ClipSaved


@dataclass(frozen=True)
class ClipLooked:
    """A clip that is kept away, for one person who may review."""

    said: ClipSaved


@dataclass(frozen=True)
class ClipDecided:
    """Somebody let a clip be shown, keeps it away, or undid that; `proposed`: only once a second person says the same."""

    said: ClipSaved
    proposed: bool = False


@dataclass(frozen=True)
class ClipPage:
    """A clip on a page of its own, open `until`."""

    clip: Clip
    handle: Handle
    until: datetime


@dataclass(frozen=True)
class ClipRenamed:
    """A clip has another name than `before`."""

    clip: Clip
    before: str


@dataclass(frozen=True)
class ConfirmClipDelete:
    """Asks before a clip goes for good."""

    clip: Clip


@dataclass(frozen=True)
class ClipDeleted:
    """A clip and its files are gone."""

    clip: Clip
