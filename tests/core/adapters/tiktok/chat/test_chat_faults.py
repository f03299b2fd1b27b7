"""What goes wrong with the chat of a live: each fault has its meaning, and none outlives its connection."""

import asyncio

import pytest

from core.adapters.clock import SystemClock
from core.adapters.tiktok.chat.chat import Chat
from core.adapters.tiktok.chat.connection import Connection
from core.adapters.tiktok.chat.limits import Limits
from core.adapters.tiktok.web import Web
from core.errors import Denied, Missing, Transient
from tests.core.adapters.tiktok.chats import chat, failure, left_behind, reading
from tests.platforms.tiktok import (
    MALFORMED,
    Comment,
    TikTok,
)
from tests.platforms.tiktok.direction import Mistreatment
from tests.platforms.tiktok.fixtures import tiktok, tiktok_media
from tests.platforms.tiktok.wire import plain_frame, push_frame
from tests.waiting import PATIENCE, until

__all__ = ["chat", "tiktok", "tiktok_media"]


@pytest.mark.parametrize("action", ["text", "empty", "malformed", "bad_result", "bad_gzip"])
async def test_a_frame_that_cannot_be_read_costs_only_itself(chat: Chat, tiktok: TikTok, action: Mistreatment) -> None:
    room = tiktok.live("alice")
    async with reading(chat, room) as taken:
        await tiktok.socket("alice", action)
        await room.sockets[0].response.send_bytes(b"\x12\x03\xff\xff\xff")  # text where a number belongs
        await tiktok.emit("alice", Comment("bob", "still here"))
        await until(lambda: taken.texts() == ["still here"])


async def test_a_frame_that_grows_beyond_measure_is_dropped(chat: Chat, tiktok: TikTok) -> None:
    room = tiktok.live("alice")
    async with reading(chat, room) as taken:
        await room.sockets[0].response.send_bytes(push_frame(bytes(64 << 20), 1, True))
        await tiktok.emit("alice", Comment("bob", "still here"))
        await until(lambda: taken.texts() == ["still here"])
    assert chat.losses.malformed == 1


async def test_a_malformed_message_costs_only_itself(chat: Chat, tiktok: TikTok) -> None:
    room = tiktok.live("alice")
    async with reading(chat, room) as taken:
        await tiktok.emit("alice", Comment("bob", "one"), MALFORMED, Comment("bob", ""), Comment("bob", "two"))
        await until(lambda: taken.texts() == ["one", "two"])
    assert chat.losses.malformed == 2


@pytest.mark.parametrize("action", ["drop", "close"])
async def test_a_broken_connection_is_lost_and_not_ended(chat: Chat, tiktok: TikTok, action: Mistreatment) -> None:
    room = tiktok.live("alice")
    async with reading(chat, room) as taken:
        await tiktok.emit("alice", Comment("bob", "before"))
        await until(lambda: taken.texts() == ["before"])
        await tiktok.socket("alice", action)
        error = await taken.done()
    assert isinstance(error, Transient)
    assert error.code == "CHAT_LOST"
    async with reading(chat, room) as again:
        assert not again.over


@pytest.mark.parametrize("code", [1000, 1001])
async def test_a_socket_closed_in_order_just_ends(chat: Chat, tiktok: TikTok, code: int) -> None:
    room = tiktok.live("alice")
    async with reading(chat, room) as taken:
        await tiktok.socket("alice", "close", code)
        assert await taken.done() is None


async def test_a_silent_connection_is_given_up(tiktok: TikTok) -> None:
    room, web = tiktok.live("alice"), Web()
    limits = Limits(start=PATIENCE)
    chat = Chat(web, "", tiktok.url, SystemClock(), limits)
    async with reading(chat, room) as taken:
        await tiktok.emit("alice", Comment("bob", "before"))
        await until(lambda: taken.texts() == ["before"])
        object.__setattr__(limits, "silence", 0.5)
        await tiktok.emit("alice", Comment("bob", "after this it is waited no longer than that"))
        await tiktok.socket("alice", "freeze")
        error = await taken.done()
    await web.close()
    assert isinstance(error, Transient)
    assert (error.code, error.values) == ("CHAT_LOST", {"why": "silence"})
    assert left_behind() == []


