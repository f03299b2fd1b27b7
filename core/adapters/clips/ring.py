"""Clips cut from the rings of the captures that run here."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from core.errors import Missing
from core.model.clip import Cut
from core.model.live import Live
from core.ports.media import LiveCapture


class RingClipper:
    """Knows which capture belongs to which live. Of the event loop; `attach` when a capture opens, `detach` when it goes."""

    def __init__(self) -> None:
        self._captures: dict[int, tuple[LiveCapture, float]] = {}

    def attach(self, live_id: int, capture: LiveCapture, offset: float = 0.0) -> None:
        """From now on clips of `live_id` come from `capture`, whose clock began at second `offset` of the live."""
        self._captures[live_id] = capture, offset

    def detach(self, live_id: int) -> None:
        """`live_id` is not kept any more. Clips being cut are finished."""
        self._captures.pop(live_id, None)

    def second_of(self, live: Live, at: datetime) -> float:
        """See Clipper."""
        if live.id not in self._captures:
            return live.second_of(at)
        capture, offset = self._captures[live.id]
        return offset + capture.second_of(at)

    async def save(self, live_id: int, start: float, end: float, path: Path) -> Cut:
        """See Clipper."""
        if live_id not in self._captures:
            raise Missing("CLIP_GONE", x=str(live_id))
        capture, offset = self._captures[live_id]
        cut = await capture.cut(start - offset, end - offset, path)
        return replace(cut, start=cut.start + offset)
