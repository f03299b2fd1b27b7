"""Looking for lives on the loopback TikTok: what each answer means, and that no fault ever means "offline"."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from email.utils import formatdate
from typing import Any

import av
import pytest

from core.adapters.clock import SystemClock
from core.adapters.media.opening import Patience, open_source
from core.adapters.tiktok.rooms import Rooms
from core.adapters.tiktok.web import Web
from core.errors import Denied, EarshotError, Invalid, Missing, Transient
from core.model.account import Handle
from core.ports.tiktok import Profile, Purpose
from tests.platforms.tiktok import LADDER, SOUND, Quality, TikTok
from tests.platforms.tiktok.fixtures import tiktok, tiktok_media
from tests.waiting import PATIENCE

__all__ = ["tiktok", "tiktok_media"]
ALICE = Handle("alice")


@pytest.fixture
async def rooms(tiktok: TikTok) -> AsyncIterator[Rooms]:
    """Led there by the environment alone."""
    web = Web(looks_per_second=200, at_once=4)
    yield Rooms(web, SystemClock())
    await web.close()


async def failure(asked: Any) -> EarshotError:
    with pytest.raises(EarshotError) as raised:
        await asked
    return raised.value


# ---------------------------------------------------------------- what a look says


async def test_a_live_is_found_by_name_with_all_there_is_to_know(tiktok: TikTok, rooms: Rooms) -> None:
    live = tiktok.live("alice", title="Cooking", viewers=77)
    look = await rooms.look(ALICE)
    assert (look.live, look.room, look.title, look.viewers) == (True, str(live.room_id), "Cooking", 77)
    assert (look.name, look.tiktok_id, look.followers) == ("Alice", str(live.owner.user_id), 1000)
    assert look.started is not None
    assert abs(look.at - look.started) < timedelta(seconds=5)


async def test_an_account_that_is_not_live_is_offline_without_a_room(tiktok: TikTok, rooms: Rooms) -> None:
    tiktok.live("alice", title="Cooking")
    await tiktok.end("alice")
    look = await rooms.look(ALICE)
    assert (look.live, look.room, look.title, look.viewers, look.started) == (False, "", "", None, None)
    assert look.followers == 1000


@pytest.mark.parametrize("status", [0, 1, 3, 4, 5])
async def test_only_status_two_is_live(tiktok: TikTok, rooms: Rooms, status: int) -> None:
    tiktok.live("alice", status=status)
    assert not (await rooms.look(ALICE)).live


@pytest.mark.parametrize(
    "typed", ["@Alice.K", "ALICE.K", "https://www.tiktok.com/@Alice.K/live", "tiktok.com/@alice.k?lang=en"]
)
async def test_a_name_with_capitals_an_at_or_as_a_link_is_the_same_account(
    tiktok: TikTok, rooms: Rooms, typed: str
) -> None:
    tiktok.live("alice.k")
    assert (await rooms.look(Handle.parse(typed))).live
    assert "uniqueId=alice.k&" in tiktok.asked("api_live")[-1].path


async def test_a_name_tiktok_does_not_know_is_missing_and_not_offline(tiktok: TikTok, rooms: Rooms) -> None:
    tiktok.account("shy", can_live=False)
    for name in ("nobody", "shy"):
        error = await failure(rooms.look(Handle(name)))
        assert isinstance(error, Missing)
        assert error.code == "NAME_UNKNOWN"


# ---------------------------------------------------------------- what goes wrong


LIMIT, DOWN = "TIKTOK_LIMIT", "TIKTOK_DOWN"
FAULTS = {
    "a captcha page": ({"status": 200, "body": "captcha"}, LIMIT),
    "a page that asks to wait": ({"status": 200, "body": "wait"}, LIMIT),
    "a challenge": ({"status": 200, "body": "challenge"}, LIMIT),
    "403": ({"status": 403}, LIMIT),
    "429": ({"status": 429}, LIMIT),
    "500": ({"status": 500}, DOWN),
    "503": ({"status": 503, "body": "<html>busy</html>"}, DOWN),
    "404": ({"status": 404, "body": "{}"}, DOWN),
    "an empty 200": ({"status": 200, "body": ""}, DOWN),
    "a cut connection": ({"abort": True}, DOWN),
    "an answer cut short": ({"cut_after": 40}, DOWN),
    "no JSON": ({"status": 200, "body": "{'data': "}, DOWN),
    "JSON without a room": ({"status": 200, "body": '{"data": {"user": {"id": "7"}}, "message": ""}'}, DOWN),
    "JSON of the wrong shape": ({"status": 200, "body": '{"data": {"liveRoom": [2], "user": "alice"}}'}, DOWN),
    "a live without a room": ({"status": 200, "body": '{"data": {"liveRoom": {"status": 2}, "user": {}}}'}, DOWN),
    "a list": ({"status": 200, "body": "[]"}, DOWN),
    "JSON as deep as a well": ({"status": 200, "body": "[" * 100_000}, DOWN),
    "a number of a million digits": ({"status": 200, "body": '{"data": ' + "9" * 1_000_000 + "}"}, DOWN),
    "a body without end": ({"status": 200, "body": '{"data": "' + "x" * 2_100_000 + '"}'}, DOWN),
    "a foreign redirect": ({"status": 302, "headers": {"Location": "https://portal.example/"}}, DOWN),
    "a redirect to the sign-in": ({"status": 302, "headers": {"Location": "/login?redirect_url=x"}}, LIMIT),
    "a redirect in a circle": (
        {"status": 302, "headers": {"Location": "/api-live/user/room/?uniqueId=alice"}, "times": -1},
        DOWN,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
async def test_a_fault_is_told_as_what_it_is_and_never_as_offline(tiktok: TikTok, rooms: Rooms, name: str) -> None:
    fault, code = FAULTS[name]
    tiktok.live("alice")
    for route in ("api_live", "check_alive", "room_info", "profile"):
        tiktok.fault(route, **{"times": 1, **fault})
    for asked in (rooms.look(ALICE), rooms.alive(["7300"]), rooms.confirm("7300"), rooms.profile(ALICE)):
        error = await failure(asked)
        assert isinstance(error, Transient)
        assert error.code == code
    tiktok.clear_faults()
    assert (await rooms.look(ALICE)).live  # and the client still works


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("90", 90.0),
        ("0", 0.0),
        ("-5", 0.0),
        ("100000000", 3600.0),
        ("soon", None),
        ("nan", None),
        (None, None),
        ("", None),
    ],
)
async def test_a_limit_names_how_long_it_lasts_when_tiktok_says_so(
    tiktok: TikTok, rooms: Rooms, header: str | None, seconds: float | None
) -> None:
    tiktok.fault("api_live", status=429, headers={} if header is None else {"Retry-After": header})
    error = await failure(rooms.look(ALICE))
    assert isinstance(error, Transient)
    assert (error.code, error.retry_after) == (LIMIT, seconds)


async def test_a_limit_may_name_a_date(tiktok: TikTok, rooms: Rooms) -> None:
    tiktok.fault("api_live", status=429, headers={"Retry-After": formatdate(time.time() + 120, usegmt=True)})
    error = await failure(rooms.look(ALICE))
    assert isinstance(error, Transient)
    assert error.retry_after is not None
    assert 120 - PATIENCE < error.retry_after <= 120


@pytest.mark.parametrize(
    "fault", [{"delay_s": 600.0}, {"delay_s": 600.0, "passthrough": True}], ids=["error", "answer"]
)
async def test_a_slow_answer_is_given_up_in_time(tiktok: TikTok, fault: dict[str, Any]) -> None:
    web = Web(timeout_seconds=0.3)
    rooms = Rooms(web, SystemClock())
    tiktok.live("alice")
    tiktok.fault("api_live", **fault)
    async with asyncio.timeout(PATIENCE):
        assert (await failure(rooms.look(ALICE))).code == DOWN
    web._timeout_seconds, (await web._client()).timeout = PATIENCE, PATIENCE
    assert (await rooms.look(ALICE)).live
    await web.close()


async def test_a_proxy_that_is_not_there_is_tiktok_down_and_one_that_cannot_be_is_a_setting(tiktok: TikTok) -> None:
    web = Web("http://127.0.0.1:1")
    assert (await failure(Rooms(web, SystemClock()).look(ALICE))).code == DOWN
    await web.close()
    for wrong in ("ftp://proxy:21", "http://", "http://[::1", "http://proxy:99999"):
        with pytest.raises(Invalid) as raised:
            Web(wrong)
        assert raised.value.values["name"] == "TIKTOK_PROXY"


async def test_the_proxy_of_the_settings_wins_and_is_handed_to_who_reads_the_stream(
    tiktok: TikTok, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "tiktok.com")
    web = Web(tiktok.proxy.removeprefix("http://"))
    room = tiktok.live("alice")
    rooms = Rooms(web, SystemClock())
    assert (await rooms.look(ALICE)).live
    assert (await rooms.stream(str(room.room_id), Purpose.CLIPS)).proxy == tiktok.proxy
    await web.close()


async def test_certificates_are_checked(tiktok: TikTok, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    web = Web()
    assert (await failure(Rooms(web, SystemClock()).look(ALICE))).code == DOWN
    await web.close()


async def test_a_certificate_file_that_cannot_be_read_is_a_wrong_setting(
    tiktok: TikTok, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/bundle.pem")
    error = await failure(Rooms(Web(), SystemClock()).look(ALICE))
    assert isinstance(error, Invalid)
    assert error.values["name"] == "SSL_CERT_FILE"


async def test_looks_keep_their_pace_and_their_number_and_a_live_does_not_wait_for_them(tiktok: TikTok) -> None:
    web = Web(looks_per_second=10, at_once=4)
    rooms = Rooms(web, SystemClock())
    room = str(tiktok.live("alice").room_id)
    await rooms.look(ALICE)
    began = time.monotonic()
    async with asyncio.TaskGroup() as group:
        looks = [group.create_task(rooms.look(ALICE)) for _ in range(12)]
        await asyncio.sleep(0)
        confirmed = group.create_task(rooms.confirm(room))
        await confirmed
        assert not all(look.done() for look in looks)
    assert time.monotonic() - began > 0.7  # 13 looks at 10 a second after 4 at once
    await web.close()


# ---------------------------------------------------------------- the second reading


async def test_a_room_is_confirmed_and_after_its_end_it_is_not(tiktok: TikTok, rooms: Rooms) -> None:
    room = str(tiktok.live("alice").room_id)
    assert await rooms.confirm(room)
    await tiktok.end("alice")
    assert not await rooms.confirm(room)
    assert not await rooms.confirm("1")


async def test_a_live_for_adults_is_denied_and_not_offline(tiktok: TikTok, rooms: Rooms) -> None:
    room = str(tiktok.live("alice", age_restricted=True).room_id)
    for asked in (rooms.confirm(room), rooms.stream(room, Purpose.CLIPS)):
        error = await failure(asked)
        assert isinstance(error, Denied)
        assert error.code == "AGE"


async def test_a_live_without_any_stream_is_not_confirmed_and_not_over(tiktok: TikTok, rooms: Rooms) -> None:
    room = str(tiktok.live("alice", stream="none").room_id)
    for asked in (rooms.confirm(room), rooms.stream(room, Purpose.CLIPS)):
        error = await failure(asked)
        assert isinstance(error, Transient)
        assert error.code == "STREAM_DOWN"


async def test_a_live_whose_stream_is_down_for_a_while_is_still_live(tiktok: TikTok, rooms: Rooms) -> None:
    room = str(tiktok.live("alice", stream_up=False).room_id)
    assert await rooms.confirm(room)
    assert (await rooms.stream(room, Purpose.CLIPS)).url


async def test_check_alive_is_read_by_the_ids_it_gives_and_may_lie(tiktok: TikTok, rooms: Rooms) -> None:
    alice, bob = tiktok.live("alice"), tiktok.live("bob")
    await tiktok.end("bob")
    asked = [str(bob.room_id), "1", str(alice.room_id)]
    assert await rooms.alive(asked) == {str(alice.room_id)}
    tiktok.config(check_alive_lies=True)
    assert await rooms.alive(asked) == set(asked)
    assert not (await rooms.look(Handle("bob"))).live


async def test_no_more_than_fifty_rooms_are_asked_about_at_once(tiktok: TikTok, rooms: Rooms) -> None:
    await rooms.alive([str(number) for number in range(1, 80)])
    assert tiktok.asked("check_alive")[-1].path.count("%2C") + tiktok.asked("check_alive")[-1].path.count(",") == 49


# ---------------------------------------------------------------- names


async def test_a_profile_is_read_with_its_number(tiktok: TikTok, rooms: Rooms) -> None:
    account = tiktok.account("Alice.K", nickname="Alice 🍳", followers=7, about="I cook", private=True)
    profile = await rooms.profile(Handle("alice.k"))
    assert profile == Profile(Handle("alice.k"), str(account.user_id), "Alice 🍳", 7, "I cook", True)


async def test_a_name_nobody_has_is_missing_plainly(tiktok: TikTok, rooms: Rooms) -> None:
    error = await failure(rooms.profile(Handle("nobody")))
    assert (type(error), error.code, error.values) == (Missing, "HANDLE", {"x": "nobody"})


async def test_a_number_leads_to_the_name_an_account_has_now(tiktok: TikTok, rooms: Rooms) -> None:
    account = tiktok.account("Alice.K")
    number = str(account.user_id)
    assert await rooms.handle_of(number) == "alice.k"
    tiktok.rename("Alice.K", "alice.cooks")
    assert await rooms.handle_of(number) == "alice.cooks"
    tiktok.leave("alice.cooks")
    error = await failure(rooms.handle_of(number))
    assert (type(error), error.code) == (Missing, "GONE")


async def test_whoever_calls_himself_by_a_number_is_not_taken_for_it(tiktok: TikTok, rooms: Rooms) -> None:
    tiktok.account("7000000000000000099")
    error = await failure(rooms.handle_of("7000000000000000099"))
    assert (type(error), error.code) == (Transient, DOWN)


# ---------------------------------------------------------------- streams


@pytest.mark.parametrize(
    ("purpose", "qualities", "quality"),
    [
        (Purpose.SOUND, (*LADDER, SOUND), "ao"),
        (Purpose.SOUND, LADDER, "ld"),
        (Purpose.SOUND, (Quality("ld", codec="h265"), Quality("sd", "540x960")), "sd"),
        (Purpose.CLIPS, (*LADDER, SOUND), "hd"),
        (Purpose.CLIPS, (Quality("origin", "360x640"), Quality("sd", "540x960")), "sd"),
        (Purpose.CLIPS, (Quality("origin", "1080x1920"), Quality("hd", "720x1280", "h265")), "origin"),
        (Purpose.CLIPS, (Quality("hd", "720x1280", "bytevc1"), Quality("sd", "540x960", "h264")), "sd"),
    ],
)
async def test_the_stream_fits_what_it_is_for(
    tiktok: TikTok, rooms: Rooms, purpose: Purpose, qualities: tuple[Quality, ...], quality: str
) -> None:
    room = str(tiktok.live("alice", qualities=qualities).room_id)
    address = await rooms.stream(room, purpose)
    assert f"{room}_{quality}.flv" in address.url
    assert address.live


@pytest.mark.parametrize(
    ("stream", "purpose", "path"),
    [
        ("legacy", Purpose.SOUND, "_ld.flv"),
        ("legacy", Purpose.CLIPS, "_hd.flv"),
        ("detail", Purpose.CLIPS, "_sd/index.m3u8"),
    ],
)
async def test_old_fields_and_the_page_for_guests_lead_to_a_stream_too(
    tiktok: TikTok, rooms: Rooms, stream: str, purpose: Purpose, path: str
) -> None:
    room = str(tiktok.live("alice", stream=stream).room_id)
    assert await rooms.confirm(room)
    assert path in (await rooms.stream(room, purpose)).url


async def test_an_address_that_expired_is_replaced_by_a_fresh_one(tiktok: TikTok, rooms: Rooms) -> None:
    room = str(tiktok.live("alice").room_id)
    old = await rooms.stream(room, Purpose.SOUND)
    tiktok.room("alice", stream_token="2")
    error = await failure(asyncio.to_thread(open_source, old, Patience()))
    assert isinstance(error, Denied)
    source = await asyncio.to_thread(open_source, await rooms.stream(room, Purpose.SOUND), Patience())
    assert isinstance(source.container, av.container.InputContainer)
    source.close()


async def test_a_room_that_is_over_has_no_stream(tiktok: TikTok, rooms: Rooms) -> None:
    room = str(tiktok.live("alice").room_id)
    await tiktok.end("alice")
    error = await failure(rooms.stream(room, Purpose.CLIPS))
    assert (type(error), error.code) == (Missing, "ROOM_OVER")
