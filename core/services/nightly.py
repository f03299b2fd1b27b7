"""Nightly: what is asked for once a night, at an hour of the installation's zone; a night that was missed is made up for the next
day."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import time
from zoneinfo import ZoneInfo

from core.ports.clock import Clock
from core.ports.store import Storage, Work

GLANCE = 60.0
"""Seconds between two looks at the clock."""


@dataclass(frozen=True)
class Nightly:
    """One thing asked for after `hour` of `zone`; the memo `name` is the last day that is dealt with, in all processes."""

    storage: Storage
    clock: Clock
    zone: ZoneInfo
    name: str
    hour: time

    async def round(self, ask: Callable[[Work, str], Awaitable[object]]) -> None:
        """Call `ask` if it is due, in the transaction that says so, with the day it was last dealt with: empty on the first."""
        local = self.clock.now().astimezone(self.zone)
        today = local.date().isoformat()
        async with self.storage.reading() as work:
            last = await work.memos.get(self.name)
        if local.time() < self.hour or last >= today:
            return
        async with self.storage.work() as work:
            if await work.memos.get(self.name) == last:  # no other process was faster
                await work.memos.put(self.name, today)
                await ask(work, last)
