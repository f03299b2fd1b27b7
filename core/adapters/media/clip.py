"""Writing a stretch of packets as an MP4, without encoding anything."""

import io
from fractions import Fraction
from pathlib import Path

import av
import av.error
from av.packet import Packet
from av.stream import Stream

from core.adapters.media.landing import landing
from core.adapters.media.ring import Kept, Stretch
from core.adapters.media.shape import Shape
from core.adapters.media.timeline import Kind
from core.model.clip import Cut

TICK = Fraction(1, 1_000_000)
STEP = 200
"""Microseconds: decoding times of one stream must differ after rounding to the track's own time base, 1/12800 s or finer."""


def write_clip(stretch: Stretch, path: Path) -> Cut:
    """`stretch` at `path`, its index in front so that it plays while it loads. Raises Transient DISK, Denied DISK_CLOSED."""
    with landing(path) as part:
        with av.open(str(part), "w", format="mp4", options={"movflags": "faststart"}) as container:
            streams = _streams(container, stretch.shape)
            last: dict[Kind, int] = {}
            for kept in sorted(stretch.packets, key=lambda p: p.second):
                container.mux_one(_packet(kept, streams[kept.kind], stretch.start, last))
        size = part.stat().st_size
    video = stretch.shape.track("video")
    seconds = max(p.second + p.shift + p.length for p in stretch.packets) - stretch.start
    return Cut(path, stretch.start, seconds, size, video.width if video else 0, video.height if video else 0)


def _streams(container: av.container.OutputContainer, shape: Shape) -> dict[Kind, Stream]:
    """The tracks of `shape` in `container`, which must not have begun."""
    with av.open(io.BytesIO(shape.header), "r") as template:
        streams: dict[Kind, Stream] = {}
        for track, source in zip(shape.tracks, template.streams, strict=True):
            stream = container.add_stream_from_template(source)
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
