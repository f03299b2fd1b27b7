"""A digest comes at the place's own hour, once, over restarts too; where nothing happens it does not come every day."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from core.model.account import Handle
from core.model.digest import Every, Rhythm
from core.model.feed import OFF, Event, Feed
from core.model.live import LiveStatus, Look
from core.model.notice import NoticeKind
from core.model.person import Person, Place
from core.model.risk import Verdict
from core.model.video import Video, VideoTranscript
from core.services.reviewing.deciding import Reviewing
from tests.builders import followed, told
from tests.core.services.conftest import Running
from tests.core.services.digests import DAY, MIDDAY, OTHER, SERVER, Stage
from tests.doubles import BEGAN, CountedStorage, HandClock


@pytest.fixture
async def stage(storage: CountedStorage, clock: HandClock, tmp_path: Path, running: Running) -> Stage:
    return Stage(storage, clock, tmp_path, running)


async def test_it_comes_at_nine_by_the_clock_of_the_place_with_what_happened(stage: Stage):
    await stage.place()
    await followed(stage.storage, "sami", SERVER)
    async with stage.running(stage.digesting().run()):
        await stage.happened()
        await stage.clock.advance(MIDDAY - 60)
        assert stage.told() == []
        await stage.clock.advance(90)
        assert len(stage.told()) == 1
        await stage.clock.advance(3600)
    (one,) = stage.told()
    assert (one.notice.address, one.notice.key) == ("discord:15", "digest:discord:1:2026-11-21T08:00")
    assert one.says.accounts == [("maria", 1, 1, 1, 1)]
    assert (one.says.quiet, one.says.waiting) == (["sami"], 1)
    assert (one.says.since, one.says.until) == (
        datetime(2026, 11, 20, 8, tzinfo=UTC),
        datetime(2026, 11, 21, 8, tzinfo=UTC),
    )


async def test_a_restart_tells_nothing_twice_and_a_late_start_tells_what_is_due(stage: Stage):
    await stage.place()
    async with stage.running(stage.digesting().run()):
        await stage.happened()
    await stage.clock.advance(MIDDAY + 3600)
    for _ in range(3):
        async with stage.running(stage.digesting().run()):
            await stage.clock.advance(60)
    assert len(stage.told()) == 1


async def test_a_place_is_told_nothing_of_before_it_was_there(stage: Stage):
    async with stage.running(stage.digesting().run()):
        await stage.clock.advance(MIDDAY + 3600)
        await stage.place()
        await stage.clock.advance(60)
        assert stage.told() == []
        await stage.clock.advance(DAY)
    assert len(stage.told()) == 1


async def test_where_nothing_happens_it_says_so_once_and_then_once_a_week(stage: Stage):
    await stage.place()
    async with stage.running(stage.digesting().run()):
        await stage.clock.advance(MIDDAY + 60)
        await stage.days(6)
        assert len(stage.told()) == 1
        await stage.days(1)
        assert len(stage.told()) == 2
        async with stage.storage.work() as work:
            await work.lives.begin(
                await work.accounts.ensure(Handle("maria")), Look(stage.clock.now(), True, "9"), [SERVER]
            )
            await work.lives.set_status(1, LiveStatus.ENDED, stage.clock.now())
        await stage.days(1)
        assert [len(said.accounts) for said in stage.says()] == [0, 0, 1]
        await stage.days(2)
    assert [len(said.accounts) for said in stage.says()] == [0, 0, 1, 0]


@pytest.mark.parametrize(
    ("more", "feed"),
    [({"set_up": None}, ""), ({"left": BEGAN}, ""), ({"address": ""}, ""), ({}, OFF)],
    ids=["not set up", "left", "no address", "off"],
)
async def test_who_gets_none(stage: Stage, more: dict[str, object], feed: str):
    await stage.place(**more)
    async with stage.storage.work() as work:
        if feed:
            await work.feeds.put(Feed(SERVER, Event.DIGEST, feed))
    async with stage.running(stage.digesting().run()):
        await stage.happened()
        await stage.days(3)
    assert stage.told() == []


async def test_it_goes_where_its_feed_says(stage: Stage):
    await stage.place()
    async with stage.storage.work() as work:
        await work.feeds.put(Feed(SERVER, Event.DIGEST, "discord:77"))
    async with stage.running(stage.digesting().run()):
        await stage.happened()
        await stage.days(1)
    assert [one.notice.address for one in stage.told()] == ["discord:77"]


async def test_a_place_counts_only_what_is_its_own(stage: Stage):
    await stage.place()
    await stage.place(OTHER)
    async with stage.running(stage.digesting().run()):
        await stage.happened(SERVER, "maria")
        await followed(stage.storage, "maria", OTHER)
        await stage.happened(OTHER, "bruno")
        await stage.days(1)
    assert stage.says()[0].accounts == [("maria", 1, 1, 1, 1)]
    assert stage.says(OTHER)[0].accounts == [("bruno", 1, 1, 1, 1)]
    assert stage.says(OTHER)[0].quiet == ["maria"]


async def test_videos_count_when_everybody_may_read_them(stage: Stage):
    await stage.place()
    async with stage.running(stage.digesting().run()):
        async with stage.storage.work() as work:
            for number, public in ((1, True), (2, False)):
                video = await work.videos.ensure(Video(0, str(number), Handle("maria"), "Maria", "Soup", "", 60.0))
                await work.videos.add(
                    VideoTranscript(
                        0, SERVER, video, "captions", "", "en", True, stage.clock.now(), "p", "Soup", public
                    ),
                    (),
                )
        await stage.days(1)
    assert stage.says()[0].videos == 1


# ---------------------------------------------------------------- how it is set


async def test_weekly_comes_on_mondays_and_covers_the_week(stage: Stage):
    place = await stage.place()
    assert (await stage.digesting().change(place, Every.WEEKLY, time(7, 30), ""))[0] == Rhythm(
        Every.WEEKLY, time(7, 30)
    )
    async with stage.running(stage.digesting().run()):
        await stage.happened()
        await stage.days(2)
        assert stage.told() == []
        await stage.days(1)
    (one,) = stage.told()
    assert one.says.until == datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
    assert one.says.until - one.says.since == timedelta(days=7)
    assert one.says.accounts == [("maria", 1, 1, 1, 1)]


async def test_what_is_set_is_kept_and_off_remembers_the_hour(stage: Stage):
    place, digesting = await stage.place(), stage.digesting()
    assert await digesting.change(place, None, time(21, 15), "discord:9") == (Rhythm(at=time(21, 15)), "discord:9")
    rhythm, address = await digesting.change(place, Every.OFF, None, "")
    assert (rhythm.every, rhythm.at, address) == (Every.OFF, time(21, 15), "discord:15")
    rhythm, _ = await digesting.change(place, Every.DAILY, None, "")
    assert rhythm == Rhythm(Every.DAILY, time(21, 15))


async def test_a_place_that_has_said_nothing_yet_can_begin_with_its_digest(stage: Stage):
    place = Place("telegram:7", "Karim")
    assert (await stage.digesting().change(place, Every.DAILY, None, "telegram:7"))[1] == "telegram:7"


async def test_an_earlier_hour_of_today_is_first_kept_tomorrow(stage: Stage):
    place = await stage.place()
    async with stage.running(stage.digesting().run()):
        await stage.happened()
        await stage.digesting().change(place, None, time(8, 0), "")
        await stage.clock.advance(60)
        assert stage.told() == []
        await stage.clock.advance(DAY / 2)
    assert len(stage.told()) == 1


async def test_an_hour_moved_later_after_the_digest_brings_another_of_what_came_since(stage: Stage):
    place = await stage.place(quiet_from=time(14), quiet_until=time(17))
    async with stage.running(stage.digesting().run()):
        await stage.happened()
        await stage.clock.advance(MIDDAY + 3600)
        assert len(stage.told()) == 1
        await stage.digesting().change(place, None, time(18), "")
        await stage.happened(handle="zoe")
        await stage.hours(5.5)
        await stage.hold("zoe")
        await stage.hours(4)
    for _ in range(3):
        async with stage.running(stage.digesting().run()):
            await stage.hours(1)
    first, second = stage.says()
    assert (second.since, second.until) == (first.until, datetime(2026, 11, 21, 17, tzinfo=UTC))
    assert ([row[0] for row in first.accounts], [row[0] for row in second.accounts]) == (["maria"], ["zoe"])
    assert second.held == [("zoe", 1, 0, 0)]
    assert told(stage.folder, NoticeKind.HELD) == [], "the digest told it"
    async with stage.running(stage.digesting().run()):
        await stage.days(1)
    third = stage.says()[2]
    assert (third.since, third.until - third.since, third.held) == (second.until, timedelta(days=1), [])


async def test_a_week_whose_hour_is_moved_later_on_its_monday_has_two_that_share_nothing(stage: Stage):
    place = await stage.place()
    await stage.digesting().change(place, Every.WEEKLY, None, "")
    reviewing, mara = Reviewing(stage.storage, stage.clock), Person("discord:7", "Mara")
    async with stage.running(stage.digesting().run()):
        await stage.happened()
        async with stage.storage.reading() as work:
            alert = (await work.alerts.waiting(SERVER))[0]
        await reviewing.decide(place, alert, Verdict.DISMISSED, mara)
        await stage.days(2)
        await stage.clock.advance(MIDDAY + 3600)
        assert len(stage.told()) == 1
        await stage.digesting().change(place, None, time(18), "")
        await stage.happened(handle="zoe")
        await stage.days(1)
        first, second = stage.says()
        await stage.days(7)
        third = stage.says()[2]
    assert (second.since, second.until) == (first.until, datetime(2026, 11, 23, 17, tzinfo=UTC))
    assert ([row[0] for row in first.accounts], [row[0] for row in second.accounts]) == (["maria"], ["zoe"])
    assert (first.dismissed, second.dismissed) == (1, 0), "how the judge did is told once a Monday"
    assert (third.since, third.until - third.since) == (second.until, timedelta(days=7))


async def test_a_digest_a_few_minutes_from_now_comes_also_where_nothing_happened_since(stage: Stage):
    place = await stage.place()
    async with stage.running(stage.digesting().run()):
        await stage.happened()
        await stage.clock.advance(MIDDAY + 3600)
        await stage.digesting().change(place, None, time(10, 5), "")  # it is 10:00 there
        await stage.clock.advance(600)
        await stage.digesting().change(place, None, time(9), "")
        await stage.hours(12)
    assert [[row[0] for row in one.accounts] for one in stage.says()] == [["maria"], []]


async def test_an_hour_moved_later_before_the_digest_leaves_out_nothing(stage: Stage):
    place = await stage.place()
    async with stage.running(stage.digesting().run()):
        await stage.happened()
        await stage.clock.advance(MIDDAY + 3600)
        await stage.happened(handle="zoe")
        await stage.hours(22)
        await stage.digesting().change(place, None, time(18), "")
        await stage.days(1)
    first, second = stage.says()
    assert (second.since, second.until) == (first.until, datetime(2026, 11, 22, 17, tzinfo=UTC))
    assert [row[0] for row in second.accounts] == ["zoe"]


async def test_the_first_weekly_one_tells_the_whole_week(stage: Stage):
    place = await stage.place()
    async with stage.running(stage.digesting().run()):
        await stage.happened()
        await stage.days(2)
        await stage.digesting().change(place, Every.WEEKLY, None, "")
        await stage.days(1)
    last = stage.says()[-1]
    assert (last.until - last.since, [row[0] for row in last.accounts]) == (timedelta(days=7), ["maria"])


async def test_a_moment_that_comes_again_is_not_told_again_and_what_is_held_by_then_is_not_lost(stage: Stage):
    place = await stage.place(quiet_from=time(22), quiet_until=time(8))
    digesting = stage.digesting()
    async with stage.running(digesting.run()):
        await stage.happened()
        await stage.clock.advance(MIDDAY + 3600)
        assert len(stage.told()) == 1
        stage.clock.at -= timedelta(hours=4)  # 06:00 in Paris, once more
        await stage.hold("maria")
        for at in (time(10), time(9)):
            await digesting.change(place, None, at, "")
        await stage.hours(6)
    assert len(stage.told()) == 1
    assert [one.says.accounts for one in told(stage.folder, NoticeKind.HELD)] == [[("maria", 1, 0, 0)]]


async def test_what_an_older_version_remembered_is_read(stage: Stage):
    await stage.place()
    async with stage.storage.work() as work:
        await work.memos.put(f"digest told {SERVER}", '["2026-11-20", "2026-11-20", false]')
    async with stage.running(stage.digesting().run()):
        await stage.happened()
        await stage.days(1)
    assert [one.until - one.since for one in stage.says()] == [timedelta(days=1)]


async def test_now_shows_what_would_be_told(stage: Stage):
    place = await stage.place()
    await stage.happened()
    await stage.clock.advance(1)
    said, rhythm, address = await stage.digesting().of(place)
    assert (said.accounts, said.until) == ([("maria", 1, 1, 1, 1)], stage.clock.now())
    assert (rhythm, address) == (Rhythm(), "discord:15")


async def test_a_busy_database_costs_one_round(stage: Stage):
    await stage.place()
    async with stage.running(stage.digesting().run()):
        await stage.happened()
        stage.storage.busy = 1
        await stage.days(1)
        assert stage.told() == []
        await stage.clock.advance(30)
    assert len(stage.told()) == 1
