"""Tidying: what is left over is let go, every night and when somebody asks: files nobody needs, posts and notes long past.

Everything goes in small steps: a stop in between leaves each thing as it was or gone, and nobody waits meanwhile. How long clips
and what was said and written are kept, their places say (see ageing); alerts stay.
"""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import asdict, dataclass, fields, replace
from datetime import time, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from core.model.job import Job
from core.model.keep import Matter
from core.ports.clock import Clock
from core.ports.store import Storage, Work
from core.ports.stores.leftovers import Key, Leftover, Since
from core.services.ageing import FILES as CLIPS
from core.services.ageing import Ageing
from core.services.clipping.sampling import FILES as SAMPLES
from core.services.enduring import enduring
from core.services.nightly import GLANCE, Nightly
from core.services.reviewing.auditing import Auditing
from core.services.reviewing.preserving import Preserving
from core.services.sweeping import Found, Swept, called, remove_found
from core.services.working import Effect

log = logging.getLogger(__name__)
KIND = "tidy"
NIGHT = "tidied"  # the memo of the last day that is dealt with
HOUR = time(4, 30)  # of the installation's time zone
AT_ONCE = 500  # rows of one transaction
OLD = timedelta(days=90)  # after that nothing of a live that is over is edited or answered
SHUT = timedelta(days=30)  # for what let nobody in for so long nothing waits any longer
DONE = timedelta(
    days=30
)  # nobody looks for work that is done; what failed can be tried again for as long as posts are kept
USED = timedelta(days=400)  # a year of months, and the one that runs
FILES_OLD = timedelta(days=1)  # no job writes a file, stores it, and has not ended by then
PARTS = re.compile(r"\..+\.part")  # what a killed process was writing

PLOTS = re.compile(r"\d+-.+\.png")  # by the number of their live
PICTURES = re.compile(r"\d+\.\w+")


class Media(Protocol):
    """Who keeps files while they are worked at."""

    def sweep(self) -> Swept:
        """Remove those of processes that were killed. Blocks."""
        ...


@dataclass(frozen=True)
class Tidied:
    """What was let go so far: `files` of `size` bytes, `rows`; `given_up` posts that waited for what let nobody in. `done` of `of`
    steps are over. Older than their places keep them were `clips`, and `lines` that were said or written."""

    files: int = 0
    size: int = 0
    rows: int = 0
    given_up: int = 0
    done: int = 0
    of: int = 0
    clips: int = 0
    lines: int = 0

    def __add__(self, swept: Swept) -> "Tidied":
        return replace(self, files=self.files + swept.files, size=self.size + swept.size)

    @classmethod
    def read(cls, progress: dict[str, Any]) -> "Tidied":
        """As its job keeps it."""
        return cls(**{one.name: int(progress.get(one.name, 0)) for one in fields(cls)})


Step = Callable[[Tidied], Awaitable[Tidied]]
NOTHING: Key = ()


