"""Who is looked at, when, and what an error means."""

import random
from dataclasses import dataclass, field
from itertools import pairwise

import pytest

from core.errors import Denied, EarshotError, Transient
from core.model.account import Account
from core.model.live import Look
from core.services.looking import JITTER, Looking
from tests.builders import HERE, THERE, at, followed
from tests.core.services.conftest import Running
from tests.doubles import CountedStorage, HandClock, StagedTikTok

EVERY = 60.0


@dataclass
class Readings:
    """What the looks told."""

    told: list[tuple[str, bool]] = field(default_factory=list)
    unknown: list[tuple[str, str]] = field(default_factory=list)
    fault: Exception | None = None

    async def read(self, account: Account, look: Look) -> None:
        self.told.append((account.handle, look.live))
        if self.fault:
            raise self.fault

    async def failed(self, account: Account, error: EarshotError) -> None:
        self.unknown.append((account.handle, error.code))


@pytest.fixture
def tiktok(clock: HandClock) -> StagedTikTok:
    return StagedTikTok(clock)


@pytest.fixture
def readings() -> Readings:
    return Readings()


@pytest.fixture
def looking(storage: CountedStorage, clock: HandClock, tiktok: StagedTikTok, readings: Readings) -> Looking:
    return Looking(tiktok, storage, clock, EVERY, readings.read, readings.failed)


async def test_one_look_serves_all_places_that_follow(
    storage: CountedStorage, clock: HandClock, tiktok: StagedTikTok, looking: Looking, running: Running
):
    for place in (HERE, THERE):
        await followed(storage, "maria", place)
    async with running(looking.run()):
        await clock.advance(1)
    assert [handle for handle, _ in tiktok.looks] == ["maria"]


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
    await followed(storage, "maria")
    tiktok.faults["maria"] = Transient("TIKTOK_DOWN")
    async with running(looking.run()):
        await clock.advance(1)
        assert (readings.told, readings.unknown) == ([], [("maria", "TIKTOK_DOWN")])
        tiktok.faults["maria"] = Denied("AGE")
        await clock.advance(80)
        assert (readings.told, readings.unknown[1:]) == ([], [("maria", "AGE")])
        del tiktok.faults["maria"]
        await clock.advance(80)
    assert readings.told == [("maria", False)]


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
