"""Looking when TikTok limits, when there are many accounts, when they are paused, and when a name is another's."""

import pytest

from core.errors import Missing, Transient
from core.model.account import FOREVER, Account, AccountStatus
from core.model.live import Look
from core.services.finding.looking import JITTER, Looking
from tests.builders import HERE, THERE, at, followed
from tests.core.services.conftest import Running
from tests.core.services.looks import EVERY, Readings, looking, readings, stored, tiktok
from tests.doubles import BEGAN, CountedStorage, HandClock, StagedTikTok

__all__ = ["looking", "readings", "tiktok"]


# ---------------------------------------------------------------- limits


LIMITED = Transient("TIKTOK_LIMIT")


async def test_one_refusal_delays_nobody_else(
    storage: CountedStorage, clock: HandClock, tiktok: StagedTikTok, looking: Looking, running: Running
):
    for name in ("maria", "amina", "juno"):
        await followed(storage, name)
    tiktok.faults["maria"] = LIMITED
    async with running(looking.run()):
        for _ in range(400):
            await clock.advance(1)
        assert looking.limited_until is None
    for name in ("amina", "juno"):
        assert len([handle for handle, _ in tiktok.looks if handle == name]) >= 5


async def test_refusals_in_a_row_stop_all_looks_and_one_account_finds_out_whether_it_is_over(
    storage: CountedStorage, clock: HandClock, tiktok: StagedTikTok, looking: Looking, running: Running
):
    follows = [await followed(storage, f"a{number}") for number in range(8)]
    tiktok.faults |= {f"a{number}": LIMITED for number in range(8)}
    async with running(looking.run()):
        for _ in range(20):
            await clock.advance(0.5)
        assert 3 <= len(tiktok.looks) <= 3 + 4  # those that were under way
        until = looking.limited_until
        assert until is not None
        closed = len(tiktok.looks)
        waits = []
        for _ in range(5):
            until = looking.limited_until
            assert until is not None
            await clock.advance((until - clock.now()).total_seconds() - 1)
            assert len(tiktok.looks) == closed
            await clock.advance(1)
            await clock.advance(0.25)
            closed += 1
            assert len(tiktok.looks) == closed  # one only
            assert looking.limited_until is not None
            waits.append((looking.limited_until - clock.now()).total_seconds())
        assert waits == [pytest.approx(wait, abs=1) for wait in (120, 240, 300, 300, 300)]
        for follow in follows:
            account = await stored(storage, follow)
            assert (account.why, account.status) == ("TIKTOK_LIMIT", AccountStatus.UNKNOWN)
        tiktok.faults.clear()
        await clock.advance(301)
        assert looking.limited_until is None
        for _ in range(8):
            await clock.advance(0.25)
        assert len(tiktok.looks) == closed + 8


async def test_a_refusal_that_names_its_time_stops_all_looks_until_then(
    storage: CountedStorage, clock: HandClock, tiktok: StagedTikTok, looking: Looking, running: Running
):
    await followed(storage, "maria")
    tiktok.faults["maria"] = Transient("TIKTOK_LIMIT", retry_after=900.0)
    async with running(looking.run()):
        await clock.advance(1)
        assert looking.limited_until == at(901)
        other = await followed(storage, "amina")
        for _ in range(400):
            await clock.advance(2)
        assert [handle for handle, _ in tiktok.looks] == ["maria"]
        waiting = await stored(storage, other)
        assert (waiting.why, waiting.looked_at) == ("TIKTOK_LIMIT", None)
        tiktok.faults.clear()
        await clock.advance(105)
        for _ in range(3):
            await clock.advance(0.25)
        assert sorted({handle for handle, _ in tiktok.looks}) == ["amina", "maria"]
        assert looking.limited_until is None
        assert (await stored(storage, other)).why == "TIKTOK_LIMIT"  # `told` stores readings, and here it does not


# ---------------------------------------------------------------- many accounts


async def test_with_many_accounts_quiet_ones_are_looked_at_slowly_and_live_ones_as_always(
    storage: CountedStorage, clock: HandClock, tiktok: StagedTikTok, readings: Readings, running: Running
):
    """30 accounts at 10 s with a budget of 1 a second: 3 live ones leave 0.6 a second for 27."""
    for number in range(30):
        await followed(storage, f"a{number}")
    tiktok.rooms |= {f"a{number}": str(number) for number in range(3)}

    async def told(account: Account, look: Look) -> None:
        async with storage.work() as work:
            await work.accounts.saw(account.id, look, AccountStatus.LIVE if look.live else AccountStatus.OFFLINE)

    looking = Looking(tiktok, storage, clock, 10.0, told, budget=1.0)
    async with running(looking.run()):
        for _ in range(400):
            await clock.advance(1)
        assert looking.pace.slowed
        tiktok.looks.clear()
        del tiktok.rooms["a0"]
        for _ in range(200):
            await clock.advance(1)
    assert len(tiktok.looks) <= 200 * 1.15
    often = [len([name for name, _ in tiktok.looks if name == f"a{number}"]) for number in range(30)]
    assert min(often[:3]) >= 200 / (10 * (1 + JITTER) + 1) - 1
    assert max(often[3:]) <= 200 / (looking.pace.slow * (1 - JITTER)) + 1
    assert min(often[3:]) >= 1


