"""A recording that is heard by a service elsewhere: what was sent of it, what came back, and where that belongs."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import accumulate

from core.model.transcript import Segment, Word

PAUSE, SENTENCE, LONGEST = 1.0, 6.0, 15.0
"""Seconds: a pause that parts two segments; how long one is before the end of a sentence parts it; what none is longer than."""

ENDS = (".", "?", "!", "…", "。", "？", "！", "؟", "।")
STEP = 0.001  # seconds; no two segments of a transcript begin at the same time


@dataclass(frozen=True)
class Said:
    """A word and who said it, empty when nobody knows."""

    word: Word
    speaker: str = ""


@dataclass(frozen=True)
class Recorded:
    """What a service heard. `language` is a code, empty when it does not say."""

    said: tuple[Said, ...]
    language: str = ""


@dataclass(frozen=True)
class Remote:
    """A recording that was entrusted to `engine`. `key` and `place` are those of its job.

    Only speech is sent: `pieces` are the stretches of the recording it was put together from, in seconds of the recording.
    `upload` is where it lies there, `external` the service's number of the work, empty until it is known. `secret` is what the
    service has to show when it calls, empty when it cannot. `over`: nobody waits for it, and what lies there has to go.
    """

    id: int
    key: str
    place: str
    engine: str
    upload: str
    pieces: tuple[tuple[float, float], ...]
    since: datetime
    external: str = ""
    secret: str = field(default="", repr=False)
    over: bool = False


def placed(said: Iterable[Said], pieces: Sequence[tuple[float, float]]) -> tuple[Said, ...]:
    """Words with seconds of what was sent, given back with seconds of the recording: each inside the piece its middle is in,
    none before the one it follows."""
    begins = [0.0, *accumulate(end - start for start, end in pieces[:-1])]
    found: list[Said] = []
    earliest = 0.0
    for one in said:
        at = max(0, bisect_right(begins, (one.word.start + one.word.end) / 2) - 1)
        (first, last), moved = pieces[at], pieces[at][0] - begins[at]
        start = max(min(max(one.word.start + moved, first), last), earliest)
        end = max(min(one.word.end + moved, last), start)
        found.append(Said(Word(start, end, one.word.text), one.speaker))
        earliest = start
    return tuple(found)


def segments_of(said: Sequence[Said], language: str, engine: str) -> tuple[Segment, ...]:
    """Words in order of time as lines people can read: parted where somebody else speaks, at pauses, and at ends of sentences."""
    lines: list[list[Said]] = []
    for one in said:
        if not lines or _parted(lines[-1], one):
            lines.append([])
        lines[-1].append(one)
    segments: list[Segment] = []
    for line in lines:
        start = max(line[0].word.start, segments[-1].start + STEP if segments else 0.0)
        words = tuple(one.word for one in line)
        text = " ".join(word.text for word in words)
        end = max(start, words[-1].end)
        segments.append(Segment(start, end, text, language, engine, words, speaker=line[0].speaker))
    return tuple(segments)


def _parted(line: Sequence[Said], one: Said) -> bool:
    first, last = line[0].word, line[-1]
    return (
        one.speaker != last.speaker
        or one.word.start - last.word.end >= PAUSE
        or one.word.end - first.start > LONGEST
        or (last.word.text.endswith(ENDS) and last.word.end - first.start >= SENTENCE)
    )
