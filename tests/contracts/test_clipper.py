"""What every clipper promises. A new one is one entry in CLIPPERS."""

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
from core.model.live import Live
from core.ports.clipper import Clipper
from core.ports.tiktok import StreamAddress
from tests.waiting import until

VIDEO = Path(__file__).parents[2] / "bot" / "demo" / "live.mp4"
LIVE, OFFSET, SPEED = 7, 100.0, 16.0
"""The live's number, at which second of it the capture began, and how fast it comes in."""


@dataclass
class Bench:
    """A clipper that keeps live 7; `reach` waits until a second of that live has come in, `forget` ends the keeping."""

    clipper: Clipper
    reach: Callable[[float], Awaitable[None]]
    forget: Callable[[], None]


@asynccontextmanager
async def ring() -> AsyncIterator[Bench]:
    async def address() -> StreamAddress:
        return StreamAddress(str(VIDEO), live=False, pace=SPEED)

    captures, clipper = PyAvCapture(Manner(speed=SPEED)), RingClipper()
    capture = captures.open("maria", address)
    clipper.attach(LIVE, capture, OFFSET)

    async def reach(second: float) -> None:
        await until(lambda: capture.second >= second - OFFSET)

    yield Bench(clipper, reach, lambda: clipper.detach(LIVE))
    await capture.stop()
    captures.close()


CLIPPERS = {"ring": ring}


@pytest.fixture(params=CLIPPERS)
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    async with CLIPPERS[request.param]() as bench:
        yield bench


class TestClipper:
    async def test_a_moment_is_a_second_of_the_capture_while_there_is_one(self, bench: Bench):
        live = Live(LIVE, 1, Handle("maria"), ("7300",), "", datetime.now(UTC) - timedelta(seconds=5))
        await bench.reach(OFFSET + 12)
        assert bench.clipper.second_of(live, datetime.now(UTC)) == pytest.approx(OFFSET + 12, abs=8)
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
