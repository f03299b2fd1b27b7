"""Curating: clips are kept, named anew and deleted; their posts say so."""

import asyncio
import logging
from dataclasses import dataclass
from glob import escape
from pathlib import Path

from core.errors import Invalid, Missing
from core.model.account import Follow
from core.model.audit import Verb
from core.model.clip import Clip, renamed
from core.model.feed import Event
from core.model.job import Job
from core.model.live import Live
from core.model.person import Person
from core.model.risk import Alert, Verdict
from core.model.screening import Matter, Screening
from core.model.tellable.finds import ClipSaved
from core.ports.clock import Clock
from core.ports.store import Storage, Work
from core.services.assessing import tell
from core.services.assessing.renewing import AROUND
from core.services.clipping.retelling import retell, said_of
from core.services.feeding import address_of
from core.services.reviewing.auditing import log as log_deed
from core.services.screening import Screens
from core.services.screening.reading import withholds
from core.services.working import Effect

log = logging.getLogger(__name__)
MOST_LATE = 500  # clips of one live and place that are looked at again
DELETED = "DELETED"
"""What a post says `failed` for whose clip somebody deleted."""


@dataclass(frozen=True)
class Curating:
    """The clips of all places. Every change is one transaction with the notices that change the posts."""

    storage: Storage
    clock: Clock
    screens: Screens | None = None

    async def heed(self, work: Work, alert: Alert, by: Person) -> None:
        """Somebody decided the alert of a clip: its posts show it, or show it no longer. See Screens.heed."""
        moved = await self.screens.heed(work, alert, by, Matter.CLIP) if self.screens is not None else None
        clip = await work.clips.get(moved.place, moved.item) if moved is not None else None
        if clip is not None:
            await retell(work, self.clock, clip)

    async def late(self, live: Live) -> None:
        """Words of a live came late, and none are missing any more: its clips that passed without them are screened again. What is
        found then is held: its posts show it no longer, as far as a chat lets them, and people are alerted."""
        if self.screens is None:
            return
        async with self.storage.work() as work:
            await self._again(work, live)

    async def judged(self, job: Job) -> Effect:
        """The handler of `rescreen` jobs: what is said at a second of a live, or from then `until` another, may be about minors.
        The clips that show it, or what was judged together with it, are screened again."""

        async def effect(work: Work) -> None:
            live = await work.lives.get(job.payload["live_id"])
            if live is not None and self.screens is not None:
                second = job.payload["second"]
                await self._again(work, live, (second, job.payload.get("until", second)))  # an older job has one second

        return effect

    async def _again(self, work: Work, live: Live, said: tuple[float, float] | None = None) -> None:
        assert self.screens is not None
        follows = {follow.place: follow for follow in await work.follows.of_account(live.account_id)}
        for place in await work.lives.places_of(live.id):
            for clip in await work.clips.of_place(place, live_id=live.id, limit=MOST_LATE):
                judged = said is not None and await _tells(work, clip, *said)
                if said is not None and not judged:
                    continue
                held = await self.screens.again(work, clip, live, judged=judged)
                if held is not None:
                    await retell(work, self.clock, clip)
                    await self._alert(work, follows.get(place), live, held)

    async def _alert(self, work: Work, follow: Follow | None, live: Live, held: Screening) -> None:
        """Aloud, even beside the clip's own post: that one has been read. One that was told of already changes. Where nobody
        follows the account any more it waits among the others."""
        alert = await work.alerts.get(held.place, held.alert_id) if held.alert_id is not None else None
        address = await address_of(work, Event.RISK, follow) if follow is not None else None
        if alert is None:
            return
        copies = await work.outbox.told_at(alert.place, f"risk:{alert.id}")
        for one in copies:
            await tell(work, alert, live.handle, one, self.clock, edits=True)
        if not copies and alert.verdict is Verdict.WAITING and address is not None:
            await tell(work, alert, live.handle, address, self.clock, edits=False)

    async def told(self, clip: Clip) -> ClipSaved:
        """The clip as its post tells it. Raises Missing CLIP_FILE when its file is gone."""
        if not await asyncio.to_thread(clip.path.is_file):
            raise Missing("CLIP_FILE", x=clip.shown)
        async with self.storage.reading() as work:
            return await said_of(work, clip)

    async def keep(self, clip: Clip, *, kept: bool) -> Clip:
        """Kept: it stays when others of its age go. Raises Missing NOT_FOUND."""
        async with self.storage.work() as work:
            changed = _there(await work.clips.keep(clip.place, clip.id, kept=kept), clip)
            await retell(work, self.clock, changed)
            return changed

    async def rename(self, clip: Clip, name: str) -> Clip:
        """Another name for people, safe and its own. Raises Invalid EMPTY, Missing NOT_FOUND."""
        try:
            shown = renamed(clip.shown, name)
        except ValueError as error:
            raise Invalid("EMPTY") from error
        async with self.storage.work() as work:
            changed = _there(await work.clips.rename(clip.place, clip.id, shown), clip)
            await retell(work, self.clock, changed)
            return changed

    async def delete(self, clip: Clip, by: Person) -> None:
        """The row at once, then its files; what cannot be removed now is swept at night. Raises Missing NOT_FOUND."""
        async with self.storage.work() as work:
            gone = _there(await work.clips.delete(clip.place, clip.id), clip)
            await retell(work, self.clock, gone, failed=DELETED, by=by.name)
            await log_deed(
                work, clip.place, by, Verb.DELETE_CLIP, f"clip:{clip.id}", self.clock.now(), before=clip.shown
            )
        await asyncio.to_thread(remove_files, gone)


def remove_files(clip: Clip) -> None:
    """The clip, its still, and the copies that were made for chats."""
    copies = clip.path.parent.glob(f"{escape(clip.path.stem)}.fit-*.mp4")
    for path in (clip.path, clip.still, *copies):
        _removed(path)


def _removed(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        log.warning("%s of a deleted clip cannot be removed now: %s", path.name, error)


def _there(clip: Clip | None, was: Clip) -> Clip:
    if clip is None:
        raise Missing("NOT_FOUND", x=was.shown)
    return clip


async def _tells(work: Work, clip: Clip, first: float, last: float) -> bool:
    """Whether words of that time or near it that are withheld from its place are said in a clip."""
    near = clip.start - AROUND <= last and first < clip.start + clip.seconds + AROUND
    return near and await withholds(work, clip)
