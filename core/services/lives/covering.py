"""Covering: the picture of a live for its very first post, when it comes at once; no post and no other live waits for it long."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.ports.clock import Clock
from core.services.picturing import Picturing

PATIENCE = 2.0  # real seconds, counted from the reading that found the live; meanwhile the second one is asked for
RESTS = timedelta(
    seconds=60
)  # after a cover that did not come in time: a slow host is waited for once, not at every start


@dataclass
class Covering:
    """The covers of all lives that begin. What comes too late is kept by `picturing` for the first edit of the post."""

    picturing: Picturing
    clock: Clock
    _rests_until: datetime | None = None

    async def of(self, address: str) -> str:
        """The path of the picture at `address`, empty when there is none, or none that comes in time."""
        now = self.clock.now()
        resting = self._rests_until is not None and now < self._rests_until
        try:
            async with asyncio.timeout(0 if resting else PATIENCE):
                return str(await self.picturing.get(address) or "")
        except TimeoutError:  # the picture is still on its way
            self._rests_until = self._rests_until if resting else now + RESTS
            return ""
