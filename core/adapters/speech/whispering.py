"""What every Whisper has in common, wherever it runs: what it is given and told, and which of its words nobody said."""

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from core.adapters.speech.timed import plain
from core.errors import Invalid
from core.model.transcript import SAMPLE_RATE

if TYPE_CHECKING:
    import numpy as np

PROMPT_CHARACTERS = 200
SHORTEST_SECONDS = 0.1
QUIETEST = 33
"""A peak below 33 of 32,768 (−60 dB) is no voice. Whisper, given such sound, makes words up."""

NO_SPEECH, LOW_LOGPROB, REPETITIVE = 0.6, -1.0, 2.4
"""Whisper's own thresholds for silence taken as words, and for one phrase said over and over (openai/whisper, transcribe)."""


def samples_of(pcm: bytes, engine: str) -> "np.ndarray[Any, np.dtype[np.int16]]":
    """The samples of 16 kHz mono s16le; none when there is too little to hear: too short or too quiet. For a thread: it imports
    numpy. Raises Invalid BAD_SOUND for half a sample."""
    import numpy as np

    if len(pcm) % 2:
        raise Invalid("BAD_SOUND", engine=engine)
    samples = np.frombuffer(pcm, "<i2")
    if len(samples) < SHORTEST_SECONDS * SAMPLE_RATE or max(int(samples.max()), -int(samples.min())) < QUIETEST:
        return samples[:0]
    return samples


def doubtful(logprob: float | None, no_speech: float | None, compression: float | None) -> bool:
    """Whether nobody said it: words over silence or music, or one phrase repeated without end. None: there is no such figure."""
    unheard = (no_speech or 0.0) > NO_SPEECH and (logprob or 0.0) < LOW_LOGPROB
    return unheard or (compression or 0.0) > REPETITIVE


def prompt_of(before: str) -> str:
    """The last words before the span, whole words only."""
    text = plain(before)
    return text if len(text) <= PROMPT_CHARACTERS else text[-PROMPT_CHARACTERS:].partition(" ")[2]


def code_of(language: str) -> str:
    """`en-GB` → `en`; empty for what Whisper would refuse."""
    code = language.replace("_", "-").partition("-")[0].lower()
    return code if code.isascii() and code.isalpha() and 2 <= len(code) <= 3 and code != "und" else ""


def confidence(lines: Iterable[tuple[float | None, float]]) -> float | None:
    """The geometric mean probability of Whisper's tokens; of each line its mean log probability and its length in seconds."""
    known = [(logprob, max(length, 0.01)) for logprob, length in lines if logprob is not None]
    if not known:
        return None
    weight = sum(length for _, length in known)
    return math.exp(min(0.0, sum(logprob * length for logprob, length in known) / weight))
