"""Clips cut from the rings of the captures that run here."""

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from math import inf
from pathlib import Path

from core.adapters.media.late import clip_at
from core.errors import Missing
from core.model.clip import Cut, Short
from core.model.live import Live
from core.ports.media import LiveCapture

KEPT = 2
"""Captures of one live: its stream may break off for good and be taken up by a new one while clips of the old are wanted."""


@dataclass(frozen=True)
class Kept:
    """A capture whose clock began at second `offset` of its live."""

    capture: LiveCapture
    offset: float


class RingClipper:
    """Knows which captures belong to which live. Of the event loop; `attach` when a capture opens, `detach` when the live goes."""

    def __init__(self) -> None:
        self._kept: dict[int, list[Kept]] = {}

    def attach(self, live_id: int, capture: LiveCapture, offset: float = 0.0) -> None:
        """From now on clips of `live_id` come from `capture`, whose clock began at second `offset` of the live."""
        before = self._kept.get(live_id, [])
        self._kept[live_id] = [*before, Kept(capture, offset)][-KEPT:]

    def detach(self, live_id: int) -> None:
        """`live_id` is not kept any more. Clips being cut are finished."""
        self._kept.pop(live_id, None)

    def second_of(self, live: Live, at: datetime) -> float:
        """See Clipper."""
        if live.id not in self._kept:
            return live.second_of(at)
        newest = self._kept[live.id][-1]
        return newest.offset + newest.capture.second_of(at)

    def keeps(self, live_id: int) -> bool:
        """See Clipper."""
        return live_id in self._kept

    def first(self, live_id: int) -> float | None:
        """See Clipper."""
        firsts = ((kept.capture.first, kept.offset) for kept in self._kept.get(live_id, []))
        return next((first + offset for first, offset in firsts if first is not None), None)

    async def save(self, live_id: int, start: float, end: float, path: Path) -> Cut:
        """See Clipper. Of a stretch over two captures the longer part."""
        if live_id not in self._kept:
            raise Missing("CLIP_GONE", x=str(live_id))
        held = self._kept[live_id]
        kept = _covering(held, start, end)
        cut = await kept.capture.cut(start - kept.offset, end - kept.offset, path)
        broke_off = cut.short is Short.ENDED and kept is not held[-1]
        return replace(cut, start=cut.start + kept.offset, short=Short.STALLED if broke_off else cut.short)

    async def found(self, path: Path, start: float) -> Cut | None:
        """See Clipper."""
        return await clip_at(path, start)

    def hurry(self) -> None:
        """See Clipper."""
        for held in self._kept.values():
            for kept in held:
                kept.capture.hurry()


def _covering(held: list[Kept], start: float, end: float) -> Kept:
    """The capture in whose time most of [start, end] lies; the newest when that is nothing."""
    ends = [min(one.offset + one.capture.second, after.offset) for one, after in pairwise(held)] + [inf]
    shares = [min(end, until) - max(start, kept.offset) for kept, until in zip(held, ends, strict=True)]
    best = max(range(len(held)), key=shares.__getitem__)
    return held[best] if shares[best] > 0 else held[-1]
