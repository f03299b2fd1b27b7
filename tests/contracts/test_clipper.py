"""What every clipper promises. A new one is one entry in CLIPPERS."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import pytest

from core.adapters.clips.ring import RingClipper
from core.adapters.media.capture import Manner, PyAvCapture
from core.errors import Missing
from core.model.account import Handle
from core.model.clip import Short
from core.model.live import Live
from core.ports.clipper import Clipper
from core.ports.tiktok import StreamAddress
from tests.waiting import PATIENCE, until

VIDEO = Path(__file__).parents[2] / "bot" / "demo" / "live.mp4"
LIVE, OFFSET, SPEED = 7, 100.0, 16.0
"""The live's number, at which second of it the capture began, and how fast it comes in."""


@dataclass
class Bench:
    """A clipper that keeps live 7; `reach` waits until a second of that live has come in, `forget` ends the keeping, `break_off`
    ends its stream, and has it taken up anew at a second; `second` is where it is."""

    clipper: Clipper
    reach: Callable[[float], Awaitable[None]]
    forget: Callable[[], None]
    break_off: Callable[[float], Awaitable[None]]
    second: Callable[[], float]


@asynccontextmanager
async def ring() -> AsyncIterator[Bench]:
    async def address() -> StreamAddress:
        return StreamAddress(str(VIDEO), live=False, pace=SPEED)

    captures, clipper = PyAvCapture(Manner(speed=SPEED)), RingClipper()
    capture = captures.open("maria", address)
    clipper.attach(LIVE, capture, OFFSET)

    async def reach(second: float) -> None:
        await until(lambda: capture.second >= second - OFFSET)

    opened = [capture]

    async def break_off(second: float) -> None:
        await capture.stop()
        opened.append(captures.open("maria", address))
        clipper.attach(LIVE, opened[-1], second)
        await until(lambda: opened[-1].second > 1)

    yield Bench(clipper, reach, lambda: clipper.detach(LIVE), break_off, lambda: OFFSET + capture.second)
    for one in opened:
        await one.stop()
    captures.close()


CLIPPERS = {"ring": ring}


@pytest.fixture
def slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    """A live that is not over soon."""
    monkeypatch.setattr("tests.contracts.test_clipper.SPEED", 2.0)


@pytest.fixture(params=CLIPPERS)
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    async with CLIPPERS[request.param]() as bench:
        yield bench


