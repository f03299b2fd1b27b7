"""A live is captured through everything that streams do."""

import asyncio
from itertools import pairwise

import pytest

from core.adapters.media.capture import Phase, PyAvCapture
from core.adapters.media.timeline import Timeline
from core.errors import Denied, Missing, Transient
from core.model.transcript import GapCause
from core.ports.tiktok import StreamAddress
from tests.core.adapters.media.conftest import HURRIED, Heard, Listen
from tests.platforms.live_server import LiveServer
from tests.waiting import Standstill, until


def in_order(heard: Heard) -> bool:
    """Spans follow each other and overlap only as they say."""
    return all(b.start >= a.end - b.overlap - 0.001 for a, b in pairwise(heard.spans))


def exact(heard: Heard) -> bool:
    """Every span has as many samples as its times say."""
    return all(abs(len(s.pcm) / 32000 - s.seconds) < 0.001 for s in heard.spans)


async def test_a_live_gives_spans_of_speech_until_its_address_says_it_is_over(
    server: LiveServer, listen: Listen
) -> None:
    heard = listen(f"{server.origin}/live/a.flv?speed=16&end_after=40", ends=True)
    await heard.done()
    assert heard.asked == 2
    assert len(heard.spans) >= 5
    assert heard.gaps == []
    assert in_order(heard)
    assert exact(heard)
    assert heard.capture.state.phase == Phase.ENDED


async def test_a_clean_end_is_not_the_end(server: LiveServer, listen: Listen) -> None:
    heard = listen(f"{server.origin}/live/a.flv?end_after=1", f"{server.origin}/live/a.flv")
    await heard.reach(3)
    assert heard.asked == 2
    assert heard.capture.dropped.repeated > 10
    assert heard.gaps == []


async def test_a_reset_is_followed_by_a_fresh_address(server: LiveServer, listen: Listen) -> None:
    heard = listen(f"{server.origin}/live/a.flv?reset_after=1", f"{server.origin}/live/a.flv?base=5000000")
    await heard.reach(4)
    assert heard.asked == 2
    assert heard.gaps == []  # the network sent its last seconds again: nothing is missing


@HURRIED
async def test_a_stalled_stream_is_left_after_the_patience(server: LiveServer, listen: Listen) -> None:
    heard = listen(f"{server.origin}/live/a.flv?stall_after=1", f"{server.origin}/live/a.flv")
    began = asyncio.get_running_loop().time()
    await until(lambda: heard.asked >= 2)
    assert asyncio.get_running_loop().time() - began >= 1.5
    await heard.reach(6)


async def test_a_short_stall_costs_nothing(server: LiveServer, listen: Listen) -> None:
    heard = listen(f"{server.origin}/live/a.flv?stall_after=1&stall_for=0.6")
    await heard.reach(3)
    assert heard.asked == 1
    assert heard.gaps == []


async def test_a_hole_between_two_connections_is_named(server: LiveServer, listen: Listen) -> None:
    heard = listen(
        f"{server.origin}/live/a.flv?end_after=1",
        *[f"{server.origin}/status/404"] * 14,
        f"{server.origin}/live/a.flv?base=900000",
    )
    with Standstill() as still:
        await until(lambda: heard.gaps)
    gap = heard.gaps[0]
    assert gap.cause == GapCause.RECONNECT
    assert 1.0 <= gap.end - gap.start <= 6.0 + still.seconds
    assert "404" not in heard.capture.state.error


async def test_the_clock_keeps_the_wall_time_of_a_hole(server: LiveServer, listen: Listen) -> None:
    heard = listen(
        f"{server.origin}/live/a.flv?end_after=1",
        *[f"{server.origin}/status/404"] * 14,
        f"{server.origin}/live/a.flv?base=900000",
    )
    began = asyncio.get_running_loop().time()
    with Standstill() as still:
        await heard.reach(6)
    wall = asyncio.get_running_loop().time() - began
    assert abs(heard.capture.second - wall) < 3.0 + still.seconds  # what is sent ahead (two seconds), and the open


async def test_403_at_open_is_met_with_a_fresh_address(server: LiveServer, listen: Listen) -> None:
    heard = listen(f"{server.origin}/status/403", f"{server.origin}/live/a.flv")
    await heard.reach(2)
    assert heard.asked == 2


async def test_a_live_that_never_answers_well_ends_with_the_error(server: LiveServer, listen: Listen) -> None:
    for status, kind in (("403", Denied), ("404", Missing), ("503", Transient)):
        heard = listen(f"{server.origin}/status/{status}")
        with pytest.raises(kind) as raised:
            await heard.done()
        assert raised.value.code == "SOURCE_ANSWER"
        assert heard.asked == 4


async def test_a_refused_connection_is_transient(listen: Listen) -> None:
    heard = listen("http://127.0.0.1:9/live.flv")
    with pytest.raises(Transient, match="refused"):
        await heard.done()


async def test_a_refusal_in_the_middle_is_waited_out(server: LiveServer, capture: PyAvCapture) -> None:
    addresses = [f"{server.origin}/live/a.flv?end_after=1", "http://127.0.0.1:9/x.flv"]

    async def address() -> StreamAddress:
        return StreamAddress(addresses.pop(0) if len(addresses) > 1 else addresses[0])

    heard = Heard(capture.open("refused", address))
    await until(lambda: heard.capture.state.phase == Phase.WAITING and "refused" in heard.capture.state.error)
    addresses.append(f"{server.origin}/live/a.flv")
    await heard.reach(5)
    assert heard.capture.state.error == ""
    await heard.capture.stop()


