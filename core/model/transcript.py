"""What is said: spans of speech cut from sound, and the segments of words made of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

SAMPLE_RATE = 16_000
"""Samples a second of every PCM in Earshot: mono, signed 16 bit, little endian."""


@dataclass(frozen=True)
class Span:
    """A stretch of sound with speech in it. Times are seconds on the live's own clock, 0 where capture began.

    `pcm` is 16 kHz mono s16le. `overlap` seconds at its start were already in the span before (a forced cut).
    `followed_by` is the silence after it in seconds, 0 after a forced cut.
    """

    start: float
    end: float
    pcm: bytes = field(repr=False)
    overlap: float = 0.0
    followed_by: float = 0.0

    @property
    def seconds(self) -> float:
        """Its length."""
        return self.end - self.start


class GapCause(StrEnum):
    """Why a stretch of a live has no words."""

    RECONNECT = "reconnect"
    OVERFLOW = "overflow"
    ENGINE = "engine"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Gap:
    """A stretch nobody could hear or transcribe: named, never skipped."""

    start: float
    end: float
    cause: GapCause


@dataclass(frozen=True)
class Word:
    """One word with its times in seconds on the live's clock."""

    start: float
    end: float
    text: str


@dataclass(frozen=True)
class Heard:
    """What an engine made of one span. Times of words as in the span. `confidence` 0 to 1, None when it does not say."""

    text: str
    language: str = ""
    words: tuple[Word, ...] = ()
    confidence: float | None = None


class SegmentState(StrEnum):
    """`untold`: speech without an engine. `late`: the engine was too far behind, or its quota used up. `failed`: the engine
    gave up. The sound of these three is kept and heard later, if it can be. `withheld`: there are words, and they may be about
    minors; never stored, for it is so for some who read and not for others."""

    TOLD = "told"
    SILENT = "silent"
    UNTOLD = "untold"
    LATE = "late"
    FAILED = "failed"
    WITHHELD = "withheld"


@dataclass(frozen=True)
class Segment:
    """A span with its words. `text` is None when no engine was ready: never invented. `speaker` is who an engine that tells them
    apart calls so (`A`, `B`), empty when nobody knows."""

    start: float
    end: float
    text: str | None
    language: str = ""
    engine: str = "none"
    words: tuple[Word, ...] = ()
    state: SegmentState = SegmentState.TOLD
    speaker: str = ""

    def said_at(self, position: int) -> float:
        """The second at which the character `position` of the text was said (exact with words, else in proportion)."""
        text = self.text or ""
        passed = 0
        for word in self.words:
            found = text.find(word.text, passed)
            if found < 0:
                continue
            passed = found + len(word.text)
            if passed > position:
                return word.start
        return self.start + (self.end - self.start) * (position / len(text) if text else 0.0)


def kept_back(segment: Segment) -> Segment:
    """The same for whoever must not read its words: when it was said is all that is left."""
    return Segment(segment.start, segment.end, None, engine=segment.engine, state=SegmentState.WITHHELD)


def turns(segments: Iterable[Segment]) -> Iterator[tuple[Segment, str]]:
    """Each segment with who begins to speak in it, empty while the same one goes on and where nobody knows."""
    before = ""
    for segment in segments:
        yield segment, segment.speaker if segment.speaker != before else ""
        before = segment.speaker or before


@dataclass(frozen=True)
class Sound:
    """The sound of a span of a live that has no words yet, in the file at `path`. Seconds of the live, as in Span."""

    live_id: int
    start: float
    end: float
    overlap: float
    path: Path
    kept: datetime
    id: int = 0

    @property
    def seconds(self) -> float:
        """Its length."""
        return self.end - self.start


def success_of(told: int, failed: int) -> float:
    """Share of the pieces of speech an engine was asked for that have words: 1 when none failed. Silence is not a failure."""
    return round(told / (told + failed), 3) if told + failed else 1.0


def clock_text(seconds: float) -> str:
    """`75.2` → `1:15`, `3675` → `1:01:15`."""
    whole = max(0, int(seconds))
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"
