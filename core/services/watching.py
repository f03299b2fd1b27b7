"""Watching lives: one supervised watch per live, from its first reading to its end, over restarts too."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from core.errors import EarshotError, Transient
from core.model.account import Account, AccountStatus
from core.model.live import ChatMessage, GiftSent, HostEnded, Live, LiveStatus, Look
from core.model.notice import LiveStarted, Notice, facts_of
from core.ports.clock import Clock
from core.ports.media import Capture, LiveCapture
from core.ports.store import Storage, Work
from core.ports.tiktok import LiveSource, StreamAddress
from core.services.enduring import enduring
from core.services.listening import Listening
from core.services.scene import Scene

log = logging.getLogger(__name__)
OFFLINE_MEANS_ENDED = timedelta(minutes=5)  # YAGPDB's rule, twitch/feed.go
RECONNECT_FIRST, RECONNECT_MOST = 5.0, 300.0  # seconds
GLANCE = 0.5  # seconds: how soon a change made elsewhere is acted on
LINGER = 60.0  # seconds a finished live's capture stays for clips that were asked of it
AGAIN = 1.0  # seconds until a reaction that storage had no time for is tried once more
REMEMBERED = 5_000  # message ids a watch keeps; after a reconnect TikTok shows the last few dozen again
RECENT = 600.0  # seconds of stored chat whose ids a resumed watch begins with

Reaction = Callable[[Scene, Any], Awaitable[None]]
Reactions = Mapping[type, tuple[Reaction, ...]]


@dataclass
class Watch:
    """What is known about whether one live goes on. `seen_live` is the last reading that said so; `let_go`: nobody follows."""

    scene: Scene
    seen_live: datetime
    over: asyncio.Event = field(default_factory=asyncio.Event)
    end_said: bool = False
    let_go: bool = False
    offline_since: datetime | None = None
    _messages: dict[str, None] = field(default_factory=dict)

    def read(self, look: Look) -> None:
        """TikTok's end message and one offline reading end a live at once; without a message five minutes offline do, and so
        does another room when nothing has been seen for as long: it is another live."""
        if look.live:
            elsewhere = look.room not in self.scene.live.rooms
            if elsewhere and look.at - self.seen_live >= OFFLINE_MEANS_ENDED:
                self.offline_since = self.offline_since or self.seen_live
                self.over.set()
            elif not self.over.is_set():
                self.offline_since, self.seen_live = None, look.at
                self.end_said = self.end_said and not elsewhere
            return
        self.offline_since = self.offline_since or look.at
        if self.end_said or look.at - self.offline_since >= OFFLINE_MEANS_ENDED:
            self.over.set()

    def repeated(self, event: Any) -> bool:
        """Whether this very message has come before, as some do after a reconnect."""
        if not isinstance(event, ChatMessage | GiftSent) or not event.id:
            return False
        if event.id in self._messages:
            return True
        self._messages[event.id] = None
        if len(self._messages) > REMEMBERED:
            del self._messages[next(iter(self._messages))]
        return False


@dataclass
class Watching:
    """All watches of one process. `look_now` asks for an early look at an account, `attach` and `detach` hand captures to clips
    (live id, capture, where its clock began on the live), `beside` runs as long as a live is watched, `at_end`
    completes what is stored of a live that is over."""

    source: LiveSource
    storage: Storage
    clock: Clock
    capture: Capture
    listening: Listening
    attach: Callable[[int, LiveCapture, float], None]
    detach: Callable[[int], None]
    look_now: Callable[[int], None] = lambda account_id: None
    reactions: Reactions = field(default_factory=dict)
    beside: Callable[[Scene], Awaitable[None]] | None = None
    at_end: tuple[Callable[[Scene], Awaitable[None]], ...] = ()
    watches: dict[int, Watch] = field(default_factory=dict)
    _let_go: set[int] = field(default_factory=set)
    _group: asyncio.TaskGroup | None = None

    def scene_of(self, live_id: int) -> Scene | None:
        """The scene of a live that is watched here."""
        return next((watch.scene for watch in self.watches.values() if watch.scene.live.id == live_id), None)

    async def run(self) -> None:
        """Resume what was running, then watch what looks find, until cancelled."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            async with self.storage.reading() as work:
                running = await work.lives.running()
            for live in running:
                await self._resume(live)
            await self._follow_changes()

    async def read(self, account: Account, look: Look) -> None:
        """Take a reading of `account`: store it, and begin, continue or end its live."""
        watch = self.watches.get(account.id)
        if watch is not None:
            watch.read(look)
            if watch.over.is_set():
                return  # its end is being written
            if look.live and look.room not in watch.scene.live.rooms:
                async with self.storage.work() as work:
                    watch.scene.live = await work.lives.add_room(watch.scene.live.id, look.room)
            await self._saw(account, look, AccountStatus.LIVE if look.live else AccountStatus.ENDING)
        elif not look.live:
            await self._saw(account, look, AccountStatus.OFFLINE)
        elif await self.source.confirm(look.room):
            await self._begin(account, look)
        else:
            await self._saw(account, look, AccountStatus.SUSPECTED)
            self.look_now(account.id)

    async def unknown(self, account: Account, error: EarshotError) -> None:
        """A look that failed says nothing about the live."""
        log.info("look at %s: %s", account.handle, error)
        async with self.storage.work() as work:
            await work.accounts.saw(account.id, Look(self.clock.now(), False), AccountStatus.UNKNOWN)

    async def host_ended(self, scene: Scene, event: HostEnded) -> None:
        """TikTok's end message: look at once for the reading that confirms it."""
        watch = self.watches.get(scene.account.id)
        if watch is not None:
            watch.end_said = True
            self.look_now(scene.account.id)

    async def _saw(self, account: Account, look: Look, status: AccountStatus) -> None:
        async with self.storage.work() as work:
            await work.accounts.saw(account.id, look, status)

    async def _begin(self, account: Account, look: Look) -> None:
        """Store the live and tell every place that follows, in one transaction; then watch it."""
        async with self.storage.work() as work:
            account = await work.accounts.saw(account.id, look, AccountStatus.LIVE)
            follows = await work.follows.of_account(account.id)
            live, new = await work.lives.begin(account, look, [follow.place for follow in follows])
            if live.status is LiveStatus.ENDED and live.id not in self._let_go:
                await work.accounts.saw(account.id, look, AccountStatus.OFFLINE)
                return  # an old room that is still shown as live for a moment
            if live.status is not LiveStatus.LIVE:
                live = await work.lives.set_status(live.id, LiveStatus.LIVE)
            scene = Scene(live, account, tuple(follows))
            await self._tell_start(work, scene, look, new)
        self._let_go.discard(live.id)
        self._start(Watch(scene, look.at))

    async def _welcome(self, watch: Watch) -> None:
        """Places that began to follow while the account is live are told as well; without any follower the watch ends."""
        scene = watch.scene
        async with self.storage.work() as work:
            scene.follows = tuple(await work.follows.of_account(scene.account.id))
            if not scene.follows:
                watch.let_go = True
                watch.over.set()
                return
            look = Look(self.clock.now(), True, scene.live.room, scene.live.title, started=scene.live.started)
            _, new = await work.lives.begin(scene.account, look, [follow.place for follow in scene.follows])
            await self._tell_start(work, scene, look, new)

    async def _tell_start(self, work: Work, scene: Scene, look: Look, new: tuple[str, ...]) -> None:
        live = scene.live
        for follow in (follow for follow in scene.follows if follow.place in new):
            place = await work.places.get(follow.place)
            triggers = await work.triggers.of_place(follow.place, scene.account.id)
            threshold = follow.risk if follow.risk is not None else place.risk_threshold if place else None
            said = LiveStarted(
                live.id,
                live.handle,
                live.title,
                live.started,
                look.viewers,
                len(triggers),
                follow.transcript,
                threshold,
                follow.ping,
            )
            kind, facts = facts_of(said)
            notice = Notice(
                kind, f"start:{live.id}:{follow.place}", follow.place, follow.address, f"live:{live.id}", facts
            )
            await work.outbox.put(notice, self.clock.now())

    async def _resume(self, live: Live) -> None:
        """Go on with a live that was running when the process stopped."""
        recent = max(0.0, (self.clock.now() - live.started).total_seconds() - RECENT)
        async with self.storage.reading() as work:
            account = await work.accounts.get(live.account_id)
            follows = await work.follows.of_account(live.account_id)
            said = await work.chats.of_live(live.id, start=recent)
        if account is not None:
            watch = Watch(Scene(live, account, tuple(follows)), account.looked_at or live.started)
            for _, event in said:
                watch.repeated(event)
            self._start(watch)

    def _start(self, watch: Watch) -> None:
        account_id = watch.scene.account.id
        if self._group is None or account_id in self.watches:
            return
        self.watches[account_id] = watch
        self._group.create_task(self._supervise(watch), name=f"watch {watch.scene.live.handle}")

    async def _supervise(self, watch: Watch) -> None:
        """One watch and its end; whatever goes wrong in them stays in them, and they are taken up again."""
        scene = watch.scene
        while self.watches.get(scene.account.id) is watch:
            try:
                if not watch.over.is_set():
                    await self._watch(watch)
                await self._end(watch)
            except Exception:  # supervision: one live's trouble must not end the others
                log.exception("watch of %s failed; taking it up again", scene.live.handle)
                await self.clock.sleep(RECONNECT_FIRST)
        await self.clock.sleep(LINGER)
        if self.scene_of(scene.live.id) is None:
            self.detach(scene.live.id)

    async def _watch(self, watch: Watch) -> None:
        """Chat and speech until the live is over."""
        async with asyncio.TaskGroup() as group:
            chat = group.create_task(self._chat(watch), name=f"chat {watch.scene.live.handle}")
            speech = group.create_task(self._speech(watch), name=f"speech {watch.scene.live.handle}")
            beside = group.create_task(self._beside(watch), name=f"sight {watch.scene.live.handle}")
            await watch.over.wait()
            chat.cancel()
            beside.cancel()
            if watch.scene.capture is not None:
                await watch.scene.capture.stop()  # what was heard so far still comes through
            else:
                speech.cancel()

    async def _beside(self, watch: Watch) -> None:
        if self.beside is not None:
            await self.beside(watch.scene)

    async def _chat(self, watch: Watch) -> None:
        wait = RECONNECT_FIRST
        while not watch.over.is_set():
            try:
                async for event in self.source.events(watch.scene.live.room):
                    wait = RECONNECT_FIRST
                    if not watch.repeated(event):
                        await self._react(watch.scene, event)
            except EarshotError as error:
                log.info("chat of %s: %s", watch.scene.live.handle, error)
            await self.clock.sleep(wait)
            wait = min(wait * 2, RECONNECT_MOST)

    async def _speech(self, watch: Watch) -> None:
        scene = watch.scene
        while not watch.over.is_set():
            async with self._captured(scene) as capture:
                try:
                    async for part in self.listening.segments(scene, capture):
                        await self._react(scene, part)
                except EarshotError as error:
                    log.info("stream of %s: %s", scene.live.handle, error)
            if not watch.over.is_set():
                await self.clock.sleep(RECONNECT_FIRST)

    @asynccontextmanager
    async def _captured(self, scene: Scene) -> AsyncIterator[Any]:
        async def fresh() -> StreamAddress:
            return await self.source.stream(scene.live.room, scene.purpose)

        capture = scene.capture = self.capture.open(scene.live.handle, fresh)
        scene.offset = max(0.0, (self.clock.now() - scene.live.started).total_seconds())
        self.attach(scene.live.id, capture, scene.offset)
        try:
            yield capture
        finally:
            await capture.stop()

    async def _react(self, scene: Scene, event: Any) -> None:
        for reaction in self.reactions.get(type(event), ()):
            try:
                await self._do(reaction, scene, event)
            except Exception:  # supervision: one reaction's trouble takes neither the others nor the live along
                log.exception("%s in the live of %s", type(event).__name__, scene.live.handle)

    async def _do(self, reaction: Reaction, scene: Scene, event: Any) -> None:
        try:
            await reaction(scene, event)
        except Transient as error:
            log.warning("%s in the live of %s: %s; once more", type(event).__name__, scene.live.handle, error)
            await self.clock.sleep(AGAIN)
            await reaction(scene, event)

    async def _end(self, watch: Watch) -> None:
        """The live is over: its facts are complete, then the report is asked for in the same transaction as the end. A live
        nobody follows any more has no report, and goes on when somebody follows again while it runs."""
        scene = watch.scene
        for finish in self.at_end:
            await finish(scene)
        now = self.clock.now()
        async with self.storage.work() as work:
            scene.live = await work.lives.set_status(scene.live.id, LiveStatus.ENDED, watch.offline_since or now)
            await work.accounts.saw(scene.account.id, Look(now, False), AccountStatus.OFFLINE)
            if not watch.let_go:
                await work.jobs.add("report", f"report:{scene.live.id}", {"live_id": scene.live.id}, now)
        if watch.let_go:
            self._let_go.add(scene.live.id)
        del self.watches[scene.account.id]
        self.look_now(scene.account.id)  # while the end was written it may have been followed, or gone live, again

    async def _follow_changes(self) -> None:
        """Who follows what may change at any time, in any process."""
        known = -1
        while True:
            with enduring("following changes"):
                async with self.storage.reading() as work:
                    revision = await work.revisions.of("follows")
                if revision != known:
                    for watch in list(self.watches.values()):
                        await self._welcome(watch)
                    known = revision
            await self.clock.sleep(GLANCE)
