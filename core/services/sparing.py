"""Sparing: while the disk is nearly full no new clip is begun, before anything else stops; with room again they go on by
themselves.

A clip that was wished for before is still made: it is small, and somebody waits for it.
"""

import asyncio
import errno
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from core.errors import Denied, Transient
from core.model.feed import Event
from core.model.notice import Notice, facts_of
from core.model.tellable.house import ClipsStopped
from core.ports.clock import Clock
from core.ports.store import Work
from core.services.feeding import way_of

LEAST_BYTES, LEAST_SHARE = 2_000_000_000, 0.05
"""Of the disk that should be free: whichever is reached first."""
FRESH = timedelta(seconds=5)  # for so long a measurement holds
AGAIN = timedelta(hours=1)  # a place is told once in it


@dataclass(frozen=True)
class Space:
    """Bytes of the disk that files go to."""

    free: int
    total: int

    @property
    def least(self) -> int:
        """Bytes that should be free."""
        return round(max(LEAST_BYTES, self.total * LEAST_SHARE))

    @property
    def short(self) -> bool:
        """Whether there are fewer."""
        return self.free < self.least


Spare = Callable[[], Awaitable[Space | None]]
"""What is left of the disk when it is nearly full; None while there is room, and while nobody can tell."""


async def plenty() -> None:
    """There is always room."""
    return


@dataclass
class Sparing:
    """Measures the disk of `folder`, which need not be there yet. `measure` raises OSError."""

    clock: Clock
    folder: Path
    measure: Callable[[Path], Space] = field(default=lambda folder: space_of(folder))
    _last: tuple[datetime, Space | None] | None = None

    async def short(self) -> Space | None:
        """See Spare. Raises nothing: what cannot be measured stops nothing."""
        now = self.clock.now()
        if self._last is None or now - self._last[0] >= FRESH:
            try:
                space = await asyncio.to_thread(self.measure, self.folder)
                self._last = now, space if space.short else None
            except OSError:
                self._last = now, None
        return self._last[1]


def space_of(folder: Path) -> Space:
    """Of the disk of `folder`, or of where it will be. Blocks. Raises OSError."""
    there = next((one for one in (folder, *folder.parents) if one.is_dir()), folder)
    usage = shutil.disk_usage(there)
    return Space(usage.free, usage.total)


def make(folder: Path) -> None:
    """A folder for clips, where there is none. Raises Transient DISK, Denied DISK_CLOSED."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise Transient("DISK", x=str(folder)) from error
        raise Denied("DISK_CLOSED", x=str(folder)) from error


async def tell_stopped(work: Work, clock: Clock, place: str, account_id: int, space: Space) -> None:
    """Tell a place, where its clips go, that there is none: once an hour, however many it wishes for."""
    now, memo = clock.now(), f"clips stopped {place}"
    last = await work.memos.get(memo)
    follow = next((one for one in await work.follows.of_account(account_id) if one.place == place), None)
    if follow is None or (last and now - datetime.fromisoformat(last) < AGAIN):
        return
    way = await way_of(work, Event.CLIP, follow, now)
    if way is None:
        return
    kind, facts = facts_of(ClipsStopped(space.free, space.least))
    key = f"{memo}:{now.isoformat()}"
    await work.outbox.put(Notice(kind, key, place, way.address, key, facts, silent=way.silent), now)
    await work.memos.put(memo, now.isoformat(), now + AGAIN)
