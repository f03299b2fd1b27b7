"""Which words are in a piece of sound: always the same ones, or those of a known recording, found by its sound.

A source takes sound (float32, 16 kHz mono) and gives segments `{"start", "end", "text", "words"}`, in seconds of that sound.
"""

import io
import itertools
import json
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import av
import numpy as np

RATE = 16_000
HOP = 160  # 10 ms
WINDOW = 400
BANDS = 24
ALIKE = 0.4

Sound = np.ndarray[Any, np.dtype[np.float32]]
Segments = list[dict[str, Any]]
Source = Callable[[Sound], Segments]

ROOT = Path(__file__).resolve().parents[2]
RECORDINGS = (
    (ROOT / "bot" / "demo" / "live.mp4", ROOT / "bot" / "demo" / "live.json"),
    (ROOT / "tests" / "recordings" / "breathless.flac", ROOT / "tests" / "recordings" / "breathless.json"),
)


class Undecodable(ValueError):
    """The bytes hold no sound that can be read."""


def decoded(data: bytes | Path) -> tuple[Sound, str]:
    """The sound of a file and the name of its container. Raises Undecodable."""
    try:
        with av.open(io.BytesIO(data) if isinstance(data, bytes) else str(data)) as container:
            if not container.streams.audio:
                raise Undecodable("no audio stream")
            resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
            frames = [*container.decode(audio=0), None]
            parts = [out.to_ndarray()[0] for frame in frames for out in resampler.resample(frame)]
            kind = container.format.name
    except (av.FFmpegError, ValueError) as error:
        raise Undecodable(str(error)) from error
    return (np.concatenate(parts).astype(np.float32) if parts else np.zeros(0, np.float32)), kind


def silent(sound: Sound) -> bool:
    """Whether there is nothing to hear."""
    return not len(sound) or float(np.abs(sound).max()) < 1e-3


def found_in(whole: Sound, piece: Sound) -> float | None:
    """From which second on `piece` is to be heard in a sound; None when it is not."""
    likeness, at = _likeness(_picture(whole), _picture(piece))
    return at * HOP / RATE if likeness >= ALIKE else None


def fixed(text: str, **figures: float) -> Source:
    """The same words for any sound but silence; `figures` are Whisper's own (no_speech_prob, avg_logprob, …)."""

    def source(sound: Sound) -> Segments:
        return [] if silent(sound) else [{"start": 0.0, "end": round(len(sound) / RATE, 2), "text": text, **figures}]

    return source


class Told:
    """Words that are given, each to the next sound in which there is anything; nobody says anything before. `heard`: by its words,
    the sound that got them."""

    def __init__(self) -> None:
        self._lines: deque[str] = deque()
        self.heard: dict[str, Sound] = {}

    def say(self, text: str) -> None:
        """The next sound says this."""
        self._lines.append(text)

    def __call__(self, sound: Sound) -> Segments:
        if silent(sound) or not self._lines:
            return []
        text = self._lines.popleft()
        self.heard[text] = sound
        return [{"start": 0.0, "end": round(len(sound) / RATE, 2), "text": text}]


class Known:
    """Recordings with known words: any cut of them gets the words whose middle lies in it, one segment a sentence."""

    def __init__(self, recordings: Sequence[tuple[Path, Path]] = RECORDINGS) -> None:
        self._known = [(_picture(decoded(sound)[0]), _written(words)) for sound, words in recordings]

    def __call__(self, sound: Sound) -> Segments:
        if silent(sound):
            return []
        piece = _picture(sound)
        likeness, at, words = max(
            ((*_likeness(whole, piece), words) for whole, words in self._known), key=lambda found: found[0]
        )
        if likeness < ALIKE:
            return []
        offset, seconds = at * HOP / RATE, len(sound) / RATE
        heard = [word for word in words if 0 <= (word["at"] + word["end"]) / 2 - offset <= seconds]
        return [_segment(heard, number, offset, seconds) for number in sorted({word["sentence"] for word in heard})]


