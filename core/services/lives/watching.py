"""Watching lives: one supervised watch per live, from its first reading to its end, over restarts too."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from core.errors import Denied, EarshotError, Transient
from core.model.account import Account, AccountStatus, Follow
from core.model.diary import DiaryKind
from core.model.live import HostEnded, HostPaused, Live, LiveStatus, Look, ViewerCount
from core.model.transcript import Gap, GapCause
from core.ports.clock import Clock
from core.ports.media import Capture, LiveCapture
from core.ports.store import Storage
from core.ports.tiktok import LiveSource, StreamAddress
from core.services.enduring import enduring
from core.services.listening import LATEST, Listening
from core.services.lives.chatting import Chatting
from core.services.lives.noting import note
from core.services.lives.parting import part, rejoin
from core.services.lives.scene import Scene
from core.services.lives.watch import Watch
from core.services.lives.welcoming import armed, audience, forget_once, is_over, likely, take_over, tell_start
from core.services.own.objecting import let_go

log = logging.getLogger(__name__)
AGAIN_AFTER = 5.0  # seconds until a stream that broke, or a watch that failed, is taken up again
STOPPED = 5.0  # seconds without a process that are worth a word
GLANCE = 0.5  # seconds: how soon a change made elsewhere is acted on
LINGER = 60.0  # seconds a finished live's capture stays for clips that were asked of it
AGAIN = 1.0  # seconds until a reaction that storage had no time for is tried once more
RECENT = 600.0  # seconds of stored chat whose ids a resumed watch begins with
NEWEST = 200  # and its newest lines, however old: a chat that is joined says its last ones again

Reaction = Callable[[Scene, Any], Awaitable[None]]
Reactions = Mapping[type, tuple[Reaction, ...]]


async def _bare(address: str) -> str:
    return ""


@dataclass
class Watching:
    """All watches of one process. `look_now` asks for an early look at an account, `attach` and `detach` hand captures to clips
    (live id, capture, where its clock began on the live), each of `beside` runs as long as a live is watched at most, `at_end`
    completes what is stored of a live that is over. `latest`: how many seconds words may be behind. `cover` gives the path of
    the picture at an address, or nothing: soon."""

    source: LiveSource
    storage: Storage
    clock: Clock
    capture: Capture
    listening: Listening
    attach: Callable[[int, LiveCapture, float], None]
    detach: Callable[[int], None]
    look_now: Callable[[int], None] = lambda account_id: None
    cover: Callable[[str], Awaitable[str]] = _bare
    reactions: Reactions = field(default_factory=dict)
    beside: tuple[Callable[[Scene], Coroutine[Any, Any, None]], ...] = ()
    at_end: tuple[Callable[[Scene], Awaitable[None]], ...] = ()
    latest: float = LATEST
    watches: dict[int, Watch] = field(default_factory=dict)
    _once: tuple[Follow, ...] = ()
    _group: asyncio.TaskGroup | None = None

    def scenes(self) -> list[Scene]:
        """Of all lives that are watched here."""
        return [watch.scene for watch in self.watches.values()]

    def scene_of(self, live_id: int) -> Scene | None:
        """The scene of a live that is watched here."""
        return next((watch.scene for watch in self.watches.values() if watch.scene.live.id == live_id), None)

    def prefers(self, room: str) -> bool:
        """Whether the chat of `room` should come first when there are few signatures: somebody's triggers wait for it."""
        return any(watch.scene.armed and room in watch.scene.live.rooms for watch in self.watches.values())

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
        """Take a reading of `account`: store it, and begin, continue or end its live. Raises what `confirm` raises: then
        nothing is known."""
        watch = self.watches.get(account.id) or self._moved(account, look)
        if watch is not None:
            await self._read_on(watch, account, look)
        elif look.live:
            await self._found(account, look)
        else:
            await self._saw(account, look, AccountStatus.OFFLINE)
            if any(follow.account_id == account.id for follow in self._once):
                async with self.storage.work() as work:
                    await forget_once(work, account.id)

    async def host_ended(self, scene: Scene, event: HostEnded) -> None:
        """TikTok's end message: look at once for the reading that confirms it."""
        watch = self.watches.get(scene.account.id)
        if watch is not None:
            watch.end_said = True
            self.look_now(scene.account.id)

    async def host_paused(self, scene: Scene, event: HostPaused) -> None:
        """The host paused or went on: for the diary."""
        async with self.storage.work() as work:
            await note(work, scene, DiaryKind.PAUSED if event.paused else DiaryKind.RESUMED, event.at)

    async def _saw(self, account: Account, look: Look, status: AccountStatus) -> None:
        async with self.storage.work() as work:
            await work.accounts.saw(account.id, look, status)

    def _moved(self, account: Account, look: Look) -> Watch | None:
        """The watch of a live whose account is another row since a rename brought two together."""
        for known, watch in self.watches.items():
            if look.room and look.room in watch.scene.live.rooms:
                del self.watches[known]
                watch.scene.account = account
                self.watches[account.id] = watch
                return watch
        return None

    async def _read_on(self, watch: Watch, account: Account, look: Look) -> None:
        """A reading of an account whose live is watched."""
        scene = watch.scene
        watch.read(look)
        scene.cover = look.cover or scene.cover
        if watch.over.is_set():
            return  # its end is being written
        async with self.storage.work() as work:
            live, changed = scene.live, None
            if look.live and look.room not in live.rooms:
                changed = await work.lives.add_room(live.id, look.room)
                await note(work, scene, DiaryKind.ROOM, look.at)
            if look.live and look.title and look.title != live.title:
                changed = await work.lives.set_title(live.id, look.title)
                await note(work, scene, DiaryKind.TITLE, look.at, look.title)
            await work.accounts.saw(account.id, look, AccountStatus.LIVE if look.live else AccountStatus.ENDING)
        if changed is not None:
            moved, scene.live = changed.room != scene.live.room, changed
            if moved:
                watch.hang_up()
        if look.viewers is not None and (scene.reach.waits_since or not scene.wants_chat):
            await self._react(scene, ViewerCount(look.at, look.viewers))  # the chat would have told

    async def _found(self, account: Account, look: Look) -> None:
        """A reading that says live, of an account that is not watched: if somebody is to be told, a second one must agree."""
        async with self.storage.reading() as work:
            known = await work.lives.in_room(look.room)
            whom = await audience(work, account.id, known, look.at)
        if not whom.follows:
            await self._saw(account, look, AccountStatus.SUSPECTED)
            return
        cover = asyncio.ensure_future(self.cover(look.cover))  # comes while TikTok is asked once more
        try:
            confirmed = await self.source.confirm(look.room)
            picture = await cover if confirmed else ""
        except Denied as error:
            if error.code != "AGE":
                raise
            await self._saw(account, look, AccountStatus.RESTRICTED)
            return
        finally:
            cover.cancel()
        if confirmed:
            await self._begin(account, look, picture)
        else:
            await self._saw(account, look, AccountStatus.SUSPECTED)
            self.look_now(account.id)

    async def _begin(self, account: Account, look: Look, picture: str) -> None:
        """Store the live and tell every place that follows, in one transaction; then watch it."""
        async with self.storage.work() as work:
            account = await work.accounts.saw(account.id, look, AccountStatus.LIVE)
            if await work.optouts.has(
                account.handle, account.tiktok_id
            ):  # under a name it did not have when it objected
                await let_go(work, account, look.at)
                return
            known = await work.lives.in_room(look.room)
            if known is not None and known.status is LiveStatus.ENDED and await is_over(work, known.id):
                await work.accounts.saw(account.id, look, AccountStatus.OFFLINE)
                return  # an old room that is still shown as live for a moment
            whom = await audience(work, account.id, known, look.at)
            live, new = await work.lives.begin(account, look, [follow.place for follow in whom.follows])
            if live.status is not LiveStatus.LIVE:
                live = await work.lives.set_status(live.id, LiveStatus.LIVE)
                for follow in whom.follows:
                    if follow.place not in new:
                        await rejoin(work, live, follow.place, self.clock.now())
            watch = Watch(Scene(live, account, cover=look.cover, picture=picture), look.at)
            watch.changes = (await take_over(work, watch.scene, look.at)).changes
            if known is None:
                await note(work, watch.scene, DiaryKind.STARTED, look.at, look.title)
            await tell_start(work, watch.scene, look, new, self.clock)
        if known is None and look.viewers is not None:  # a short live may end before its chat counts them
            await self._react(watch.scene, ViewerCount(look.at, look.viewers))
        self._start(watch)

    async def _welcome(self, watch: Watch) -> None:
        """Places that began to follow while the account is live are told as well; with nobody left to tell the watch ends. A new
        name of the account is learnt here too."""
        scene, now = watch.scene, self.clock.now()
        async with self.storage.work() as work:
            watch.changes = (await take_over(work, scene, now)).changes
            scene.account = await work.accounts.get(scene.account.id) or scene.account
            if scene.follows:
                look = Look(now, True, scene.live.room, scene.live.title, started=scene.live.started)
                places = [follow.place for follow in scene.follows]
                scene.live, new = await work.lives.begin(scene.account, look, places)
                await tell_start(work, scene, look, new, self.clock)
        if not scene.follows:
            watch.let_go = True
            watch.over.set()
        elif not scene.wants_chat:
            watch.hang_up()
        if not scene.heard and scene.capture is not None:
            await scene.capture.stop()

    async def _try_to_welcome(self, watch: Watch) -> None:
        try:
            await self._welcome(watch)
        except Transient:
            raise
        except Exception:  # supervision: what is wrong with one live must not keep the others from being told
            log.exception("whom to tell of the live of %s", watch.scene.live.handle)

    async def _resume(self, live: Live) -> None:
        """Go on with a live that was running when the process stopped."""
        recent = max(0.0, (self.clock.now() - live.started).total_seconds() - RECENT)
        async with self.storage.reading() as work:
            account = await work.accounts.get(live.account_id)
            whom = await audience(work, live.account_id, live, self.clock.now())
            said = [*await work.chats.last(live.id, NEWEST), *await work.chats.of_live(live.id, start=recent)]
            triggers = await work.triggers.of_account(live.account_id)
            heard = await work.transcripts.of_live(live.id)
            if account is None:
                return
            scene = Scene(live, account, whom.follows, mutes=whom.mutes, notices=whom.notices)
            scene.armed, scene.tongue.likely = armed(scene, triggers), await likely(work, scene)
        watch = Watch(scene, account.looked_at or live.started)
        watch.unheard = max([(watch.seen_live - live.started).total_seconds(), *(part.end for part in heard)])
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
                await self.clock.sleep(AGAIN_AFTER)
        await self.clock.sleep(LINGER)
        if self.scene_of(scene.live.id) is None:
            self.detach(scene.live.id)

    async def _watch(self, watch: Watch) -> None:
        """Chat and speech until the live is over."""
        scene, handle = watch.scene, watch.scene.live.handle
        chatting = Chatting(self.source, self.storage, self.clock, self._react, self.look_now)
        async with asyncio.TaskGroup() as group:
            speech = group.create_task(self._speech(watch), name=f"speech {handle}")
            others = [
                group.create_task(chatting.run(watch), name=f"chat {handle}"),
                group.create_task(chatting.mind(watch), name=f"quiet {handle}"),
                *(group.create_task(beside(scene), name=f"beside {handle}") for beside in self.beside),
            ]
            await watch.over.wait()
            for task in others:
                task.cancel()
            if scene.capture is not None:
                await scene.capture.stop()  # what was heard so far still comes through
            else:
                speech.cancel()

    async def _speech(self, watch: Watch) -> None:
        scene = watch.scene
        while not watch.over.is_set():
            if not scene.heard:  # whoever only wants notices has nothing recorded
                await self.clock.sleep(GLANCE)
                continue
            async with self._captured(scene) as capture:
                try:
                    async for part in self.listening.segments(scene, capture, self.latest):
                        await self._name_unheard(watch)
                        await self._react(scene, part)
                except EarshotError as error:
                    log.info("stream of %s: %s", scene.live.handle, error)
            if not watch.over.is_set():
                await self.clock.sleep(AGAIN_AFTER)

    async def _name_unheard(self, watch: Watch) -> None:
        """What was said while no process ran is a gap, known to the minute: then the account was last looked at."""
        since, until, watch.unheard = watch.unheard, watch.scene.offset, None
        if since is not None and until - since >= STOPPED:
            await self._react(watch.scene, Gap(since, until, GapCause.STOPPED))

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
        that is only let go has no report, and goes on when somebody wants it again while it runs."""
        scene = watch.scene
        for finish in self.at_end:
            await finish(scene)
        now = self.clock.now()
        ended = watch.offline_since or now
        async with self.storage.work() as work:
            scene.live = await work.lives.set_status(scene.live.id, LiveStatus.ENDED, ended)
            if watch.let_go:
                for standing in await work.lives.standings(scene.live.id):
                    if not standing.stopped:
                        await part(work, scene.live, standing.place, "", now)
            else:
                await work.accounts.saw(scene.account.id, Look(now, False), AccountStatus.OFFLINE)
                await note(work, scene, DiaryKind.ENDED, ended)
                once = await forget_once(work, scene.account.id)
                told = {place: address for place, address in once.items() if scene.follow_of(place)}
                facts = {"live_id": scene.live.id, "once": told}
                await work.jobs.add("report", f"report:{scene.live.id}", facts, now)
        del self.watches[scene.account.id]
        self.look_now(scene.account.id)  # while the end was written it may have been followed, or gone live, again

    async def _follow_changes(self) -> None:
        """Whom a live is told to may change at any time, in any process, and by itself when a pause or a time is over."""
        known = -1
        while True:
            with enduring("following changes"):
                async with self.storage.reading() as work:
                    revision = await work.revisions.of("follows")
                    if revision != known:
                        self._once = tuple(follow for follow in await work.follows.all() if follow.once)
                for watch in list(self.watches.values()):
                    if revision != known or (watch.changes is not None and watch.changes <= self.clock.now()):
                        await self._try_to_welcome(watch)
                known = revision
                await self._let_pass()
            await self.clock.sleep(GLANCE)

    async def _let_pass(self) -> None:
        """Follows of one live that never came, and whose time has passed, go."""
        now = self.clock.now()
        for follow in self._once:
            if follow.until is not None and follow.until <= now and follow.account_id not in self.watches:
                async with self.storage.work() as work:
                    await work.follows.remove(follow.place, follow.account_id)
