"""The loopback TikTok as the real httpx and TikTokLive see it, led there by proxy and environment alone."""

import asyncio
import json
import os
import re
import ssl
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import httpx
import numpy as np
import pytest
from TikTokLive.client.errors import SignatureRateLimitError, UserNotFoundError, WebcastBlockedError
from TikTokLive.events import (
    CaptionEvent,
    CommentEvent,
    ConnectEvent,
    GiftEvent,
    RoomUserSeqEvent,
)
from websockets.exceptions import ConnectionClosedError

from tests.platforms.live_server import read_flv
from tests.platforms.speech import Known
from tests.platforms.tiktok import (
    LADDER,
    SOUND,
    Caption,
    Comment,
    Follow,
    Gift,
    Host,
    Join,
    Like,
    Quality,
    Share,
    TikTok,
    Viewers,
    running,
)
from tests.platforms.tiktok.environment import environment
from tests.platforms.tiktok.fixtures import led_to
from tests.platforms.tiktok.onlookers import HEARD, chat, page
from tests.waiting import PATIENCE, until


async def room_info(room_id: int) -> dict[str, Any]:
    answer = await page(f"https://webcast.tiktok.com/webcast/room/info/?room_id={room_id}")
    data: dict[str, Any] = answer.json()["data"]
    return data


async def streams(room_id: int) -> dict[str, dict[str, str]]:
    """The addresses in room info by quality."""
    pulled = (await room_info(room_id))["stream_url"]["live_core_sdk_data"]["pull_data"]
    return {name: each["main"] for name, each in json.loads(pulled["stream_data"])["data"].items()}


async def test_a_live_is_read_from_its_start_to_its_end_by_environment_alone(tiktok: TikTok) -> None:
    tiktok.live("alice", title="Cooking", viewers=42)
    await tiktok.emit("alice", Comment("early", "before you came"))
    async with chat("@alice") as reading:
        await reading.start(fetch_room_info=True, fetch_gift_info=True)
        await reading.sees(ConnectEvent)
        assert reading.client.room_info is not None
        assert (reading.client.room_info["title"], reading.client.room_info["user_count"]) == ("Cooking", 42)
        await until(lambda: bool(tiktok.world.room_of("alice").sockets))
        streak = [Gift("eve", "Rose", count, end=count == 3, streak=5) for count in (1, 2, 3)]
        what = (Comment("bob", "wow"), *streak, Like("bob", count=4), Follow("bob"), Share("bob"), Join("bob"))
        await tiktok.emit("alice", *what, Viewers(77), Caption("said", "en"), Host("paused"))
        await tiktok.end("alice")
        assert reading.reading is not None
        await asyncio.wait_for(reading.reading, PATIENCE)
        assert [event.comment for event in reading.of(CommentEvent)] == ["before you came", "wow"]
        assert [(event.streaking, event.value) for event in reading.of(GiftEvent)][1:] == [(True, None), (False, 0.015)]
        assert reading.of(RoomUserSeqEvent)[0].total == 77
        assert reading.of(CaptionEvent)[0].content[0].content == "said"
        assert {type(event) for event in reading.seen} == set(HEARD)
    assert tiktok.hits["ws_in_ack"] >= 2


async def test_the_websocket_is_reached_by_its_real_name_through_the_proxy(tiktok_media: Path) -> None:
    async with TikTok(names="tiktok", folder=tiktok_media) as named:
        named.live("alice")
        with led_to(named):
            async with chat("alice", ws_proxy=httpx.Proxy(named.proxy)) as reading:
                await reading.start()
                await reading.sees(ConnectEvent)
                await until(lambda: bool(named.world.room_of("alice").sockets))
                await named.emit("alice", Comment("bob", "through"))
                assert (await reading.sees(CommentEvent))[0].comment == "through"
        assert named.egress()["reached"]["webcast-ws.tiktok.com:443"] == 1


async def test_the_sign_server_refuses_as_it_does(tiktok: TikTok) -> None:
    tiktok.live("alice")
    tiktok.quota(minute=1)
    async with chat("alice") as first, chat("alice") as second:
        await first.start()
        with pytest.raises(SignatureRateLimitError) as limited:
            await second.start()
        assert limited.value.reset_time > time.time()
        limits = (await page("https://api.eulerstream.com/webcast/rate_limits")).json()
        assert (limits["minute"]["max"], limits["minute"]["remaining"], limits["day"]["max"]) == (1, 0, 10_000)
        tiktok.config(quota_headers=False)
        with pytest.raises(TypeError):  # the library's own, when the headers are missing
            await second.start()
        tiktok.quota()
        tiktok.config(sign_fallback=True)
        await second.start()
        assert second.reading is not None
        with pytest.raises(WebcastBlockedError):
            await asyncio.wait_for(second.reading, PATIENCE)


