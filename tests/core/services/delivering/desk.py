"""An outbox, and a courier between it and two platforms: one recognises repeats for two minutes, one never does."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from core.model.notice import Delivery, Notice, NoticeKind
from core.model.person import Place, Platform
from core.services.delivering import LEASE, Delivering
from storage.news import News
from tests.builders import outbox
from tests.doubles import BEGAN, CountedStorage, HandClock, StagedMessenger

A, B = "discord:a", "discord:b"
FORGETFUL = "telegram:a"
GUILD = "discord:place"


@dataclass
class Post:
    """The desk."""

    storage: CountedStorage
    clock: HandClock
    folder: Path
    discord: StagedMessenger
    telegram: StagedMessenger

    def courier(self, *owners: str) -> Delivering:
        messengers = {Platform.DISCORD: self.discord, Platform.TELEGRAM: self.telegram}
        courier = Delivering(self.storage, self.clock, messengers, "courier", owners)
        self.storage.database.on[News.TOLD] = courier.soon
        return courier

    async def put(self, key: str, address: str = A, **more: Any) -> None:
        async with self.storage.work() as work:
            kind, place = more.pop("kind", NoticeKind.HIT), more.pop("place", GUILD)
            notice = Notice(kind, key, place, address, more.pop("subject", key), **more)
            await work.outbox.put(notice, self.clock.now())

    async def die_over(self) -> list[Delivery]:
        """A courier that claimed what is due, and was killed."""
        async with self.storage.work() as work:
            return await work.outbox.claim("dead", ("discord", "telegram"), self.clock.now(), LEASE, 50)

    async def placed(self, place: str = GUILD, **more: Any) -> Place:
        """The place everything is told to, unless something else is said."""
        async with self.storage.work() as work:
            return await work.places.put(Place(place, more.pop("name", place), **more))

    async def ticks(self, count: int = 4, seconds: float = 0.5) -> None:
        for _ in range(count):
            await self.clock.advance(seconds)

    def states(self) -> dict[str, str]:
        return {one.notice.key: one.state for one in outbox(self.folder)}

    def told(self, kind: NoticeKind) -> list[Notice]:
        """What was put into the outbox of one kind."""
        return [one.notice for one in outbox(self.folder) if one.notice.kind is kind]

    def at(self, messenger: StagedMessenger, key: str) -> float:
        """Seconds after everything began at which a notice was posted."""
        times = dict(zip(messenger.keys, messenger.times, strict=True))
        return (times[key] - BEGAN) / timedelta(seconds=1)
