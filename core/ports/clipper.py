"""Saving clips from what is kept of lives that run here."""

from datetime import datetime
from pathlib import Path
from typing import Protocol

from core.model.clip import Cut
from core.model.live import Live


class Clipper(Protocol):
    """Makes a file of a stretch of a live that is running now or was a moment ago. All seconds are seconds of the live."""

    def second_of(self, live: Live, at: datetime) -> float:
        """The second of the live that people saw at `at`: by its capture, by the wall where it has none here."""
        ...

    def keeps(self, live_id: int) -> bool:
        """Whether the live is captured here, or was a moment ago."""
        ...

    def first(self, live_id: int) -> float | None:
        """From which second of the live on a clip could be cut now; None when nothing of it is kept."""
        ...

    async def save(self, live_id: int, start: float, end: float, path: Path) -> Cut:
        """Seconds [start, end] of the live as an MP4 at `path`; waits until `end` has passed, unless `hurry` was called.

        Raises Missing CLIP_GONE when the live is not kept here any more, Missing CLIP_EARLY when nothing had come by `end`,
        Invalid CLIP_SLOW, Transient DISK.
        """
        ...

    async def found(self, path: Path, start: float) -> Cut | None:
        """What `save` from `start` on has left at `path`, whole; None when it has not."""
        ...

    def hurry(self) -> None:
        """From now on no clip waits for its end: the program is being stopped."""
        ...
