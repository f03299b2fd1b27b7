"""Pausing: between two looks at a queue, cut short when this process itself has put something into it."""

import asyncio
from dataclasses import dataclass, field

from core.ports.clock import Clock


@dataclass
class Pause:
    """`soon` ends the pause that is on, or the next one. Who shares the storage from another process is seen at a pause's end."""

    clock: Clock
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def soon(self) -> None:
        """There is news. Of the event loop."""
        self._news.set()

    async def rest(self, seconds: float) -> None:
        """Wait `seconds` of the clock, or less."""
        waits = asyncio.create_task(self._news.wait()), asyncio.create_task(self.clock.sleep(seconds))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        self._news.clear()
