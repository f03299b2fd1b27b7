"""Files are read at the pace they are asked for, and wait for whoever takes their spans; proxies are used as told."""

import asyncio
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.adapters.media.outlet import LIMIT_SECONDS, Outlet
from core.model.transcript import Gap, GapCause, Span
from core.ports.media import Capture, LiveCapture
from core.ports.tiktok import StreamAddress
from tests.core.adapters.media.conftest import Listen
from tests.platforms.live_media import DEMO, remux
from tests.platforms.live_server import LiveServer


def span(second: float) -> Span:
    return Span(second, second + 1, b"")


async def test_a_file_ends_by_itself(listen: Listen) -> None:
    heard = listen(str(DEMO), live=False)
    await heard.done()
    assert heard.asked == 1
    assert heard.capture.second == pytest.approx(64, abs=0.3)
    assert len(heard.spans) == 12


async def test_a_file_read_at_a_pace_takes_its_time_and_counts_by_it(listen: Listen) -> None:
    heard = listen(str(DEMO), live=False, pace=16.0)
    began, wall = asyncio.get_running_loop().time(), datetime.now(UTC)
    await heard.done()
    assert asyncio.get_running_loop().time() - began > 3.4  # a busy machine takes longer, never less
    later = [heard.capture.second_of(wall + timedelta(hours=1, seconds=seconds)) for seconds in (0, 2)]
    assert later[1] - later[0] == pytest.approx(32)
    assert heard.capture.second_of(wall - timedelta(seconds=10)) == 0.0


async def test_a_file_without_sound_ends_without_spans(listen: Listen, tmp_path: Path) -> None:
    heard = listen(str(remux(DEMO, tmp_path / "silent.mp4", "mp4", kinds=("video",))), live=False)
    await heard.done()
    assert heard.spans == []


async def test_a_list_of_segments_on_disk_is_a_file(listen: Listen, tmp_path: Path) -> None:
    remux(DEMO, tmp_path / "index.m3u8", "hls", hls_time="2", hls_list_size="0")
    heard = listen(str(tmp_path / "index.m3u8"), live=False)
    await heard.done()
    assert len(heard.spans) == 12


async def test_a_stream_behind_http_that_ends_is_a_file_when_it_is_said_to_be(
    server: LiveServer, listen: Listen
) -> None:
    heard = listen(f"{server.origin}/live/a.flv?speed=20&end_after=30", live=False)
    await heard.done()
    assert heard.asked == 1
    assert heard.spans


async def test_a_full_queue_holds_a_file_up_until_somebody_takes() -> None:
    outlet, given = Outlet(asyncio.get_running_loop(), limit=2), []

    def give() -> None:
        for i in range(6):
            outlet.give_patiently(span(i), lambda: False)
            given.append(i)
        outlet.close(None)

    thread = threading.Thread(target=give)
    thread.start()
    taken = []
    async for item in outlet.items():
        taken.append(item.start)
        assert len(given) <= len(taken) + 3
        await asyncio.sleep(0.01)
    thread.join(5)
    assert taken == [0, 1, 2, 3, 4, 5]


async def test_an_overflow_is_one_gap_in_front_of_what_is_left() -> None:
    outlet = Outlet(asyncio.get_running_loop(), limit=3)
    for i in range(10):
        outlet.give(span(i * 2))
    outlet.close(None)
    items = [item async for item in outlet.items()]
    assert items[0] == Gap(0, 13, GapCause.OVERFLOW)
    assert [i.start for i in items[1:]] == [14, 16, 18]
    assert outlet.dropped == 7


async def test_speech_that_waits_is_bounded_by_its_length() -> None:
    outlet = Outlet(asyncio.get_running_loop())
    for i in range(40):
        outlet.give(replace(span(i * 10), end=i * 10 + 10.0))
    outlet.close(None)
    items = [item async for item in outlet.items()]
    assert isinstance(items[0], Gap)
    assert LIMIT_SECONDS <= sum(item.end - item.start for item in items[1:]) <= LIMIT_SECONDS + 10


async def test_a_proxy_is_used_as_the_address_says(server: LiveServer, capture: Capture) -> None:
    async def address() -> StreamAddress:
        return StreamAddress(
            "http://cdn.invalid/live/a.flv?speed=20&end_after=10", proxy=server.origin, live=False, pace=0.0
        )

    live: LiveCapture = capture.open("proxied", address)
    assert [item async for item in live.spans()]
    assert server.requests["flv"] == 1
    await live.stop()


async def test_what_no_proxy_names_goes_by_no_proxy_at_all(
    server: LiveServer, capture: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")

    async def address() -> StreamAddress:
        url = f"{server.origin}/live/a.flv?speed=20&end_after=10"
        return StreamAddress(url, proxy="http://127.0.0.1:9", live=False, pace=0.0)

    live: LiveCapture = capture.open("direct", address)
    assert [item async for item in live.spans()]
    await live.stop()


@pytest.mark.parametrize("excepted", [False, True])
async def test_the_proxy_of_the_environment_is_honoured(
    server: LiveServer, listen: Listen, monkeypatch: pytest.MonkeyPatch, excepted: bool
) -> None:
    port = server.origin.rpartition(":")[2]
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9" if excepted else server.origin)
    monkeypatch.setenv("no_proxy", "127.0.0.1" if excepted else "elsewhere.example")
    host = "127.0.0.1" if excepted else "cdn.invalid"
    heard = listen(f"http://{host}:{port}/live/a.flv?speed=20&end_after=10", live=False)
    await heard.done()
    assert server.requests["flv"] == 1
