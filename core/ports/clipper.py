"""Saving clips: from the ring of packets, or from a replay buffer elsewhere."""

from datetime import datetime
from pathlib import Path
from typing import Protocol

from core.model.clip import Cut
from core.model.live import Live


class Clipper(Protocol):
    """Makes a file of a stretch of a live that is running now or was a moment ago."""

    def second_of(self, live: Live, at: datetime) -> float:
        """The second of the live that people saw at `at`: by its capture, by the wall where it has none here."""
        ...

    async def save(self, live_id: int, start: float, end: float, path: Path) -> Cut:
        """Seconds [start, end] of the live as an MP4 at `path`; waits until `end` has passed.

        Raises Missing CLIP_GONE when the live is not kept here any more, Transient DISK.
        """
        ...
