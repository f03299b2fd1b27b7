"""Clocks: the system's, and one that runs faster for recordings."""

import asyncio
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True)
class SystemClock:
    """The time of this machine."""

    def now(self) -> datetime:
        """Aware UTC."""
        return datetime.now(UTC)

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
