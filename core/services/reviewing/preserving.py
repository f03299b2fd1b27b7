"""Preserving: what is known of an alert is frozen in a file that is never written again, and stays for as long as it is held."""

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from core.errors import Denied, Missing
from core.matching.quoting import Quotes
from core.model.audit import Verb
from core.model.clip import Clip
from core.model.evidence import AROUND, Evidence
from core.model.live import ChatMessage
from core.model.person import Person, Place
from core.model.risk import Alert
from core.model.screening import Matter
from core.model.transcript import Segment
from core.ports.clock import Clock
from core.ports.store import Storage, Work
from core.services.reviewing.auditing import log
from core.services.reviewing.capsules import CHAT, changed, frozen, written_in
from core.services.screening import guarded, guards
from core.services.sweeping import Swept, called, remove_found
from core.services.withholding import withheld, withheld_lines

FILES = re.compile(r"\d+-[0-9a-f]{12}\.zip|\.\w+\.part")
"""Capsules, by the number of their alert and the beginning of their checksum; and what a killed process was writing."""
ANY_OLD = timedelta(days=30)
"""How long a capsule stays after it is released, so that a release can be taken back."""
LONGEST_PIECE = 60.0  # seconds: what was said before that does not reach into what is kept


@dataclass(frozen=True)
class Preserving:
    """The evidence of all places; `folder` holds their capsules. A capsule holds copies: what it was made of may go by its age."""

    storage: Storage
    clock: Clock
    folder: Path

    async def keep(self, place: Place, alert: Alert, by: Person) -> Evidence:
        """Freeze what is known of an alert now: its words, a minute of speech and chat around them, what its judge and people said,
        and the clip that shows it, if there is one. What is held already stays as it was frozen; what was released is held again.
        Raises Transient DISK."""
        async with self.storage.reading() as work:
            held = await work.evidences.of_alert(place.id, alert.id)
            files, clip = await _contents(work, alert)
            near = await self._near(work, alert)
        now = self.clock.now()
        if held is None or not (self.folder / held.file).is_file():
            made = await asyncio.to_thread(frozen, self.folder, alert, files, clip, now)
        else:
            made = replace(held, released=None)
        about, restricted = f"alert:{alert.id}", near or made.restricted or alert.restricted
        async with self.storage.work() as work:
            there = await work.evidences.of_alert(place.id, alert.id)  # somebody may have been quicker to freeze it
            if there is not None and (self.folder / there.file).is_file():
                await work.evidences.hold(place.id, alert.id, None)
                kept = replace(there, released=None)
            else:
                kept = await work.evidences.add(replace(made, place=place.id, by=by.name, restricted=restricted))
            await log(work, place.id, by, Verb.KEEP, about, now, after=kept.sha256)
        if kept.file != made.file:
            with suppress(OSError):  # `tidy` finds it another day
                (self.folder / made.file).unlink()
        return kept

    async def guarded(self, alert: Alert) -> bool:
        """Whether what a capsule of it holds may be about minors by now, also when that was not known when it was frozen. Its
        chat is read in there: it may have gone by its age everywhere else."""
        second = alert.assessment.second
        async with self.storage.reading() as work:
            held = await work.evidences.of_alert(alert.place, alert.id)
            showing = held is not None and held.clip and alert.live_id is not None
            if showing and await guards(work, alert.place, alert.live_id or 0, second, second):
                return True
            if await self._near(work, alert):
                return True
            kept = await withheld_lines(work, alert.place, alert.live_id or 0) if held is not None else Quotes()
        return held is not None and bool(kept) and await asyncio.to_thread(written_in, self.folder / held.file, kept)

    async def _near(self, work: Work, alert: Alert) -> bool:
        second = alert.assessment.second
        if alert.live_id is None:
            return False
        start, end = second - AROUND, second + AROUND
        if await withheld(work, alert.place, alert.live_id, start=start, end=end):
            return True
        kept = await withheld_lines(work, alert.place, alert.live_id)
        chat = await work.chats.of_live(alert.live_id, start=start, end=end) if kept else []
        return any(isinstance(one, ChatMessage) and one.text in kept for _, one in chat)

    async def of(self, place: Place, alert: Alert) -> Evidence:
        """What is held of an alert, or was released and is still there. Raises Missing NO_EVIDENCE (n)."""
        async with self.storage.reading() as work:
            held = await work.evidences.of_alert(place.id, alert.id)
        if held is None:
            raise Missing("NO_EVIDENCE", n=alert.id)
        return held

    async def verify(self, place: Place, alert: Alert) -> tuple[Evidence, tuple[str, ...]]:
        """(what is held, what of it is not as it was frozen: names of files in it, its own, none when it is whole). Raises Missing
        NO_EVIDENCE (n)."""
        held = await self.of(place, alert)
        return held, await asyncio.to_thread(changed, self.folder / held.file, held.sha256)

    async def export(self, place: Place, alert: Alert, by: Person) -> tuple[Evidence, Path]:
        """The capsule, to hand out. Who got it is written down first. Raises Missing NO_EVIDENCE (n), EVIDENCE_GONE (n)."""
        held = await self.of(place, alert)
        path = self.folder / held.file
        if not await asyncio.to_thread(path.is_file):
            raise Missing("EVIDENCE_GONE", n=alert.id)
        async with self.storage.work() as work:
            await log(work, place.id, by, Verb.EXPORT, f"alert:{alert.id}", self.clock.now(), after=held.sha256)
        return held, path

    async def release(self, place: Place, alert: Alert, by: Person) -> Evidence:
        """Hold it no longer: it goes after ANY_OLD, unless it is kept again. Raises Missing NO_EVIDENCE (n)."""
        held, now = await self.of(place, alert), self.clock.now()
        if held.released is not None:
            return held
        async with self.storage.work() as work:
            await work.evidences.hold(place.id, alert.id, now)
            await log(work, place.id, by, Verb.RELEASE, f"alert:{alert.id}", now, before=held.sha256)
        return replace(held, released=now)

    async def tidy(self) -> Swept:
        """Capsules that were released long ago go, rows first, and files that no row needs."""
        now = self.clock.now()
        async with self.storage.work() as work:
            for one in await work.evidences.released(now - ANY_OLD):
                await work.evidences.remove(one.place, one.id)
                await log(work, one.place, NOBODY, Verb.LET_GO, f"alert:{one.alert_id}", now, before=one.sha256)
        found = await asyncio.to_thread(called, self.folder, FILES)
        async with (
            self.storage.reading() as work
        ):  # asked after they were found: one that is being made has its row by then
            needed = await work.evidences.files()
        old = [one for one in found if one.path.name not in needed and now.timestamp() - one.changed / 1e9 > 86_400]
        return await asyncio.to_thread(remove_found, old)


