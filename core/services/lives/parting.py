"""Parting: what the post about a live says while the live is not watched for its place any more, and when it is again."""

from dataclasses import replace
from datetime import datetime

from core.model.live import Live
from core.model.notice import DeliveryState, Notice, edit_key, facts_of
from core.model.tellable.lives import LiveLeft
from core.ports.store import Work

NEVER_POSTED = frozenset({DeliveryState.DEAD, DeliveryState.UNKNOWN, DeliveryState.REPLACED})


async def part(work: Work, live: Live, place: str, by: str, now: datetime) -> None:
    """The post that says that `live` is on says that it is watched here no longer, stopped by somebody or by nobody (empty)."""
    posted = await start_of(work, live.id, place)
    if posted is not None:
        kind, facts = facts_of(LiveLeft(live.id, live.handle, live.title, live.started, now, by))
        await _edit(work, replace(posted, kind=kind, facts=facts), now)


async def rejoin(work: Work, live: Live, place: str, now: datetime) -> None:
    """The post says again that `live` is on, as it was told first."""
    posted = await start_of(work, live.id, place)
    if posted is not None:
        await _edit(work, posted, now)


async def start_of(work: Work, live_id: int, place: str) -> Notice | None:
    """What a place was told when a live began, None when no such post can be there."""
    posted = await work.outbox.get(f"start:{live_id}:{place}")
    return posted.notice if posted is not None and posted.state not in NEVER_POSTED else None


async def _edit(work: Work, said: Notice, now: datetime) -> None:
    await work.outbox.put(replace(said, key=edit_key(said.key), edits=True, silent=True, urgent=False), now)
