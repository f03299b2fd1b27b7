"""Hurrying: pictures for what goes out at once: there in time, or not at all."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.ports.clock import Clock
from core.services.picturing import Picturing

COVER, FACE = 2.0, 1.0
"""Real seconds the first post of a live waits for its picture, and a person for that of an account."""
RESTS = timedelta(seconds=60)
"""After a picture that did not come in time: a slow host is waited for once, not every time."""


@dataclass
class Hurrying:
    """Waits `patience` real seconds at most. What comes too late is kept by `picturing`, for whoever asks next."""

    picturing: Picturing
    clock: Clock
    patience: float
    _rests_until: datetime | None = None

    async def of(self, address: str) -> str:
        """The path of the picture at `address`, empty when there is none, or none that comes in time."""
        now = self.clock.now()
        resting = self._rests_until is not None and now < self._rests_until
        try:
            async with asyncio.timeout(0 if resting else self.patience):
                return str(await self.picturing.get(address) or "")
        except TimeoutError:  # the picture is still on its way
            self._rests_until = self._rests_until if resting else now + RESTS
            return ""
