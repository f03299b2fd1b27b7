"""Clocks: the system's, and one that runs faster for recordings."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

MADE_UP = 0.05  # of the time that passes: how fast a difference to the machine's clock is made up
UNSET = timedelta(days=1)  # a clock that is off by more than this had not been set


def _steady() -> float:
    """Seconds that nobody can set, those of a sleeping machine included where the system counts them."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


def _wall() -> datetime:
    return datetime.now(UTC)


@dataclass
class SystemClock:
    """The time of this machine, which never goes back and never leaps: when somebody sets the clock by an hour, the difference is
    made up over the next 20. Waits, leases and "offline for five minutes" would all be wrong otherwise."""

    steady: Callable[[], float] = _steady
    wall: Callable[[], datetime] = _wall
    _last: tuple[datetime, float] = field(init=False)

    def __post_init__(self) -> None:
        self._last = self.wall(), self.steady()

    def now(self) -> datetime:
        """Aware UTC."""
        before, since = self._last  # one value: threads ask too
        at = self.steady()
        passed = max(0.0, at - since)
        told = before + timedelta(seconds=passed)
        off = self.wall() - told
        if abs(off) > UNSET:
            told += off
        else:
            most = timedelta(seconds=passed * MADE_UP)
            told += max(-most, min(most, off))
        self._last = told, at
        return told

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


@dataclass(frozen=True)
class FastClock:
    """Starts at the machine's time and runs `speed` times as fast, so that a recording's minutes pass in seconds."""

    speed: float
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    _zero: float = field(default_factory=time.monotonic)

    def now(self) -> datetime:
        """Aware UTC of the fast time."""
        return self.began + timedelta(seconds=(time.monotonic() - self._zero) * self.speed)

    async def sleep(self, seconds: float) -> None:
        """Wait `seconds` of the fast time."""
        await asyncio.sleep(seconds / self.speed)
