"""Sharing: what models cost is shared by the places that see a live, and a place pays no more than its budget of a day (UTC)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from core.model.account import NO_RISK
from core.model.feed import OFF, Event
from core.model.notice import Notice, facts_of
from core.model.tellable.house import JudgeSpent
from core.model.usage import Cost, Spending
from core.ports.assessor import Spent
from core.ports.clock import Clock
from core.ports.store import Work
from core.services.assessing.alerting import threshold_of
from core.services.feeding import hushed
from core.services.lives.scene import Scene

HOUR = 3600.0


@dataclass(frozen=True)
class Payers:
    """The places that pay for a window of a live, and the lowest threshold of all that are told; nobody pays when none wants risk
    alerts, or all have used up their day."""

    places: tuple[str, ...] = ()
    threshold: float = NO_RISK

    @property
    def spent(self) -> bool:
        """Whether there would be somebody to pay, had they not used up their day."""
        return not self.places and self.threshold < NO_RISK


@dataclass(frozen=True)
class Sharing:
    """The purse of one installation: `dollars` a day for each place, 0: as much as it takes. What `judges`, the models that judge
    speech, cost is what an hour of live costs."""

    clock: Clock
    dollars: float = 0.0
    judges: frozenset[str] = frozenset()

    async def payers(self, work: Work, scene: Scene) -> Payers:
        """Who pays for a live now."""
        wanted = {follow.place: await threshold_of(work, follow) for follow in scene.heard}
        wanted = {place: threshold for place, threshold in wanted.items() if threshold < NO_RISK}
        paying = tuple([place for place in wanted if not await self.over(work, place)])
        return Payers(paying, min(wanted.values(), default=NO_RISK))

    async def over(self, work: Work, place: str) -> bool:
        """Whether a place has used up its budget of today: for it the judge inside is enough."""
        return bool(self.dollars) and await self._today(work, place) >= self.dollars

    async def pay(self, work: Work, places: Sequence[str], costs: Sequence[tuple[str, Spent]], seconds: float) -> None:
        """Count what (model, cost) were spent on `seconds` of a live, an equal share for each of `places`. Who has used up their
        budget by it is told, once a day."""
        for place in places:
            before = await self._today(work, place)
            for number, (model, spent) in enumerate(costs):
                await work.usages.spend(place, self._share(model, spent, len(places), seconds if number == 0 else 0.0))
            if self.dollars and before < self.dollars <= await self._today(work, place):
                await self._tell(work, place)

    async def cost(self, work: Work, place: str) -> Cost:
        """What models cost a place today."""
        rows = await work.usages.spent(place, self.day)
        today, seconds = sum(row.dollars for row in rows), sum(row.seconds for row in rows)
        speech = sum(row.dollars for row in rows if row.model in self.judges)
        models = sorted(((row.model, row.dollars) for row in rows), key=lambda pair: (-pair[1], pair[0]))
        return Cost(tuple(models), today, speech / seconds * HOUR if seconds else None, self.dollars or None)

    @property
    def day(self) -> date:
        """Today, as it is counted."""
        return self.clock.now().astimezone(UTC).date()

    async def _today(self, work: Work, place: str) -> float:
        return sum(row.dollars for row in await work.usages.spent(place, self.day))

    def _share(self, model: str, spent: Spent, places: int, seconds: float) -> Spending:
        parts = (spent.requests, spent.asked, spent.cached, spent.answered, spent.dollars)
        requests, asked, cached, answered, dollars = (part / places for part in parts)
        return Spending(self.day, model, requests, asked, cached, answered, dollars, seconds)

    async def _tell(self, work: Work, place: str) -> None:
        address, now = await work.feeds.address(place, Event.HEALTH, 0), self.clock.now()
        known = await work.places.get(place)
        where = address or (known.address if known else "")
        if where and where != OFF:
            until = datetime.combine(self.day + timedelta(days=1), time(), UTC)
            kind, facts = facts_of(JudgeSpent(self.dollars, until))
            subject = f"judge budget:{place}:{self.day}"
            silent = await hushed(work, place, now, Event.HEALTH)
            await work.outbox.put(Notice(kind, subject, place, where, subject, facts, silent=silent), now)
