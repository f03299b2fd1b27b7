"""Making a video fit what a platform takes: as it is, as one smaller copy that is still good to watch, or in parts."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from glob import escape
from pathlib import Path
from time import monotonic

from core.adapters.media.opening import Patience, open_source, seconds_of
from core.adapters.media.parting import starts_of, write_parts
from core.adapters.media.squeeze import squeeze
from core.errors import EarshotError, Invalid, Missing
from core.ports.tiktok import StreamAddress

GOOD = 350_000
"""Bits a second of picture below which a person would rather have parts of the original: 360p with visible blocks."""

LONGEST_SECONDS = 150.0
"""Longer videos are parted at once: encoding takes a core for a third of their length."""

BUDGET_SECONDS = 60.0  # of encoding; what is not done by then is parted
MOST_PARTS = 10  # files of one message on Discord, of one album on Telegram


@dataclass
class PyAvFitter:
    """Implements ports.media.Fitter: one job at a time in a thread of its own, because lives go on beside it. Whoever gives up
    waiting does not stop the work: asked again, it is there or nearly."""

    _patience: Patience = field(default_factory=Patience)
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="fitter"))
    _under_way: dict[tuple[Path, int], "asyncio.Future[tuple[Path, ...]]"] = field(default_factory=dict)

    async def fit(self, path: Path, most: int) -> tuple[Path, ...]:
        """See Fitter. Raises Missing SOURCE_MISSING (x) too, Transient DISK when there is no room for the copy."""
        key = (path, most)
        work = self._under_way.get(key)
        if work is None:
            work = asyncio.get_running_loop().run_in_executor(self._pool, fit, path, most, self._patience)
            self._under_way[key] = work
            work.add_done_callback(lambda done: self._over(key, done))
        return await asyncio.shield(work)

    def close(self) -> None:
        """End the thread; a running job is finished first, waiting ones are let go."""
        self._pool.shutdown(cancel_futures=True)

    def _over(self, key: tuple[Path, int], done: "asyncio.Future[tuple[Path, ...]]") -> None:
        self._under_way.pop(key, None)
        if not done.cancelled():
            done.exception()  # nobody may be waiting for it any more


def fit(path: Path, most: int, patience: Patience) -> tuple[Path, ...]:
    """`PyAvFitter.fit`, in the thread of the caller."""
    try:
        size = path.stat().st_size
    except OSError as error:
        raise Missing("SOURCE_MISSING", x=str(path)) from error
    if size <= most:
        return (path,)
    if made := _made(path, most):
        return made
    try:
        return (_smaller(path, most, patience),)
    except Invalid:  # it cannot be squeezed, or not in time, or nobody would want to watch it
        pass
    try:
        return _parts(path, most, patience)
    except Invalid as error:
        raise Invalid("TOO_BIG", a=_megabytes(size), b=_megabytes(most)) from error


def _made(path: Path, most: int) -> tuple[Path, ...]:
    """What was made before from the file as it is; nothing when it is not there, or not all of it."""
    copy = _copy(path, most)
    parts = sorted(path.parent.glob(f"{escape(copy.stem)}-*of*.mp4"), key=_number)
    found = (copy,) if copy.is_file() else tuple(parts)
    whole = bool(found) and (found[0] == copy or len(found) == _count(found[0]))
    fresh = whole and all(one.stat().st_mtime_ns >= path.stat().st_mtime_ns for one in found)
    return found if fresh else ()


def _smaller(path: Path, most: int, patience: Patience) -> Path:
    """One copy that fits. Raises Invalid NO_FIT when it would be no good, or not there in time."""
    source = open_source(StreamAddress(str(path), live=False), patience)
    try:
        seconds, picture = seconds_of(source), source.video is not None
    finally:
        source.close()
    if picture and (seconds is None or seconds > LONGEST_SECONDS):
        raise Invalid("NO_FIT", seconds=int(LONGEST_SECONDS))
    return squeeze(path, most, _copy(path, most), patience, GOOD, monotonic() + BUDGET_SECONDS).path


def _parts(path: Path, most: int, patience: Patience) -> tuple[Path, ...]:
    """The file in parts, all there or none. Raises Invalid NO_FIT."""
    starts = starts_of(path, most, patience)
    if not 2 <= len(starts) <= MOST_PARTS:
        raise Invalid("NO_FIT", seconds=0)
    copy = _copy(path, most)
    named = tuple(copy.with_name(f"{copy.stem}-{n}of{len(starts)}.mp4") for n in range(1, len(starts) + 1))
    try:
        write_parts(path, starts, named, patience)
        if any(one.stat().st_size > most for one in named):
            raise Invalid("NO_FIT", seconds=0)
    except (EarshotError, OSError):
        for one in named:
            one.unlink(missing_ok=True)
        raise
    return named


def _copy(path: Path, most: int) -> Path:
    return path.with_name(f"{path.stem}.fit-{most}.mp4")


def _number(part: Path) -> int:
    """`…-2of3.mp4` → 2."""
    digits = part.stem.rpartition("-")[2].partition("of")[0]
    return int(digits) if digits.isdecimal() else 0


def _count(part: Path) -> int:
    """`…-2of3.mp4` → 3."""
    digits = part.stem.rpartition("of")[2]
    return int(digits) if digits.isdecimal() else 0


def _megabytes(size: int) -> int:
    return max(1, round(size / 1_000_000))
