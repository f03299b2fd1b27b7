"""Ageing: what is older than its places keep it goes: clips with their files, what was said in lives, what was written in chats.

A live and its words are shared by all places that see it: they go when the last of these does not keep them any longer.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from core.errors import Invalid
from core.model.clip import Clip
from core.model.keep import LEAST, MOST, Kept, Matter
from core.model.person import Place
from core.ports.clock import Clock
from core.ports.store import Storage, Work
from core.services.sweeping import Swept, called, remove_found

AT_ONCE = 200  # clips, or lives, of one transaction
LINES = 2000  # lines of one transaction
FILES = re.compile(r"(?P<clip>\d+)(?P<copy>\.fit-\d+(-\d+of\d+)?)?\.(mp4|jpg)")
"""Clips by the number of their job, the copies that platforms take, and their pictures."""


@dataclass(frozen=True)
class Aged:
    """What went by its age: `clips`, `lines` that were said or written, and the files of clips."""

    clips: int = 0
    lines: int = 0
    swept: Swept = field(default_factory=Swept)

    def __add__(self, other: "Aged") -> "Aged":
        return Aged(self.clips + other.clips, self.lines + other.lines, self.swept + other.swept)


@dataclass(frozen=True)
class Ageing:
    """Of all places; `folder` holds the files of clips."""

    storage: Storage
    clock: Clock
    folder: Path

    async def kept(self, place: Place) -> Kept:
        """How long a place keeps what."""
        async with self.storage.reading() as work:
            known = await work.places.get(place.id)
            return await _kept(work, known or place)

    async def change(self, place: Place, matter: Matter, length: timedelta | None) -> Kept:
        """Keep something for so long from now on; None: until somebody deletes it. Raises Invalid KEPT_LONG (m, days) for more than
        a year, and for clips without an end, whose files grow for ever."""
        if (length is None and matter is Matter.CLIPS) or (length is not None and not LEAST <= length <= MOST):
            raise Invalid("KEPT_LONG", m=MOST.days)
        async with self.storage.work() as work:
            known = await work.places.ensure(place)
            if matter is Matter.CLIPS and length is not None:
                known = await work.places.put(replace(known, clips_kept=length))
            else:
                days = "" if length is None else str(length.days)
                await work.memos.put(_memo(known.id, matter), days)
            return await _kept(work, known)

    async def doomed(self, place: Place, matter: Matter, length: timedelta | None) -> int:
        """How many clips, or lives with their words, would go if it was kept for so long."""
        if length is None:
            return 0
        now = self.clock.now()
        async with self.storage.reading() as work:
            if matter is Matter.CLIPS:
                return await work.clips.expiring(place.id, now - length)
            lengths = {**await _lengths(work, matter), place.id: length}
            doomed, last = 0, 0
            while lives := await work.leftovers.spoken(matter, now - length, AT_ONCE, last, place=place.id):
                for last, ended in lives:
                    doomed += _is_over(ended, now, lengths, await work.lives.places_of(last))
            return doomed

    async def clips(self) -> Aged:
        """Those that are older than their places keep them go, rows first: a file without a row is swept up some night."""
        async with self.storage.reading() as work:
            places = await work.places.all()
        aged = Aged()
        for place in places:
            gone: list[Clip] | None = None
            while gone is None or len(gone) == AT_ONCE:
                async with self.storage.work() as work:
                    gone = await work.clips.expire(place.id, self.clock.now() - place.clips_kept, AT_ONCE)
                    needed = await work.leftovers.needed([clip.path for clip in gone])
                files = [clip.path.name for clip in gone if clip.path.name not in needed]
                aged += Aged(len(gone), 0, await asyncio.to_thread(_remove, self.folder, files))
        return aged

    async def lines(self, matter: Matter) -> Aged:
        """What was said, or written, in lives whose places do not keep it any longer."""
        now, aged = self.clock.now(), Aged()
        async with self.storage.reading() as work:
            lengths = await _lengths(work, matter)
        shortest = min((one for one in lengths.values() if one is not None), default=None)
        if shortest is None:
            return aged
        last = 0
        while True:
            async with self.storage.reading() as work:
                lives = await work.leftovers.spoken(matter, now - shortest, AT_ONCE, after=last)
                seen = [(live_id, ended, await work.lives.places_of(live_id)) for live_id, ended in lives]
            over = [live_id for live_id, ended, places in seen if _is_over(ended, now, lengths, places)]
            for live_id in over:
                aged += Aged(lines=await self._forget(matter, live_id))
            if not lives:
                return aged
            last = lives[-1][0]

    async def _forget(self, matter: Matter, live_id: int) -> int:
        gone = 0
        while True:
            async with self.storage.work() as work:
                some = await work.leftovers.forget(matter, live_id, LINES)
            if not some:
                return gone
            gone += some


async def _kept(work: Work, place: Place) -> Kept:
    said = [await work.memos.get(_memo(place.id, one)) for one in (Matter.TRANSCRIPTS, Matter.CHAT)]
    transcripts, chat = (timedelta(days=int(days)) if days else None for days in said)
    return Kept(place.clips_kept, transcripts, chat)


async def _lengths(work: Work, matter: Matter) -> dict[str, timedelta | None]:
    """How long each place keeps something."""
    return {place.id: (await _kept(work, place)).of(matter) for place in await work.places.all()}


def _is_over(ended: datetime, now: datetime, lengths: Mapping[str, timedelta | None], places: Sequence[str]) -> bool:
    """Whether no place that sees a live keeps its words any longer."""
    kept = [lengths.get(place) for place in places]
    return bool(kept) and all(one is not None and ended <= now - one for one in kept)


def _remove(folder: Path, names: list[str]) -> Swept:
    """The files of clips, with the copies and pictures that lie beside them."""
    stems = {Path(name).stem for name in names}
    if not stems:
        return Swept()
    return remove_found(one for one in called(folder, FILES) if one.path.name.partition(".")[0] in stems)


def _memo(place: str, matter: Matter) -> str:
    return f"kept {matter} {place}"