# ---------------------------------------------------------------- pauses


async def test_a_paused_account_is_not_looked_at_and_comes_back_by_itself(
    storage: CountedStorage, clock: HandClock, tiktok: StagedTikTok, looking: Looking, running: Running
):
    await followed(storage, "maria", paused_until=at(500))
    await followed(storage, "amina", paused_until=FOREVER)
    await followed(storage, "juno", until=at(100))
    async with running(looking.run()):
        for _ in range(240):
            await clock.advance(2)
        assert {handle for handle, _ in tiktok.looks} == {"juno"}
        assert max(when for _, when in tiktok.looks) <= at(101)
        for _ in range(20):
            await clock.advance(2)
    assert [handle for handle, when in tiktok.looks if when > at(101)] == ["maria"]


async def test_a_pause_in_one_place_costs_another_place_nothing(
    storage: CountedStorage, clock: HandClock, tiktok: StagedTikTok, looking: Looking, running: Running
):
    await followed(storage, "maria", HERE, paused_until=FOREVER)
    await followed(storage, "maria", THERE)
    async with running(looking.run()):
        await clock.advance(1)
    assert len(tiktok.looks) == 1


async def test_whoever_asks_again_and_again_for_a_look_gets_one_in_five_seconds(
    storage: CountedStorage, clock: HandClock, tiktok: StagedTikTok, looking: Looking, running: Running
):
    follow = await followed(storage, "maria")
    async with running(looking.run()):
        await clock.advance(1)
        for _ in range(80):
            looking.soon(follow.account_id)
            await clock.advance(0.25)
    assert 4 <= len(tiktok.looks) <= 6


async def test_asking_twice_for_a_look_does_not_put_it_off(
    storage: CountedStorage, clock: HandClock, tiktok: StagedTikTok, looking: Looking, running: Running
):
    """As when a host ends a live and its chat closes, in one moment."""
    follow = await followed(storage, "maria")
    async with running(looking.run()):
        await clock.advance(1)
        for _ in range(2):
            await clock.advance(0.1)
            looking.soon(follow.account_id)
        await clock.advance(0.25)
        assert len(tiktok.looks) == 2
        await clock.advance(EVERY * (1 - JITTER) - 1)
        looking.soon(follow.account_id)
        looking.soon(follow.account_id)
        await clock.advance(0.25)
    assert len(tiktok.looks) == 3


# ---------------------------------------------------------------- whose name it is


async def test_a_name_tiktok_does_not_know_is_unknown_since_the_first_time_and_known_again_by_a_reading(
    storage: CountedStorage, clock: HandClock, tiktok: StagedTikTok, looking: Looking, running: Running
):
    follow = await followed(storage, "maria")
    tiktok.faults["maria"] = Missing("NAME_UNKNOWN", x="maria")
    async with running(looking.run()):
        await clock.advance(1)
        first = clock.now()
        for _ in range(3):
            await clock.advance(80)
        account = await stored(storage, follow)
    assert (account.status, account.why, account.missing_since) == (AccountStatus.UNKNOWN, "NAME_UNKNOWN", first)
    async with storage.work() as work:
        back = await work.accounts.saw(account.id, Look(clock.now(), False), AccountStatus.OFFLINE)
    assert (back.why, back.missing_since) == ("", None)


async def test_a_live_of_somebody_who_took_over_the_name_is_not_told(
    storage: CountedStorage,
    clock: HandClock,
    tiktok: StagedTikTok,
    readings: Readings,
    looking: Looking,
    running: Running,
):
    follow = await followed(storage, "maria")
    async with storage.work() as work:
        await work.accounts.saw(follow.account_id, Look(BEGAN, False, tiktok_id="5"), AccountStatus.OFFLINE)
    tiktok.rooms["maria"] = "7300"  # of number 71
    async with running(looking.run()):
        await clock.advance(1)
        await clock.advance(80)
    assert readings.told == []
    assert (await stored(storage, follow)).why == "NAME_UNKNOWN"
