"""Sampling: the sound and picture around the second of an alert, for whoever has to decide it."""

import asyncio
import re
from dataclasses import dataclass
from pathlib import Path

from core.errors import Denied, Missing
from core.model.clip import Clip
from core.model.risk import Alert
from core.ports.clipper import Clipper
from core.ports.store import Storage
from core.services.reviewing.preserving import clip_of
from core.services.screening import guards
from core.services.withholding import withheld

BEFORE, AFTER = 25.0, 20.0
"""Seconds around the words of an alert: 45 together."""
FILES = re.compile(r"\.?\d+\..*(mp4|part)")


@dataclass(frozen=True)
class Sample:
    """A file of `seconds` from second `start` of the live on; width and height of its picture, 0 without. `kept`: it is a clip that
    somebody has."""

    path: Path
    start: float
    seconds: float
    width: int
    height: int
    kept: Clip | None = None


@dataclass(frozen=True)
class Sampling:
    """Samples of what is kept of lives; `folder` holds those that were cut for this."""

    storage: Storage
    clipper: Clipper
    folder: Path

    async def around(self, alert: Alert, *, whole: bool = False) -> Sample:
        """The 45 s around an alert: from the buffer of its live, else the clip that shows them. Raises Missing HEAR_GONE, Invalid
        CLIP_SLOW, Transient DISK; Denied NEAR_MINORS when something in them may be about minors, unless it is `whole`: for
        somebody named, who alone hears it."""
        second, live_id = alert.assessment.second, alert.live_id
        async with self.storage.reading() as work:
            clip = await clip_of(work, alert, shown=True)
        first = self.clipper.first(live_id) if live_id is not None else None
        if live_id is not None and first is not None and first <= second:
            await self._allow(alert, max(0.0, second - BEFORE), second + AFTER, whole=whole)
            path = self.folder / f"{alert.id}.mp4"
            await asyncio.to_thread(self.folder.mkdir, parents=True, exist_ok=True)
            try:
                cut = await self.clipper.save(live_id, max(0.0, second - BEFORE), second + AFTER, path)
                return Sample(cut.path, cut.start, cut.seconds, cut.width, cut.height)
            except Missing:
                pass  # it went out of the buffer meanwhile
        if clip is None:
            raise Missing("HEAR_GONE")
        await self._allow(alert, clip.start, clip.start + clip.seconds, whole=whole)
        return Sample(clip.path, clip.start, clip.seconds, clip.width, clip.height, clip)

    async def _allow(self, alert: Alert, start: float, end: float, *, whole: bool) -> None:
        async with self.storage.reading() as work:
            live_id = alert.live_id or 0
            kept: object = await withheld(work, alert.place, live_id, start=start, end=end, whole=whole)
            kept = kept or (not whole and await guards(work, alert.place, live_id, start, end))
        if kept:
            raise Denied("NEAR_MINORS", n=alert.id)
