"""When a live begins, goes on and ends, and who is told, over restarts too."""

import asyncio
from pathlib import Path

import pytest

from core.errors import Transient
from core.model.live import HostEnded
from core.model.notice import NoticeKind
from core.model.transcript import GapCause
from tests.builders import HERE, ROOM, THERE, chat, followed, rows, span, told
from tests.core.services.conftest import Running
from tests.core.services.staging import EVERY, Stage
from tests.doubles import CountedStorage, HandClock, StagedCapture, StagedTikTok


@pytest.fixture
def stage(storage: CountedStorage, clock: HandClock, tmp_path: Path, running: Running) -> Stage:
    return Stage(storage, clock, StagedTikTok(clock), tmp_path, running, StagedCapture(clock))


async def test_every_place_that_follows_is_told_of_a_live_once(stage: Stage):
    await followed(stage.storage, "maria", HERE)
    await followed(stage.storage, "maria", THERE, risk=0.4, ping="@mods")
    async with stage.up():
        await stage.looked()
        assert stage.starts() == []
        stage.tiktok.rooms["maria"] = ROOM
        await stage.looked(3)
    assert sorted(stage.starts()) == [HERE, THERE]
    there = next(one for one in told(stage.folder, NoticeKind.LIVE_STARTED) if one.notice.place == THERE)
    assert (there.notice.address, there.says.handle, there.says.viewers) == (f"{THERE}:lives", "maria", 180)
    assert (there.says.threshold, there.says.ping, there.says.title) == (0.4, "@mods", "Sunday kitchen")


async def test_the_viewers_a_live_was_found_with_are_counted_before_its_chat_tells(stage: Stage):
    async with stage.watched():
        await stage.looked()
    async with stage.up():
        await stage.looked(2)
    assert stage.viewers == [180]


async def test_a_live_is_not_announced_again_after_a_restart_and_its_watch_goes_on(stage: Stage):
    async with stage.watched():
        await stage.looked()
    async with stage.up() as watching:
        assert len(watching.watches) == 1  # resumed before anything was looked at
        stage.tiktok.says(ROOM, chat("hello"))
        await stage.looked(2)
    assert stage.starts() == [HERE]
    assert stage.seen == ["hello"]
    assert stage.lives() == [("live", ROOM)]


async def test_what_nobody_heard_while_no_process_ran_is_a_gap(stage: Stage):
    async with stage.watched():
        await stage.looked()
    last = stage.clock.now()
    await stage.clock.advance(100)
    async with stage.up() as watching:
        began = next(iter(watching.watches.values())).scene.live.started
        await stage.clock.advance(1)
        stage.capture.opened[-1].give(span(0, 2), span(2, 4))
        await stage.clock.advance(1)
    (gap,) = stage.gaps
    assert gap.cause is GapCause.STOPPED
    assert (last - began).total_seconds() - EVERY * 1.2 - 1 <= gap.start <= (last - began).total_seconds()
    assert gap.end - gap.start >= 100


async def test_one_reading_is_not_enough_a_second_and_different_one_must_agree(stage: Stage):
    await followed(stage.storage)
    stage.tiktok.rooms["maria"] = ROOM
    stage.tiktok.doubted.add(ROOM)
    async with stage.up():
        await stage.clock.advance(1)
        assert (stage.starts(), stage.tiktok.confirmed) == ([], [ROOM])
        stage.tiktok.doubted.clear()
        await stage.clock.advance(0.5)  # the doubt asks for a look at once, not for another round of waiting
    assert stage.starts() == [HERE]


async def test_a_second_reading_that_fails_says_nothing_and_ends_nothing(stage: Stage):
    await followed(stage.storage)
    stage.tiktok.rooms["maria"] = ROOM
    stage.tiktok.faults["confirm"] = Transient("TIKTOK_DOWN")
    async with stage.up():
        await stage.looked()
        assert rows(stage.folder, "select status from account")[0]["status"] == "unknown"
        del stage.tiktok.faults["confirm"]
        await stage.looked()
    assert stage.starts() == [HERE]


async def test_a_place_that_follows_while_the_account_is_live_is_told_within_a_second(stage: Stage):
    async with stage.watched():
        await followed(stage.storage, "maria", THERE)
        await stage.clock.advance(0.5)
        await stage.clock.advance(0.5)
        assert stage.starts() == [HERE, THERE]
    async with stage.up():
        await stage.looked()
    assert stage.starts() == [HERE, THERE]


async def test_the_end_message_and_one_offline_reading_end_a_live_at_once(stage: Stage):
    async with stage.watched():
        ended = stage.clock.now()
        await stage.host_ends()
        assert stage.lives() == [("ended", ROOM)]
        assert stage.reports() == 1
        assert stage.finished == [1]
    assert rows(stage.folder, "select ended from live")[0]["ended"][:19] == str(ended)[:19]


