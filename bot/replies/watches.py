"""Replies about watches of lives."""

from dataclasses import dataclass
from datetime import datetime

from core.model.account import Handle
from core.model.diary import Entry
from core.model.live import Live
from core.services.lives.minding import Begun, Logged, LogKind


@dataclass(frozen=True)
class WatchBegun:
    """A live is watched here now; its posts come to where it was asked, or where the account's posts go."""

    begun: Begun


@dataclass(frozen=True)
class WatchStopped:
    """A live is watched no longer for this place; it can be undone."""

    live: Live
    by: str


@dataclass(frozen=True)
class WatchGoesOn:
    """A stop was undone."""

    live: Live


@dataclass(frozen=True)
class WatchMuted:
    """No alerts from this live before `until`."""

    live: Live
    until: datetime


@dataclass(frozen=True)
class Marked:
    """A mark is in the diary."""

    live: Live
    entry: Entry


@dataclass(frozen=True)
class WatchLog:
    """One page of what happened in the watches here. `account` None: of all; `more`: there are older lines."""

    rows: tuple[Logged, ...]
    account: Handle | None
    kind: LogKind
    page: int
    more: bool
