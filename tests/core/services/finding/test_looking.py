"""Who is looked at, when, and what an error means."""

import random
from itertools import pairwise

import pytest

from core.errors import Denied, Transient
from core.model.account import AccountStatus
from core.model.live import Look
from core.services.finding.looking import ALL_NOW, JITTER, Looking
from tests.builders import HERE, THERE, at, followed
from tests.core.services.conftest import Running
from tests.core.services.looks import EVERY, Readings, looking, readings, stored, tiktok
from tests.doubles import BEGAN, CountedStorage, HandClock, StagedTikTok

__all__ = ["looking", "readings", "tiktok"]


async def test_one_look_serves_all_places_that_follow(
    storage: CountedStorage, clock: HandClock, tiktok: StagedTikTok, looking: Looking, running: Running
):
    for place in (HERE, THERE):
        await followed(storage, "maria", place)
    async with running(looking.run()):
        await clock.advance(1)
    assert [handle for handle, _ in tiktok.looks] == ["maria"]


async def test_everybody_is_looked_at_now_when_somebody_wants_it_and_not_at_the_start(
    storage: CountedStorage, clock: HandClock, tiktok: StagedTikTok, looking: Looking, running: Running
):
    async with storage.work() as work:
        await work.revisions.bump(ALL_NOW)  # what was wanted of an earlier process
    for number in range(3):
        await followed(storage, f"a{number}")
    async with running(looking.run()):
        await clock.advance(4)
        assert len(tiktok.looks) == 3
        async with storage.work() as work:
            await work.revisions.bump(ALL_NOW)
        await clock.advance(1)
        await clock.advance(1)
    assert sorted(handle for handle, _ in tiktok.looks[3:]) == ["a0", "a1", "a2"]


async def test_looks_come_again_within_a_fifth_of_the_time_set_and_not_in_step(
    storage: CountedStorage, clock: HandClock, tiktok: StagedTikTok, looking: Looking, running: Running
):
    random.seed(7)
    for number in range(8):
        await followed(storage, f"a{number}")
    async with running(looking.run()):
        for _ in range(140):
            await clock.advance(1)
    waits = []
    for number in range(8):
        times = [when for handle, when in tiktok.looks if handle == f"a{number}"]
        waits += [(later - sooner).total_seconds() for sooner, later in pairwise(times)]
    assert waits
    assert all(EVERY * (1 - JITTER) <= wait <= EVERY * (1 + JITTER) + 1 for wait in waits)  # the clock moves by seconds
    assert max(waits) - min(waits) > 5


async def test_at_the_start_the_looks_are_spread(
    storage: CountedStorage, clock: HandClock, tiktok: StagedTikTok, looking: Looking, running: Running
):
    random.seed(7)
    for number in range(20):
        await followed(storage, f"a{number}")
    async with running(looking.run()):
        for _ in range(11):
            await clock.advance(1)
    assert len(tiktok.looks) == 20
    assert len({when for _, when in tiktok.looks}) >= 6


async def test_an_error_is_unknown_and_never_offline_and_the_next_look_comes(
    storage: CountedStorage,
    clock: HandClock,
    tiktok: StagedTikTok,
    readings: Readings,
    looking: Looking,
    running: Running,
):
    follow = await followed(storage, "maria")
    tiktok.faults["maria"] = Transient("TIKTOK_DOWN")
    async with running(looking.run()):
        await clock.advance(1)
        first = await stored(storage, follow)
        assert (first.status, first.why, first.looked_at) == (AccountStatus.UNKNOWN, "TIKTOK_DOWN", None)
        assert first.tried_at == clock.now()
        tiktok.faults["maria"] = Denied("AGE")
        await clock.advance(80)
        assert (await stored(storage, follow)).why == "AGE"
        assert readings.told == []
        del tiktok.faults["maria"]
        await clock.advance(80)
    assert readings.told == [("maria", False)]


@pytest.mark.parametrize("status", [AccountStatus.LIVE, AccountStatus.ENDING])
async def test_an_error_keeps_the_last_reading_and_a_live_a_live(
    storage: CountedStorage,
    clock: HandClock,
    tiktok: StagedTikTok,
    looking: Looking,
    running: Running,
    status: AccountStatus,
):
    follow = await followed(storage, "maria")
    async with storage.work() as work:
        await work.accounts.saw(follow.account_id, Look(BEGAN, True, "7300"), status)
    tiktok.faults["maria"] = Transient("TIKTOK_LIMIT")
    async with running(looking.run()):
        await clock.advance(1)
    account = await stored(storage, follow)
    assert (account.status, account.looked_at, account.tried_at) == (status, BEGAN, clock.now())
    assert account.why == "TIKTOK_LIMIT"