class Spliced:
    """As Known, for sound put together from stretches of a recording: each of its words once, where the window most like it has
    it."""

    WINDOW, HOP = 1.5, 0.5  # seconds

    def __init__(self, recording: tuple[Path, Path] = RECORDINGS[0]) -> None:
        self._whole, self._words = _picture(decoded(recording[0])[0]), _written(recording[1])

    def __call__(self, sound: Sound) -> Segments:
        seconds, found = len(sound) / RATE, {}
        for start in np.arange(0.0, max(self.HOP, seconds - self.WINDOW + self.HOP), self.HOP):
            window = sound[round(start * RATE) : round((start + self.WINDOW) * RATE)]
            likeness, at = _likeness(self._whole, _picture(window))
            moved = start - at * HOP / RATE
            for number, word in enumerate(self._words):
                middle = (word["at"] + word["end"]) / 2 + moved
                if start <= middle < start + self.WINDOW and likeness > max(ALIKE, found.get(number, (0, 0))[0]):
                    found[number] = (likeness, moved)
        heard = [
            {**self._words[n], "at": self._words[n]["at"] + found[n][1], "end": self._words[n]["end"] + found[n][1]}
            for n in sorted(found)
        ]
        return [_segment(heard, number, 0.0, seconds) for number in sorted({word["sentence"] for word in heard})]


def _written(path: Path) -> list[dict[str, Any]]:
    """The words with their times, as the captions write them where there are captions."""
    script = json.loads(path.read_text("utf-8"))
    written = " ".join(line["text"] for line in script.get("captions", ())).split()
    words: list[dict[str, Any]] = script["words"]
    if len(written) != len(words):
        return words
    return [{**word, "word": text} for word, text in zip(words, written, strict=True)]


def _segment(heard: list[dict[str, Any]], sentence: int, offset: float, seconds: float) -> dict[str, Any]:
    words = [word for word in heard if word["sentence"] == sentence]
    return {
        "start": round(max(0.0, words[0]["at"] - offset), 2),
        "end": round(min(seconds, words[-1]["end"] - offset), 2),
        "text": " ".join(word["word"] for word in words),
        "words": [
            {"word": w["word"], "start": round(w["at"] - offset, 2), "end": round(w["end"] - offset, 2)} for w in words
        ],
    }


def _picture(sound: Sound) -> Sound:
    """Log energies, one row of bands every 10 ms, each band with mean 0."""
    rows = max(1, 1 + (len(sound) - WINDOW) // HOP)
    padded = np.pad(sound, (0, max(0, WINDOW + HOP * (rows - 1) - len(sound))))
    windows = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP][:rows] * np.hanning(WINDOW)
    power = np.abs(np.fft.rfft(windows, 512, axis=1)) ** 2
    edges = np.unique(np.geomspace(3, 200, BANDS + 1).astype(int))
    bands = np.stack([power[:, a:b].mean(axis=1) for a, b in itertools.pairwise(edges)], axis=1)
    picture = np.log(bands + 1e-4)
    return (picture - picture.mean(axis=0)).astype(np.float32)


def _likeness(whole: Sound, piece: Sound) -> tuple[float, int]:
    """The best normalised cross-correlation of two pictures, and the row of `whole` where it is."""
    piece = piece[: len(whole)]
    size = 1 << int(len(whole) + len(piece)).bit_length()
    cross = np.fft.irfft(np.fft.rfft(whole, size, axis=0) * np.conj(np.fft.rfft(piece, size, axis=0)), size, axis=0)
    energy = np.concatenate([[0.0], np.cumsum((whole.astype(np.float64) ** 2).sum(axis=1))])
    room = len(whole) - len(piece) + 1
    local = energy[len(piece) : len(piece) + room] - energy[:room]
    scores = cross.sum(axis=1)[:room] / np.sqrt(local * (piece.astype(np.float64) ** 2).sum() + 1e-9)
    at = int(scores.argmax())
    return float(scores[at]), at
