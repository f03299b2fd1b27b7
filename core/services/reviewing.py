"""Reviewing: people decide alerts; every copy of the alert is edited to say so."""

from dataclasses import dataclass

from core.errors import Invalid, Missing
from core.model.feed import Event
from core.model.live import Live
from core.model.person import Address, Person, Place
from core.model.risk import Alert, Verdict
from core.ports.clock import Clock
from core.ports.store import Storage, Work
from core.services.assessing import tell
from core.services.feeding import address_of


@dataclass(frozen=True)
class Reviewing:
    """Decisions of all places."""

    storage: Storage
    clock: Clock

    async def next(self, place: Place) -> tuple[Alert, Live] | None:
        """The alert that has waited longest."""
        async with self.storage.reading() as work:
            waiting = await work.alerts.waiting(place.id, 1)
            return (waiting[0], await _live(work, waiting[0])) if waiting else None

    async def decide(self, place: Place, alert: Alert, verdict: Verdict, by: Person, note: str) -> tuple[Alert, Live]:
        """Decide a waiting alert, or reopen a decided one. Raises Invalid DECIDED (name, confirmed, when) when it is too late."""
        was = alert.verdict if verdict is Verdict.WAITING else Verdict.WAITING
        async with self.storage.work() as work:
            decided = await work.alerts.decide(place.id, alert.id, verdict, by.name, self.clock.now(), note, was)
            if decided is None:
                raise await _too_late(work, place, alert)
            live = await _live(work, decided)
            for address in await _copies(work, place.id, decided, live):
                await tell(work, decided, live.handle, address, self.clock, edits=True)
            return decided, live


async def _copies(work: Work, place: str, alert: Alert, live: Live) -> list[Address]:
    """Where the alert stands, whoever follows its account by now; else where it would have been told."""
    copies = await work.outbox.told_at(place, f"risk:{alert.id}")
    if copies:
        return copies
    follow = next((one for one in await work.follows.of_account(live.account_id) if one.place == place), None)
    address = await address_of(work, Event.RISK, follow) if follow is not None else None
    return [address] if address is not None else []


async def _live(work: Work, alert: Alert) -> Live:
    live = await work.lives.get(alert.live_id)
    if live is None:
        raise Missing("NOT_FOUND", x=f"#{alert.id}")
    return live


async def _too_late(work: Work, place: Place, alert: Alert) -> Invalid:
    now = await work.alerts.get(place.id, alert.id) or alert
    return Invalid("DECIDED", alert=alert.id, name=now.decided_by, verdict=now.verdict.value, when=now.decided_at)
