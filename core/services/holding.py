"""Holding: what comes in the quiet hours of a place and can wait is counted, and told when they are over: in the digest where one
comes soon after, else in a post of its own."""

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from core.model.account import Follow
from core.model.digest import Every, Rhythm
from core.model.feed import Event
from core.model.notice import Notice, facts_of
from core.model.person import Address, Place
from core.model.tellable.house import HeldBack
from core.ports.store import Work
from core.services.feeding import hushed

SOON = timedelta(hours=2)  # after quiet hours: a daily digest that comes within it tells what was held
Counts = tuple[int, int, int]
"""How many of each of HELD: hits, clips, new videos."""


@dataclass(frozen=True)
class Held:
    """What is held in a place: `counts` of HELD by account. `since` the first and `until` the last of its quiet hours in which
    something was."""

    since: datetime
    until: datetime
    counts: dict[int, Counts] = field(default_factory=dict)

    def more(self, event: Event, account_id: int) -> "Held":
        """With one more."""
        hits, clips, videos = self.counts.get(account_id, (0, 0, 0))
        after = (hits + (event is Event.HIT), clips + (event is Event.CLIP), videos + (event is Event.VIDEO))
        return replace(self, counts={**self.counts, account_id: after})


async def hold(work: Work, event: Event, follow: Follow, now: datetime) -> None:
    """Count one of HELD (see feeding) instead of telling it. It is called in quiet hours."""
    place = await work.places.get(follow.place)
    period = place.quiet_at(now) if place is not None else None
    if period is None:
        return
    known = await held_in(work, follow.place) or Held(period.begins, period.ends)
    held = replace(known, until=max(known.until, period.ends)).more(event, follow.account_id)
    said = [held.since.isoformat(), held.until.isoformat(), held.counts]
    await work.memos.put(_memo(follow.place), json.dumps(said))


async def held_in(work: Work, place: str) -> Held | None:
    """What is held there now."""
    text = await work.memos.get(_memo(place))
    if not text:
        return None
    since, until, counts = json.loads(text)
    counted = {int(number): (hits, clips, videos) for number, (hits, clips, videos) in counts.items()}
    return Held(datetime.fromisoformat(since), datetime.fromisoformat(until), counted)


async def let_go(work: Work, place: str) -> None:
    """It was told."""
    await work.memos.put(_memo(place), "")


async def rows_of(work: Work, held: Held) -> list[tuple[str, int, int, int]]:
    """(handle, hits, clips, new videos) of each account, by handle."""
    named = [(await work.accounts.get(number), counts) for number, counts in held.counts.items()]
    return sorted((account.handle, *counts) for account, counts in named if account is not None)


def is_due(held: Held, place: Place, rhythm: Rhythm, now: datetime, *, digest: bool) -> bool:
    """Whether a post of its own must tell it now; `digest`: one comes here at all."""
    if place.quiet_at(now) is not None:
        return False
    coming = rhythm.coming(now, place.zone) if digest and rhythm.every is Every.DAILY else None
    return coming is None or coming > held.until + SOON


async def tell_held(work: Work, place: Place, address: Address, now: datetime) -> None:
    """Put what is held into the outbox and forget it, in one transaction: at `address`, without one where the first of its accounts
    posts."""
    held = await held_in(work, place.id)
    if held is None:
        return
    own = [follow.address for follow in await work.follows.of_place(place.id) if follow.account_id in held.counts]
    goes = address or next(iter(own), "")
    if goes:
        kind, facts = facts_of(HeldBack(held.since, held.until, await rows_of(work, held)))
        key = f"held:{place.id}:{now.isoformat()}"
        silent = await hushed(work, place.id, now, Event.DIGEST)
        await work.outbox.put(Notice(kind, key, place.id, goes, key, facts, silent=silent), now)
    await let_go(work, place.id)


def _memo(place: str) -> str:
    return f"held {place}"
