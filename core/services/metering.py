"""Metering: what engines hear for each place is counted, and a place hears no more than its share of a day (UTC)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from core.errors import Transient
from core.model.feed import OFF, Event
from core.model.notice import Notice, facts_of
from core.model.tellable.house import BudgetSpent
from core.model.transcript import Gap, Segment
from core.model.usage import Usage, Used
from core.ports.clock import Clock
from core.ports.speech import CAPTIONS
from core.ports.store import Storage, Work
from core.services.feeding import hushed
from core.services.lives.scene import Scene


@dataclass(frozen=True)
class Metering:
    """The meter of one installation. `minutes` of speech a day are heard for one place, 0: as many as there are. TikTok's own
    captions are counted and cost nothing."""

    storage: Storage
    clock: Clock
    minutes: float = 0

    @property
    def opens(self) -> datetime:
        """When a new day begins."""
        return datetime.combine(self._today() + timedelta(days=1), time(), UTC)

    async def heard(self, work: Work, place: str, engine: str, seconds: float, pieces: int = 1) -> None:
        """Count it, in the transaction that stores the words. Who has used up their minutes by it is told, once a day."""
        if not engine or not pieces:
            return
        await work.usages.add(place, Usage(self._today(), engine, seconds, pieces))
        left = await self.left(work, place)
        if engine != CAPTIONS and left is not None and left <= 0 < left + seconds:
            await self._tell(work, place)

    async def speech(self, work: Work, scene: Scene, part: Segment | Gap) -> None:
        """Count a piece of a live for every place that has it written down. With all of them over nothing but captions is read."""
        if isinstance(part, Segment) and part.text is not None:
            for follow in scene.heard:
                if follow.transcript:
                    await self.heard(work, follow.place, part.engine, part.end - part.start)
        scene.frugal = await self.all_spent(work, scene)

    async def all_spent(self, work: Work, scene: Scene) -> bool:
        """Whether everybody who has a live written down has used up their minutes."""
        if not self.minutes:
            return False
        places = [follow.place for follow in scene.heard if follow.transcript]
        return bool(places) and all([await self.spent(work, place) for place in places])

    async def left(self, work: Work, place: str) -> float | None:
        """How many seconds engines may still hear for a place today, below 0 when it was more; None: nothing limits it."""
        if not self.minutes:
            return None
        today = await work.usages.of_place(place, self._today())
        return self.minutes * 60 - _cost(today)

    async def spent(self, work: Work, place: str) -> bool:
        """Whether a place has used up its minutes of today: only TikTok's own captions are read for it until `opens`."""
        left = await self.left(work, place)
        return left is not None and left <= 0

    async def over(self, place: str) -> bool:
        """The same, in a look of its own."""
        if not self.minutes:
            return False
        async with self.storage.reading() as work:
            return await self.spent(work, place)

    def budget(self) -> Transient:
        """What is raised for a place that is over: BUDGET (n, until), with the time until a new day begins."""
        until = self.opens
        return Transient("BUDGET", (until - self.clock.now()).total_seconds(), n=round(self.minutes), until=until)

    async def used(self, work: Work, place: str) -> Used:
        """What a place has used today and this month."""
        today = self._today()
        month = await work.usages.of_place(place, today.replace(day=1))
        engines = [
            (engine, _seconds(month, engine, today), _seconds(month, engine))
            for engine in {one.engine for one in month}
        ]
        most = self.minutes * 60 or None
        return Used(tuple(sorted(engines, key=lambda row: (-row[2], row[0]))), most, await self.left(work, place))

    async def _tell(self, work: Work, place: str) -> None:
        address, now = await work.feeds.address(place, Event.HEALTH, 0), self.clock.now()
        known = await work.places.get(place)
        where = address or (known.address if known else "")
        if where and where != OFF:
            kind, facts = facts_of(BudgetSpent(self.minutes, self.opens))
            subject = f"budget:{place}:{self._today()}"
            silent = await hushed(work, place, now, Event.HEALTH)
            await work.outbox.put(Notice(kind, subject, place, where, subject, facts, silent=silent), now)

    def _today(self) -> date:
        return self.clock.now().astimezone(UTC).date()


def _cost(rows: Iterable[Usage]) -> float:
    return sum(one.seconds for one in rows if one.engine != CAPTIONS)


def _seconds(rows: Iterable[Usage], engine: str, day: date | None = None) -> float:
    return sum(one.seconds for one in rows if one.engine == engine and day in (None, one.day))
