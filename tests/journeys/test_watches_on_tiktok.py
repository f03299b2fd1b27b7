"""Watches on the loopback TikTok, with the real client: what its sign server refuses costs chats and never a live."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from core.adapters.clock import SystemClock
from core.adapters.tiktok.source import TikTok as Source
from core.model.account import AccountStatus, Handle
from core.model.live import ChatMessage, HostEnded
from core.services.finding.looking import Looking
from core.services.listening import Listening
from core.services.lives.scene import Scene
from core.services.lives.watching import Watching
from storage.database import Database
from tests.builders import armed, followed
from tests.doubles import StagedLiveCapture, engine
from tests.platforms.tiktok import Comment, TikTok
from tests.platforms.tiktok.fixtures import tiktok, tiktok_media
from tests.waiting import until

__all__ = ["tiktok", "tiktok_media"]


class Silence:
    """Captures in which nobody speaks."""

    def open(self, name: str, address: Any) -> StagedLiveCapture:
        return StagedLiveCapture(name, address, began=SystemClock().now())


@dataclass
class Stage:
    """Looking and watching together on the loopback TikTok."""

    database: Database
    tiktok: TikTok
    read: list[tuple[str, str]] = field(default_factory=list)
    watching: Watching = field(init=False)

    async def note(self, scene: Scene, event: ChatMessage) -> None:
        self.read.append((scene.account.handle, event.text))

    @asynccontextmanager
    async def up(self) -> AsyncIterator[Watching]:
        clock = SystemClock()
        source = Source(self.tiktok.proxy, "", self.tiktok.url, clock)
        watching = Watching(
            source, self.database, clock, Silence(), Listening([engine("staged", "")]), lambda *_: None, lambda _: None
        )
        looking = Looking(source, self.database, clock, 2.0, watching.read)
        watching.look_now, source.chat.first = looking.soon, watching.prefers
        watching.reactions = {ChatMessage: (self.note,), HostEnded: (watching.host_ended,)}
        self.watching = watching
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(run) for run in (watching.run(), looking.run())]
                yield watching
                for task in tasks:
                    task.cancel()
        finally:
            await source.close()

    def waiting(self) -> dict[str, str]:
        """Why the chat of each account waits, for those whose chat does."""
        watches = self.watching.watches.values()
        return {w.scene.account.handle: w.scene.reach.why for w in watches if w.scene.reach.waits_since}


@pytest.fixture
def stage(database: Database, tiktok: TikTok) -> Stage:
    return Stage(database, tiktok)


async def test_five_lives_and_one_signature_a_minute_are_five_watches_and_the_chat_with_triggers(stage: Stage):
    stage.tiktok.quota(minute=1)
    names = [f"live{number}" for number in range(5)]
    for name in names:
        follow = await followed(stage.database, name, chat=True)
        if name == "live3":
            await armed(stage.database, "giveaway", account_id=follow.account_id)
        stage.tiktok.live(name)
    async with stage.up() as watching:
        await until(lambda: len(watching.watches) == 5 and len(stage.waiting()) == 4)
        assert set(stage.waiting().values()) == {"SIGN_LIMIT"}
        (reader,) = set(names) - set(stage.waiting())
        await stage.tiktok.emit(reader, Comment("bob", "hello"))
        await until(lambda: (reader, "hello") in stage.read)
        assert not any(watch.over.is_set() for watch in watching.watches.values())


async def test_a_sign_server_that_is_down_costs_the_chat_only_until_it_is_back(stage: Stage):
    await followed(stage.database, "alice")
    stage.tiktok.live("alice")
    stage.tiktok.fault("sign", status=500, times=-1)
    async with stage.up() as watching:
        await until(lambda: stage.waiting() == {"alice": "SIGN_DOWN"})
        assert len(watching.watches) == 1
        stage.tiktok.clear_faults()
        await stage.tiktok.emit("alice", Comment("bob", "still here"))
        await until(lambda: ("alice", "still here") in stage.read)
        assert stage.waiting() == {}


async def test_a_dropped_socket_is_opened_again_and_nothing_is_heard_twice(stage: Stage):
    await followed(stage.database, "alice")
    room = stage.tiktok.live("alice")
    async with stage.up():
        await until(lambda: bool(room.sockets))
        await stage.tiktok.emit("alice", Comment("bob", "one"))
        await until(lambda: ("alice", "one") in stage.read)
        await stage.tiktok.socket("alice", "close", 1011)
        await stage.tiktok.emit("alice", Comment("bob", "two"))
        await until(lambda: ("alice", "two") in stage.read)
    assert stage.read == [("alice", "one"), ("alice", "two")]


async def test_an_end_message_and_one_reading_end_a_live_at_once(stage: Stage):
    await followed(stage.database, "alice")
    room = stage.tiktok.live("alice")
    async with stage.up() as watching:
        await until(lambda: bool(room.sockets))
        await stage.tiktok.end("alice")
        await until(lambda: not watching.watches)
    async with stage.database.reading() as work:
        assert await work.lives.running() == []


async def restricted(stage: Stage, name: str) -> bool:
    async with stage.database.reading() as work:
        account = await work.accounts.by_handle(Handle(name))
    return account is not None and account.status is AccountStatus.RESTRICTED


async def test_a_live_for_adults_only_is_told_as_such_and_others_go_on(stage: Stage):
    for name in ("alice", "eve"):
        await followed(stage.database, name)
    stage.tiktok.live("alice", age_restricted=True)
    stage.tiktok.live("eve")
    async with stage.up() as watching:
        await until(lambda: len(watching.watches) == 1)
        await until(lambda: restricted(stage, "alice"))
        assert [watch.scene.account.handle for watch in watching.watches.values()] == ["eve"]


async def test_a_live_that_opens_a_new_room_is_the_same_live_and_its_chat_is_read_there(stage: Stage):
    await followed(stage.database, "alice")
    first = stage.tiktok.live("alice")
    async with stage.up() as watching:
        await until(lambda: bool(first.sockets))
        (watch,) = watching.watches.values()
        await stage.tiktok.end("alice", silent=True)
        second = stage.tiktok.live("alice")
        await until(lambda: bool(second.sockets))
        await stage.tiktok.emit("alice", Comment("bob", "over here"))
        await until(lambda: ("alice", "over here") in stage.read)
        assert watching.watches == {watch.scene.account.id: watch}
        assert watch.scene.live.rooms == (str(first.room_id), str(second.room_id))
