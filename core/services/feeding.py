"""Feeding: where what is told of an account goes, and how loudly: its own feed, else the place's, else where the account's posts
go; in quiet hours without a sound, or later."""

from dataclasses import dataclass
from datetime import datetime

from core.model.account import Follow, Handle
from core.model.feed import OFF, Event, Feed
from core.model.person import Address, Purpose
from core.model.tellable.finds import RiskRaised
from core.ports.store import Work

OF_ACCOUNTS = (Event.LIVE, Event.END, Event.VIDEO, Event.HIT, Event.CLIP, Event.RISK, Event.RENAMED)
"""What is told of an account, and may go elsewhere for one account than for the others of its place."""
WITH_THE_LIVE = frozenset({Event.END, Event.HIT, Event.CLIP, Event.RISK})
"""What goes where the live was told as long as nobody says otherwise; the end edits its post there."""
RECORDED = frozenset({Event.HIT, Event.CLIP, Event.RISK})
"""What comes of writing down what happens in a live."""

HELD = (Event.HIT, Event.CLIP, Event.VIDEO)
"""What comes in quiet hours and is told when they are over (see holding)."""


@dataclass(frozen=True)
class Way:
    """How something is told: where, whether without a sound, and whether not before the quiet hours are over."""

    address: Address
    silent: bool = False
    held: bool = False


async def way_of(work: Work, event: Event, follow: Follow, now: datetime) -> Way | None:
    """How `event` of a followed account is told in its place now; None: not at all. Alerts are another matter (see assessing)."""
    address = await address_of(work, event, follow)
    if address is None:
        return None
    held = event in HELD and await hushed(work, follow.place, now)
    return Way(address, await hushed(work, follow.place, now, event), held)


async def hushed(work: Work, place: str, now: datetime, event: Event | None = None) -> bool:
    """Whether `place` is told without a sound now: in its quiet hours, and at any time of an `event` it wants silent."""
    known = await work.places.get(place)
    return known is not None and (known.quiet_at(now) is not None or event in known.silent)


async def address_of(work: Work, event: Event, follow: Follow) -> Address | None:
    """Where `event` of a followed account is told in its place; None: nowhere. A place that only wants notices is told nothing
    that would have had to be recorded."""
    if event in RECORDED and await only_notices(work, follow.place):
        return None
    said = await work.feeds.address(follow.place, event, follow.account_id)
    if not said and event in WITH_THE_LIVE:
        said = await work.feeds.address(follow.place, Event.LIVE, follow.account_id)
        if said == OFF and event is not Event.END:  # what is no post about the live does not go with it
            said = ""
    return None if said == OFF else said or follow.address


async def within_live(work: Work, place: str, said: RiskRaised) -> bool:
    """Whether a risk alert stands where the other posts of its live stand: where the place has no address of its own for alerts."""
    if said.live_id is None:
        return False
    account = await work.accounts.by_handle(Handle(said.handle))
    return not await work.feeds.address(place, Event.RISK, account.id if account else 0)


async def only_notices(work: Work, place: str) -> bool:
    """Whether a place wants to be told of lives and videos, and nothing to be recorded."""
    known = await work.places.get(place)
    return known is not None and known.purpose is Purpose.NOTICES


async def forget(work: Work, place: str, account_id: int) -> None:
    """Nothing was said for this account alone any more: it is followed anew."""
    for feed in await work.feeds.of_place(place):
        if feed.account_id == account_id:
            await work.feeds.remove(place, feed.event, account_id)


async def win(work: Work, follow: Follow, address: Address) -> None:
    """`address` was said for this very account: it goes before what the place has said for all of them. What is off stays off;
    what was sent elsewhere for this account alone stays there."""
    feeds = await work.feeds.of_place(follow.place)
    own = {feed.event: feed.address for feed in feeds if feed.account_id == follow.account_id}
    of_all = {feed.event for feed in feeds if not feed.account_id and feed.address != OFF and feed.event in OF_ACCOUNTS}
    moved = {event for event, where in own.items() if where == follow.address}
    for event in moved | (of_all - own.keys()):
        await work.feeds.put(Feed(follow.place, event, address, follow.account_id))
