"""How often accounts are looked at when there are many of them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.account import Account, AccountStatus, Handle
from core.model.live import Look
from core.services.finding.pacing import BUDGET, SLOWEST, Pace, hints, paces, slow_pace, usual_hours
from tests.builders import HERE, at, followed
from tests.doubles import BEGAN, CountedStorage

COUNTS = st.integers(0, 5000)
EVERY = st.floats(1, 3600)


def asked(awake: int, quiet: int, every: float, slow: float) -> float:
    """Requests a second."""
    return (awake + hints(quiet)) / every + quiet / slow


@given(COUNTS, COUNTS, EVERY, st.floats(0.1, 50))
def test_the_budget_holds_whenever_the_slowest_pace_is_enough(awake: int, quiet: int, every: float, budget: float):
    slow = slow_pace(awake, quiet, every, budget)
    if asked(awake, quiet, every, SLOWEST * every) <= budget:
        assert asked(awake, quiet, every, slow) <= budget * (1 + 1e-9)
    elif quiet:
        assert slow == SLOWEST * every


@given(COUNTS, COUNTS, EVERY, st.floats(0.1, 50))
def test_nobody_is_looked_at_faster_than_wished_or_more_than_ten_times_slower(
    awake: int, quiet: int, every: float, budget: float
):
    assert every <= slow_pace(awake, quiet, every, budget) <= SLOWEST * every


@given(COUNTS, COUNTS, EVERY)
def test_more_accounts_never_make_it_faster(awake: int, quiet: int, every: float):
    assert slow_pace(awake, quiet + 1, every) >= slow_pace(awake, quiet, every)
    assert slow_pace(awake + 1, quiet, every) >= slow_pace(awake, quiet, every)


def test_a_thousand_quiet_accounts_at_a_minute_are_looked_at_every_ten_minutes():
    assert slow_pace(0, 100, 60.0) == 60.0
    assert slow_pace(0, 400, 60.0) == pytest.approx(214, abs=1)
    assert slow_pace(20, 800, 60.0) == pytest.approx(571, abs=1)
    assert slow_pace(20, 1000, 60.0) == 600.0


def test_usual_hours_go_around_midnight():
    assert usual_hours([BEGAN.replace(hour=23, minute=40), BEGAN.replace(hour=9)]) == {22, 23, 0, 8, 9, 10}
    assert usual_hours([]) == frozenset()


async def test_as_long_as_the_budget_holds_nobody_is_slowed(storage: CountedStorage):
    accounts = [Account(number, Handle(f"a{number}")) for number in range(120)]
    async with storage.reading() as work:
        pace = await paces(work, accounts, BEGAN, 60.0)
    assert pace == Pace(60.0, 60.0)
    assert not pace.slowed


async def test_who_is_live_or_may_be_and_who_usually_is_now_is_never_slowed(storage: CountedStorage):
    """Lives at 20:00; it is 20:40 and then 04:00."""
    for number in range(6):
        await followed(storage, f"a{number}")
    async with storage.work() as work:
        for name, days, room in (("a0", 3, "1"), ("a0", 2, "2"), ("a1", 40, "3"), ("a2", 1, "4")):
            account = await work.accounts.ensure(Handle(name))
            begun = at(0) - timedelta(days=days)
            await work.lives.begin(account, Look(begun, True, room, started=begun), [HERE])
        live = await work.accounts.ensure(Handle("a3"))
        await work.accounts.saw(live.id, Look(BEGAN, True, "5"), AccountStatus.LIVE)
        accounts = await work.follows.followed()
    ids = {account.handle: account.id for account in accounts}
    async with storage.reading() as work:
        evening = await paces(work, accounts, at(2400), 1.0, budget=2.0)
        night = await paces(work, accounts, at(8 * 3600), 1.0, budget=2.0)
    assert evening.quiet == {ids["a1"], ids["a4"], ids["a5"]}
    assert (evening.of(ids["a0"]), evening.of(ids["a3"])) == (1.0, 1.0)
    assert evening.of(ids["a1"]) == evening.slow == 10.0
    assert evening.slowed
    assert night.quiet == set(ids.values()) - {ids["a3"]}
    assert night.rooms == {ids["a0"]: "2", ids["a2"]: "4"}


def test_the_budget_is_what_the_adapter_lets_through():
    from core.adapters.tiktok.web import LOOKS_PER_SECOND

    assert BUDGET == LOOKS_PER_SECOND