async def test_a_failed_look_is_tried_again_soon_and_then_ever_more_rarely(
    storage: CountedStorage, clock: HandClock, tiktok: StagedTikTok, looking: Looking, running: Running
):
    await followed(storage, "maria")
    tiktok.faults["maria"] = Transient("TIKTOK_DOWN")
    async with running(looking.run()):
        for _ in range(1500):
            await clock.advance(1)
            if len(tiktok.looks) > 8:
                break
        waits = [(later - sooner).total_seconds() for (_, sooner), (_, later) in pairwise(tiktok.looks)]
        for wait, wanted in zip(waits, [5, 10, 20, 40, 80, 160, 240, 240], strict=False):
            assert wanted * (1 - JITTER) - 1 <= wait <= wanted * (1 + JITTER) + 2
        assert len(waits) >= 8
        del tiktok.faults["maria"]
        await clock.advance(4 * EVERY * (1 + JITTER))
        tiktok.looks.clear()
        await clock.advance(EVERY * (1 + JITTER) + 1)
        assert len(tiktok.looks) == 1  # as usual again


@pytest.mark.parametrize("fault", [Transient("TIKTOK_DOWN"), ZeroDivisionError()], ids=["error", "mistake"])
async def test_whatever_goes_wrong_with_one_account_the_others_are_looked_at(
    storage: CountedStorage, clock: HandClock, readings: Readings, looking: Looking, running: Running, fault: Exception
):
    for name in ("maria", "amina"):
        await followed(storage, name)
    readings.fault = fault
    async with running(looking.run()):
        await clock.advance(2)
        await clock.advance(80)
    assert sorted(readings.told) == [("amina", False)] * 2 + [("maria", False)] * 2


async def test_a_mistake_in_the_source_is_no_reading_and_no_end(
    storage: CountedStorage,
    clock: HandClock,
    tiktok: StagedTikTok,
    readings: Readings,
    looking: Looking,
    running: Running,
):
    await followed(storage, "maria")
    tiktok.faults["maria"] = KeyError("room_id")
    async with running(looking.run()):
        await clock.advance(1)
        del tiktok.faults["maria"]
        await clock.advance(80)
    assert readings.told == [("maria", False)]


async def test_a_new_follow_is_looked_at_within_a_second(
    storage: CountedStorage, clock: HandClock, tiktok: StagedTikTok, looking: Looking, running: Running
):
    async with running(looking.run()):
        await clock.advance(1)
        await followed(storage, "maria")
        for _ in range(4):
            await clock.advance(0.25)
    assert tiktok.looks == [("maria", pytest.approx(at(1.5), abs=at(0.5) - at(0)))]


async def test_an_unfollowed_account_is_not_looked_at_and_comes_back_with_the_undo(
    storage: CountedStorage, clock: HandClock, tiktok: StagedTikTok, looking: Looking, running: Running
):
    follow = await followed(storage, "maria")
    async with running(looking.run()):
        await clock.advance(1)
        async with storage.work() as work:
            await work.follows.remove(HERE, follow.account_id)
        await clock.advance(0.5)
        await clock.advance(200)
        assert len(tiktok.looks) == 1
        async with storage.work() as work:
            await work.follows.restore(HERE, follow.id)
        await clock.advance(0.5)
        await clock.advance(0.5)
    assert len(tiktok.looks) == 2


async def test_an_account_somebody_asks_about_is_looked_at_at_once(
    storage: CountedStorage, clock: HandClock, tiktok: StagedTikTok, looking: Looking, running: Running
):
    follow = await followed(storage, "maria")
    async with running(looking.run()):
        await clock.advance(1)
        looking.soon(follow.account_id)
        await clock.advance(0.25)
        assert len(tiktok.looks) == 2
        await clock.advance(EVERY * (1 - JITTER) - 1)
        assert len(tiktok.looks) == 2  # the look that had been planned before is not made as well


async def test_a_busy_database_delays_the_looks_and_does_not_end_them(
    storage: CountedStorage, clock: HandClock, tiktok: StagedTikTok, looking: Looking, running: Running
):
    async with running(looking.run()):
        storage.busy = 3
        for _ in range(4):
            await clock.advance(0.25)
        await followed(storage, "maria")
        await clock.advance(0.5)
        await clock.advance(0.5)
    assert len(tiktok.looks) == 1
