"""Sighting: a live whose stream does not come any more is lost, which is not ended; one whose chat cannot be opened for lack of
a signature goes on without it. Places are told of either once, chats of several lives in one post, silently told when it is back,
and the diary knows."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from core.model.diary import DiaryKind
from core.model.feed import Event
from core.model.live import LiveStatus
from core.model.notice import Notice, facts_of
from core.model.tellable.lives import ChatWaits, LiveLost
from core.ports.clock import Clock
from core.ports.store import Storage, Work
from core.services.enduring import enduring
from core.services.feeding import Way, way_of
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
class Chat:
    """A chat that waits or has waited in an outage, and the addresses that are told of it."""

    handle: str
    since: datetime
    addresses: frozenset[str]
    waits: bool = True


@dataclass(frozen=True)
class Outage:
    """The chats that had to wait since the first of them did, by live; over when none waits any more."""

    chats: Mapping[int, Chat] = field(default_factory=dict)

    @property
    def since(self) -> datetime:
        """When it began."""
        return min(chat.since for chat in self.chats.values())

    def after(self, scene: Scene, since: datetime, addresses: frozenset[str], *, found: bool) -> "Outage":
        """As it is when the chat of `scene` waits, or does no more; `addresses` are told of it."""
        before = self.chats if any(chat.waits for chat in self.chats.values()) else {}
        return Outage({**before, scene.live.id: Chat(scene.live.handle, since, addresses, not found)})

    def without(self, live_id: int) -> "Outage":
        """As it is when a live is over; its chat stays named as long as others wait."""
        return Outage(
            {number: replace(chat, waits=chat.waits and number != live_id) for number, chat in self.chats.items()}
        )

    def as_seen_at(self, address: str, why: str) -> ChatWaits:
        """What is told at `address`: who waits, or that nobody does any more."""
        here = [chat for chat in self.chats.values() if address in chat.addresses]
        waiting = [chat.handle for chat in here if chat.waits]
        return ChatWaits(sorted(waiting or [chat.handle for chat in here]), self.since, why, not waiting)


@dataclass
class Sighting:
    """Keeps an eye on the streams and chats of all lives watched here."""

    storage: Storage
    clock: Clock
    _outage: Outage = field(default_factory=Outage)
    _telling: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def run(self, scene: Scene) -> None:
        """Look whether the stream and the chat of one live go on, until cancelled."""
        sight = await self._before(scene)
        try:
            while True:
                await self.clock.sleep(GLANCE)
                with enduring("telling that a live is lost or back"):
                    await self._see_stream(scene, sight)
                    await self._see_chat(scene, sight)
        finally:
            self._outage = self._outage.without(scene.live.id)

    async def _before(self, scene: Scene) -> Sight:
        """What was told before a restart is not told again, and what is back since then edits the post there was."""
        async with self.storage.reading() as work:
            lost = await work.diary.last(scene.live.id, DiaryKind.LOST)
            chat = await work.diary.last(scene.live.id, DiaryKind.CHAT_WAITS, DiaryKind.CHAT_BACK)
            told = await _told(work, scene, self.clock.now())
        since = lost.at if lost and scene.live.status is LiveStatus.LOST else self.clock.now()
        sight = Sight(_reached(scene), since)
        if chat is not None and chat.kind is DiaryKind.CHAT_WAITS:
            sight.told, sight.why = chat.at, chat.text
            addresses = frozenset(
                told[follow.place].address for follow in scene.heard if follow.chat and follow.place in told
            )
            self._outage = self._outage.after(scene, chat.at, addresses, found=False)
        return sight

    async def _see_stream(self, scene: Scene, sight: Sight) -> None:
        if not scene.heard:  # nobody wants it heard: it cannot be lost
            sight.since = self.clock.now()
            return
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
        now = self.clock.now()
        async with self.storage.work() as work:
            live = await work.lives.set_status(scene.live.id, LiveStatus.LIVE if found else LiveStatus.LOST)
            await note(work, scene, DiaryKind.FOUND if found else DiaryKind.LOST, now if found else since)
            for place, way in (await _told(work, scene, now)).items():
                key = f"{subject}:{'found' if found else 'lost'}:{place}"
                silent = found or way.silent
                notice = Notice(kind, key, place, way.address, subject, facts, edits=found, silent=silent)
                await work.outbox.put(notice, now)
        scene.live = live

    async def _tell_chat(self, scene: Scene, since: datetime, why: str, *, found: bool) -> None:
        """Tell every place that wants the chat, silently: one post an outage, however many lives have to wait in it."""
        async with self._telling:
            async with self.storage.work() as work:
                told = await _told(work, scene, self.clock.now())
                wanting = [follow.place for follow in scene.heard if follow.chat]
                said = {place: told[place].address for place in wanting if place in told}
                outage = self._outage.after(scene, since, frozenset(said.values()), found=found)
                if found:
                    await note(work, scene, DiaryKind.CHAT_BACK, self.clock.now())
                else:
                    await note(work, scene, DiaryKind.CHAT_WAITS, since, why)
                for place, address in said.items():
                    kind, facts = facts_of(outage.as_seen_at(address, why))
                    subject = f"chat:{outage.since.timestamp():.0f}"
                    key = f"{subject}:{scene.live.id}:{'back' if found else 'waits'}:{place}"
                    notice = Notice(kind, key, place, address, subject, facts, edits=True, silent=True)
                    await work.outbox.put(notice, self.clock.now())
            self._outage = outage


async def _told(work: Work, scene: Scene, now: datetime) -> dict[str, Way]:
    """How each place that has the live recorded is told how it goes."""
    told = {follow.place: await way_of(work, Event.LIVE, follow, now) for follow in scene.heard}
    return {place: way for place, way in told.items() if way is not None}


def _reached(scene: Scene) -> float:
    return scene.capture.second if scene.capture is not None else 0.0
