"""Reviewing: people decide alerts; every copy of the alert is edited to say so."""

from dataclasses import dataclass

from core.errors import Invalid, Missing
from core.model.live import Live
from core.model.person import Person, Place
from core.model.risk import Alert, Verdict
from core.ports.clock import Clock
from core.ports.store import Storage, Work
from core.services.assessing import tell


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
            for follow in await work.follows.of_account(live.account_id):
                if follow.place == place.id:
                    await tell(work, decided, live.handle, follow.address, self.clock, edits=True)
            return decided, live


async def _live(work: Work, alert: Alert) -> Live:
    live = await work.lives.get(alert.live_id)
    if live is None:
        raise Missing("NOT_FOUND", x=f"#{alert.id}")
    return live


async def _too_late(work: Work, place: Place, alert: Alert) -> Invalid:
    now = await work.alerts.get(place.id, alert.id) or alert
    return Invalid("DECIDED", alert=alert.id, name=now.decided_by, verdict=now.verdict.value, when=now.decided_at)
