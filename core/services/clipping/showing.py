"""Showing: addresses under which anybody who has them can watch a clip, for a while."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from core.errors import EarshotError
from core.model.clip import Clip
from core.model.live import Live
from core.model.screening import Matter
from core.ports.clock import Clock
from core.ports.store import Storage

PATH = "/c"
OPEN = timedelta(days=7)
TOKEN = re.compile(r"[A-Za-z0-9_-]{40,400}={0,2}")
MARK = "clip"  # what is sealed for something else opens no page


class Sealer(Protocol):
    """Seals what nobody else may read or make (adapters/sealing.py)."""

    def seal(self, secret: str) -> bytes: ...

    def open(self, sealed: bytes) -> str:
        """Raises Denied for what it did not seal."""
        ...


@dataclass(frozen=True)
class Found:
    """A clip that may be watched, of which live, and until when."""

    clip: Clip
    live: Live
    until: datetime


@dataclass(frozen=True)
class Showing:
    """Addresses below `base`. They tell neither number nor place of a clip, and end with it."""

    storage: Storage
    clock: Clock
    sealer: Sealer
    base: str

    def link(self, place: str, clip_id: int) -> str:
        """An address for OPEN from now on."""
        until = self.clock.now() + OPEN
        token = self.sealer.seal(f"{MARK} {clip_id} {until.timestamp():.0f} {place}").decode()
        return f"{self.base}{PATH}/{token}"

    async def find(self, token: str) -> Found | None:
        """What an address shows; None for one that is wrong, over, or whose clip is gone, held or rejected."""
        opened = self._opened(token)
        if opened is None or opened[0] <= self.clock.now():
            return None
        until, clip_id, place = opened
        async with self.storage.reading() as work:
            clip = await work.clips.get(place, clip_id)
            live = await work.lives.get(clip.live_id) if clip is not None else None
            screening = await work.screenings.of(place, Matter.CLIP, clip_id)
        if screening is not None and not screening.open:
            return None
        return Found(clip, live, until) if clip is not None and live is not None else None

    def _opened(self, token: str) -> tuple[datetime, int, str] | None:
        """(until when, clip, place) of a token of ours."""
        if not TOKEN.fullmatch(token):
            return None
        try:
            mark, number, until, place = self.sealer.open(token.encode()).split(" ", 3)
            opened = datetime.fromtimestamp(int(until), UTC), int(number), place
        except (EarshotError, ValueError, OverflowError, OSError):
            return None
        return opened if mark == MARK else None
