"""Curating: clips are kept, named anew and deleted; their posts say so."""

import asyncio
import logging
from dataclasses import dataclass, replace
from glob import escape
from pathlib import Path

from core.errors import Invalid, Missing
from core.model.clip import Clip, renamed
from core.model.live import Live
from core.model.notice import Notice, facts_of
from core.model.tellable.finds import ClipSaved
from core.ports.clock import Clock
from core.ports.store import Storage, Work
from core.services.clipping.telling import told

log = logging.getLogger(__name__)
DELETED = "DELETED"
"""What a post says `failed` for whose clip somebody deleted."""


@dataclass(frozen=True)
class Curating:
    """The clips of all places. Every change is one transaction with the notices that change the posts."""

    storage: Storage
    clock: Clock

    async def told(self, clip: Clip) -> ClipSaved:
        """The clip as its post tells it. Raises Missing CLIP_FILE when its file is gone."""
        if not await asyncio.to_thread(clip.path.is_file):
            raise Missing("CLIP_FILE", x=clip.shown)
        async with self.storage.reading() as work:
            for address in await work.outbox.told_at(clip.place, clip.subject):
                if (was := await _said(work, address, clip)) is not None:
                    return replace(was, shown=clip.shown, kept=clip.kept, failed="", by="")
            return told(clip, await _live(work, clip))

    async def keep(self, clip: Clip, *, kept: bool) -> Clip:
        """Kept: it stays when others of its age go. Raises Missing NOT_FOUND."""
        async with self.storage.work() as work:
            changed = _there(await work.clips.keep(clip.place, clip.id, kept=kept), clip)
            await self._retell(work, changed)
            return changed

    async def rename(self, clip: Clip, name: str) -> Clip:
        """Another name for people, safe and its own. Raises Invalid EMPTY, Missing NOT_FOUND."""
        try:
            shown = renamed(clip.shown, name)
        except ValueError as error:
            raise Invalid("EMPTY") from error
        async with self.storage.work() as work:
            changed = _there(await work.clips.rename(clip.place, clip.id, shown), clip)
            await self._retell(work, changed)
            return changed

    async def delete(self, clip: Clip, by: str) -> None:
        """The row at once, then its files; what cannot be removed now is swept at night. Raises Missing NOT_FOUND."""
        async with self.storage.work() as work:
            gone = _there(await work.clips.delete(clip.place, clip.id), clip)
            await self._retell(work, gone, failed=DELETED, by=by)
        await asyncio.to_thread(remove_files, gone)

    async def _retell(self, work: Work, clip: Clip, failed: str = "", by: str = "") -> None:
        """Its posts are changed where they stand."""
        now = self.clock.now()
        for address in await work.outbox.told_at(clip.place, clip.subject):
            was = await _said(work, address, clip) or told(clip, await _live(work, clip))
            kind, facts = facts_of(replace(was, shown=clip.shown, kept=clip.kept, failed=failed, by=by))
            key = f"{clip.subject}:{now.isoformat()}"
            notice = Notice(kind, key, clip.place, address, clip.subject, facts, edits=True, silent=True)
            await work.outbox.put(notice, now)


async def _said(work: Work, address: str, clip: Clip) -> ClipSaved | None:
    """What its post at `address` says: also why it is shorter, or does not come from OBS, which no clip is stored with."""
    last = await work.outbox.newest(address, clip.subject)
    said = last.tells() if last is not None else None
    return said if isinstance(said, ClipSaved) else None


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


async def _live(work: Work, clip: Clip) -> Live:
    live = await work.lives.get(clip.live_id)
    if live is None:
        raise Missing("NOT_FOUND", x=clip.shown)
    return live
