"""Sound and picture of a live: captured once, cut into speech, and kept for a while so that clips can be cut from it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from core.model.clip import Cut
from core.model.transcript import Gap, Span
from core.ports.tiktok import StreamAddress

FreshAddress = Callable[[], Awaitable[StreamAddress]]
"""Asked before every open. Raises Missing when the live is over (capture ends), Transient or Denied (capture backs off)."""


class LiveCapture(Protocol):
    """One live being captured. Seconds are those of its own continuous clock, 0 at the first packet."""

    @property
    def length(self) -> float | None:
        """How many seconds a file has, once it is open; None for a live and for a file that does not say."""
        ...

    @property
    def second(self) -> float:
        """Where its clock is."""
        ...

    @property
    def first(self) -> float | None:
        """From which second on a clip could be cut; None while nothing is kept."""
        ...

    def spans(self) -> AsyncIterator[Span | Gap]:
        """Speech as it is cut, and gaps, in order of time, until the live is over or `stop` was called.

        Raises the error that made capturing impossible (Missing at a first open, Invalid for something that is no media).
        """
        ...

    def second_of(self, at: datetime) -> float:
        """The second of the clock that was arriving at `at`, never below 0. A file read at a pace counts by the pace."""
        ...

    async def cut(self, start: float, end: float, path: Path) -> Cut:
        """Write [start, end] as MP4 of H.264 and AAC to `path` (temporary name, fsync, rename); encoded anew only where the live
        is neither.

        Waits until `end` has been captured or the live is over; what there is by then is the clip, which says why it is
        short. The real start is the key picture at or before `start`. Raises Missing CLIP_GONE when nothing of it is kept any
        more, Missing CLIP_EARLY when nothing had come by `end`, Invalid CLIP_SLOW, Transient DISK when the disk is full.
        """
        ...

    def hurry(self) -> None:
        """From now on no clip waits for its end: `cut` takes what there is."""
        ...

    async def stop(self) -> None:
        """End capturing; what was heard so far is still given out by `spans`. Returns when the thread is gone."""
        ...


class SoundFiles(Protocol):
    """Speech in small files, for later."""

    async def write(self, pcm: bytes, path: Path) -> None:
        """`pcm` (16 kHz mono s16le) at `path`, whole or not there. Raises Transient DISK, Invalid BAD_SOUND."""
        ...

    async def read(self, path: Path) -> bytes:
        """The PCM of what `write` wrote. Raises Missing SOUND_GONE, Invalid BAD_SOUND."""
        ...


class Fitter(Protocol):
    """Makes files fit a limit, for platforms that take only so much."""

    async def fit(self, path: Path, most: int) -> tuple[Path, ...]:
        """The video at `path` in files of at most `most` bytes that play by themselves: itself, one smaller copy beside it, or
        parts in order. Made once: a second call finds them. Raises Invalid TOO_BIG (a, b) for what cannot be made to fit."""
        ...


class Capture(Protocol):
    """Opens captures. One thread each; nothing is shared between two."""

    def open(self, name: str, address: FreshAddress) -> LiveCapture:
        """Start capturing. `name` is for thread names and logs (a handle)."""
        ...


@dataclass(frozen=True)
class Frame:
    """A frame of a media file at `second`, as JPEG with at most 512 pixels a side. `hash` is its 64-bit difference hash, None for a
    picture too flat to be known again."""

    second: float
    jpeg: bytes = field(repr=False)
    hash: int | None = None


class Pictures(Protocol):
    """What else is made of a media file."""

    async def thumbnail(self, path: Path) -> bytes:
        """A JPEG of the first key picture, 360 wide. Raises Missing without one."""
        ...

    async def frames(self, path: Path, most: int) -> tuple[Frame, ...]:
        """Up to `most` frames that show what there is to see, scene changes first; by second. Raises Missing NO_PICTURE without
        any, and what opening a file raises."""
        ...

    async def squeeze(self, path: Path, limit: int, to: Path) -> Cut:
        """`path` made to fit `limit` bytes, at `to`. Raises Invalid NO_FIT (values: seconds that would fit) when it cannot."""
        ...