@dataclass(frozen=True)
class Tidying:
    """Tidies the data `folder` and the storage beside it; `media` is what videos become text from."""

    storage: Storage
    clock: Clock
    zone: ZoneInfo
    folder: Path
    media: Media

    @property
    def ageing(self) -> Ageing:
        """What goes by its age."""
        return Ageing(self.storage, self.clock, self.folder / "clips")

    async def ask(self) -> Job:
        """Tidy up now; asked for while it is under way, it is the one that is."""
        async with self.storage.work() as work:
            return await self._add(work)

    async def run(self) -> None:
        """Ask for it every night, until cancelled. A night that was missed is made up for the next day."""
        while True:
            await self.clock.sleep(GLANCE)  # a start has other things to do
            with enduring("tidying up"):
                await self.round()

    async def round(self) -> None:
        """Ask for it if it is due."""
        await Nightly(self.storage, self.clock, self.zone, NIGHT, HOUR).round(self._due)

    async def _due(self, work: Work, last: str) -> None:
        if last:  # on the first day there is nothing yet
            await self._add(work)

    async def tidy(self, job: Job) -> Effect:
        """The handler of its jobs."""
        now = self.clock.now()
        since = Since(now, now - OLD, now - SHUT, now - DONE, now - USED)
        files: tuple[Step, ...] = (self._clips, self._plots, self._pictures, self._samples, self._media)
        old: tuple[Step, ...] = (
            self._old_clips,
            *(partial(self._old_lines, one) for one in (Matter.TRANSCRIPTS, Matter.CHAT)),
            self._evidence,
            self._audit,
        )
        steps: tuple[Step, ...] = (*old, *files, *(partial(self._rows, what, since) for what in Leftover))
        tidied = Tidied(of=len(steps))
        for step in steps:
            tidied = replace(await step(tidied), done=tidied.done + 1)
            async with self.storage.work() as work:
                await work.jobs.progress(job, asdict(tidied))
        log.log(logging.WARNING if tidied.given_up else logging.INFO, "tidied up: %s", tidied)

        async def effect(work: Work) -> None:
            await work.jobs.progress(job, asdict(tidied))

        return effect

    async def _add(self, work: Work) -> Job:
        return await work.jobs.add(KIND, KIND, {}, self.clock.now())

    # ------------------------------------------------------------------ by age

    async def _old_clips(self, tidied: Tidied) -> Tidied:
        aged = await self.ageing.clips()
        return replace(tidied + aged.swept, clips=aged.clips)

    async def _old_lines(self, matter: Matter, tidied: Tidied) -> Tidied:
        return replace(tidied, lines=tidied.lines + (await self.ageing.lines(matter)).lines)

    async def _evidence(self, tidied: Tidied) -> Tidied:
        """What was released long ago."""
        return tidied + await Preserving(self.storage, self.clock, self.folder / "evidence").tidy()

    async def _audit(self, tidied: Tidied) -> Tidied:
        return replace(tidied, rows=tidied.rows + await Auditing(self.storage, self.clock).tidy())

    # ------------------------------------------------------------------ files

    async def _clips(self, tidied: Tidied) -> Tidied:
        """Copies after a day, or with their clip; clips that are nobody's, and their pictures."""
        folder = self.folder / "clips"
        found = await asyncio.to_thread(lambda: [*called(folder, CLIPS), *called(folder, PARTS)])
        async with self.storage.reading() as work:
            needed = await work.leftovers.clips()

        def is_left(one: Found) -> bool:
            said = CLIPS.fullmatch(one.path.name)
            gone = said is None or f"{said['clip']}.mp4" not in needed
            copy = said is not None and said["copy"] is not None
            return (gone or copy) if self._is_old(one) else (gone and copy)

        return await _removed(tidied, (one for one in found if is_left(one)))

    async def _plots(self, tidied: Tidied) -> Tidied:
        """Of lives that are gone."""
        found = await asyncio.to_thread(called, self.folder / "plots", PLOTS)
        async with self.storage.reading() as work:
            lives = {str(number) for number in await work.leftovers.lives()}
        left = (one for one in found if self._is_old(one) and one.path.name.partition("-")[0] not in lives)
        return await _removed(tidied, left)

    async def _pictures(self, tidied: Tidied) -> Tidied:
        """Of videos that are gone."""
        found = await asyncio.to_thread(called, self.folder / "pictures", PICTURES)
        async with self.storage.reading() as work:
            needed = await work.leftovers.pictures()
        return await _removed(tidied, (one for one in found if self._is_old(one) and one.path.name not in needed))

    async def _samples(self, tidied: Tidied) -> Tidied:
        """What was cut around alerts for whoever decided them."""
        found = await asyncio.to_thread(called, self.folder / "samples", SAMPLES)
        return await _removed(tidied, (one for one in found if self._is_old(one)))

    async def _media(self, tidied: Tidied) -> Tidied:
        return tidied + await asyncio.to_thread(self.media.sweep)

    def _is_old(self, one: Found) -> bool:
        return self.clock.now().timestamp() - one.changed / 1e9 > FILES_OLD.total_seconds()

    # ------------------------------------------------------------------ rows

    async def _rows(self, what: Leftover, since: Since, tidied: Tidied) -> Tidied:
        """Found without holding anybody up, and let go a few at a time."""
        gone, keys = 0, [NOTHING]
        while keys:
            async with self.storage.reading() as work:
                keys = await work.leftovers.find(what, since, AT_ONCE, after=keys[-1])
            if keys:
                async with self.storage.work() as work:
                    gone += await work.leftovers.let_go(what, since, keys)
        if what is Leftover.SHUT_OUT:
            return replace(tidied, given_up=tidied.given_up + gone)
        return replace(tidied, rows=tidied.rows + gone)


async def _removed(tidied: Tidied, found: Iterable[Found]) -> Tidied:
    return tidied + await asyncio.to_thread(remove_found, found)
