"""A file in parts that play by themselves: cut at key pictures, nothing encoded, nothing lost between two parts."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av.error
from av.packet import Packet

from core.adapters.media.clip import write_clip
from core.adapters.media.faults import source_fault
from core.adapters.media.opening import Patience, open_source
from core.adapters.media.ring import Kept, Stretch, kept_of
from core.adapters.media.shape import Shape, shape_of
from core.adapters.media.timeline import Kind
from core.errors import Invalid
from core.ports.tiktok import StreamAddress

SHARE = 0.98
"""Of the limit that is filled: an estimate is never exact."""

HEADER, PER_PACKET = 4_000, 16
"""Bytes of an MP4 beside its media: the descriptions of its tracks, and the index entries of a packet."""

LEAST_SECONDS = 1.0  # of sound without a picture, where every packet could begin a part
CLOSE = 1e-6  # seconds: times of one moment, computed on two ways


@dataclass(frozen=True)
class Reading:
    """A file that is read packet by packet."""

    shape: Shape
    packets: Iterator[Kept]


def starts_of(path: Path, most: int, patience: Patience) -> list[float]:
    """Where the parts of `path` begin, in seconds, so that each takes at most `most` bytes. Blocks: for a thread.

    Raises Invalid NO_FIT when what stands between two key pictures takes more than that, and what opening raises.
    """
    room = most * SHARE - HEADER
    starts: list[float] = []
    filled = 0.0
    for start, size in _groups(path, patience):
        if size > room:
            raise Invalid("NO_FIT", seconds=0)
        if not starts or filled + size > room:
            starts.append(start)
            filled = 0.0
        filled += size
    return starts


def write_parts(path: Path, starts: Sequence[float], to: Sequence[Path], patience: Patience) -> None:
    """`path` from each of `starts` to the next, at the paths `to`, one after the other: two are in memory at the most.

    Raises what opening and writing raise.
    """
    with _reading(path, patience) as reading:
        shape, open_, written, group = reading.shape, dict[int, list[Kept]](), 0, -1
        reached: dict[Kind, int] = dict.fromkeys(shape.kinds, 0)
        for packet in reading.packets:
            if packet.kind != shape.leading:
                number = _part(starts, packet.second)
            elif packet.key:
                number = group = _part(starts, packet.second + packet.shift)
            else:
                number = group
            if number < 0:
                continue  # what comes before the first key picture cannot be shown
            open_.setdefault(number, []).append(packet)
            reached[packet.kind] = max(reached[packet.kind], number)
            while written < min(reached.values()):
                write_clip(Stretch(shape, starts[written], tuple(open_.pop(written))), to[written])
                written += 1
        for number in sorted(open_):
            write_clip(Stretch(shape, starts[number], tuple(open_[number])), to[number])


def _part(starts: Sequence[float], second: float) -> int:
    """The part that `second` belongs to, -1 before the first."""
    return bisect_right(starts, second + CLOSE) - 1


def _groups(path: Path, patience: Patience) -> Iterator[tuple[float, int]]:
    """(when its key picture is shown, bytes) of each group of pictures, with the sound that is heard meanwhile."""
    starts: list[float] = []
    sizes: list[int] = []
    others: list[tuple[float, int]] = []
    with _reading(path, patience) as reading:
        leading = reading.shape.leading
        for packet in reading.packets:
            size = len(packet.data) + PER_PACKET
            if packet.kind != leading:
                others.append((packet.second, size))
            elif packet.key and (leading == "video" or not starts or packet.second - starts[-1] >= LEAST_SECONDS):
                starts.append(packet.second + packet.shift)
                sizes.append(size)
            elif sizes:
                sizes[-1] += size
    for second, size in others:
        if (number := _part(starts, second)) >= 0:
            sizes[number] += size
    return iter(list(zip(starts, sizes, strict=True)))


@contextmanager
def _reading(path: Path, patience: Patience) -> Iterator[Reading]:
    """`path`, opened. Raises Invalid NO_FIT for what cannot be copied into an MP4."""
    source = open_source(StreamAddress(str(path), live=False), patience)
    try:
        shape = shape_of(source.streams)
        if shape is None or (source.audio is not None and shape.track("audio") is None):
            raise Invalid("NO_FIT", seconds=0)
        begin = (source.container.start_time or 0) / av.time_base
        yield Reading(shape, _packets(source.container.demux(*source.streams), shape, begin))
    except av.error.FFmpegError as error:
        raise source_fault(error, str(path)) from error
    finally:
        source.close()


def _packets(demuxed: Iterator["Packet[Any]"], shape: Shape, begin: float) -> Iterator[Kept]:
    """The packets as they are kept, their seconds counted from the file's beginning."""
    for packet in demuxed:
        stamp = packet.dts if packet.dts is not None else packet.pts
        kind: Kind = "video" if packet.stream.type == "video" else "audio"
        if stamp is not None and packet.size and shape.track(kind) is not None:
            scale = float(packet.time_base)
            yield kept_of(shape, kind, stamp * scale - begin, packet, scale)
