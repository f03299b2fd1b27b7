"""A live whose stream does not come any more is lost, which is not ended."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from core.model.diary import DiaryKind
from core.model.live import LiveStatus
from core.model.notice import NoticeKind
from core.ports.tiktok import StreamAddress
from core.services.lives.scene import Scene
from core.services.lives.sighting import Sighting
from tests.builders import HERE, THERE, followed, scene_of, told
from tests.core.services.conftest import Running
from tests.doubles import CountedStorage, HandClock, StagedLiveCapture


@dataclass
class Stage:
    sighting: Sighting
    scene: Scene
    capture: StagedLiveCapture
    clock: HandClock
    storage: CountedStorage
    folder: Path

    async def pass_by(self, seconds: float, *, heard: bool) -> None:
        """Time goes on, in steps of five seconds; the stream too when it is `heard`."""
        for _ in range(round(seconds / 5)):
            if heard:
                self.capture.second += 5
            await self.clock.advance(5)

    def told(self, place: str = HERE) -> list[tuple[bool, bool, bool]]:
        """(found, edits, silent) of each notice."""
        notices = [one for one in told(self.folder, NoticeKind.LIVE_LOST) if one.notice.place == place]
        return [(one.says.found, one.notice.edits, one.notice.silent) for one in notices]

    async def status(self) -> LiveStatus:
        async with self.storage.reading() as work:
            live = await work.lives.get(self.scene.live.id)
        assert live is not None
        return live.status


async def nowhere() -> StreamAddress:
    return StreamAddress("")


@pytest.fixture
async def stage(storage: CountedStorage, clock: HandClock, tmp_path: Path) -> Stage:
    await followed(storage, "maria", HERE)
    await followed(storage, "maria", THERE)
    scene = await scene_of(storage)
    capture = StagedLiveCapture("maria", nowhere)
    scene.capture = capture
    return Stage(Sighting(storage, clock), scene, capture, clock, storage, tmp_path)


async def test_a_stream_that_goes_on_is_not_worth_a_word(stage: Stage, running: Running):
    async with running(stage.sighting.run(stage.scene)):
        await stage.pass_by(300, heard=True)
        await stage.pass_by(55, heard=False)
    assert stage.told() == []


async def test_after_a_minute_of_nothing_every_place_is_told_once_that_the_live_is_lost(stage: Stage, running: Running):
    async with running(stage.sighting.run(stage.scene)):
        await stage.pass_by(300, heard=False)
    assert stage.told(HERE) == stage.told(THERE) == [(False, False, False)]
    assert await stage.status() is LiveStatus.LOST


async def test_what_comes_back_edits_the_post_and_is_live_again(stage: Stage, running: Running):
    async with running(stage.sighting.run(stage.scene)):
        await stage.pass_by(65, heard=False)
        await stage.pass_by(10, heard=True)
    assert stage.told() == [(False, False, False), (True, True, True)]
    assert await stage.status() is LiveStatus.LIVE
    subjects = {one.notice.subject for one in told(stage.folder, NoticeKind.LIVE_LOST) if one.notice.place == HERE}
    assert len(subjects) == 1


async def test_a_live_lost_twice_is_told_twice(stage: Stage, running: Running):
    async with running(stage.sighting.run(stage.scene)):
        for _ in range(2):
            await stage.pass_by(65, heard=False)
            await stage.pass_by(10, heard=True)
    assert [found for found, _, _ in stage.told()] == [False, True, False, True]


async def test_a_busy_database_delays_the_word_and_does_not_swallow_it(stage: Stage, running: Running):
    async with running(stage.sighting.run(stage.scene)):
        await stage.pass_by(55, heard=False)
        stage.storage.busy = 1
        await stage.pass_by(15, heard=False)
    assert stage.told() == [(False, False, False)]


async def test_what_was_lost_before_a_restart_edits_the_post_of_then(stage: Stage, running: Running):
    async with running(stage.sighting.run(stage.scene)):
        await stage.pass_by(65, heard=False)
    async with running(stage.sighting.run(stage.scene)):
        await stage.pass_by(65, heard=False)
        await stage.pass_by(10, heard=True)
    assert stage.told() == [(False, False, False), (True, True, True)]
    subjects = {one.notice.subject for one in told(stage.folder, NoticeKind.LIVE_LOST) if one.notice.place == HERE}
    assert len(subjects) == 1


async def test_the_diary_knows_when_a_live_was_lost_and_found(stage: Stage, running: Running):
    async with running(stage.sighting.run(stage.scene)):
        await stage.pass_by(65, heard=False)
        await stage.pass_by(10, heard=True)
    async with stage.storage.reading() as work:
        found, lost = await work.diary.of_live(HERE, stage.scene.live.id)
    assert (lost.kind, lost.second, found.kind) == (DiaryKind.LOST, 0.0, DiaryKind.FOUND)
    assert found.at > lost.at