async def test_the_end_message_alone_ends_nothing(stage: Stage):
    async with stage.watched():
        stage.tiktok.says(ROOM, HostEnded(stage.clock.now()))
        await stage.looked(3)
    assert stage.lives() == [("live", ROOM)]


async def test_without_an_end_message_five_minutes_offline_end_a_live(stage: Stage):
    async with stage.watched():
        del stage.tiktok.rooms["maria"]
        await stage.looked()
        gone = stage.clock.now()
        while (stage.clock.now() - gone).total_seconds() < 280:
            await stage.looked()
        assert stage.lives() == [("live", ROOM)]
        await stage.looked(3)
    assert stage.lives() == [("ended", ROOM)]
    assert rows(stage.folder, "select ended from live")[0]["ended"][:19] == str(gone)[:19]


async def test_back_within_five_minutes_in_another_room_is_the_same_live(stage: Stage):
    async with stage.watched():
        del stage.tiktok.rooms["maria"]
        await stage.clock.advance(200)
        stage.tiktok.rooms["maria"] = "7301"
        await stage.clock.advance(80)
        await stage.looked(2)
        stage.tiktok.says(ROOM, None)
        await stage.clock.advance(6)
        assert stage.tiktok.joined[-1] == "7301"  # the chat is read in the new room
    assert stage.starts() == [HERE]
    assert stage.lives() == [("live", f"{ROOM},7301")]


async def test_a_room_after_the_end_is_a_new_live(stage: Stage):
    async with stage.watched():
        await stage.host_ends()
        stage.tiktok.rooms["maria"] = "7301"
        await stage.looked(2)
    assert stage.starts() == [HERE, HERE]
    assert stage.lives() == [("ended", ROOM), ("live", "7301")]


async def test_a_room_shown_for_a_moment_after_its_end_is_no_live(stage: Stage):
    async with stage.watched() as watching:
        await stage.host_ends()
        stage.tiktok.rooms["maria"] = ROOM
        await stage.looked(2)
        assert not watching.watches
    assert stage.starts() == [HERE]
    assert rows(stage.folder, "select status from account")[0]["status"] == "offline"


async def test_a_live_found_hours_later_in_another_room_is_a_new_one(stage: Stage):
    async with stage.watched():
        pass
    stage.tiktok.rooms["maria"] = "7399"
    await stage.clock.advance(8 * 3600)
    async with stage.up():
        await stage.looked(2)
    assert stage.starts() == [HERE, HERE]
    assert stage.lives() == [("ended", ROOM), ("live", "7399")]


async def test_errors_never_end_a_live_however_long_they_last(stage: Stage):
    async with stage.watched():
        stage.tiktok.faults["maria"] = Transient("TIKTOK_DOWN")
        for _ in range(10):
            await stage.clock.advance(60)
        assert stage.lives() == [("live", ROOM)]
        del stage.tiktok.faults["maria"]
        await stage.looked(2)
    assert stage.lives() == [("live", ROOM)]
    assert stage.starts() == [HERE]


@pytest.mark.parametrize("fault", [Transient("CHAT_LOST"), ZeroDivisionError()], ids=["error", "mistake"])
async def test_what_goes_wrong_in_one_live_does_not_end_the_others(stage: Stage, fault: Exception):
    for handle, room in (("maria", "1"), ("amina", "2")):
        await followed(stage.storage, handle)
        stage.tiktok.rooms[handle] = room
    async with stage.up() as watching:
        await stage.looked()
        stage.tiktok.says("1", fault)
        await stage.clock.advance(6)
        stage.tiktok.says("1", chat("from one"))
        stage.tiktok.says("2", chat("from two"))
        await stage.clock.advance(0.1)
        assert len(watching.watches) == 2
    assert sorted(stage.seen) == ["from one", "from two"]


async def test_a_reaction_that_fails_costs_its_event_and_nothing_else(stage: Stage):
    async with stage.watched():
        stage.fault = ZeroDivisionError()
        stage.tiktok.says(ROOM, chat("poison"))
        stage.capture.opened[0].give(span(0, 2))
        await stage.clock.advance(0.1)
        stage.fault = None
        stage.tiktok.says(ROOM, chat("after it"))
        await stage.clock.advance(0.1)
    assert stage.seen == ["after it"]
    assert len(stage.tiktok.joined) == len(stage.capture.opened) == 1  # neither chat nor sound was connected anew


