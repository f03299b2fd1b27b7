"""What every source of lives promises. A new one is one entry in SOURCES."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from core.adapters.clock import FastClock
from core.adapters.media.capture import Manner, PyAvCapture
from core.adapters.tiktok.scripted import Recording, ScriptedSource
from core.errors import Missing, Transient
from core.model.account import Handle
from core.model.live import CaptionShown, ChatMessage, GiftSent, HostEnded, LiveEvent, ViewerCount
from core.ports.tiktok import LiveSource, Purpose
from tests.waiting import PATIENCE, Standstill

VIDEO = Path(__file__).parents[2] / "bot" / "demo" / "live.mp4"
SPEED, SECONDS = 16.0, 20
LIVE, NOBODY = Handle("amina.kitchen"), Handle("nobody.here")


@dataclass
class Bench:
    """A source on which LIVE is live now. `heard` opens its stream, as somebody must for anything to happen."""

    source: LiveSource
    heard: Callable[[], Awaitable[None]]


@asynccontextmanager
async def scripted(folder: Path) -> AsyncIterator[Bench]:
    """The recorded live, its first seconds."""
    shutil.copy(VIDEO, folder / "live.mp4")
    said = json.loads(VIDEO.with_suffix(".json").read_text())
    said["events"] = [one for one in said["events"] if one["at"] < SECONDS] + [{"at": SECONDS, "kind": "end"}]
    said["captions"] = [one for one in said["captions"] if one["end"] < SECONDS]
    (folder / "live.json").write_text(json.dumps(said))
    clock = FastClock(SPEED)
    source = ScriptedSource(Recording.read(folder / "live.mp4"), clock, SPEED)
    captures = PyAvCapture(Manner(now=clock.now, speed=SPEED))
    opened = []

    async def heard() -> None:
        room = (await source.look(LIVE)).room
        opened.append(source.watched(captures).open(LIVE, lambda: source.stream(room, Purpose.CLIPS)))

    yield Bench(source, heard)
    for capture in opened:
        await capture.stop()
    captures.close()


SOURCES = {"scripted": scripted}


@pytest.fixture(params=SOURCES)
async def bench(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Bench]:
    async with SOURCES[request.param](tmp_path) as bench:
        yield bench


async def everything(source: LiveSource, room: str) -> list[LiveEvent]:
    """What happens in a room until its chat ends."""
    async with asyncio.timeout(PATIENCE):
        return [event async for event in source.events(room)]


class TestLiveSource:
    async def test_two_readings_agree_that_an_account_is_live_and_where(self, bench: Bench):
        look = await bench.source.look(LIVE)
        assert look.live
        assert look.room
        assert look.at.utcoffset() is not None
        assert (look.name, look.title, look.tiktok_id) == ("Amina", "Sunday kitchen", "7100000000000000001")
        assert await bench.source.confirm(look.room)
        assert not await bench.source.confirm("1")

    async def test_an_account_that_is_not_there_is_missing_and_not_offline(self, bench: Bench):
        with pytest.raises(Missing):
            await bench.source.look(NOBODY)

    async def test_what_happens_comes_in_order_with_ids_and_ends_with_the_live(self, bench: Bench):
        look = await bench.source.look(LIVE)
        await bench.heard()
        with Standstill() as stood:
            events = await everything(bench.source, look.room)
        assert {ChatMessage, CaptionShown, ViewerCount, HostEnded} <= {type(event) for event in events}
        assert isinstance(events[-1], HostEnded)
        ids = [event.id for event in events if isinstance(event, ChatMessage | GiftSent)]
        assert len(set(ids)) == len(ids)
        seen = [event.until if isinstance(event, CaptionShown) else event.at for event in events]
        jitter = (0.2 + stood.seconds) * SPEED  # times are those of a stream that comes in as its thread gets to it
        assert all((later - sooner).total_seconds() > -jitter for sooner, later in pairwise(seen))
        assert (seen[-1] - look.at).total_seconds() == pytest.approx(SECONDS, abs=(1 + stood.seconds) * SPEED)

    async def test_after_its_end_it_is_offline_by_both_readings_and_its_stream_is_missing(self, bench: Bench):
        room = (await bench.source.look(LIVE)).room
        await bench.heard()
        await everything(bench.source, room)
        look = await bench.source.look(LIVE)
        assert (look.live, look.room) == (False, "")
        assert not await bench.source.confirm(room)
        with pytest.raises(Missing):
            await bench.source.stream(room, Purpose.CLIPS)
        with pytest.raises(Missing):
            await everything(bench.source, room)


async def test_a_script_whose_stream_nobody_opens_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("core.adapters.tiktok.scripted.PATIENCE", 0.05)
    async with scripted(tmp_path) as bench:
        with pytest.raises(Transient) as raised:
            await everything(bench.source, (await bench.source.look(LIVE)).room)
    assert raised.value.code == "ROOM_SILENT"
