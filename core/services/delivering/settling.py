"""Settling: what follows from a delivery's fate, written in one transaction with it: an address closes or opens, its owner is
told, a place has moved, an alert nobody may miss is sent once more."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.model.notice import AGAIN, Delivery, DeliveryState, Notice, NoticeKind, facts_of
from core.model.person import Address, Place, Platform, platform_of, private_chat
from core.model.risk import Level
from core.model.tellable.finds import RiskRaised
from core.model.tellable.house import PlaceLost
from core.ports.store import Work
from core.services.delivering.attempting import Fate
from core.services.feeding import hushed

PROBE_FIRST, PROBE_LAST = timedelta(minutes=15), timedelta(hours=6)  # until a closed address is tried again
ONE_LOSS = timedelta(hours=1)  # addresses of one place that close within it are one message to its owner


@dataclass(frozen=True)
class Settling:
    """`owners` are the people who run Earshot (ids); `platforms` those where anybody can be told anything."""

    platforms: Collection[Platform]
    owners: Sequence[str] = ()

    async def settle(self, work: Work, delivery: Delivery, fate: Fate, now: datetime) -> bool:
        """Write it. False: somebody else has taken the delivery up since, and nothing follows from this attempt."""
        written = await work.outbox.settle(
            delivery,
            fate.state,
            now,
            external=fate.external,
            reason=fate.reason,
            due=fate.due,
            untried=fate.untried,
        )
        if not written:
            return False
        notice = delivery.notice
        if fate.lost:
            await work.outbox.lose_post(notice.address, notice.subject)
        if fate.moved:
            await work.places.move(*fate.moved)
        if fate.closes:
            await self._close(work, notice, fate.closes, now)
        if fate.state is DeliveryState.SENT:
            await work.outbox.reopen(notice.address)
        if fate.state is DeliveryState.UNKNOWN:
            await _once_more(work, notice, now)
        return True

    async def _close(self, work: Work, notice: Notice, why: str, now: datetime) -> None:
        address = notice.address
        known = await work.outbox.closed(address)
        waited = now - known.since if known else timedelta(0)
        probe = now + min(PROBE_LAST, PROBE_FIRST + waited)  # after 15, 30, 60, 120, … minutes
        if await work.outbox.close(address, notice.place, why, now, probe):
            await self._tell_owner(work, notice, why, now)

    async def _tell_owner(self, work: Work, notice: Notice, why: str, now: datetime) -> None:
        """Once for all addresses of a place that close together; never about a person who does not want to be written to."""
        place = await work.places.get(notice.place)
        if place is None or place.private or _private(notice.address):
            return
        others = [one for one in await work.outbox.closed_of(place.id) if one.address != notice.address]
        if any(now - one.since < ONE_LOSS for one in others):
            return
        kind, facts = facts_of(PlaceLost(place.id, place.name, notice.address, why, now))
        for person in self._keepers(place):
            address = private_chat(person)
            subject = f"lost:{notice.address}:{now.isoformat()}"
            silent = await hushed(work, address, now)
            key = f"{subject}:{address}"
            await work.outbox.put(Notice(kind, key, address, address, subject, facts, silent=silent), now)

    def _keepers(self, place: Place) -> list[str]:
        """Who set it up, else who runs Earshot."""
        for people in ((place.set_up_by,), self.owners):
            reached = [one for one in people if private_chat(one) and platform_of(one) in self.platforms]
            if reached:
                return reached
        return []


async def _once_more(work: Work, notice: Notice, now: datetime) -> None:
    """What is critical must not be missed: rather twice, and saying so. Its key makes it once, over restarts too; it has a subject
    of its own, so that both posts can be changed should the first turn out to be there."""
    if notice.kind is not NoticeKind.RISK or notice.edits:
        return
    said = notice.tells()
    if isinstance(said, RiskRaised) and said.level is Level.CRITICAL and not said.again:
        facts = facts_of(replace(said, again=True))[1]
        again = replace(notice, key=notice.key + AGAIN, subject=notice.subject + AGAIN, facts=facts)
        await work.outbox.put(again, now)


def _private(address: Address) -> bool:
    """Whether it is the private chat of one person."""
    return Place(address, "").private
