"""Reading the chat of lives with the real TikTokLive from the loopback TikTok."""

import asyncio
import subprocess
import sys
from contextlib import aclosing
from datetime import UTC, datetime, timedelta

import psutil
import pytest

from core.adapters.clock import SystemClock
from core.adapters.tiktok.chat.chat import Chat
from core.adapters.tiktok.proxies import proxy_on_the_way
from core.adapters.tiktok.web import Web
from core.model.live import (
    CaptionShown,
    ChatMessage,
    GiftSent,
    HostEnded,
    HostPaused,
    Joined,
    Liked,
    ViewerCount,
)
from tests.core.adapters.tiktok.chats import Reading, chat, left_behind, reading
from tests.platforms.tiktok import (
    Caption,
    Comment,
    Follow,
    Gift,
    Host,
    Join,
    Like,
    Share,
    TikTok,
    Viewers,
)
from tests.platforms.tiktok.fixtures import tiktok, tiktok_media
from tests.waiting import until

__all__ = ["chat", "tiktok", "tiktok_media"]


async def test_everything_that_happens_comes_in_order(chat: Chat, tiktok: TikTok) -> None:
    room, began = tiktok.live("alice"), datetime.now(UTC)
    async with reading(chat, room) as taken:
        await tiktok.emit(
            "alice",
            Comment("bob", "hello"),
            Gift("eve", "Rose", 5),
            Like("bob", 3),
            Join("x"),
            Follow("y"),
            Share("z"),
            Viewers(77),
            Caption("hey there"),
            Host("paused"),
            Host("unpaused"),
        )
        await tiktok.end("alice")
        assert await taken.done() is None
    chat_message, gift, liked, join, follow, share, viewers, caption, paused, unpaused, ended = taken.events
    assert isinstance(chat_message, ChatMessage)
    assert (chat_message.chatter.handle, chat_message.text) == ("bob", "hello")
    assert chat_message.chatter.id.startswith("68")
    assert began - timedelta(seconds=1) <= chat_message.at <= datetime.now(UTC)
    assert isinstance(gift, GiftSent)
    assert (gift.chatter.handle, gift.gift, gift.count) == ("eve", "Rose", 5)
    assert gift.id
    assert gift.id != chat_message.id
    assert isinstance(liked, Liked)
    assert liked.count == 3
    for joined, handle, what in ((join, "x", "join"), (follow, "y", "follow"), (share, "z", "share")):
        assert isinstance(joined, Joined)
        assert (joined.chatter.handle, joined.what) == (handle, what)
    assert isinstance(viewers, ViewerCount)
    assert viewers.count == 77
    assert isinstance(caption, CaptionShown)
    assert (caption.text, caption.language, (caption.until - caption.at).total_seconds()) == ("hey there", "en", 2.0)
    assert [getattr(event, "paused", None) for event in (paused, unpaused)] == [True, False]
    assert isinstance(paused, HostPaused)
    assert isinstance(ended, HostEnded)


async def test_a_streak_of_gifts_is_told_once_at_its_end(chat: Chat, tiktok: TikTok) -> None:
    room = tiktok.live("alice")
    async with reading(chat, room) as taken:
        for count, end in ((1, False), (2, False), (3, True)):
            await tiktok.emit("alice", Gift("eve", "Rose", count, end=end))
        await tiktok.emit("alice", Gift("eve", "Lion", 1, end=False))
        await until(lambda: len(taken.events) == 2)
    rose, lion = taken.events
    assert isinstance(rose, GiftSent)
    assert isinstance(lion, GiftSent)
    assert (rose.gift, rose.count, lion.gift, lion.count) == ("Rose", 3, "Lion", 1)


async def test_a_live_opened_in_the_middle_begins_with_its_last_comments(chat: Chat, tiktok: TikTok) -> None:
    room = tiktok.live("alice")
    await tiktok.emit("alice", Comment("bob", "before"))
    async with reading(chat, room) as taken:
        await tiktok.emit("alice", Comment("bob", "after"))
        await until(lambda: len(taken.events) == 2)
    async with reading(chat, room) as again:
        await until(lambda: len(again.events) == 2)
    assert taken.texts() == ["before", "after"]
    assert again.events == taken.events  # the same ids: whoever takes them knows them again