async def test_a_reaction_for_which_storage_had_no_time_is_tried_once_more(stage: Stage):
    async with stage.watched():
        stage.fault = Transient("STORE_BUSY")
        stage.tiktok.says(ROOM, chat("hello"))
        await stage.clock.advance(0.1)
        stage.fault = None
        await stage.clock.advance(1)
    assert stage.seen == ["hello"]


async def test_an_end_that_cannot_be_written_yet_is_written_later(stage: Stage):
    async with stage.watched() as watching:
        stage.fault = Transient("STORE_BUSY")
        await stage.host_ends()
        assert stage.lives() == [("live", ROOM)]
        stage.fault = None
        await stage.clock.advance(6)
        assert not watching.watches
    assert stage.lives() == [("ended", ROOM)]
    assert stage.reports() == 1


@pytest.mark.parametrize("pause", [0.0, 3600.0])
async def test_messages_that_come_again_after_a_reconnect_or_a_restart_are_heard_once(stage: Stage, pause: float):
    await followed(stage.storage)
    stage.tiktok.rooms["maria"] = ROOM
    hello, more = chat("hello"), chat("more", 1)
    async with stage.up():
        await stage.looked()
        stage.tiktok.says(ROOM, hello, Transient("CHAT_LOST"))
        await stage.clock.advance(6)
        stage.tiktok.says(ROOM, hello, more)
        await stage.clock.advance(0.1)
    assert stage.seen == ["hello", "more"]
    async with stage.storage.database.writing() as connection:
        await connection.exec_driver_sql(
            "insert into chat_line (live_id, msg_id, at, second, chatter, text, search_text)"
            " values (1, ?, '2026-11-20 20:00:01.000000', 1.0, 'juno', 'more', 'more')",
            (more.id,),
        )
    await stage.clock.advance(pause)
    async with stage.up():
        await stage.clock.advance(0.1)
        stage.tiktok.says(ROOM, more, chat("new", 2))
        await stage.clock.advance(0.1)
    assert stage.seen == ["hello", "more", "new"]


async def test_when_nobody_follows_any_more_the_watch_ends_without_a_report(stage: Stage):
    follow = await followed(stage.storage)
    stage.tiktok.rooms["maria"] = ROOM
    async with stage.up() as watching:
        await stage.looked()
        async with stage.storage.work() as work:
            await work.follows.remove(HERE, follow.account_id)
        await stage.clock.advance(0.5)
        await stage.clock.advance(0.5)
        assert not watching.watches
        assert stage.capture.opened[0].stopped
    assert (stage.lives(), stage.reports()) == ([("ended", ROOM)], 0)


async def test_an_unfollow_that_is_taken_back_goes_on_with_the_same_live(stage: Stage):
    follow = await followed(stage.storage)
    stage.tiktok.rooms["maria"] = ROOM
    async with stage.up() as watching:
        await stage.looked()
        async with stage.storage.work() as work:
            await work.follows.remove(HERE, follow.account_id)
        await stage.clock.advance(0.5)
        await stage.clock.advance(0.5)
        async with stage.storage.work() as work:
            await work.follows.restore(HERE, follow.id)
        await stage.clock.advance(0.5)
        await stage.clock.advance(0.5)
        assert len(watching.watches) == 1
        await stage.clock.advance(61)  # the first watch's capture is let go of; the second's stays
        assert stage.kept
        stage.tiktok.says(ROOM, chat("still here"))
        await stage.clock.advance(0.1)
    assert stage.seen == ["still here"]
    assert (stage.starts(), stage.lives()) == ([HERE], [("live", ROOM)])


async def test_what_was_heard_before_the_end_still_comes_through(stage: Stage):
    async with stage.watched():
        stage.capture.opened[0].give(span(0, 2), span(2, 4))
        await stage.host_ends()
    assert stage.seen == ["hello", "hello"]


async def test_a_lost_stream_is_opened_again(stage: Stage):
    async with stage.watched():
        stage.capture.opened[0].give(Transient("STREAM_LOST"))
        await stage.clock.advance(6)
        stage.capture.opened[1].give(span(0, 2))
        await stage.clock.advance(0.1)
    assert stage.seen == ["hello"]


async def test_a_clip_can_be_cut_for_a_minute_after_the_end(stage: Stage):
    async with stage.watched():
        await stage.host_ends()
        await stage.clock.advance(58)
        assert stage.kept == [1]
        await stage.clock.advance(3)
        assert stage.kept == []


async def test_a_busy_database_ends_no_watch(stage: Stage):
    async with stage.watched() as watching:
        stage.storage.busy = 4
        for _ in range(3):
            await stage.clock.advance(0.5)
        stage.tiktok.says(ROOM, chat("hello"))
        await asyncio.sleep(0)
        await stage.clock.advance(1.5)
        assert len(watching.watches) == 1
    assert stage.seen == ["hello"]