async def test_a_socket_is_mistreated_on_demand(tiktok: TikTok) -> None:
    room = tiktok.live("alice")
    async with chat("alice") as reading:
        await reading.start()
        await until(lambda: bool(room.sockets))
        for harmless in ("malformed", "text", "empty", "bad_result"):
            await tiktok.socket("alice", harmless)
        await tiktok.emit("alice", Comment("bob", "still here"))
        await reading.sees(CommentEvent)
        await tiktok.socket("alice", "freeze")
        await tiktok.emit("alice", Comment("bob", "unheard"))
        await tiktok.socket("alice", "drop")
        assert reading.reading is not None
        with pytest.raises(ConnectionClosedError):
            await asyncio.wait_for(reading.reading, PATIENCE)
        assert len(reading.of(CommentEvent)) == 1


async def test_a_room_tells_its_viewers_and_drops_the_silent_as_configured(tiktok: TikTok) -> None:
    room = tiktok.live("alice", viewers=31)
    async with chat("alice") as reading:
        await reading.start()
        await until(lambda: bool(room.sockets))
        tiktok.config(pulse_s=0.2)
        assert (await reading.sees(RoomUserSeqEvent, 2))[1].total == 31
        await tiktok.socket("alice", "close", code=1011)
        assert reading.reading is not None
        with pytest.raises(ConnectionClosedError, match="1011"):
            await asyncio.wait_for(reading.reading, PATIENCE)
        await reading.start()
        tiktok.config(pulse_s=0, heartbeat_timeout_s=0.2)
        with pytest.raises(ConnectionClosedError):
            await asyncio.wait_for(reading.reading, PATIENCE)


async def test_a_load_is_what_was_asked_for(tiktok: TikTok) -> None:
    room = tiktok.live("alice")
    name = tiktok.load(500, 0.4, ["alice"], likes=250, joins=50)
    await until(lambda: tiktok.loads[name].done)
    assert tiktok.loads[name].sent == 200
    sent = {"WebcastChatMessage": 200, "WebcastLikeMessage": 100, "WebcastMemberMessage": 20}
    assert dict(room.sent) == sent
    assert room.likes == 100


async def test_a_renamed_account_is_nobody_by_its_old_name_and_found_by_its_number(tiktok: TikTok) -> None:
    account = tiktok.account("old.name", followers=5)
    tiktok.rename("old.name", "new.name")
    async with chat("old.name") as reading:
        with pytest.raises(UserNotFoundError):
            await reading.start()
        assert await reading.client.web.fetch_user_unique_id(account.user_id) == "new.name"
    assert '"statusCode": 10221' in (await page("https://www.tiktok.com/@old.name")).text


async def test_a_stream_address_holds_as_long_as_its_token_and_its_picture(tiktok: TikTok) -> None:
    room = tiktok.live("alice", qualities=(Quality("sd", codec="h265"), SOUND))
    addresses = await streams(room.room_id)
    assert list(addresses) == ["sd", "ao"]
    assert json.loads(addresses["sd"]["sdk_params"])["VCodec"] == "h265"
    for address in (addresses["ao"]["flv"], addresses["sd"]["hls"]):
        tiktok.room("alice", stream_token="2")
        assert (await page(address)).status_code == 403
        tiktok.room("alice", stream_token="1", stream_up=False)
        assert (await page(address)).status_code == 404
        tiktok.room("alice", stream_up=True)
    tiktok.room("alice", stream="none")
    assert "stream_url" not in await room_info(room.room_id)


@pytest.fixture
def stands(monkeypatch: pytest.MonkeyPatch) -> float:
    """The time at which every live stays, however long it takes to look at it."""
    at = time.time()
    monkeypatch.setattr("tests.platforms.tiktok.world.time", SimpleNamespace(time=lambda: at))
    return at


@pytest.mark.parametrize("quality", ["ao", "ld"])
async def test_a_flv_stream_begins_where_the_live_is(
    tiktok: TikTok, tmp_path: Path, quality: str, stands: float
) -> None:
    room = tiktok.live("alice", qualities=(*LADDER, SOUND), started=stands - 20)
    address = (await streams(room.room_id))[quality]["flv"]
    async with httpx.AsyncClient(timeout=PATIENCE) as client, client.stream("GET", address) as answer:
        body = b""
        async for part in answer.aiter_bytes():
            body += part
            (path := tmp_path / "came.flv").write_bytes(body)
            if len(body) > 6_000 and any(kind == 8 for kind, _, _ in read_flv(path).media):
                break  # a key picture may come before the first sound
    came, recorded = read_flv(path).media, tiktok.grounds.recordings["demo"].flv.media
    assert {kind for kind, _, _ in came} == ({8} if quality == "ao" else {8, 9})
    assert came[0][1] < 50  # its own clock begins anew, in ms
    sound = next(said for kind, _, said in came if kind == 8)
    assert next(ms for kind, ms, said in recorded if kind == 8 and said == sound) == pytest.approx(20_000, abs=2_500)