async def test_answers_to_heartbeats_are_a_sign_of_life(
    chat: Chat, tiktok: TikTok, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody says anything, but TikTok answers: silence is reckoned from then on."""
    heard: list[float] = []
    hear = Connection._hear

    def heard_of(connection: Connection) -> None:
        hear(connection)
        heard.append(connection._heard)

    monkeypatch.setattr(Connection, "_hear", heard_of)
    room = tiktok.live("alice")
    async with reading(chat, room) as taken:
        await tiktok.emit("alice", Comment("bob", "the last words"))
        await until(lambda: taken.texts())
        before = len(heard), heard[-1]
        await room.sockets[0].response.send_bytes(plain_frame("hb"))
        await until(lambda: len(heard) > before[0])
        assert heard[-1] > before[1]


async def test_a_blocked_handshake_is_transient(chat: Chat, tiktok: TikTok) -> None:
    room = tiktok.live("alice")
    tiktok.config(sign_fallback=True)
    assert (await failure(chat, room)).code == "CHAT_BLOCKED"
    tiktok.config(sign_fallback=False)
    tiktok.fault("ws", status=200, headers={"Handshake-Msg": "DEVICE_BLOCKED"})
    error = await failure(chat, room)
    assert isinstance(error, Transient)
    assert error.code == "CHAT_BLOCKED"


@pytest.mark.parametrize(
    ("status", "code"), [(403, "CHAT_BLOCKED"), (429, "TIKTOK_LIMIT"), (500, "TIKTOK_DOWN"), (503, "TIKTOK_DOWN")]
)
async def test_a_refused_handshake_says_why(chat: Chat, tiktok: TikTok, status: int, code: str) -> None:
    room = tiktok.live("alice")
    tiktok.fault("ws", status=status)
    error = await failure(chat, room)
    assert isinstance(error, Transient)
    assert error.code == code


async def test_a_cut_handshake_is_transient(chat: Chat, tiktok: TikTok) -> None:
    room = tiktok.live("alice")
    tiktok.fault("ws", abort=True)
    error = await failure(chat, room)
    assert isinstance(error, Transient)
    assert error.code == "TIKTOK_DOWN"


@pytest.mark.parametrize(
    "fault", [{"status": 500}, {"status": 502, "body": "<html>"}, {"status": 200, "body": ""}, {"abort": True}]
)
async def test_a_sign_server_without_an_answer_is_down(chat: Chat, tiktok: TikTok, fault: dict[str, object]) -> None:
    room = tiktok.live("alice")
    tiktok.fault("sign", **fault)
    error = await failure(chat, room)
    assert isinstance(error, Transient)
    assert error.code == "SIGN_DOWN"


async def test_an_answer_that_signs_nothing_is_transient(chat: Chat, tiktok: TikTok) -> None:
    room = tiktok.live("alice")
    tiktok.fault("sign", status=200, body="this is no protocol buffer", headers={"X-Set-TT-Cookie": "a=b"})
    error = await failure(chat, room)
    assert isinstance(error, Transient)
    assert error.code in ("SIGN_DOWN", "CHAT_BLOCKED")


async def test_an_answer_without_cookies_is_transient(chat: Chat, tiktok: TikTok) -> None:
    room = tiktok.live("alice")
    tiktok.config(sign_cookie=False)
    error = await failure(chat, room)
    assert isinstance(error, Transient)
    assert error.code == "SIGN_DOWN"


async def test_a_slow_sign_server_is_given_up_at_the_limit(tiktok: TikTok) -> None:
    room, web = tiktok.live("alice"), Web()
    chat = Chat(web, "", tiktok.url, SystemClock(), Limits(start=0.3))
    await failure(chat, "1")  # what takes its time only once is behind us
    tiktok.fault("sign", delay_s=600.0, passthrough=True)
    async with asyncio.timeout(PATIENCE):
        error = await failure(chat, room)
    await web.close()
    assert isinstance(error, Transient)
    assert error.code == "SIGN_DOWN"
    assert left_behind() == []


async def test_a_sign_server_that_is_not_there_is_down(tiktok: TikTok) -> None:
    room, web = tiktok.live("alice"), Web()
    chat = Chat(web, "", "http://127.0.0.1:9", SystemClock())
    error = await failure(chat, room)
    await web.close()
    assert isinstance(error, Transient)
    assert error.code == "SIGN_DOWN"


async def test_a_refused_key_is_denied_and_told_to_nobody(tiktok: TikTok, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    room, web = tiktok.live("alice"), Web()
    tiktok.config(sign_key="right")
    chat = Chat(web, "secret-and-wrong", tiktok.url, SystemClock())
    error = await failure(chat, room)
    assert isinstance(error, Denied)
    assert error.code == "SIGN_KEY"
    assert "secret-and-wrong" not in f"{error!r} {chat!r} {caplog.text}"
    right = Chat(web, "right", tiktok.url, SystemClock())
    async with reading(right, room) as taken:
        assert not taken.over
    await web.close()


async def test_a_room_that_is_no_number_is_not_there(chat: Chat, tiktok: TikTok) -> None:
    assert isinstance(await failure(chat, "soup"), Missing)
    assert tiktok.hits["sign"] == 0


async def test_a_sign_server_nobody_vouches_for_is_not_asked(tiktok: TikTok, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    room, web = tiktok.live("alice"), Web()
    chat = Chat(web, "key", "https://api.eulerstream.com", SystemClock())
    error = await failure(chat, room)
    await web.close()
    assert isinstance(error, Transient)
    assert error.code == "SIGN_DOWN"
    assert tiktok.hits["sign"] == 0
    assert tiktok.hits["rate_limits"] == 0
