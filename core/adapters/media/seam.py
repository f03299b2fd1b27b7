"""Recognising packets that came before: after a reconnect a network sends its last seconds again."""

import zlib
from collections import OrderedDict
from typing import Any

from av.packet import Packet

from core.adapters.media.timeline import Kind

KEPT = 4000
"""Packets remembered: about a minute of a live (25 pictures and 43 packets of sound a second)."""

SMALLEST = 100
"""Bytes. Packets of silence are a few bytes and all alike."""


class Seam:
    """The check sums of recent packets with their seconds."""

    def __init__(self) -> None:
        self._seconds: OrderedDict[tuple[Kind, int, int], float] = OrderedDict()

    @property
    def oldest(self) -> float:
        """The second of the oldest packet remembered, 0 without one."""
        return next(iter(self._seconds.values()), 0.0)

    def remember(self, kind: Kind, packet: "Packet[Any]", second: float) -> None:
        """`packet` was read at `second`."""
        if packet.size < SMALLEST:
            return
        key = (kind, packet.size, zlib.crc32(packet))
        self._seconds[key] = second
        self._seconds.move_to_end(key)
        if len(self._seconds) > KEPT:
            self._seconds.popitem(last=False)

    def second_of(self, kind: Kind, packet: "Packet[Any]") -> float | None:
        """Where `packet` was last, None when it is new or too small to tell."""
        if packet.size < SMALLEST:
            return None
        return self._seconds.get((kind, packet.size, zlib.crc32(packet)))