async def test_a_hls_stream_has_the_known_words(tiktok: TikTok, stands: float) -> None:
    room = tiktok.live("alice", started=stands - 21)
    address = (await streams(room.room_id))["sd"]["hls"]
    heard = await asyncio.to_thread(listened, address, 8.0)  # the list reaches back to second 12
    said = [word["word"] for word in tiktok.grounds.recordings["demo"].words if 16 <= word["at"] <= 19]
    assert len(said) > 5
    assert " ".join(said).lower() in re.sub(r"[^\w' ]", "", " ".join(each["text"] for each in heard)).lower()


def listened(address: str, seconds: float) -> list[dict[str, Any]]:
    """The words in the first `seconds` of an HLS list."""
    resampler, parts, begin = av.AudioResampler(format="flt", layout="mono", rate=16_000), [], None
    with av.open(address, options={"live_start_index": "0"}) as container:
        for frame in container.decode(audio=0):
            begin = frame.time if begin is None else begin
            if frame.time - begin > seconds:
                break
            parts += [out.to_ndarray()[0] for out in resampler.resample(frame)]
    return Known()(np.concatenate(parts))


async def test_a_flv_stream_ends_with_the_live(tiktok: TikTok) -> None:
    room = tiktok.live("alice")
    address = (await streams(room.room_id))["ld"]["flv"]
    async with httpx.AsyncClient(timeout=PATIENCE) as client, client.stream("GET", address) as answer:
        body = answer.aiter_bytes()
        assert (await anext(body))[:3] == b"FLV"
        await tiktok.end("alice", silent=True)
        async with asyncio.timeout(PATIENCE):
            async for _ in body:
                pass
    assert (await page(address)).status_code == 404
    assert (await room_info(room.room_id))["status"] == 4


async def test_what_happened_in_the_recording_happens_in_the_room(tiktok: TikTok) -> None:
    room = tiktok.live("amina.kitchen", events=True, captions=True, started=time.time() + 5.0)
    async with chat("amina.kitchen") as reading:
        await reading.start()
        assert (await reading.sees(CommentEvent))[0].comment == "first one here, good evening chef"
        assert (await reading.sees(CaptionEvent))[0].content[0].content == "Hello, hello,"
        assert room.second > 2.3


async def test_a_fault_is_served_as_often_as_told_and_the_truth_afterwards(tiktok: TikTok) -> None:
    tiktok.account("alice")
    address = "https://www.tiktok.com/api-live/user/room/?uniqueId=alice"
    tiktok.fault("api_live", status=429, headers={"Retry-After": "7"}, match="alice")
    tiktok.fault("api_live", status=200, body="captcha")
    tiktok.fault("api_live", abort=True)
    tiktok.fault("api_live", cut_after=20)
    limited = await page(address)
    assert (limited.status_code, limited.headers["Retry-After"]) == (429, "7")
    assert "captcha" in (await page(address)).text
    for _ in range(2):
        with pytest.raises(httpx.RemoteProtocolError):
            await page(address)
    assert (await page(address)).json()["data"]["liveRoom"]["status"] == 4
    assert len(tiktok.asked("api_live")) == 5


async def test_a_link_leads_astray_and_the_proxy_does_not_follow(tiktok_media: Path) -> None:
    async with TikTok(folder=tiktok_media) as tiktok:
        tiktok.link("ZTfoo123", "https://evil.example/x", hops=2)
        with led_to(tiktok):
            async with httpx.AsyncClient(follow_redirects=True, timeout=PATIENCE) as client:
                with pytest.raises(httpx.ProxyError):
                    await client.get("https://www.tiktok.com/t/ZTfoo123/")
        assert tiktok.refused == {"evil.example": 1}


async def test_a_process_of_its_own_is_told_the_same() -> None:
    with running() as tiktok:
        made = await tiktok.ask("live", unique_id="alice", title="Cooking", qualities=[{"name": "ao"}])
        told = await tiktok.ask("emit", unique_id="alice", events=[{"type": "comment", "user": "bob", "text": "wow"}])
        assert told == {"result": 0}
        tiktok.tell("load", rate=200, seconds=0.2, likes=100)
        async with httpx.AsyncClient(proxy=tiktok.proxy, verify=trusting(tiktok.bundle), timeout=PATIENCE) as client:
            address = "https://webcast.tiktok.com/webcast/room/check_alive/?room_ids="
            answer = await client.get(address + made["room_id"])
        assert answer.json()["data"][0]["alive"] is True
        with pytest.raises(ValueError, match="has no room"):
            tiktok.tell("end", unique_id="nobody")
        stats = tiktok.tell("stats")
        assert stats["rooms"]["alice"]["sent"]["WebcastChatMessage"] >= 1
        assert tiktok.tell("egress") == {"reached": {"webcast.tiktok.com:443": 1}, "refused": {}}


def trusting(bundle: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=bundle)


def test_a_child_process_that_asks_certifi_trusts_it_too(tmp_path: Path) -> None:
    variables = environment("http://127.0.0.1:9", tmp_path / "bundle.pem", shim=True)
    asking = [sys.executable, "-c", "import certifi; print(certifi.where())"]
    told = subprocess.run(asking, env={**os.environ, **variables}, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == str(tmp_path / "bundle.pem")
