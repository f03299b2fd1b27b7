"""A live server, captures that are stopped afterwards, and reading clips back."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import av
import pytest

from core.adapters.media.capture import Manner, PyAvCapture, PyAvLiveCapture
from core.adapters.media.opening import Patience
from core.errors import Missing
from core.model.transcript import Gap, Span
from core.ports.tiktok import StreamAddress
from tests.platforms.live_media import LiveMedia, make_media
from tests.platforms.live_server import LiveServer
from tests.waiting import PATIENCE, until


@pytest.fixture(scope="session")
def media(tmp_path_factory: pytest.TempPathFactory) -> LiveMedia:
    return make_media(tmp_path_factory.mktemp("live"))


@pytest.fixture
async def server(media: LiveMedia) -> AsyncIterator[LiveServer]:
    async with LiveServer(media) as running:
        yield running


@dataclass
class Heard:
    """One capture and everything it gave. `asked` counts how often its address was asked for."""

    capture: PyAvLiveCapture
    spans: list[Span] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    asked: int = 0
    over: bool = False
    taking: "asyncio.Task[None] | None" = None

    async def take(self) -> None:
        async for item in self.capture.spans():
            self.gaps.append(item) if isinstance(item, Gap) else self.spans.append(item)

    async def reach(self, second: float) -> None:
        await until(lambda: self.capture.second >= second)

    async def done(self, seconds: float = PATIENCE) -> None:
        """Wait for the end; raises what `spans` raised."""
        assert self.taking is not None
        await asyncio.wait_for(self.taking, seconds)


Listen = Callable[..., Heard]


@pytest.fixture
def patience() -> Patience:
    """Of a source that may stand still with this machine; with HURRIED it is left soon."""
    return Patience(open=PATIENCE, stall=PATIENCE)


HURRIED = pytest.mark.parametrize("patience", [Patience(open=2.0, stall=1.0)], ids=["hurried"])


@pytest.fixture
def capture(patience: Patience) -> Iterator[PyAvCapture]:
    """Captures that try again soon."""
    opener = PyAvCapture(Manner(patience=patience, back_off=(0.1, 0.2, 0.3)))
    yield opener
    opener.close()


@pytest.fixture
async def listen(capture: PyAvCapture) -> AsyncIterator[Listen]:
    """Capture `urls` in turn (the last one again and again); `ends`: after the last address the live is over."""
    running: list[Heard] = []

    def start(*urls: str, live: bool = True, pace: float = 0.0, ends: bool = False, taken: bool = True) -> Heard:
        async def address() -> StreamAddress:
            heard.asked += 1
            if heard.over or (ends and heard.asked > len(urls)):
                raise Missing("LIVE_OVER")
            return StreamAddress(urls[min(heard.asked, len(urls)) - 1], live=live, pace=pace)

        heard = Heard(capture.open("tester", address))
        if taken:
            heard.taking = asyncio.create_task(heard.take())
        running.append(heard)
        return heard

    yield start
    for heard in running:
        await heard.capture.stop()
        if heard.taking is not None:
            await asyncio.wait_for(asyncio.gather(heard.taking, return_exceptions=True), PATIENCE)


@dataclass(frozen=True)
class Played:
    """A clip read back. `errors`: packets that could not be decoded; `first_key`: its first picture is a key picture."""

    frames: dict[str, int]
    errors: int
    first_key: bool
    seconds: float
    starts: dict[str, float]
    strict: bool
    faststart: bool


def play(path: Path) -> Played:
    """Decode all of `path`."""
    frames: dict[str, int] = {}
    errors, first_key, strict = 0, True, True
    last: dict[int, int] = {}
    raw = path.read_bytes()
    with av.open(str(path)) as container:
        assert "mp4" in container.format.name
        video_seen = False
        for packet in container.demux():
            if packet.dts is not None:
                if packet.stream.type == "video" and not video_seen:
                    video_seen, first_key = True, packet.is_keyframe
                strict &= packet.dts > last.get(packet.stream_index, packet.dts - 1)
                last[packet.stream_index] = packet.dts
            try:
                for _ in packet.decode():
                    frames[packet.stream.type] = frames.get(packet.stream.type, 0) + 1
            except av.error.InvalidDataError:
                errors += 1
        starts = {s.type: float((s.start_time or 0) * s.time_base) for s in container.streams}
        seconds = (container.duration or 0) / 1_000_000
    return Played(frames, errors, first_key, seconds, starts, strict, raw.find(b"moov") < raw.find(b"mdat"))
