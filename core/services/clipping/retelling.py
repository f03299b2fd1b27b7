"""Retelling: the posts of a clip that changed are changed where they stand."""

from dataclasses import replace
from typing import Any

from core.errors import Missing
from core.model.clip import Clip
from core.model.notice import Notice, edit_key, facts_of
from core.model.screening import Matter
from core.model.tellable.finds import ClipSaved
from core.ports.clock import Clock
from core.ports.store import Work
from core.services.clipping.telling import told
from core.services.screening import told_of


async def said_of(work: Work, clip: Clip) -> ClipSaved:
    """The clip as its post tells it, as it stands now. Raises Missing NOT_FOUND when its live is gone."""
    for address in await work.outbox.told_at(clip.place, clip.subject):
        if (was := await _said(work, address, clip)) is not None:
            return replace(await _now(work, clip, was), failed="", by="")
    return await _now(work, clip, await _anew(work, clip))


async def retell(work: Work, clock: Clock, clip: Clip, **changes: Any) -> None:
    """Its posts say how it is now, and `changes` of ClipSaved."""
    now = clock.now()
    for address in await work.outbox.told_at(clip.place, clip.subject):
        was = await _said(work, address, clip) or await _anew(work, clip)
        kind, facts = facts_of(replace(await _now(work, clip, was), **changes))
        key = edit_key(clip.subject)
        notice = Notice(kind, key, clip.place, address, clip.subject, facts, edits=True, silent=True)
        await work.outbox.put(notice, now)


async def _now(work: Work, clip: Clip, said: ClipSaved) -> ClipSaved:
    """What was said, with its name, whether it is kept, and how its screening stands."""
    screening = await work.screenings.of(clip.place, Matter.CLIP, clip.id)
    screened = await told_of(work, screening) if screening is not None else None
    return replace(said, shown=clip.shown, kept=clip.kept, screened=screened)


async def _said(work: Work, address: str, clip: Clip) -> ClipSaved | None:
    """What its post at `address` says: also why it is shorter, or does not come from OBS, which no clip is stored with."""
    last = await work.outbox.newest(address, clip.subject)
    said = last.tells() if last is not None else None
    return said if isinstance(said, ClipSaved) else None


async def _anew(work: Work, clip: Clip) -> ClipSaved:
    live = await work.lives.get(clip.live_id)
    if live is None:
        raise Missing("NOT_FOUND", x=clip.shown)
    return told(clip, live)
