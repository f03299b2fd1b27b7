"""Who is told of a live: pauses, places that stopped it, follows of one live; and what the diary knows of it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.errors import Denied, EarshotError, Missing, Transient
from core.model.account import FOREVER, Handle
from core.model.live import HostEnded, HostPaused, Look, Standing
from core.model.notice import NoticeKind
from core.ports.tiktok import Purpose
from core.services.lives.reporting import Reporting
from tests.builders import HERE, ROOM, THERE, chat, followed, rows, told
from tests.core.services.conftest import Running
from tests.core.services.staging import Stage
from tests.doubles import BEGAN, CountedStorage, HandClock, StagedCapture, StagedPlotter, StagedTikTok


@pytest.fixture
def stage(storage: CountedStorage, clock: HandClock, tmp_path: Path, running: Running) -> Stage:
    tiktok = StagedTikTok(clock, rooms={"maria": ROOM})
    return Stage(storage, clock, tiktok, tmp_path, running, StagedCapture(clock))


async def stand(stage: Stage, place: str, **how: bool) -> None:
    async with stage.storage.work() as work:
        assert await work.lives.stand(1, Standing(place, **how))
    await glance(stage)


async def glance(stage: Stage) -> None:
    """A second goes by: by then every change made anywhere is acted on."""
    for _ in range(2):
        await stage.clock.advance(0.5)


async def report(stage: Stage) -> list[str]:
    """Do the report job; which places were told of the end. Posts that only stop saying "is live" tell nobody."""
    async with stage.storage.work() as work:
        (job,) = await work.jobs.claim("test", ("report",), stage.clock.now(), timedelta(minutes=1), 1)
    effect = await Reporting(stage.storage, stage.clock, StagedPlotter(), stage.folder / "plots").report(job)
    async with stage.storage.work() as work:
        await effect(work)
    return [one.notice.place for one in told(stage.folder, NoticeKind.LIVE_ENDED) if not one.notice.silent]


# ---------------------------------------------------------------- what a second reading says


async def test_an_account_that_objected_under_an_earlier_name_is_let_go_instead_of_told(stage: Stage):
    """Followed under a new name; its number becomes known with the first reading of a live."""
    await followed(stage.storage)
    async with stage.storage.work() as work:
        await work.optouts.add(Handle("mary"), "71", BEGAN)
    async with stage.up() as watching:
        await stage.looked(2)
        assert not watching.watches
    assert (stage.starts(), stage.lives()) == ([], [])
    async with stage.storage.reading() as work:
        assert not await work.follows.of_place(HERE)
    assert [one.notice.place for one in told(stage.folder, NoticeKind.OPTED_OUT)] == [HERE]


async def test_a_live_for_adults_only_is_told_as_such_and_not_watched(stage: Stage):
    await followed(stage.storage)
    stage.tiktok.faults["confirm"] = Denied("AGE")
    async with stage.up() as watching:
        await stage.looked(2)
        assert not watching.watches
    assert (stage.status(), stage.starts(), stage.lives()) == ("age-restricted", [], [])


@pytest.mark.parametrize("error", [Denied("WALL"), Missing("ROOM_OVER"), Transient("TIKTOK_DOWN")], ids=str)
async def test_any_other_refusal_says_nothing(stage: Stage, error: EarshotError):
    await followed(stage.storage)
    stage.tiktok.faults["confirm"] = error
    async with stage.up():
        await stage.looked(2)
    assert (stage.status(), stage.starts(), stage.lives()) == ("unknown", [], [])


# ---------------------------------------------------------------- the diary


async def test_what_happens_to_a_live_stands_in_its_diary(stage: Stage):
    async with stage.watched():
        stage.tiktok.titles["maria"] = "Sunday soup"
        stage.tiktok.says(ROOM, HostPaused(stage.clock.now(), True), HostPaused(stage.clock.now(), False))
        await stage.looked()
        stage.tiktok.rooms["maria"] = "7301"
        await stage.looked()
        del stage.tiktok.rooms["maria"]
        stage.tiktok.says("7301", HostEnded(stage.clock.now()))
        await stage.clock.advance(5.5)
    assert stage.diary() == [
        ("started", "Sunday kitchen"),
        ("paused", ""),
        ("resumed", ""),
        ("title", "Sunday soup"),
        ("room", ""),
        ("ended", ""),
    ]
    assert rows(stage.folder, "select title from live")[0]["title"] == "Sunday soup"


async def test_a_reading_without_a_title_leaves_the_one_there_is(stage: Stage):
    async with stage.watched():
        stage.tiktok.titles["maria"] = ""
        await stage.looked()
    assert rows(stage.folder, "select title from live")[0]["title"] == "Sunday kitchen"


async def test_the_stream_is_opened_for_what_the_followers_want(stage: Stage):
    follow = await followed(stage.storage, clips=False)
    async with stage.up() as watching:
        await stage.looked()
        (watch,) = watching.watches.values()
        await stage.capture.opened[0].address()
        await followed(stage.storage, "maria", THERE)
        await glance(stage)
        await stage.capture.opened[0].address()
        assert (watch.scene.live.account_id, len(stage.capture.opened)) == (follow.account_id, 1)
    assert stage.tiktok.purposes == [Purpose.SOUND, Purpose.CLIPS]


# ---------------------------------------------------------------- pauses


async def test_a_place_that_pauses_is_told_nothing_and_is_welcomed_when_its_pause_ends_in_the_live(stage: Stage):
    await followed(stage.storage, "maria", HERE)
    await followed(stage.storage, "maria", THERE, paused_until=BEGAN + timedelta(minutes=5))
    async with stage.up() as watching:
        await stage.looked(2)
        assert stage.starts() == [HERE]
        (watch,) = watching.watches.values()
        assert [follow.place for follow in watch.scene.follows] == [HERE]
        await stage.clock.advance(280)
        await glance(stage)
        assert stage.starts() == [HERE, THERE]


async def test_a_live_nobody_wants_any_more_is_let_go_and_taken_up_again_in_its_post(stage: Stage):
    follow = await followed(stage.storage)
    async with stage.up() as watching:
        await stage.looked()
        async with stage.storage.work() as work:
            await work.follows.change(replace(follow, paused_until=FOREVER))
        await glance(stage)
        assert (len(watching.watches), stage.reports()) == (0, 0)
        async with stage.storage.work() as work:
            await work.follows.change(replace(follow, paused_until=None))
        await stage.looked(2)
        assert len(watching.watches) == 1
    assert (stage.starts(), stage.lives()) == ([HERE], [("live", ROOM)])
    assert stage.says() == [NoticeKind.LIVE_STARTED, NoticeKind.LIVE_LEFT, NoticeKind.LIVE_STARTED]


# ---------------------------------------------------------------- stops


async def test_a_place_that_stops_a_live_is_told_no_more_while_others_go_on(stage: Stage):
    for place in (HERE, THERE):
        await followed(stage.storage, "maria", place)
    async with stage.up() as watching:
        await stage.looked()
        await stand(stage, HERE, stopped=True)
        (watch,) = watching.watches.values()
        assert [follow.place for follow in watch.scene.follows] == [THERE]
        del stage.tiktok.rooms["maria"]
        stage.tiktok.says(ROOM, HostEnded(stage.clock.now()))
        await stage.clock.advance(5.5)
    assert await report(stage) == [THERE]


async def test_a_live_everybody_stopped_stays_stopped_over_a_restart_and_goes_on_when_one_wants_it_again(stage: Stage):
    async with stage.watched() as watching:
        await stand(stage, HERE, stopped=True)
        assert not watching.watches
        await stage.looked(2)
        assert not watching.watches
    async with stage.up() as watching:
        await stage.looked(2)
        assert not watching.watches
        await stand(stage, HERE, stopped=False)
        await stage.looked(2)
        assert len(watching.watches) == 1
        stage.tiktok.says(ROOM, chat("still here"))
        await stage.clock.advance(0.1)
    assert (stage.starts(), stage.seen, stage.lives()) == ([HERE], ["still here"], [("live", ROOM)])


async def test_a_stop_holds_for_that_live_only(stage: Stage):
    async with stage.watched():
        await stand(stage, HERE, stopped=True)
        stage.tiktok.rooms["maria"] = "7400"
        await stage.looked(2)
    assert stage.starts() == [HERE, HERE]


# ---------------------------------------------------------------- follows of one live


async def test_a_follow_of_one_live_is_told_its_end_and_goes_with_it(stage: Stage):
    await followed(stage.storage, once=True)
    async with stage.up():
        await stage.looked()
        assert stage.starts() == [HERE]
        del stage.tiktok.rooms["maria"]
        stage.tiktok.says(ROOM, HostEnded(stage.clock.now()))
        await stage.clock.advance(5.5)
        stage.tiktok.rooms["maria"] = "7400"
        await stage.looked(2)
    assert await report(stage) == [HERE]
    assert stage.starts() == [HERE]
    async with stage.storage.reading() as work:
        assert await work.follows.all() == []


async def test_a_follow_of_one_live_goes_when_its_time_is_over(stage: Stage):
    await followed(stage.storage, "maria", HERE)
    await followed(stage.storage, "maria", THERE, once=True, until=BEGAN + timedelta(minutes=2))
    async with stage.up() as watching:
        await stage.looked()
        await stage.clock.advance(100)
        await stage.clock.advance(10)
        await glance(stage)
        (watch,) = watching.watches.values()
        assert [follow.place for follow in watch.scene.follows] == [HERE]
    async with stage.storage.reading() as work:
        assert [follow.place for follow in await work.follows.all()] == [HERE]


async def test_a_follow_of_one_live_goes_when_the_live_is_over_before_it_was_seen(stage: Stage):
    del stage.tiktok.rooms["maria"]
    await followed(stage.storage, once=True)
    async with stage.up():
        await stage.looked()
    async with stage.storage.reading() as work:
        assert await work.follows.all() == []


async def test_a_follow_of_one_live_that_cannot_be_looked_at_goes_when_its_time_is_over(stage: Stage):
    await followed(stage.storage, once=True, until=BEGAN + timedelta(minutes=2))
    stage.tiktok.faults["maria"] = Transient("TIKTOK_DOWN")
    async with stage.up():
        await stage.looked()
        await stage.clock.advance(120)
        await glance(stage)
    async with stage.storage.reading() as work:
        assert await work.follows.all() == []


# ---------------------------------------------------------------- names


async def test_a_live_whose_account_became_another_row_by_a_rename_has_one_watch(stage: Stage):
    async with stage.watched() as watching:
        (watch,) = watching.watches.values()
        async with stage.storage.work() as work:
            now_called = await work.accounts.ensure(Handle("maria.cooks"))
        await watching.read(now_called, Look(stage.clock.now(), True, ROOM, "Sunday kitchen"))
        assert watching.watches == {now_called.id: watch}
        assert len(stage.capture.opened) == 1


async def test_a_new_name_of_the_account_is_learnt_while_its_live_is_watched(stage: Stage):
    follow = await followed(stage.storage)
    async with stage.up() as watching:
        await stage.looked()
        async with stage.storage.work() as work:
            await work.accounts.rename(follow.account_id, Handle("maria.cooks"))
        await glance(stage)
        (watch,) = watching.watches.values()
        assert (watch.scene.live.handle, watch.scene.account.handle) == ("maria.cooks", "maria.cooks")
