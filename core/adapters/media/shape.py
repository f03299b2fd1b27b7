"""What a stream is made of, kept beyond its container: enough to write its packets into a new file."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import av
import av.error
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.stream import Stream
from av.video.stream import VideoStream

from core.adapters.media.timeline import Kind

PICTURES = frozenset({"h264", "hevc", "av1", "mpeg4"})
SOUNDS = frozenset({"aac", "mp3"})
"""Codecs that are copied into an MP4. Other sound is encoded when a clip is cut from a file, other pictures are left out."""


@dataclass(frozen=True)
class Track:
    """One stream of a shape. `extradata` is what the codec needs before its first packet, as the source gave it."""

    kind: Kind
    codec: str
    extradata: bytes
    width: int = 0
    height: int = 0
    rate: int = 0


@dataclass(frozen=True)
class Shape:
    """The tracks of a stream. `header`: an MP4 without packets, a template of streams; those of a container die with it."""

    tracks: tuple[Track, ...]
    header: bytes = field(repr=False, compare=False)

    @property
    def leading(self) -> Kind:
        """The kind whose key packets a clip starts at."""
        return "video" if any(t.kind == "video" for t in self.tracks) else "audio"

    @cached_property
    def kinds(self) -> frozenset[Kind]:
        """The kinds there are tracks of: asked for every packet."""
        return frozenset(t.kind for t in self.tracks)

    def track(self, kind: Kind) -> Track | None:
        """The track of `kind`."""
        return next((t for t in self.tracks if t.kind == kind), None)


def shape_of(streams: Sequence[Stream]) -> Shape | None:
    """The shape of those of `streams` that fit into an MP4, None when none does. Call it while their container is open."""
    fitting = [
        s for s in streams if s.codec_context is not None and s.codec_context.codec.canonical_name in PICTURES | SOUNDS
    ]
    if not fitting:
        return None
    return Shape(tuple(track_of(s) for s in fitting), header_of(fitting))


def track_of(stream: Stream) -> Track:
    """One stream's part of a shape."""
    context = stream.codec_context
    extradata, codec = bytes(context.extradata or b""), context.codec.canonical_name
    if isinstance(stream, VideoStream):
        return Track("video", codec, extradata, width=stream.width, height=stream.height)
    assert isinstance(stream, AudioStream)
    return Track("audio", codec, extradata, rate=stream.rate)


def like(container: OutputContainer, stream: Stream) -> Stream:
    """A new stream in `container` for the packets of `stream`. PyAV looks for an encoder by the decoder's name, and AV1 has none of
    that name: its description is copied as it is."""
    codec = stream.codec_context.codec.canonical_name
    return container.add_stream_from_template(stream, opaque=True if codec == "av1" else None)


def header_of(streams: Sequence[Stream]) -> bytes:
    """An MP4 with the descriptions of `streams` and no packets (1.3 kB). Matroska and NUT headers cannot be opened again."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4", options={"movflags": "empty_moov+delay_moov"}) as container:
        for stream in streams:
            like(container, stream)
        container.start_encoding()
    return file.getvalue()
