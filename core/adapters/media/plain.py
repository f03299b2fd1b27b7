"""Clips of lives in H.265, AV1 or with odd sound, made anew as H.264 and AAC, which every chat and browser plays."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import monotonic

from core.adapters.media.clip import Note
from core.adapters.media.landing import landing
from core.adapters.media.opening import Patience
from core.adapters.media.shape import Shape
from core.adapters.media.squeeze import Plan, encode, even
from core.errors import Invalid
from core.model.clip import Cut

PLAIN = frozenset({"h264", "aac"})
LONG_SIDE = 1280
BITS_EACH_PIXEL = 2.7
"""A second: 2.5 Mbit/s for 720x1280, what TikTok sends for that size."""

SOUND = 96_000
LONGEST = 120.0
"""Seconds of work for one clip: 60 s of 720x1280 take 17 s on one core."""


def is_plain(shape: Shape) -> bool:
    """Whether all of it may stay as it is."""
    return all(track.codec in PLAIN for track in shape.tracks)


def make_plain(
    cut: Cut,
    to: Path,
    patience: Patience,
    note: Note,
    longest: float = LONGEST,
    ending: Callable[[], bool] = lambda: False,
) -> Cut:
    """The clip `cut` at `to` in H.264 and AAC. Blocks and computes.

    Raises Invalid CLIP_SLOW when it is not done in `longest` seconds, or when everything is `ending`, and what opening and writing
    raise.
    """
    plan, until = plan_of(cut), monotonic() + longest
    with landing(to) as part:
        if not encode(cut.path, part, plan, patience, lambda: ending() or monotonic() > until, str(note)):
            raise Invalid("CLIP_SLOW", n=round(longest))
        return replace(cut, path=to, size=part.stat().st_size, width=plan.width, height=plan.height, short=note.short)


def plan_of(cut: Cut) -> Plan:
    """As it is, its picture no larger than LONG_SIDE."""
    if not cut.width:
        return Plan(0, SOUND)
    share = min(1.0, LONG_SIDE / max(cut.width, cut.height))
    width, height = even(cut.width * share), even(cut.height * share)
    return Plan(round(width * height * BITS_EACH_PIXEL), SOUND, width, height)
