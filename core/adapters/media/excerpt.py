"""A stretch of a file read again, for clips of what the ring does not hold any more."""

import io
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import av
import av.error
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.packet import Packet

from core.adapters.media.faults import source_fault
from core.adapters.media.opening import Patience, Source, open_source
from core.adapters.media.ring import Kept, Stretch, kept_of, stretch_of
from core.adapters.media.shape import SOUNDS, Shape, header_of, shape_of, track_of
from core.adapters.media.timeline import Kind
from core.ports.tiktok import StreamAddress

LEAD_SECONDS = 1.0
"""Read this much more at both ends: sound and picture of one moment do not lie at the same place in a file."""

RATE = 48_000
FRAME = 1024
"""Samples of one packet of AAC."""


def excerpt(address: StreamAddress, patience: Patience, start: float, end: float) -> Stretch | None:
    """[start, end] of a source that ends by itself, in a capture's seconds; None when it has nothing of it.

    Pictures are copied or left out, sound that does not fit into an MP4 becomes AAC. Raises what `open_source` raises.
    """
    source = open_source(address, patience)
    try:
        begin = (source.container.start_time or 0) / 1_000_000
        with suppress(av.error.FFmpegError):  # what cannot be sought is read from its beginning
            source.container.seek(round((max(0.0, start - LEAD_SECONDS) + begin) * 1_000_000))
        if source.audio is not None and source.audio.codec_context.codec.canonical_name not in SOUNDS:
            return _encoded(source, begin, start, end)
        shape = shape_of(source.streams)
        packets = [_kept(shape, *found) for found in _packets(source, begin, end)] if shape is not None else []
        return stretch_of([p for p in packets if p.shape.track(p.kind)], start, end)
    except av.error.FFmpegError as error:
        raise source_fault(error, address.url) from error
    finally:
        source.close()


def _packets(source: Source, begin: float, end: float) -> Iterator[tuple[Kind, float, "Packet[Any]"]]:
    """The packets up to a little after `end`, with their kinds and seconds."""
    video = source.video.index if source.video is not None else -1
    for packet in source.container.demux(*source.streams):
        stamp = packet.dts if packet.dts is not None else packet.pts
        if stamp is None or not packet.size:
            continue
        second = float(stamp * packet.time_base) - begin
        if second > end + LEAD_SECONDS:
            return
        yield "video" if packet.stream_index == video else "audio", second, packet


def _kept(shape: Shape, kind: Kind, second: float, packet: "Packet[Any]") -> Kept:
    return kept_of(shape, kind, second, packet, float(packet.time_base))


def _encoded(source: Source, begin: float, start: float, end: float) -> Stretch | None:
    """As `excerpt` for sound that has to be encoded."""
    video_shape = shape_of([source.video]) if source.video is not None else None
    pictures: list[tuple[float, Packet[Any]]] = []
    frames: list[tuple[float, AudioFrame]] = []
    for kind, second, packet in _packets(source, begin, end):
        if kind == "audio":
            frames += [(second, frame) for frame in _decoded(packet)]
        elif video_shape is not None:
            pictures.append((second, packet))
    frames = [(second, frame) for second, frame in frames if start - LEAD_SECONDS <= second < end]
    if not frames:
        return None
    shape, sounds = _aac(source, frames, with_video=video_shape is not None)
    packets = [_kept(shape, "video", *found) for found in pictures] + [
        _kept(shape, "audio", *found) for found in sounds
    ]
    return stretch_of(packets, start, end)


def _decoded(packet: "Packet[AudioStream]") -> list[AudioFrame]:
    try:
        return list(packet.decode())
    except av.error.InvalidDataError:
        return []


def _aac(
    source: Source, frames: list[tuple[float, AudioFrame]], *, with_video: bool
) -> tuple[Shape, list[tuple[float, "Packet[Any]"]]]:
    """`frames` as packets of AAC with their seconds, and the shape of a file that holds them beside the pictures."""
    channels = min(2, frames[0][1].layout.nb_channels)
    with av.open(io.BytesIO(), "w", format="mp4", options={"movflags": "empty_moov+delay_moov"}) as container:
        stream = container.add_stream(
            "aac", rate=RATE, layout="stereo" if channels == 2 else "mono", bit_rate=64_000 * channels
        )
        container.start_encoding()
        resampler = AudioResampler("fltp", stream.layout, RATE, frame_size=FRAME)
        resampled: list[AudioFrame] = []
        for _, frame in frames:
            frame.pts = None
            resampled += resampler.resample(frame)
        packets: list[Packet[Any]] = []
        for number, frame in enumerate((*resampled, *resampler.resample(None))):
            frame.pts = number * FRAME
            packets += stream.encode(frame)
        packets += stream.encode(None)
        streams = [s for s in (source.video if with_video else None, stream) if s is not None]
        shape = Shape(tuple(track_of(s) for s in streams), header_of(streams))
    first = frames[0][0]
    return shape, [(first + (p.dts or 0) / RATE, p) for p in packets]