async def test_frames_are_acknowledged_and_heartbeats_sent(chat: Chat, tiktok: TikTok) -> None:
    room = tiktok.live("alice")
    async with reading(chat, room) as taken:
        await tiktok.emit("alice", Comment("bob", "hello"))
        await until(lambda: len(taken.events) == 1)
        await until(lambda: room.sockets[0].frames == {"im_enter_room": 1, "hb": 1, "ack": 1})


@pytest.mark.parametrize("step", ["sign", "ws"])
async def test_who_stops_while_connecting_leaves_nothing_behind(chat: Chat, tiktok: TikTok, step: str) -> None:
    room = tiktok.live("alice")
    tiktok.fault(step, delay_s=30.0, passthrough=True)
    task = asyncio.create_task(anext(aiter(chat.events(str(room.room_id)))))
    await until(lambda: tiktok.hits[step] == 1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert left_behind() == []


async def test_whenever_somebody_stops_every_connection_is_closed(chat: Chat, tiktok: TikTok) -> None:
    """Two dozen moments of connecting, two at a time."""
    room = tiktok.live("alice")
    async with reading(chat, room):
        pass
    for moment in range(24):
        tasks = [asyncio.create_task(Reading().of(chat, str(room.room_id))) for _ in range(2)]
        await asyncio.sleep(moment * 0.002)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    assert left_behind() == []
    port = int(tiktok.url.rpartition(":")[2])
    ours = [each for each in psutil.Process().net_connections("tcp") if each.raddr and each.raddr.port == port]
    assert ours == []


async def test_a_cancelled_reader_leaves_nothing_behind(chat: Chat, tiktok: TikTok) -> None:
    room = tiktok.live("alice")
    async with reading(chat, room) as taken:
        await tiktok.emit("alice", Comment("bob", "hello"))
        await until(lambda: taken.texts() == ["hello"])
    assert left_behind() == []
    await until(lambda: not room.sockets)


async def test_a_reader_that_goes_away_closes_the_connection(chat: Chat, tiktok: TikTok) -> None:
    room = tiktok.live("alice")
    await tiktok.emit("alice", Comment("bob", "hello"))
    async with aclosing(chat.events(str(room.room_id))) as events:
        async for _ in events:
            break
    assert left_behind() == []
    await until(lambda: not room.sockets)


async def test_a_reader_that_is_forgotten_closes_the_connection_too(chat: Chat, tiktok: TikTok) -> None:
    room = tiktok.live("alice")
    await tiktok.emit("alice", Comment("bob", "hello"))
    async for _ in chat.events(str(room.room_id)):
        break
    await until(lambda: not room.sockets and not left_behind())


async def test_one_rooms_trouble_is_no_other_rooms(chat: Chat, tiktok: TikTok) -> None:
    rooms = {name: tiktok.live(name) for name in ("alice", "bella", "clara")}
    async with reading(chat, rooms["alice"]) as alice, reading(chat, rooms["bella"]) as bella:
        async with reading(chat, rooms["clara"]) as clara:
            await tiktok.socket("clara", "drop")
            assert await clara.done() is not None
        await tiktok.end("bella")
        assert await bella.done() is None
        await tiktok.emit("alice", Comment("bob", "still here"))
        await until(lambda: alice.texts() == ["still here"])


async def test_a_slow_reader_loses_likes_before_comments(chat: Chat, tiktok: TikTok) -> None:
    room = tiktok.live("alice")
    await tiktok.emit("alice", Comment("bob", "first"))
    texts = []
    async with aclosing(chat.events(str(room.room_id))) as events:
        async for event in events:
            if not texts:  # nothing is taken until all of this has come
                for number in range(30):
                    await tiktok.emit("alice", *(Like("bob", 1) for _ in range(70)), Comment("bob", f"line {number}"))
                await tiktok.end("alice")
                await until(lambda: room.sockets[0].frames["ack"] == 31)
            if isinstance(event, ChatMessage):
                texts.append(event.text)
    assert texts == ["first", *(f"line {number}" for number in range(30))]
    assert chat.losses.dropped == 30 * 71 + 1 - 2_000


async def test_secure_websockets_go_through_the_proxy(tiktok_media: object, monkeypatch: pytest.MonkeyPatch) -> None:
    async with TikTok(names="tiktok") as tiktok:
        for name, value in tiktok.environment().items():
            monkeypatch.setenv(name, value)
        web = Web()
        chat = Chat(web, "", "https://api.eulerstream.com", SystemClock())
        room = tiktok.live("alice")
        async with reading(chat, room) as taken:
            await tiktok.emit("alice", Comment("bob", "hello"))
            await until(lambda: taken.texts() == ["hello"])
        await web.close()
        reached = tiktok.egress()["reached"]
        assert reached["webcast-ws.tiktok.com:443"] == 1
        assert reached["api.eulerstream.com:443"] >= 1
        assert not tiktok.refused


async def test_a_proxy_of_its_own_wins_over_the_environment(
    tiktok_media: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with TikTok(names="tiktok") as tiktok:
        monkeypatch.setenv("SSL_CERT_FILE", tiktok.environment()["SSL_CERT_FILE"])
        monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
        web = Web(tiktok.proxy)
        chat = Chat(web, "", "https://api.eulerstream.com", SystemClock())
        room = tiktok.live("alice")
        async with reading(chat, room) as taken:
            assert not taken.over
        await web.close()


@pytest.mark.parametrize(
    ("address", "proxy", "expected"),
    [
        ("wss://webcast-ws.tiktok.com/x", "", "http://one:1"),
        ("https://api.eulerstream.com", "", "http://one:1"),
        ("ws://webcast-ws.tiktok.com/x", "", "http://two:2"),
        ("wss://webcast-ws.tiktok.com/x", "http://own:3", "http://own:3"),
        ("ws://127.0.0.1:8700/x", "", ""),
        ("ws://127.0.0.1:8700/x", "http://own:3", ""),
        ("wss://who@deep.inside.example/x", "", ""),
        ("nonsense", "http://own:3", ""),
    ],
)
def test_the_proxy_is_the_one_for_the_address(
    monkeypatch: pytest.MonkeyPatch, address: str, proxy: str, expected: str
) -> None:
    for name, value in {"https": "http://one:1", "http": "two:2", "no": "127.0.0.1,inside.example"}.items():
        monkeypatch.setenv(f"{name}_proxy", value)
        monkeypatch.setenv(f"{name.upper()}_PROXY", value)
    assert proxy_on_the_way(address, proxy) == expected


def test_the_library_is_not_loaded_before_a_chat_is_read() -> None:
    program = "import sys, core.adapters.tiktok.chat.chat; sys.exit(any('TikTokLive' in name for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=60).returncode == 0


async def test_the_loop_goes_on_while_the_library_is_loaded(tiktok: TikTok) -> None:
    """In a process that has not loaded it: the loop's longest pause stays far below the 2 s the import takes."""
    program = (
        "import asyncio, time\n"
        "from core.adapters.clock import SystemClock\n"
        "from core.adapters.tiktok.chat.chat import Chat\n"
        "from core.adapters.tiktok.web import Web\n"
        "from tests.waiting import Standstill\n"
        "async def main():\n"
        "    chat, longest = Chat(Web(), '', 'http://127.0.0.1:9', SystemClock()), 0.0\n"
        "    task = asyncio.ensure_future(anext(chat.events('1')))\n"
        "    with Standstill() as still:\n"
        "        while not task.done():\n"
        "            began = time.perf_counter()\n"
        "            await asyncio.sleep(0.01)\n"
        "            longest = max(longest, time.perf_counter() - began)\n"
        "    print(longest - still.seconds, type(task.exception()).__name__)\n"
        "asyncio.run(main())\n"
    )
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdout=subprocess.PIPE)
    out, _ = await asyncio.wait_for(child.communicate(), 60)
    longest, error = out.decode().split()
    assert error == "Transient"
    assert float(longest) < 1.0