async def test_an_unsure_address_is_asked_again(server: LiveServer, capture, listen: Listen) -> None:  # type: ignore[no-untyped-def]
    answers = [Transient("TIKTOK_DOWN"), Denied("AGE"), None]

    async def address():  # type: ignore[no-untyped-def]
        if (answer := answers.pop(0) if len(answers) > 1 else answers[0]) is not None:
            raise answer
        return StreamAddress(f"{server.origin}/live/a.flv")

    live = capture.open("unsure", address)
    heard = Heard(live)
    await heard.reach(1)
    await live.stop()


async def test_hls_gives_the_same_speech(server: LiveServer, listen: Listen) -> None:
    heard = listen(f"{server.origin}/hls/a/index.m3u8")
    await heard.reach(8)
    await heard.capture.stop()
    await heard.done()
    assert heard.spans
    assert in_order(heard)
    assert exact(heard)


async def test_hls_that_turns_403_goes_on_with_a_fresh_address_and_nothing_twice(
    server: LiveServer, listen: Listen
) -> None:
    heard = listen(f"{server.origin}/hls/a/index.m3u8?expire_after=1", f"{server.origin}/hls/b/index.m3u8")
    await heard.reach(10)
    assert heard.asked >= 2
    assert heard.capture.dropped.repeated > 50
    assert heard.gaps == []
    assert in_order(heard)


async def test_hls_whose_segments_are_gone_goes_on_with_a_fresh_address(server: LiveServer, listen: Listen) -> None:
    heard = listen(
        f"{server.origin}/hls/a/index.m3u8?gone_after=1&expire_after=2.5", f"{server.origin}/hls/b/index.m3u8"
    )
    await until(lambda: heard.asked >= 2)
    await heard.reach(10)
    assert in_order(heard)


@HURRIED
async def test_hls_whose_list_stands_still_is_left(server: LiveServer, listen: Listen) -> None:
    heard = listen(f"{server.origin}/hls/a/index.m3u8?frozen_after=0", f"{server.origin}/hls/b/index.m3u8")
    await until(lambda: heard.asked >= 2)
    await heard.reach(9)
    assert in_order(heard)


async def test_an_endlist_is_not_the_end_and_the_window_is_not_heard_twice(server: LiveServer, listen: Listen) -> None:
    heard = listen(
        f"{server.origin}/hls/a/index.m3u8?end_after=1", f"{server.origin}/hls/a/index.m3u8?end_after=1", ends=True
    )
    await heard.done()
    assert heard.asked == 3
    assert heard.capture.dropped.repeated > 300
    assert heard.capture.second < 12
    assert in_order(heard)


@pytest.mark.parametrize("jump", [500_000, -600_000])
async def test_a_jump_of_the_timestamps_loses_no_sound(server: LiveServer, listen: Listen, jump: int) -> None:
    plain = listen(f"{server.origin}/live/a.flv?base=700000&speed=8&from=2&end_after=24", ends=True)
    heard = listen(
        f"{server.origin}/live/b.flv?base=700000&speed=8&from=2&end_after=24&jump_after=9&jump={jump}", ends=True
    )
    await plain.done()
    await heard.done()
    assert heard.gaps == []
    assert (
        abs(heard.capture.second - plain.capture.second) < 2
    )  # the server ends them in steps of 0.3 s, more when busy
    told, expected = ([(s.start, s.end) for s in h.spans if s.end < 20] for h in (heard, plain))
    assert len(told) == len(expected) >= 2
    assert told == [pytest.approx(span, abs=0.1) for span in expected]


async def test_stamps_near_the_32_bit_wrap_are_fine(server: LiveServer, listen: Listen) -> None:
    heard = listen(f"{server.origin}/live/a.flv?base={2**32 - 3000}&speed=8&end_after=20", ends=True)
    await heard.done()
    assert heard.gaps == []
    assert 18 < heard.capture.second < 24


async def test_a_change_of_codec_is_followed(server: LiveServer, listen: Listen) -> None:
    heard = listen(f"{server.origin}/live/a.flv?other_at=1")
    await until(lambda: heard.asked >= 2)
    await heard.reach(4)
    assert heard.asked == 2
    assert heard.capture.dropped.broken == 0


async def test_stopping_gives_out_what_was_heard(server: LiveServer, listen: Listen) -> None:
    heard = listen(f"{server.origin}/live/a.flv?speed=4")
    await heard.reach(9)
    await heard.capture.stop()
    await heard.done()
    assert heard.spans
    assert heard.capture.state.phase == Phase.ENDED


async def test_a_live_nobody_listens_to_drops_its_oldest_spans_and_says_so(
    server: LiveServer, listen: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.adapters.media.outlet.LIMIT_SECONDS", 60.0)
    heard = listen(f"{server.origin}/live/a.flv?speed=30&end_after=150", ends=True, taken=False)
    await until(lambda: heard.capture.state.phase == Phase.ENDED)
    await heard.take()
    assert heard.capture.dropped.spans > 0
    assert [g.cause for g in heard.gaps] == [GapCause.OVERFLOW]
    assert heard.gaps[0].end <= heard.spans[0].start
    assert sum(span.seconds for span in heard.spans) <= 60 + 15


def test_picture_and_sound_that_jump_at_different_packets_stay_together() -> None:
    timeline = Timeline()
    timeline.anchor(0.0, 0.0)
    for i in range(100):
        timeline.second("video", i * 0.04, 0.04)
        timeline.second("audio", i * 0.04 + 0.01, 0.04)
    video = timeline.second("video", 504.0, 0.04)
    assert timeline.second("audio", 4.01, 0.04) == pytest.approx(4.01)
    assert timeline.second("audio", 504.05, 0.04) - video == pytest.approx(0.05)
