"""Reading answers, whoever wrote them: which stream is chosen, and that a reading or one of our errors comes out."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.adapters.tiktok.answers import alive_of, guest_room_of, look_of, profile_of, room_of
from core.adapters.tiktok.streams import chosen, guest_stream, streams_of
from core.errors import EarshotError
from core.model.account import Handle
from core.model.live import Look
from core.ports.tiktok import Purpose
from tests.doubles import BEGAN


def stream_url(data: Any, **more: Any) -> dict[str, Any]:
    return {"live_core_sdk_data": {"pull_data": {"stream_data": json.dumps({"data": data}), **more}}}


def main(address: Any, params: Any = None, **more: Any) -> dict[str, Any]:
    return {"main": {"flv": address, "sdk_params": params, **more}}


def opened(said: dict[str, Any], purpose: Purpose = Purpose.CLIPS) -> str | None:
    stream = chosen(streams_of(said), purpose)
    return stream.address if stream else None


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "rtmp://pull.example/live",
        "concat:a|b",
        "https://",
        "https://user:secret@pull.example/a.flv",
        "https://pull.example/a b.flv",
        "https://pull.example/\r\nHost: x",
        "https://pull.example/é.flv",
        "https://[::1/a.flv",
        "https://pull.example:0/a.flv",
        "https://pull.example/" + "a" * 5000,
        "subfile,,start,0,end,9,,:/etc/passwd",
        "",
        7,
        None,
        ["https://pull.example/a.flv"],
    ],
)
def test_only_plain_http_addresses_are_ever_opened(address: Any) -> None:
    said = stream_url({"sd": main(address, hls=address)}) | {"hls_pull_url": address, "flv_pull_url": {"SD1": address}}
    assert opened(said | {"rtmp_pull_url": address}) is None
    assert guest_stream(address if isinstance(address, str) else "") == []


@pytest.mark.parametrize("status", [2, 4])
def test_the_picture_of_an_account_is_read_whether_it_is_live_or_not(status: int) -> None:
    pictures = {
        "avatarThumb": "https://p16.tiktokcdn.com/100.jpg",
        "avatarLarger": "https://p16.tiktokcdn.com/1080.jpg",
    }
    said = {"data": {"user": {"roomId": "7300", **pictures}, "liveRoom": {"status": status}}}
    look = look_of(said, Handle("amina"), BEGAN)
    assert (look.live, look.picture) == (status == 2, pictures["avatarThumb"])
    assert look.cover == (pictures["avatarLarger"] if look.live else "")


@pytest.mark.parametrize("params", [None, "", "{", "[]", 7, '{"resolution": 9, "VCodec": []}', {"VCodec": "h264"}])
def test_garbage_beside_an_address_does_not_hide_it(params: Any) -> None:
    assert opened(stream_url({"sd": main("https://pull.example/a.flv", params)})) == "https://pull.example/a.flv"


@pytest.mark.parametrize("data", ["{", "[]", "null", 7, None, "[" * 100_000, '{"data": []}', '{"data": {"sd": "x"}}'])
def test_what_is_no_list_of_streams_leaves_the_old_fields(data: Any) -> None:
    said: dict[str, Any] = {"live_core_sdk_data": {"pull_data": {"stream_data": data}}}
    assert opened(said) is None
    assert opened(said | {"flv_pull_url": {"SD1": "https://pull.example/b.flv"}}) == "https://pull.example/b.flv"


def test_tiktoks_own_levels_count_where_it_says_no_size() -> None:
    said = stream_url(
        {"one": main("https://a.example/1.flv"), "two": main("https://a.example/2.flv")},
        options={"qualities": [{"sdk_key": "one", "level": 5}, {"sdk_key": "two", "level": 1}, "x", {"level": []}]},
    )
    assert opened(said, Purpose.SOUND) == "https://a.example/2.flv"


def test_h265_is_taken_only_when_there_is_nothing_else() -> None:
    modern = '{"VCodec": "bytevc1", "resolution": "540x960"}'
    said = stream_url({"sd": main("https://a.example/265.flv", modern)})
    assert opened(said) == "https://a.example/265.flv"
    assert opened(said | {"flv_pull_url": {"HD1": "https://a.example/old.flv"}}) == "https://a.example/old.flv"


NAMES = st.sampled_from(
    "data liveRoom user status roomId id stats liveRoomStats startTime stream_url main flv hls sd ao options qualities level"
    " sdk_key prompts status_code message alive room_id room_id_str LiveRoomInfo liveUrl live_core_sdk_data pull_data"
    " stream_data sdk_params flv_pull_url __DEFAULT_SCOPE__ webapp.user-detail userInfo uniqueId statusCode title".split()
)
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.sampled_from([2, 4, "2", 0])
)
ANYTHING = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=6))


@given(st.dictionaries(NAMES, ANYTHING, max_size=6))
def test_whatever_comes_is_a_reading_or_one_of_our_errors(said: dict[str, Any]) -> None:
    page = f'<script id="__UNIVERSAL_DATA_FOR_REHYDRATION__" type="application/json">{json.dumps(said)}</script>'
    for reading in (
        lambda: look_of(said, Handle("alice"), BEGAN),
        lambda: room_of(said),
        lambda: alive_of(said, ["1"]),
        lambda: profile_of(page),
    ):
        with suppress(EarshotError):
            reading()
    guest_room_of(said)
    for purpose in Purpose:
        chosen(streams_of(said), purpose)


def test_texts_of_strangers_can_be_stored_and_have_an_end() -> None:
    room = {"status": 2, "title": "\ud800" + "t" * 5000, "startTime": 10**12, "liveRoomStats": {"userCount": -4}}
    user = {"roomId": 7300, "id": "0", "nickname": ["A"]}
    look = look_of({"data": {"liveRoom": room, "user": user, "stats": {"followerCount": 1e9}}}, Handle("alice"), BEGAN)
    assert look == Look(BEGAN, True, "7300", "?" + "t" * 299)


def test_a_page_full_of_beginnings_takes_no_longer_than_its_length() -> None:
    with pytest.raises(EarshotError):
        profile_of('<script id="__UNIVERSAL_DATA_FOR_REHYDRATION__"' * 40_000)
