"""Places to which things happen, and their digests."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from core.model.account import Handle
from core.model.clip import Cut
from core.model.feed import Event
from core.model.live import LiveStatus, Look
from core.model.notice import NoticeKind
from core.model.person import Place
from core.model.tellable.house import Digest
from core.model.trigger import Hit, Where
from core.services.digesting import Digesting
from core.services.holding import hold
from tests.builders import Told, armed, followed, judged, told
from tests.core.services.conftest import Running
from tests.doubles import BEGAN, CountedStorage, HandClock

PARIS = "Europe/Paris"
SERVER, OTHER = "discord:1", "discord:2"
DAY = 24 * 3600.0
MIDDAY = 12 * 3600.0  # until 08:00 in UTC, 09:00 in Paris: everything begins at 20:00


@dataclass
class Stage:
    storage: CountedStorage
    clock: HandClock
    folder: Path
    running: Running

    def digesting(self) -> Digesting:
        return Digesting(self.storage, self.clock)

    async def place(self, name: str = SERVER, **more: object) -> Place:
        made = Place(name, "The kitchen", **{"time_zone": PARIS, "address": f"{name}5", "set_up": BEGAN, **more})  # type: ignore[arg-type]
        async with self.storage.work() as work:
            return await work.places.put(made)

    async def happened(self, place: str = SERVER, handle: str = "maria") -> None:
        """A live with one of everything, now, seen by one place."""
        follow, now = await followed(self.storage, handle, place), self.clock.now()
        trigger = await armed(self.storage, f"word {now.isoformat()}", place)
        async with self.storage.work() as work:
            account = await work.accounts.ensure(Handle(handle))
            live, _ = await work.lives.begin(
                account, Look(now, True, f"{handle}{now.timestamp()}", started=now), [place]
            )
            await work.hits.add(Hit(0, trigger.id, live.id, place, "word", Where.CHAT, now, 1.0, "word", 0, 4, "bob"))
            judgement = await work.alerts.assessed(live.id, judged(), now)
            await work.alerts.raise_(place, live.id, judgement, now)
            cut = Cut(Path("1.mp4"), 0.0, 30.0, 10, 720, 1280)
            await work.clips.add(live.id, place, "a.mp4", cut, now, "word", f"{follow.id}{now}")
            await work.lives.set_status(live.id, LiveStatus.ENDED, now + timedelta(minutes=5))

    def told(self, place: str = SERVER) -> list[Told]:
        return [one for one in told(self.folder, NoticeKind.DIGEST) if one.notice.place == place]

    def says(self, place: str = SERVER) -> list[Digest]:
        return [one.says for one in self.told(place)]

    async def hold(self, handle: str) -> None:
        """A hit that quiet hours keep back, now."""
        follow = await followed(self.storage, handle, SERVER)
        async with self.storage.work() as work:
            await hold(work, Event.HIT, follow, self.clock.now())

    async def hours(self, count: float) -> None:
        for _ in range(round(count * 2)):
            await self.clock.advance(1800)

    async def days(self, count: int) -> None:
        for _ in range(count):
            await self.clock.advance(DAY)
