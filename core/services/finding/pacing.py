"""Pacing: how often each account is looked at, so that all looks together stay within what TikTok bears."""

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from core.model.account import Account, AccountStatus
from core.ports.store import Work

BUDGET = 2.0
"""Looks a second. Who asked for 20 names at a minute each was left alone, who asked for thousands was not."""

SLOWEST = 10  # times LOOK_EVERY
WEEKS = timedelta(weeks=4)
ROOMS_AT_ONCE = 50  # ids of one hint
AWAKE = frozenset({AccountStatus.LIVE, AccountStatus.SUSPECTED, AccountStatus.ENDING})


@dataclass(frozen=True)
class Pace:
    """Seconds between two looks: `every` for accounts that are live or may well be, `slow` for the `quiet` ones (account ids).
    Without quiet ones everybody is looked at every `every`. `rooms` are the last known ones of quiet accounts."""

    every: float
    slow: float
    quiet: frozenset[int] = frozenset()
    rooms: Mapping[int, str] = field(default_factory=dict)

    def of(self, account_id: int) -> float:
        """For one account."""
        return self.slow if account_id in self.quiet else self.every

    @property
    def slowed(self) -> bool:
        """Whether anybody is looked at more slowly than wished."""
        return bool(self.quiet) and self.slow > self.every


def hints(quiet: int) -> int:
    """How many questions it takes to have every quiet account's last room checked."""
    return math.ceil(quiet / ROOMS_AT_ONCE)


def slow_pace(awake: int, quiet: int, every: float, budget: float = BUDGET) -> float:
    """Seconds between looks at each of `quiet` accounts, so that with `awake` ones and the hints at `every` seconds no more
    than `budget` is asked a second; never below `every` nor above SLOWEST times that, even where the budget does not hold."""
    left = budget - (awake + hints(quiet)) / every
    needed = quiet / left if left > 0 else math.inf
    return min(max(needed, every), SLOWEST * every)


def usual_hours(begun: Iterable[datetime]) -> frozenset[int]:
    """The hours of the day (UTC) in which lives began, and the hour before and after each."""
    return frozenset((at.astimezone(UTC).hour + near) % 24 for at in begun for near in (-1, 0, 1))


async def paces(work: Work, accounts: Collection[Account], now: datetime, every: float, budget: float = BUDGET) -> Pace:
    """The pace of `accounts` (all that are looked at) as things stand; only storage is asked, so any process can know it.

    Quiet is who is neither live nor suspected now, and did not begin a live around this hour of the day in four weeks.
    """
    if len(accounts) <= budget * every:
        return Pace(every, every)
    begun: dict[int, list[datetime]] = {}
    rooms: dict[int, str] = {}
    for account_id, at, room in await work.lives.begun([account.id for account in accounts], now - WEEKS):
        begun.setdefault(account_id, []).append(at)
        rooms[account_id] = room
    hour = now.astimezone(UTC).hour
    quiet = frozenset(
        account.id
        for account in accounts
        if account.status not in AWAKE and hour not in usual_hours(begun.get(account.id, ()))
    )
    slow = slow_pace(len(accounts) - len(quiet), len(quiet), every, budget)
    return Pace(every, slow, quiet, {account_id: room for account_id, room in rooms.items() if account_id in quiet})
