"""Why a clip is shorter than was asked for."""

from dataclasses import dataclass

from core.adapters.media.ring import Stretch
from core.model.clip import Short

NOTICED = 1.0
"""Seconds that may be missing without a word: sound and picture do not end together, and clips begin at a key picture."""


@dataclass(frozen=True)
class Circumstances:
    """How it was when the stretch was taken: the ring had let go of something, the source is over, nobody could wait."""

    moved_on: bool
    over: bool
    hurried: bool


def why_short(stretch: Stretch, start: float, end: float, how: Circumstances) -> Short | None:
    """Why `stretch` is not all of [start, end], by what took the most of it; None when it is."""
    before, after = stretch.start - start, end - stretch.end
    if max(before, after, stretch.beside) <= NOTICED:
        return None
    if stretch.beside > NOTICED:
        return Short.FORMAT
    if before > after:
        return Short.BUFFER if how.moved_on else Short.BEGUN
    if how.over:
        return Short.ENDED
    return Short.STOPPED if how.hurried else Short.STALLED


def never_came(first: float | None, end: float, how: Circumstances) -> bool:
    """Whether a clip up to `end` was asked before anything had come; else it was there once. `first`: what is kept begins there."""
    return not how.moved_on and end >= -NOTICED and (first is None or end <= first)
