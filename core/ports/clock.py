"""Time, injected: so that a recording can run four times as fast and a test can wait for nothing."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Aware UTC and waiting. All waits of one installation run on one clock."""

    def now(self) -> datetime:
        """The time, aware UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait `seconds` of this clock."""
        ...