class TestClipper:
    async def test_a_moment_is_a_second_of_the_capture_while_there_is_one(self, bench: Bench):
        live = Live(LIVE, 1, Handle("maria"), ("7300",), "", datetime.now(UTC) - timedelta(seconds=5))
        await bench.reach(OFFSET + 12)

        def close() -> bool:  # after a pause of this machine the stream has to catch up first
            before, told, after = bench.second(), bench.clipper.second_of(live, datetime.now(UTC)), bench.second()
            return before - 8 <= told <= after + 8

        await until(close)
        bench.forget()
        assert bench.clipper.second_of(live, live.started + timedelta(seconds=7)) == 7.0

    async def test_a_clip_is_the_seconds_asked_for_and_plays(self, bench: Bench, tmp_path: Path):
        await bench.reach(OFFSET + 12)
        cut = await bench.clipper.save(LIVE, OFFSET + 3, OFFSET + 9, tmp_path / "clip.mp4")
        assert OFFSET + 1 <= cut.start <= OFFSET + 3  # the key picture at or before
        assert cut.start + cut.seconds == pytest.approx(OFFSET + 9, abs=0.5)
        assert (cut.path, cut.size, cut.width, cut.height) == (
            tmp_path / "clip.mp4",
            (tmp_path / "clip.mp4").stat().st_size,
            360,
            640,
        )
        with av.open(str(cut.path)) as media:
            frames = list(media.decode(video=0))
        assert frames[0].key_frame
        assert len(frames) / 25 == pytest.approx(cut.seconds, abs=0.3)

    async def test_it_waits_until_the_end_has_passed(self, bench: Bench, tmp_path: Path):
        await bench.reach(OFFSET + 2)
        cut = await bench.clipper.save(LIVE, OFFSET, OFFSET + 14, tmp_path / "clip.mp4")
        assert cut.seconds == pytest.approx(14, abs=0.5)

    async def test_a_live_that_is_not_kept_is_missing_and_leaves_no_file(self, bench: Bench, tmp_path: Path):
        for live in (LIVE + 1, LIVE):
            with pytest.raises(Missing) as raised:
                await bench.clipper.save(live, OFFSET - 50, OFFSET - 40, tmp_path / "clip.mp4")
            assert raised.value.code == "CLIP_GONE"
        bench.forget()
        with pytest.raises(Missing):
            await bench.clipper.save(LIVE, OFFSET, OFFSET + 1, tmp_path / "clip.mp4")
        assert list(tmp_path.iterdir()) == []

    async def test_it_knows_what_it_keeps(self, bench: Bench):
        await bench.reach(OFFSET + 2)
        first = bench.clipper.first(LIVE)
        assert first is not None
        assert first == pytest.approx(OFFSET, abs=0.2)
        assert (bench.clipper.keeps(LIVE), bench.clipper.keeps(LIVE + 1)) == (True, False)
        bench.forget()
        assert (bench.clipper.keeps(LIVE), bench.clipper.first(LIVE)) == (False, None)

    async def test_a_clip_says_why_it_is_shorter_than_was_asked(self, bench: Bench, tmp_path: Path):
        await bench.reach(OFFSET + 8)
        cut = await bench.clipper.save(LIVE, OFFSET - 20, OFFSET + 8, tmp_path / "clip.mp4")
        assert (cut.short, cut.start) == (Short.BEGUN, pytest.approx(OFFSET, abs=0.2))

    async def test_in_a_hurry_nobody_waits(self, slowly: None, bench: Bench, tmp_path: Path):
        await bench.reach(OFFSET + 3)
        saving = asyncio.create_task(bench.clipper.save(LIVE, OFFSET, OFFSET + 500, tmp_path / "clip.mp4"))
        await asyncio.sleep(0)
        bench.clipper.hurry()
        cut = await asyncio.wait_for(saving, PATIENCE)
        assert (cut.short, cut.seconds < 100) == (Short.STOPPED, True)

    async def test_what_was_saved_whole_is_found_again_and_nothing_else(self, bench: Bench, tmp_path: Path):
        await bench.reach(OFFSET + 8)
        path = tmp_path / "clip.mp4"
        assert await bench.clipper.found(path, OFFSET + 3) is None
        cut = await bench.clipper.save(LIVE, OFFSET + 3, OFFSET + 8, path)
        bench.forget()  # the next process keeps nothing of it
        found = await bench.clipper.found(path, OFFSET + 3)
        assert found is not None
        assert (found.size, found.width, found.height, found.short) == (cut.size, cut.width, cut.height, cut.short)
        assert found.start == pytest.approx(cut.start, abs=0.001)
        path.write_bytes(path.read_bytes()[: cut.size // 2])
        assert await bench.clipper.found(path, OFFSET + 3) is None

    async def test_what_came_before_a_stream_broke_off_can_still_be_cut(self, bench: Bench, tmp_path: Path):
        await bench.reach(OFFSET + 10)
        await bench.break_off(OFFSET + 300)
        before = await bench.clipper.save(LIVE, OFFSET + 2, OFFSET + 8, tmp_path / "before.mp4")
        assert (before.short, before.start) == (None, pytest.approx(OFFSET + 2, abs=2))
        after = await bench.clipper.save(LIVE, OFFSET + 290, OFFSET + 304, tmp_path / "after.mp4")
        assert (after.short, after.start) == (Short.BEGUN, pytest.approx(OFFSET + 300, abs=0.2))
        over = await bench.clipper.save(LIVE, OFFSET + 2, OFFSET + 302, tmp_path / "over.mp4")
        assert over.short is Short.STALLED

    async def test_fifty_clips_wished_for_in_ten_seconds_are_each_the_right_one(self, bench: Bench, tmp_path: Path):
        await bench.reach(OFFSET + 20)
        starts = [OFFSET + number / 5 for number in range(50)]
        cuts = await asyncio.gather(
            *(bench.clipper.save(LIVE, start, start + 8, tmp_path / f"{n}.mp4") for n, start in enumerate(starts))
        )
        assert [cut.path.name for cut in cuts] == [f"{n}.mp4" for n in range(50)]
        for start, cut in zip(starts, cuts, strict=True):
            assert start - 2.1 <= cut.start <= start + 0.1
            assert cut.start + cut.seconds == pytest.approx(start + 8, abs=0.3)
            with av.open(str(cut.path)) as media:
                assert next(media.decode(video=0)).key_frame
