"""Writing a stretch of packets as an MP4, without encoding anything."""

import io
import struct
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Self

import av
import av.error
from av.packet import Packet
from av.stream import Stream

from core.adapters.media.landing import landing
from core.adapters.media.ring import Kept, Stretch
from core.adapters.media.shape import Shape, like
from core.adapters.media.timeline import Kind
from core.model.clip import Cut, Short

TICK = Fraction(1, 1_000_000)
STEP = 200
"""Microseconds: decoding times of one stream must differ after rounding to the track's own time base, 1/12800 s or finer."""


@dataclass(frozen=True)
class Note:
    """What stands in a clip's file, so that one found after a crash can be told of: how many seconds later than was asked it
    begins, and why it is short."""

    later: float = 0.0
    short: Short | None = None

    def __str__(self) -> str:
        return f"{self.later:+.3f} {self.short or 'whole'}"

    @classmethod
    def read(cls, text: str) -> Self:
        """The other way. Raises ValueError for anything else."""
        later, short = text.split()
        return cls(float(later), None if short == "whole" else Short(short))


def write_clip(stretch: Stretch, path: Path, note: Note = Note()) -> Cut:
    """`stretch` at `path`, its index in front so that it plays while it loads. Raises Transient DISK, Denied DISK_CLOSED."""
    with landing(path) as part:
        with av.open(str(part), "w", format="mp4", options={"movflags": "faststart"}) as container:
            container.metadata["comment"] = str(note)
            streams = _streams(container, stretch.shape)
            last: dict[Kind, int] = {}
            for kept in sorted(stretch.packets, key=lambda p: p.second):
                container.mux_one(_packet(kept, streams[kept.kind], stretch.start, last))
        size = part.stat().st_size
    video = stretch.shape.track("video")
    width, height = (video.width, video.height) if video else (0, 0)
    return Cut(path, stretch.start, stretch.end - stretch.start, size, width, height, note.short)


def read_clip(path: Path, start: float) -> Cut | None:
    """The clip that is at `path` already, asked for from second `start` on; None when there is none, or it is not one of these."""
    try:
        size = path.stat().st_size
        with av.open(str(path), "r", format="mp4") as container:
            note = Note.read(container.metadata.get("comment", ""))
            video = next(iter(container.streams.video), None)
            seconds = (container.duration or 0) / av.time_base
            width, height = (video.width, video.height) if video else (0, 0)
        whole = _is_whole(path, size)
    except (OSError, ValueError, struct.error, av.error.FFmpegError):
        return None
    if not whole:
        return None
    return Cut(path, start + note.later, seconds, size, width, height, note.short)


def _is_whole(path: Path, size: int) -> bool:
    """Whether the boxes an MP4 is made of end where the file does: its index stands in front and opens without the rest."""
    at = 0
    with path.open("rb") as file:
        while at < size:
            file.seek(at)
            (length,) = struct.unpack(">I", file.read(4))
            if length == 1:  # the length follows the name, in eight bytes
                length = struct.unpack(">4xQ", file.read(12))[0]
            if length < 8:
                return False
            at += length
    return at == size


def _streams(container: av.container.OutputContainer, shape: Shape) -> dict[Kind, Stream]:
    """The tracks of `shape` in `container`, which must not have begun."""
    with av.open(io.BytesIO(shape.header), "r") as template:
        streams: dict[Kind, Stream] = {}
        for track, source in zip(shape.tracks, template.streams, strict=True):
            stream = like(container, source)
            if track.extradata:
                # as the source gave it: transport streams carry another form than the header, which would break the clip
                stream.codec_context.extradata = track.extradata
            streams[track.kind] = stream
    return streams


def _packet(kept: Kept, stream: Stream, start: float, last: dict[Kind, int]) -> "Packet[Stream]":
    """`kept` for `stream`, its times counted from `start`."""
    dts = round((kept.second - start) * 1_000_000)
    dts = max(dts, last.get(kept.kind, dts - STEP) + STEP)
    last[kept.kind] = dts
    packet: Packet[Stream] = Packet(kept.data)
    packet.stream = stream
    packet.time_base = TICK
    packet.dts = dts
    packet.pts = max(dts, round((kept.second + kept.shift - start) * 1_000_000))
    packet.duration = round(kept.length * 1_000_000)
    packet.is_keyframe = kept.key
    return packet
