"""The continuous clock of a capture: seconds since its first packet, whatever the stream's timestamps do."""

from typing import Literal

Kind = Literal["video", "audio"]

JUMP_SECONDS = 10.0
"""A step further than this is a new timeline and not missing media. Segments lost on the way are shorter."""

BACK_SECONDS = 0.5
"""Decoding times never go back; a step back further than rounding is a new timeline."""


class Timeline:
    """Maps the decoding times of a stream, in its own seconds, to the clock. Not thread-safe: the reading thread's own.

    Picture and sound may jump at different packets: the second to jump takes the offset of the first when that fits, so that
    they stay together.
    """

    def __init__(self) -> None:
        self._offsets: dict[Kind, float] = {}
        self._last: dict[Kind, float] = {}
        self._length: dict[Kind, float] = {}

    @property
    def now(self) -> float:
        """The furthest second reached, 0 before the first packet."""
        return max(self._last.values(), default=0.0)

    def last(self, kind: Kind) -> float | None:
        """The second of the last packet of `kind`."""
        return self._last.get(kind)

    def end(self, kind: Kind) -> float:
        """Where the last packet of `kind` ends; `now` without one."""
        return self._last[kind] + self._length[kind] if kind in self._last else self.now

    def would_be(self, kind: Kind, stamp: float) -> float | None:
        """The second of `stamp` if the timeline went on unchanged; None before the first packet."""
        offset = self._offsets.get(kind, next(iter(self._offsets.values()), None))
        return None if offset is None else stamp + offset

    def anchor(self, stamp: float, second: float) -> None:
        """From here on `stamp` is `second`, for picture and sound (the beginning of a connection)."""
        self._offsets = {"video": second - stamp, "audio": second - stamp}

    def second(self, kind: Kind, stamp: float, length: float) -> float:
        """The second of the packet decoded at `stamp` and lasting `length`. `anchor` comes first."""
        second = stamp + self._offsets[kind]
        last = self._last.get(kind)
        if last is not None and not -BACK_SECONDS <= second - last <= JUMP_SECONDS:
            second = self._rebased(kind, stamp, last)
        self._last[kind] = second if last is None else max(second, last)
        self._length[kind] = length
        return second

    def _rebased(self, kind: Kind, stamp: float, last: float) -> float:
        """The second after a jump: by the other kind's offset when that one has jumped already, else right after the last."""
        other = self._offsets["audio" if kind == "video" else "video"]
        if not -BACK_SECONDS <= stamp + other - last <= JUMP_SECONDS:
            other = last + self._length[kind] - stamp
        self._offsets[kind] = other
        return stamp + other
