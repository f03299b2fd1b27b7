"""Looking and watching together on a staged TikTok: what tests of watches stand on."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.model.live import ChatMessage, HostEnded, HostPaused, ViewerCount
from core.model.notice import NoticeKind
from core.model.transcript import Gap, Segment
from core.services.finding.looking import Looking
from core.services.listening import Listening
from core.services.lives.scene import Scene
from core.services.lives.sighting import Sighting
from core.services.lives.watching import Watching
from tests.builders import HERE, ROOM, followed, rows, told
from tests.core.services.conftest import Running
from tests.doubles import CountedStorage, HandClock, StagedCapture, StagedTikTok, engine

EVERY = 10.0


@dataclass
class Stage:
    """Looking and watching together on a staged TikTok."""

    storage: CountedStorage
    clock: HandClock
    tiktok: StagedTikTok
    folder: Path
    running: Running
    capture: StagedCapture
    seen: list[Any] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    kept: list[int] = field(default_factory=list)
    finished: list[int] = field(default_factory=list)
    viewers: list[int] = field(default_factory=list)
    fault: Exception | None = None
    sights: bool = False
    cover: Callable[[str], Awaitable[str]] | None = None

    async def count(self, scene: Scene, event: ViewerCount) -> None:
        self.viewers.append(event.count)

    async def note(self, scene: Scene, event: Any) -> None:
        """A reaction that may fail."""
        if self.fault:
            raise self.fault
        self.seen.append(event.text)

    async def miss(self, scene: Scene, event: Gap) -> None:
        self.gaps.append(event)

    async def finish(self, scene: Scene) -> None:
        self.finished.append(scene.live.id)
        if self.fault:
            raise self.fault

    @asynccontextmanager
    async def up(self) -> AsyncIterator[Watching]:
        """One run of the process."""
        listening = Listening([engine("staged", "hello")])
        watching = Watching(
            self.tiktok,
            self.storage,
            self.clock,
            self.capture,
            listening,
            lambda live_id, capture, offset: self.kept.append(live_id),
            lambda live_id: self.kept.remove(live_id),
        )
        looking = Looking(self.tiktok, self.storage, self.clock, EVERY, watching.read)
        watching.look_now = looking.soon
        watching.at_end = (self.finish,)
        watching.cover = self.cover or watching.cover
        if self.sights:
            watching.beside = (Sighting(self.storage, self.clock).run,)
        watching.reactions = {
            ChatMessage: (self.note,),
            Segment: (self.note,),
            Gap: (self.miss,),
            HostEnded: (watching.host_ended,),
            HostPaused: (watching.host_paused,),
            ViewerCount: (self.count,),
        }
        async with self.running(watching.run(), looking.run()):
            yield watching

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[Watching]:
        """One run of the process, in which a live of @maria is found and watched, for HERE alone."""
        await followed(self.storage)
        self.tiktok.rooms["maria"] = ROOM
        async with self.up() as watching:
            await self.looked()
            yield watching

    async def host_ends(self) -> None:
        """The host ends that live, and TikTok says so."""
        del self.tiktok.rooms["maria"]
        self.tiktok.says(ROOM, HostEnded(self.clock.now()))
        await self.clock.advance(0.3)

    async def looked(self, times: int = 1) -> None:
        """Let every account be looked at `times` more times."""
        for _ in range(times):
            await self.clock.advance(EVERY * 1.2 + 0.5)

    def starts(self) -> list[str]:
        """The places that were told, without edits of what they were told."""
        posts = [one.notice for one in told(self.folder, NoticeKind.LIVE_STARTED)]
        return [notice.place for notice in posts if not notice.edits]

    def says(self, place: str = HERE) -> list[NoticeKind]:
        """What the post about the live has said, one after the other."""
        kinds = (NoticeKind.LIVE_STARTED, NoticeKind.LIVE_LEFT, NoticeKind.LIVE_ENDED)
        found = rows(self.folder, "select kind, place from delivery where subject like 'live:%' order by id")
        return [kind for kind in map(NoticeKind, (kind for kind, at in found if at == place)) if kind in kinds]

    def lives(self) -> list[tuple[str, str]]:
        """(status, rooms) of every live."""
        found = rows(
            self.folder,
            "select status, group_concat(room) as rooms from live join live_room on live_id = live.id group by live.id",
        )
        return [(row["status"], row["rooms"]) for row in found]

    def diary(self, place: str = "") -> list[tuple[str, str]]:
        """(kind, text) of what the diary holds for every place, or for one."""
        found = rows(self.folder, f"select kind, text from diary where place = '{place}' order by id")
        return [(row["kind"], row["text"]) for row in found]

    def status(self, handle: str = "maria") -> str:
        """The status of an account."""
        return str(rows(self.folder, f"select status from account where handle = '{handle}'")[0]["status"])

    def reports(self) -> int:
        return len(rows(self.folder, "select 1 from job where kind = 'report'"))
