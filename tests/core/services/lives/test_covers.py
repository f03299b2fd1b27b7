"""The first post of a live has its picture when that comes at once, and goes out without it when it does not."""

import asyncio
from pathlib import Path

import pytest

from core.model.notice import NoticeKind
from core.model.person import Purpose
from core.model.tellable.lives import LiveStarted
from core.services.hurrying import RESTS, Hurrying
from core.services.picturing import Picturing
from tests.builders import HERE, ROOM, THERE, followed, placed, told
from tests.core.services.conftest import Running
from tests.core.services.staging import Stage
from tests.doubles import CountedStorage, HandClock, StagedCapture, StagedStills, StagedTikTok
from tests.waiting import PATIENCE

ADDRESS = "https://p16.tiktokcdn.com/cover.jpg?x-expires=1"


@pytest.fixture
def stills() -> StagedStills:
    return StagedStills()


@pytest.fixture
def hurrying(stills: StagedStills, clock: HandClock, tmp_path: Path) -> Hurrying:
    return Hurrying(Picturing(stills, clock, tmp_path / "covers"), clock, PATIENCE)


@pytest.fixture
def stage(storage: CountedStorage, clock: HandClock, tmp_path: Path, running: Running, hurrying: Hurrying) -> Stage:
    tiktok = StagedTikTok(clock, rooms={"maria": ROOM}, covers={"maria": ADDRESS})
    return Stage(storage, clock, tiktok, tmp_path, running, StagedCapture(clock), cover=hurrying.of)


def starts(stage: Stage) -> list[LiveStarted]:
    return [one.says for one in told(stage.folder, NoticeKind.LIVE_STARTED)]


async def test_every_place_is_told_with_the_picture_which_is_fetched_once(stage: Stage, stills: StagedStills):
    await placed(stage.storage, THERE, purpose=Purpose.NOTICES)
    await followed(stage.storage, "maria", HERE)
    await followed(stage.storage, "maria", THERE)
    async with stage.up():
        await stage.looked(3)
    assert sorted(said.recorded for said in starts(stage)) == [False, True]
    assert {Path(said.cover).read_bytes() for said in starts(stage)} == {b"picture"}
    assert stills.asked == [ADDRESS]


async def test_a_place_that_follows_later_is_told_with_it_too(stage: Stage):
    await followed(stage.storage, "maria", HERE)
    async with stage.up():
        await stage.looked()
        await followed(stage.storage, "maria", THERE)
        await stage.looked()
    assert [bool(said.cover) for said in starts(stage)] == [True, True]


async def test_a_picture_that_cannot_be_had_keeps_nobody_from_being_told(stage: Stage, stills: StagedStills):
    stills.there = False
    await followed(stage.storage)
    async with stage.up():
        await stage.looked()
    assert [said.cover for said in starts(stage)] == [""]


async def test_a_picture_that_comes_too_late_is_not_waited_for_and_comes_all_the_same(
    stage: Stage, stills: StagedStills, hurrying: Hurrying
):
    hurrying.patience = 0.0
    stills.gate.clear()
    await followed(stage.storage)
    async with stage.up():
        await stage.looked()
    assert [said.cover for said in starts(stage)] == [""]
    stills.gate.set()
    assert await hurrying.picturing.get(ADDRESS)
    assert stills.asked == [ADDRESS]


async def test_a_reading_that_is_not_confirmed_tells_nobody_whatever_its_picture(stage: Stage):
    stage.tiktok.doubted.add(ROOM)
    await followed(stage.storage)
    async with stage.up():
        await stage.looked(2)
        assert starts(stage) == []
        stage.tiktok.doubted.clear()
        await stage.looked()
    assert [bool(said.cover) for said in starts(stage)] == [True]


async def test_a_stop_while_the_picture_is_awaited_leaves_the_live_to_the_next_start(
    stage: Stage, stills: StagedStills
):
    stills.gate.clear()
    await followed(stage.storage)
    async with stage.up():
        await stage.clock.advance(1)
        assert stills.asked == [ADDRESS]
    assert starts(stage) == []
    stills.gate.set()
    for _ in range(2):
        async with stage.up():
            await stage.looked()
    assert [bool(said.cover) for said in starts(stage)] == [True]


async def test_a_slow_host_is_waited_for_once_a_minute(hurrying: Hurrying, stills: StagedStills, clock: HandClock):
    stills.gate.clear()
    hurrying.patience = 0.01
    assert await hurrying.of(ADDRESS) == ""
    hurrying.patience = 60.0
    async with asyncio.timeout(PATIENCE / 2):
        assert await hurrying.of("https://p16.tiktokcdn.com/other.jpg") == ""
    await clock.advance(RESTS.total_seconds())
    late = asyncio.create_task(hurrying.of(ADDRESS))
    await clock.settled()
    assert not late.done()
    stills.gate.set()
    assert await late


async def test_a_picture_that_is_here_is_given_while_nobody_waits(hurrying: Hurrying, stills: StagedStills):
    here = await hurrying.of(ADDRESS)
    hurrying.patience = 0.0
    stills.gate.clear()
    assert await hurrying.of("https://p16.tiktokcdn.com/slow.jpg") == ""
    assert await hurrying.of(ADDRESS) == here != ""
    stills.gate.set()
