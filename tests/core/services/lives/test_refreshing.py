"""The post of a live that runs: its cover comes when it is there, its figures when they have changed, and never a second post."""

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.model.live import Look, ViewerCount
from core.model.notice import DeliveryState, NoticeKind
from core.model.tellable.lives import LiveStarted
from core.services.lives.refreshing import EVERY, Refreshing
from core.services.lives.scene import Scene
from core.services.lives.welcoming import tell_start
from core.services.picturing import Picturing
from tests.builders import HERE, THERE, Told, followed, scene_of, told
from tests.core.services.conftest import Running
from tests.doubles import BEGAN, CountedStorage, HandClock, StagedStills

COVER = "https://p16.tiktokcdn.com/cover.jpg?x-expires=1"


@dataclass
class Stage:
    refreshing: Refreshing
    scene: Scene
    stills: StagedStills
    clock: HandClock
    folder: Path
    storage: CountedStorage

    async def watched(self, count: int) -> None:
        await self.refreshing.viewers(self.scene, ViewerCount(self.clock.now(), count))

    async def sent(self) -> None:
        """Everything that waits is posted."""
        async with self.storage.work() as work:
            for one in await work.outbox.claim(
                "test", ("console", "discord"), self.clock.now(), timedelta(minutes=1), 9
            ):
                await work.outbox.settle(one, DeliveryState.SENT, self.clock.now(), external="1")

    def edits(self, place: str = HERE) -> list[Told]:
        return [
            one for one in told(self.folder, NoticeKind.LIVE_STARTED) if one.notice.place == place and one.notice.edits
        ]

    def says(self) -> list[LiveStarted]:
        return [one.says for one in self.edits()]


@pytest.fixture
async def stage(storage: CountedStorage, clock: HandClock, tmp_path: Path) -> Stage:
    await followed(storage, "maria", HERE, language="fr")
    await followed(storage, "maria", THERE)
    scene = await scene_of(storage)
    stills = StagedStills()
    picturing = Picturing(stills, clock, tmp_path / "pictures")
    stage = Stage(Refreshing(storage, clock, picturing), scene, stills, clock, tmp_path, storage)
    async with storage.work() as work:
        await tell_start(work, scene, Look(BEGAN, True, "7300", viewers=100), [HERE, THERE], clock)
    return stage


async def test_the_post_is_there_before_its_cover_which_comes_as_a_silent_edit(stage: Stage, running: Running):
    stage.scene.cover = COVER
    assert [one.says.cover for one in told(stage.folder, NoticeKind.LIVE_STARTED)] == ["", ""]
    async with running(stage.refreshing.run(stage.scene)):
        pass
    (edit,) = stage.edits()
    assert Path(edit.says.cover).read_bytes() == b"picture"
    assert (edit.notice.edits, edit.notice.silent, edit.notice.subject) == (True, True, f"live:{stage.scene.live.id}")
    assert (edit.says.viewers, edit.says.language) == (100, "fr")
    assert len(stage.edits(THERE)) == 1


async def test_a_picture_that_cannot_be_had_changes_nothing(stage: Stage, running: Running):
    stage.scene.cover, stage.stills.there = COVER, False
    async with running(stage.refreshing.run(stage.scene)):
        await stage.clock.advance(EVERY)
    assert stage.edits() == []
    assert len(stage.stills.asked) == 2, "it is asked for again a minute later"


async def test_a_count_is_told_once_a_minute_and_only_when_people_would_notice(stage: Stage, running: Running):
    async with running(stage.refreshing.run(stage.scene)):
        await stage.watched(109)
        await stage.clock.advance(EVERY)
        assert stage.says() == []
        await stage.watched(140)
        await stage.watched(150)
        await stage.clock.advance(EVERY / 2)
        assert stage.says() == []
        await stage.clock.advance(EVERY / 2)
        assert [said.viewers for said in stage.says()] == [150]
        await stage.watched(151)
        await stage.clock.advance(EVERY)
        assert len(stage.says()) == 1


async def test_a_new_title_is_told(stage: Stage, running: Running):
    async with running(stage.refreshing.run(stage.scene)):
        stage.scene.live = replace(stage.scene.live, title="Sunday soup")
        await stage.clock.advance(EVERY)
    assert [said.title for said in stage.says()] == ["Sunday soup"]


async def test_a_follow_that_was_changed_is_told_as_it_is_now(stage: Stage, running: Running):
    first, *others = stage.scene.follows
    async with running(stage.refreshing.run(stage.scene)):
        stage.scene.follows = (replace(first, transcript=not first.transcript, risk=0.9), *others)
        await stage.clock.advance(EVERY)
        await stage.clock.advance(EVERY)
    assert [(said.transcript, said.threshold) for said in stage.says()] == [(not first.transcript, 0.9)]


async def test_the_edit_goes_where_the_post_went_whatever_the_follow_says_by_now(stage: Stage, running: Running):
    stage.scene.follows = tuple(replace(follow, address="console:elsewhere") for follow in stage.scene.follows)
    await stage.watched(500)
    async with running(stage.refreshing.run(stage.scene)):
        pass
    assert [one.notice.address for one in stage.edits()] == [f"{HERE}:lives"]


async def test_a_place_that_was_not_told_gets_no_edit_that_would_become_a_post(stage: Stage, running: Running):
    async with stage.storage.work() as work:
        account = await work.accounts.get(stage.scene.account.id)
        assert account is not None
    extra = replace(stage.scene.follows[0], place="console:late")
    stage.scene.follows = (*stage.scene.follows, extra)
    await stage.watched(500)
    async with running(stage.refreshing.run(stage.scene)):
        pass
    assert stage.edits("console:late") == []


async def test_an_old_post_is_left_alone(stage: Stage, running: Running):
    """Discord takes no edit of what is older than an hour."""
    await stage.sent()
    async with running(stage.refreshing.run(stage.scene)):
        await stage.watched(500)
        await stage.clock.advance(51 * 60)
    assert stage.says() == []


async def test_a_busy_database_costs_one_round(stage: Stage, running: Running):
    async with running(stage.refreshing.run(stage.scene)):
        await stage.watched(500)
        stage.storage.busy = 1
        await stage.clock.advance(EVERY)
        assert stage.says() == []
        await stage.clock.advance(EVERY)
    assert [said.viewers for said in stage.says()] == [500]