NOBODY = Person("", "")
"""Who does what happens by itself."""


def may_see(place: Place, alert: Alert, by: Person, held: Evidence | None = None, *, guarded: bool = False) -> None:
    """Raises Denied NAMED_ONLY (n) for whoever the place has not named, where an alert is about minors and the place is not their
    own; `guarded`: what was said around it may be."""
    restricted = guarded or alert.restricted or (held is not None and held.restricted)
    if restricted and not place.named(by.id):
        raise Denied("NAMED_ONLY", n=alert.id)


async def clip_of(work: Work, alert: Alert, *, shown: bool = False) -> Clip | None:
    """A clip of its place that shows the second of an alert and is there; the shortest, which shows least besides. Never one that
    may show minors, unless the alert is about them and as closely guarded; `shown`: nor any that is held or was rejected."""
    if alert.live_id is None:
        return None
    second = alert.assessment.second
    clips = await work.clips.of_place(alert.place, live_id=alert.live_id, limit=500)
    showing = [one for one in clips if one.start <= second < one.start + one.seconds and one.path.is_file()]
    if not alert.restricted:
        screened = await work.screenings.several(alert.place, Matter.CLIP, [one.id for one in showing])
        held = {number for number, one in screened.items() if shown and not one.open}
        kept = held | {number for number, one in screened.items() if await guarded(work, one)}
        showing = [one for one in showing if one.id not in kept]
    return min(showing, key=lambda clip: clip.seconds, default=None)


async def _contents(work: Work, alert: Alert) -> tuple[dict[str, Any], Clip | None]:
    """What goes into a capsule, by file."""
    files: dict[str, Any] = {"alert.json": alert, "decisions.json": await work.alerts.decisions(alert.place, alert.id)}
    live = await work.lives.seen_by(alert.place, alert.live_id) if alert.live_id is not None else None
    if live is not None:
        start, end = alert.assessment.second - AROUND, alert.assessment.second + AROUND
        parts = await work.transcripts.of_live(live.id, start=max(0.0, start - LONGEST_PIECE), end=end)
        chat = await work.chats.of_live(live.id, start=start, end=end, place=alert.place)
        files["live.json"] = live
        files["transcript.json"] = [
            part for part in parts if isinstance(part, Segment) and part.end >= start and part.start <= end
        ]
        files[CHAT] = [
            {"second": second, "at": event.at, "by": event.chatter.handle, "text": event.text}
            for second, event in chat
            if isinstance(event, ChatMessage)
        ]
    return files, await clip_of(work, alert)
