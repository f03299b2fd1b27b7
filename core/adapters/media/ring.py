"""The packets of the last while, kept as bytes so that any number of clips can be cut from them."""

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from av.packet import Packet

from core.adapters.media.shape import Shape
from core.adapters.media.timeline import Kind

LIMIT_BYTES = 64 * 1024 * 1024
"""2 Mbit/s x 90 s are 24 MB; a live that sends much more keeps fewer seconds."""


class Kept(NamedTuple):
    """One packet. `second` is its decoding time on the clock, `shift` what its showing time is later, `length` how long it lasts.

    Bytes and not FFmpeg's packet: muxing rescales a packet in place, and clips that overlap would spoil each other's.
    """

    shape: Shape
    kind: Kind
    key: bool
    second: float
    shift: float
    length: float
    data: bytes


def kept_of(shape: Shape, kind: Kind, second: float, packet: "Packet[Any]", scale: float) -> Kept:
    """`packet`, decoded at `second`, as it is kept. `scale` is the length of one of its ticks in seconds."""
    shift = 0.0 if packet.pts is None or packet.dts is None else (packet.pts - packet.dts) * scale
    return Kept(shape, kind, packet.is_keyframe, second, shift, (packet.duration or 0) * scale, bytes(packet))


@dataclass(frozen=True)
class Stretch:
    """What one clip is made of: packets of one shape in order of arrival; the first picture is a key picture.

    `start` is the second shown first. `beside`: so many seconds of what was asked for are of other shapes, and not in it.
    """

    shape: Shape
    start: float
    packets: tuple[Kept, ...]
    beside: float = 0.0

    @property
    def end(self) -> float:
        """The second at which its last picture or sound is over."""
        return max(p.second + p.shift + p.length for p in self.packets)


class Ring:
    """Packets limited by seconds and bytes; the oldest go first. Filled by one thread, read by others."""

    def __init__(self, seconds: float, limit: int = LIMIT_BYTES) -> None:
        self._seconds = seconds
        self._limit = limit
        self._bytes = 0
        self._kept: deque[Kept] = deque()
        self._lock = threading.Lock()
        self.moved_on = False
        """Whether something had to go already."""

    @property
    def size(self) -> int:
        """Bytes of media kept."""
        return self._bytes

    def add(self, packet: Kept) -> None:
        """Keep `packet`, let go of what is too old or too much."""
        with self._lock:
            self._kept.append(packet)
            self._bytes += len(packet.data)
            oldest = packet.second - self._seconds
            while self._kept[0].second < oldest or self._bytes > self._limit:
                self._bytes -= len(self._kept.popleft().data)
                self.moved_on = True
                if not self._kept:
                    return

    def first(self) -> float | None:
        """The second from which a clip could start, None while nothing is kept."""
        with self._lock:
            packets = tuple(self._kept)
        keys = (p.second + p.shift for p in packets if p.key and p.kind == p.shape.leading)
        return next(keys, None)

    def between(self, start: float, end: float) -> Stretch | None:
        """The packets that show [start, end], from the key picture at or before `start` (or the first there is).

        None when nothing of it is kept. When the codec changed in between, the longest piece with one codec.
        """
        with self._lock:
            packets = tuple(self._kept)
        return stretch_of(packets, start, end)


def stretch_of(packets: Sequence[Kept], start: float, end: float) -> Stretch | None:
    """`Ring.between` on any packets in order of arrival."""
    pieces: dict[int, list[Kept]] = {}
    for packet in packets:
        pieces.setdefault(id(packet.shape), []).append(packet)
    found = [s for piece in pieces.values() if (s := _from_key(piece, start, end)) is not None]
    lengths = [s.end - max(s.start, start) for s in found]
    if not found:
        return None
    longest = max(range(len(found)), key=lengths.__getitem__)
    return replace(found[longest], beside=sum(lengths) - lengths[longest])


def _from_key(packets: list[Kept], start: float, end: float) -> Stretch | None:
    """The stretch within packets of one shape."""
    leading = packets[0].shape.leading
    keys = [i for i, p in enumerate(packets) if p.kind == leading and p.key and p.second + p.shift < end]
    if not keys or packets[-1].second + packets[-1].length <= start:
        return None
    first = max((i for i in keys if packets[i].second + packets[i].shift <= start), default=keys[0])
    begin = packets[first].second + packets[first].shift
    wanted = [p for i, p in enumerate(packets) if _wanted(p, i, first, begin, end, leading)]
    return Stretch(packets[0].shape, begin, tuple(wanted))


def _wanted(packet: Kept, index: int, first: int, begin: float, end: float, leading: Kind) -> bool:
    """Pictures from the key picture on; sound by its time, because it may arrive before or after its picture."""
    if packet.second >= end:
        return False
    return index >= first if packet.kind == leading else packet.second >= begin
