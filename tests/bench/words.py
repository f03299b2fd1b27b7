"""Words at the seams: speech cut as a live's is, heard by an engine that knows every word, joined as a live's is.

The engine gives back exactly the words of each span, at times a little off each time, as engines do. Whatever it gave must stand in
the transcript once: `lost` and `doubled` count what does not, by the number each word of the recordings has.
"""

import asyncio
import json
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import numpy as np

from core.adapters.media.segmenter import Segmenter
from core.adapters.media.sound import Chunk
from core.adapters.media.vad import Detector
from core.model.account import Account, Handle
from core.model.live import Live
from core.model.transcript import SAMPLE_RATE, Heard, Segment, Span, Word
from core.ports.media import LiveCapture
from core.ports.speech import About, Check, Hint, Readiness
from core.services.listening import Listening
from core.services.lives.scene import Scene
from tests.platforms.live_media import DEMO
from tests.platforms.speech import decoded

BREATHLESS = Path(__file__).parents[1] / "recordings" / "breathless.flac"
BUNDLED = (DEMO, BREATHLESS)
TWENTY_MINUTES = 1_200.0
JITTER = 0.06  # seconds a word's times are off from one hearing to the next
PAUSE = 0.5  # seconds: a shorter one between two words is still speech


@dataclass(frozen=True)
class Speech:
    """Sound with known words, each with a text of its own so that it can be told apart."""

    samples: np.ndarray[Any, np.dtype[np.int16]]
    words: tuple[Word, ...]


@dataclass
class Oracle:
    """Hears the words whose middle lies in the span; `gave` is every one it gave."""

    words: Sequence[Word]
    name: str = "oracle"
    about: About = field(default_factory=lambda: About("nothing", True, False, "all", "0"))
    gave: set[str] = field(default_factory=set)
    chance: random.Random = field(default_factory=lambda: random.Random(7))

    def readiness(self) -> Readiness:
        return Readiness(ready=True)

    async def check(self) -> Check:
        return Check(True, "ready")

    async def hear(self, span: Span, hint: Hint) -> Heard:
        words = tuple(
            Word(max(span.start, w.start + off), min(span.end, w.end + off), w.text)
            for w in self.words
            if span.start <= (w.start + w.end) / 2 <= span.end
            for off in (self.chance.uniform(-JITTER, JITTER),)
        )
        self.gave |= {word.text for word in words}
        return Heard(" ".join(word.text for word in words), "en", words)


@dataclass
class Cut:
    """A capture whose spans are there already."""

    parts: list[Span]
    second: float = 0.0

    async def spans(self) -> AsyncIterator[Span]:
        for part in self.parts:
            self.second = part.end
            yield part


def speech(paths: Sequence[Path], seconds: float = 0.0) -> Speech:
    """The recordings one after the other, again and again until they are `seconds` long."""
    samples: list[np.ndarray[Any, np.dtype[np.int16]]] = []
    words: list[Word] = []
    length = 0.0
    while not samples or length < seconds:
        for path in paths:
            sound = (decoded(path)[0] * 32_000).astype(np.int16)
            told = json.loads(path.with_suffix(".json").read_text("utf-8"))["words"]
            words += [Word(length + w["at"], length + w["end"], f"w{len(words) + n}") for n, w in enumerate(told)]
            samples.append(sound)
            length += len(sound) / SAMPLE_RATE
    return Speech(np.concatenate(samples), tuple(words))


def cut(said: Speech) -> list[Span]:
    """As a live's sound is cut."""
    segmenter, spans = Segmenter(Detector().stream()), list[Span]()
    for start in range(0, len(said.samples), SAMPLE_RATE):
        spans += segmenter.feed(Chunk(start / SAMPLE_RATE, said.samples[start : start + SAMPLE_RATE]))
    return spans + segmenter.flush()


def seams(said: Speech, spans: list[Span]) -> tuple[int, int]:
    """How many words the engine gave are lost, and how many stand twice."""
    oracle = Oracle(said.words)
    told = Counter(asyncio.run(_told(oracle, spans)))
    return len(oracle.gave - told.keys()), sum(n - 1 for n in told.values())


def wordless(said: Speech, spans: Sequence[Span]) -> tuple[float, float]:
    """Of the uploaded sound the share of whole seconds in which nobody says anything, and the share of what lies around and
    between utterances, paddings included (the segmenter leaves 0.25 s before and after each span)."""
    spoken = list(_utterances(said.words))
    uploaded = sum(span.seconds for span in spans)
    pieces = [
        (span.start + n, min(span.start + n + 1, span.end)) for span in spans for n in range(int(span.seconds) + 1)
    ]
    empty = sum(end - start for start, end in pieces if end > start and not _covered(start, end, spoken))
    covered = sum(_covered(span.start, span.end, spoken) for span in spans)
    return empty / uploaded, 1.0 - covered / uploaded


def _covered(start: float, end: float, spoken: Sequence[tuple[float, float]]) -> float:
    return sum(max(0.0, min(end, until) - max(start, since)) for since, until in spoken)


async def _told(oracle: Oracle, spans: list[Span]) -> list[str]:
    handle = Handle("bench")
    scene = Scene(Live(0, 0, handle, ("",), "", datetime.now(UTC)), Account(0, handle))
    parts = Listening([oracle]).segments(scene, cast(LiveCapture, Cut(spans)))
    return [
        word for part in [p async for p in parts] if isinstance(part, Segment) for word in (part.text or "").split()
    ]


def _utterances(words: Sequence[Word]) -> Iterator[tuple[float, float]]:
    start, end = words[0].start, words[0].end
    for word in words[1:]:
        if word.start - end > PAUSE:
            yield start, end
            start = word.start
        end = max(end, word.end)
    yield start, end
