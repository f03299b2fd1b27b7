"""Reviewing: people decide alerts; every copy of the alert is edited to say so."""

from dataclasses import dataclass

from core.errors import Invalid, Missing
from core.model.feed import Event
from core.model.live import Live
from core.model.person import Address, Person, Place
from core.model.risk import PERSON, Alert, Assessment, Category, Verdict, Virality
from core.model.tellable.finds import HitFound, RiskRaised
from core.model.tellable.lives import Rolling
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

    async def send(self, place: Place, post: str, by: Person) -> tuple[Alert, Live]:
        """A person sends a post about a live to review: what it quotes waits for a decision, whatever any judge said of it. `post`
        is the platform's number of it. A post that was sent before gives the alert there is. Raises Invalid NOT_OF_LIVE."""
        now = self.clock.now()
        async with self.storage.work() as work:
            notice = await work.outbox.post_with(place.id, post)
            said = notice.tells() if notice is not None else None
            if isinstance(said, RiskRaised):
                known = await work.alerts.get(place.id, said.alert_id)
                if known is not None:
                    return known, await _live(work, known)
            live = await work.lives.seen_by(place.id, said.live_id) if isinstance(said, HitFound | Rolling) else None
            if live is None or not isinstance(said, HitFound | Rolling):
                raise Invalid("NOT_OF_LIVE")
            assessment = _sent_by(by, *_quoted(said, live))
            for alert in await work.alerts.recent(place.id, live.id, live.started):
                if alert.assessment.engine == PERSON and alert.assessment.quote == assessment.quote:
                    return alert, live
            number = await work.alerts.assessed(live.id, assessment, now)
            alert = await work.alerts.raise_(place.id, live.id, number, now)
            for address in await _copies(work, place.id, alert, live):
                await tell(work, alert, live.handle, address, self.clock, edits=False)
            return alert, live

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


def _quoted(said: HitFound | Rolling, live: Live) -> tuple[str, float]:
    """What a post quotes, and the second of the live it begins at."""
    if isinstance(said, HitFound):
        return said.quote, said.second
    lines = [(at, text) for at, text in said.lines if text]
    second = (lines[0][0] - live.started).total_seconds() if lines else 0.0
    return " ".join(text for _, text in lines), max(0.0, second)


def _sent_by(by: Person, quote: str, second: float) -> Assessment:
    """A person's doubt: no score to speak of, and the name instead of a reason."""
    return Assessment(
        Category.CONTROVERSIAL, Virality.LOW, False, quote=quote, second=second, reason=by.name, engine=PERSON
    )


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
