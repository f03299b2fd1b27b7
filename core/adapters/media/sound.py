"""Packets of sound to 16 kHz mono PCM, a second at a time."""

from dataclasses import dataclass

import av
import av.error
import numpy as np
from av.audio.fifo import AudioFifo
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.packet import Packet
from numpy.typing import NDArray

from core.model.transcript import SAMPLE_RATE

Samples = NDArray[np.int16]

BATCH_SECONDS = 1.0
"""Resampling a second at once costs half of resampling every frame of 23 ms."""


@dataclass(frozen=True)
class Chunk:
    """PCM whose first sample is heard at `second` of the clock."""

    second: float
    samples: Samples


class Sound:
    """Decodes one stream of sound of one connection; follows a change of its sample rate. Broken packets are counted."""

    def __init__(self, stream: AudioStream) -> None:
        self._stream = stream
        self._fifo = AudioFifo()
        self._resampler = _resampler()
        self._form: tuple[str, str, int] | None = None
        self._second = 0.0
        self.broken = 0

    def feed(self, packet: "Packet[AudioStream]", second: float) -> list[Chunk]:
        """Decode `packet`, which begins at `second`; the chunks that became whole."""
        if not self._fifo_filled:
            self._second = second
        chunks: list[Chunk] = []
        for frame in self._decoded(packet):
            form = (frame.format.name, frame.layout.name, frame.sample_rate)
            if self._form not in (None, form):
                chunks += self._drained()
                self._fifo, self._resampler, self._second = AudioFifo(), _resampler(), second
            self._form = form
            frame.pts = None  # the clock is ours: stamps that jump would make the filter invent or drop samples
            self._fifo.write(frame)
            if self._fifo.samples >= BATCH_SECONDS * frame.sample_rate:
                chunks += self._resampled(self._fifo.read())
        return chunks

    def finish(self) -> list[Chunk]:
        """What the decoder and the resampler still hold, at the end of the connection."""
        chunks: list[Chunk] = []
        for frame in self._decoded(None):
            frame.pts = None
            self._form = self._form or (frame.format.name, frame.layout.name, frame.sample_rate)
            if self._form == (frame.format.name, frame.layout.name, frame.sample_rate):
                self._fifo.write(frame)
        return chunks + self._drained()

    @property
    def _fifo_filled(self) -> bool:
        return self._form is not None and self._fifo.samples > 0

    def _decoded(self, packet: "Packet[AudioStream] | None") -> list[AudioFrame]:
        try:
            return list(self._stream.codec_context.decode(packet))
        except (av.error.InvalidDataError, av.error.EOFError):
            self.broken += 1
            return []

    def _drained(self) -> list[Chunk]:
        """Everything still inside, the resampler's tail included."""
        if self._form is None:
            return []
        chunks = self._resampled(self._fifo.read(partial=True)) if self._fifo.samples else []
        return chunks + self._resampled(None)

    def _resampled(self, frame: AudioFrame | None) -> list[Chunk]:
        """`frame` (None: the tail) as chunks; moves the second of the next on by what came out."""
        parts = [f.to_ndarray()[0] for f in self._resampler.resample(frame)]
        if not parts:
            return []
        chunk = Chunk(self._second, np.concatenate(parts))
        self._second += len(chunk.samples) / SAMPLE_RATE
        return [chunk]


def _resampler() -> AudioResampler:
    return AudioResampler("s16", "mono", SAMPLE_RATE)
