"""Sound cut into spans of speech: at silence where there is some, else where it is least speech-like."""

from dataclasses import dataclass

import numpy as np

from core.adapters.media.sound import Chunk, Samples
from core.adapters.media.vad import WINDOW, Listener
from core.model.transcript import SAMPLE_RATE, Span

OPEN_AT = 0.5
CLOSE_BELOW = 0.35
WINDOW_SECONDS = WINDOW / SAMPLE_RATE
BATCH_WINDOWS = 31  # a second: the model costs half as much again in batches of 8 windows
PAD_WINDOWS = round(0.25 / WINDOW_SECONDS)
SILENCE_WINDOWS = round(0.45 / WINDOW_SECONDS)
SHORTEST_WINDOWS = round(2.0 / WINDOW_SECONDS)
CUT_WINDOWS = round(0.16 / WINDOW_SECONDS)
SEARCH_WINDOWS = round(4.0 / WINDOW_SECONDS)
OVERLAP_WINDOWS = round(1.0 / WINDOW_SECONDS)
DRIFT_SECONDS = 1.0
"""The stream's stamps may wander this far from the count of samples before the sound is taken to have a hole."""


@dataclass
class _Open:
    """A span being heard, in windows since the anchor. `loud` is the end of the last window that was not silent."""

    start: int
    loud: int
    overlap: int = 0


class Segmenter:
    """Cuts the sound of one live. Silence is never given out, speech never left out; a forced cut repeats its last second.

    A span opens at p >= 0.5 with 0.25 s before it, closes after 0.45 s below 0.35 once it is 2 s long, with 0.25 s after it.
    `longest` is the cap in seconds. Spans come in order of time and overlap only as `Span.overlap` says.
    """

    def __init__(self, listener: Listener, longest: float = 15.0) -> None:
        self._listener = listener
        self._longest = round(longest / WINDOW_SECONDS)
        self._anchor = 0.0  # the second of window 0
        self._sound: Samples = np.zeros(0, np.int16)  # from window `_dropped` on
        self._speech: list[float] = []  # one probability for each judged window of `_sound`
        self._dropped = 0
        self._floor = 0  # windows before it were given out
        self._open: _Open | None = None

    def feed(self, chunk: Chunk) -> list[Span]:
        """The spans that ended within `chunk` or became too long."""
        spans = self._placed(chunk)
        self._sound = np.concatenate((self._sound, chunk.samples)) if len(self._sound) else chunk.samples
        heard = len(self._sound) // WINDOW - self._judged_in_sound
        if heard >= BATCH_WINDOWS:
            spans += self._judge(heard)
        return spans

    def flush(self) -> list[Span]:
        """The end of the sound, or of a connected piece of it: what is still open is given out."""
        missing = -len(self._sound) % WINDOW
        self._sound = np.concatenate((self._sound, np.zeros(missing, np.int16)))
        heard = len(self._sound) // WINDOW - self._judged_in_sound
        spans = self._judge(heard) if heard else []
        if self._open is not None:
            end = min(self._open.loud + PAD_WINDOWS, self._now)
            spans.append(self._span(end, self._quiet_after(end)))
        self._forget(self._second_at(self._now))
        return spans

    @property
    def _now(self) -> int:
        """Windows judged since the anchor."""
        return len(self._speech) + self._dropped

    @property
    def _judged_in_sound(self) -> int:
        return len(self._speech)

    def _forget(self, second: float) -> None:
        """Begin anew at `second`."""
        self._anchor, self._dropped, self._floor, self._open = second, 0, 0, None
        self._sound, self._speech = np.zeros(0, np.int16), []
        self._listener.forget()

    def _placed(self, chunk: Chunk) -> list[Span]:
        """Follow the clock: a small drift is taken over in silence, a hole ends what is open."""
        if not self._now and not len(self._sound):
            self._anchor = chunk.second
            return []
        drift = chunk.second - self._anchor - self._dropped * WINDOW_SECONDS - len(self._sound) / SAMPLE_RATE
        if abs(drift) > DRIFT_SECONDS:
            spans = self.flush()
            self._anchor = chunk.second
            return spans
        if self._open is None:
            self._anchor += drift
        return []

    def _judge(self, count: int) -> list[Span]:
        """Look at `count` more windows, one by one, and let go of sound that no span can need any more."""
        begin = len(self._speech) * WINDOW
        found = self._listener.judge(self._sound[begin : begin + count * WINDOW]).tolist()
        first = self._now
        self._speech += found
        spans = [s for i in range(len(found)) if (s := self._step(first + i)) is not None]
        keep = self._open.start if self._open else max(self._floor, self._now - PAD_WINDOWS)
        self._sound = self._sound[(keep - self._dropped) * WINDOW :]
        del self._speech[: keep - self._dropped]
        self._dropped = keep
        return spans

    def _step(self, window: int) -> Span | None:
        """Take `window` into account."""
        p = self._speech[window - self._dropped]
        if self._open is None:
            if p >= OPEN_AT:
                self._open = _Open(max(window - PAD_WINDOWS, self._floor, self._dropped), window + 1)
            return None
        if p >= CLOSE_BELOW:
            self._open.loud = window + 1
        length = window + 1 - self._open.start
        if window + 1 - self._open.loud >= SILENCE_WINDOWS and length >= SHORTEST_WINDOWS:
            return self._closed(window + 1)
        return self._forced(window + 1) if length >= self._longest else None

    def _closed(self, now: int) -> Span:
        """The open span, which silence has ended."""
        assert self._open is not None
        end = min(self._open.loud + PAD_WINDOWS, now)
        span = self._span(end, self._quiet_after(end))
        self._floor, self._open = end, None
        return span

    def _forced(self, now: int) -> Span:
        """The open span, which became too long: cut where the last seconds are least speech-like."""
        assert self._open is not None
        search = max(now - SEARCH_WINDOWS, self._open.start + SHORTEST_WINDOWS)
        recent = np.array(self._speech[search - self._dropped : now - self._dropped])
        means = np.convolve(recent, np.full(CUT_WINDOWS, 1 / CUT_WINDOWS), "valid")
        quietest = int(np.argmin(means))
        cut = search + quietest + CUT_WINDOWS // 2
        overlap = OVERLAP_WINDOWS if means[quietest] >= CLOSE_BELOW else 0
        span, loud = self._span(cut), self._open.loud
        self._floor = cut
        self._open = _Open(cut - overlap, loud, overlap) if loud > cut else None
        return span

    def _span(self, end: int, quiet: float = 0.0) -> Span:
        """The open span up to window `end`, followed by `quiet` seconds of silence."""
        assert self._open is not None
        start = self._open.start
        pcm = self._sound[(start - self._dropped) * WINDOW : (end - self._dropped) * WINDOW].tobytes()
        return Span(self._second_at(start), self._second_at(end), pcm, self._open.overlap * WINDOW_SECONDS, quiet)

    def _quiet_after(self, end: int) -> float:
        """Seconds without speech after window `end`, as far as it is known."""
        after = self._speech[end - self._dropped :]
        silent = next((i for i, p in enumerate(after) if p >= CLOSE_BELOW), len(after))
        return silent * WINDOW_SECONDS

    def _second_at(self, window: int) -> float:
        return self._anchor + window * WINDOW_SECONDS
