"""Rewriting a stretch of a file into an MP4: H.264 and AAC are copied, other pictures and sounds encoded anew, smaller."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import av.error
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from core.adapters.media.opening import Source

LONGEST_SIDE, BITS, SOUND = 1280, 3_000_000, 128_000
"""Of what has to be encoded: pixels, bits a second of picture and of sound."""

PLAIN = ("yuv420p", "yuvj420p")  # pictures of 10 bits, or with all their colours, play in few places
ENOUGH = 0.6  # of what was asked for: with fewer, because key pictures are rare, it is encoded instead of copied
TICK, RATE, FRAME = Fraction(1, 90_000), 48_000, 1024


@dataclass
class Rewriting:
    """[start, end] of `source`, in seconds. Where the picture can be copied, `start` moves on to the first of its `keys`.
    Afterwards `seconds`, `width` and `height` are those of what was written."""

    source: Source
    start: float
    end: float
    keys: tuple[float, ...]
    seconds: float = 0.0
    width: int = 0
    height: int = 0
    _origin: float = 0.0
    _begun: bool = False
    _last: dict[int, int] = field(default_factory=dict)
    _heard: int | None = None

    def write(self, writing: OutputContainer, packets: Iterable[tuple["Packet[Any]", float]]) -> None:
        """Write the tracks; `packets` are all of the source, each with the second at which it is shown."""
        video = self.source.video
        assert video is not None
        key = next((key for key in self.keys if self.start <= key < self.end), None)
        plain = video.codec_context.codec.canonical_name == "h264" and video.codec_context.pix_fmt in PLAIN
        copied = key is not None and plain and self.end - key >= ENOUGH * (self.end - self.start)
        self.start = self._origin = key if key is not None and copied else self.start
        picture = writing.add_stream_from_template(video) if copied else self._smaller(writing, video)
        self.width, self.height = picture.width, picture.height
        sound = self._sound(writing)
        resampler = AudioResampler("fltp", "stereo", RATE, frame_size=FRAME)
        enough = max((key for key in self.keys if key <= self.start), default=0.0)  # to decode from
        for packet, second in packets:
            if second >= self.end:
                continue
            if packet.stream_index != video.index:
                self._hear(writing, sound, resampler, packet, second)
            elif isinstance(picture, VideoStream) and not copied:
                if second >= enough or self._begun:
                    self._show(writing, picture, packet)
            elif self._begun or (packet.is_keyframe and second >= self.start):
                self._put(writing, picture, packet)
        self._flush(writing, picture if not copied else None, sound, resampler)
        self.seconds -= self.start - self._origin  # decoded before the first picture is shown

    def _sound(self, writing: OutputContainer) -> AudioStream | None:
        audio = self.source.audio
        if audio is None:
            return None
        if self._aac:
            return writing.add_stream_from_template(audio)
        made = writing.add_stream("aac", rate=RATE, layout="stereo", bit_rate=SOUND)
        made.options = {"aac_coder": "fast"}  # a tenth of the time
        return made

    @property
    def _aac(self) -> bool:
        audio = self.source.audio
        return audio is not None and audio.codec_context.codec.canonical_name == "aac"

    def _smaller(self, writing: OutputContainer, video: VideoStream) -> VideoStream:
        """x264 in one thread: lives go on beside it."""
        share = min(1.0, LONGEST_SIDE / max(video.width, video.height))
        width, height = (max(2, round(side * share / 2) * 2) for side in (video.width, video.height))
        made = writing.add_stream(
            "libx264", rate=video.average_rate or 30, width=width, height=height, pix_fmt="yuv420p"
        )
        made.codec_context.time_base = TICK
        made.codec_context.bit_rate = BITS
        made.options = {"preset": "veryfast", "threads": "1", "maxrate": str(BITS), "bufsize": str(2 * BITS)}
        return made

    def _put(self, writing: OutputContainer, stream: Stream, packet: "Packet[Any]") -> None:
        """Copy a packet. Decoding times of one stream grow; the first picture's is where the clip begins."""
        base = packet.time_base
        dts = packet.dts if packet.dts is not None else packet.pts
        assert dts is not None
        begin = float(self.source.container.start_time or 0) / 1_000_000
        if not self._begun and stream.type == "video":
            self._begun, self._origin = True, min(self._origin, float(dts * base) - begin)
        shift = round((self._origin + begin) / float(base))
        late = (packet.pts if packet.pts is not None else dts) - dts
        dts = max(dts - shift, self._last.get(stream.index, -1) + 1, 0)
        self._last[stream.index] = dts
        packet.stream, packet.dts, packet.pts = stream, dts, dts + max(0, late)
        self.seconds = max(self.seconds, float((packet.pts + (packet.duration or 0)) * base))
        writing.mux_one(packet)

    def _show(self, writing: OutputContainer, stream: VideoStream, packet: "Packet[Any]") -> None:
        """Encode a picture."""
        self._encode_pictures(writing, stream, _decoded(packet))

    def _encode_pictures(self, writing: OutputContainer, stream: VideoStream, frames: Iterable[Any]) -> None:
        for frame in frames:
            second = self._second(frame)
            if isinstance(frame, VideoFrame) and self.start <= second < self.end:
                self._begun = True
                made = frame.reformat(stream.width, stream.height, "yuv420p")
                pts = max(round((second - self._origin) / float(TICK)), self._last.get(stream.index, -1) + 1)
                self._last[stream.index] = pts
                made.pts, made.time_base = pts, TICK
                self.seconds = max(self.seconds, float(pts * TICK))
                writing.mux(stream.encode(made))

    def _hear(
        self,
        writing: OutputContainer,
        stream: AudioStream | None,
        resampler: AudioResampler,
        packet: "Packet[Any]",
        second: float,
    ) -> None:
        """Sound from the first picture on."""
        if stream is None or second < self.start:
            return
        if self._aac:
            self._put(writing, stream, packet)
            return
        for frame in _decoded(packet):
            if self._heard is None:
                self._heard = max(0, round((second - self._origin) * RATE))
            frame.pts = None
            self._encode(writing, stream, resampler, frame)

    def _encode(self, writing: OutputContainer, stream: AudioStream, resampler: AudioResampler, frame: Any) -> None:
        for part in resampler.resample(frame):
            assert self._heard is not None
            part.pts, part.time_base = self._heard, Fraction(1, RATE)
            self._heard += part.samples
            self.seconds = max(self.seconds, self._heard / RATE)
            writing.mux(stream.encode(part))

    def _flush(
        self,
        writing: OutputContainer,
        picture: VideoStream | None,
        sound: AudioStream | None,
        resampler: AudioResampler,
    ) -> None:
        """What decoders and encoders still hold."""
        if picture is not None:
            if self.source.video is not None:
                self._encode_pictures(writing, picture, self.source.video.codec_context.decode(None))
            writing.mux(picture.encode(None))
        if sound is not None and not self._aac and self._heard is not None:
            self._encode(writing, sound, resampler, None)
            writing.mux(sound.encode(None))

    def _second(self, frame: Any) -> float:
        begin = (self.source.container.start_time or 0) / 1_000_000
        base = frame.time_base or (self.source.video.time_base if self.source.video else TICK)  # none at the very end
        return float(frame.pts * base) - begin if frame.pts is not None else -1.0


def _decoded(packet: "Packet[Any]") -> list[AudioFrame | VideoFrame]:
    try:
        return list(packet.decode())
    except av.error.InvalidDataError:
        return []
