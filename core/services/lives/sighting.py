"""Sighting: a live whose stream does not come any more is lost, which is not ended; one whose chat cannot be opened for lack of
a signature goes on without it. Places are told of either once, silently told when it is back, and the diary knows."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.model.diary import DiaryKind
from core.model.live import LiveStatus
from core.model.notice import ChatWaits, LiveLost, Notice, facts_of
from core.ports.clock import Clock
from core.ports.store import Storage
from core.services.enduring import enduring
from core.services.lives.noting import note
from core.services.lives.scene import Scene

LOST_AFTER = timedelta(seconds=60)  # without anything new; "stream down but live" is normal for up to a minute
WAITED = timedelta(seconds=60)  # how long a chat has to wait before that is worth a word
GLANCE = 5.0  # seconds between two looks


@dataclass
class Sight:
    """What is seen of one live. `heard`: how far its stream came, and `since` when no further; `told`: since when its chat waits,
    as its places know, None while it is read."""

    heard: float
    since: datetime
    told: datetime | None = None
    why: str = ""


@dataclass(frozen=True)
class Sighting:
    """Keeps an eye on the streams and chats of all lives watched here."""

    storage: Storage
    clock: Clock

    async def run(self, scene: Scene) -> None:
        """Look whether the stream and the chat of one live go on, until cancelled."""
        sight = await self._before(scene)
        while True:
            await self.clock.sleep(GLANCE)
            with enduring("telling that a live is lost or back"):
                await self._see_stream(scene, sight)
                await self._see_chat(scene, sight)

    async def _before(self, scene: Scene) -> Sight:
        """What was told before a restart is not told again, and what is back since then edits the post there was."""
        async with self.storage.reading() as work:
            lost = await work.diary.last(scene.live.id, DiaryKind.LOST)
            chat = await work.diary.last(scene.live.id, DiaryKind.CHAT_WAITS, DiaryKind.CHAT_BACK)
        since = lost.at if lost and scene.live.status is LiveStatus.LOST else self.clock.now()
        sight = Sight(_reached(scene), since)
        if chat is not None and chat.kind is DiaryKind.CHAT_WAITS:
            sight.told, sight.why = chat.at, chat.text
        return sight

    async def _see_stream(self, scene: Scene, sight: Sight) -> None:
        lost = scene.live.status is LiveStatus.LOST
        if _reached(scene) != sight.heard:
            if lost:
                await self._tell_stream(scene, sight.since, found=True)
            sight.heard, sight.since = _reached(scene), self.clock.now()
        elif not lost and self.clock.now() - sight.since >= LOST_AFTER:
            await self._tell_stream(scene, sight.since, found=False)

    async def _see_chat(self, scene: Scene, sight: Sight) -> None:
        reach = scene.reach
        if sight.told is None:
            if reach.waits_since is not None and self.clock.now() - reach.waits_since >= WAITED:
                await self._tell_chat(scene, reach.waits_since, reach.why, found=False)
                sight.told, sight.why = reach.waits_since, reach.why
        elif reach.heard is not None and reach.waits_since is None and reach.heard >= sight.told:
            await self._tell_chat(scene, sight.told, sight.why, found=True)
            sight.told = None

    async def _tell_stream(self, scene: Scene, since: datetime, *, found: bool) -> None:
        """Store the status and tell every place, in one transaction; "back" edits what "lost" posted."""
        kind, facts = facts_of(LiveLost(scene.live.id, scene.live.handle, since, found))
        subject = f"lost:{scene.live.id}:{since.timestamp():.0f}"
        async with self.storage.work() as work:
            live = await work.lives.set_status(scene.live.id, LiveStatus.LIVE if found else LiveStatus.LOST)
            await note(work, scene, DiaryKind.FOUND if found else DiaryKind.LOST, self.clock.now() if found else since)
            for follow in scene.follows:
                key = f"{subject}:{'found' if found else 'lost'}:{follow.place}"
                notice = Notice(kind, key, follow.place, follow.address, subject, facts, edits=found, silent=found)
                await work.outbox.put(notice, self.clock.now())
        scene.live = live

    async def _tell_chat(self, scene: Scene, since: datetime, why: str, *, found: bool) -> None:
        """Tell every place that wants the chat, silently; "back" edits what "waits" posted."""
        kind, facts = facts_of(ChatWaits(scene.live.id, scene.live.handle, since, why, found))
        subject = f"chat:{scene.live.id}:{since.timestamp():.0f}"
        async with self.storage.work() as work:
            if found:
                await note(work, scene, DiaryKind.CHAT_BACK, self.clock.now())
            else:
                await note(work, scene, DiaryKind.CHAT_WAITS, since, why)
            for follow in (follow for follow in scene.follows if follow.chat):
                key = f"{subject}:{'back' if found else 'waits'}:{follow.place}"
                notice = Notice(kind, key, follow.place, follow.address, subject, facts, edits=found, silent=True)
                await work.outbox.put(notice, self.clock.now())


def _reached(scene: Scene) -> float:
    return scene.capture.second if scene.capture is not None else 0.0
