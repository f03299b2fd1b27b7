"""Turns: never faster than a budget over any stretch of time, never slower than it needs, and a reply uses them up."""

import itertools
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.person import Platform
from core.ports.messenger import Pace
from core.services.delivering.turns import DEBT, REMEMBERED, Budget, Turns
from tests.doubles import BEGAN, HandClock, StagedMessenger

GROUP, TOPIC = "telegram:-1", "telegram:-1/7"
GROUP_PACE = Pace("-1", every=3.0, edits_every=5.0)

budgets = st.builds(Budget, st.sampled_from([0.025, 0.5, 1.0, 3.0]), st.integers(1, 5))
waits = st.lists(st.floats(0.0, 4.0).map(lambda seconds: round(seconds, 3)), max_size=60)


def after(seconds: float) -> datetime:
    return BEGAN + timedelta(seconds=seconds)


@given(budgets, waits)
def test_no_stretch_of_time_holds_more_calls_than_the_budget(budget: Budget, waits: list[float]):
    now, called = BEGAN, list[datetime]()
    for wait in waits:
        now += timedelta(seconds=wait)
        if budget.free_at(now) <= now:
            called.append(budget.spend(now))
    for first in called:
        assert sum(first <= one < first + budget.window for one in called) <= budget.burst


@given(budgets, waits)
def test_a_call_waits_only_when_it_would_be_one_too_many(budget: Budget, waits: list[float]):
    now, called = BEGAN, list[datetime]()
    for wait in waits:
        now += timedelta(seconds=wait)
        free = budget.free_at(now)
        if free <= now:
            called.append(budget.spend(now))
        else:
            assert sum(now - budget.window < one <= now for one in called) == budget.burst
            assert sum(free - budget.window < one <= now for one in called) < budget.burst


@given(budgets, st.integers(1, 80))
def test_calls_made_as_soon_as_they_may_use_the_whole_budget(budget: Budget, count: int):
    now = BEGAN
    for _ in range(count):
        now = budget.free_at(now)
        budget.spend(now)
    assert now - BEGAN == ((count - 1) // budget.burst) * budget.window


@given(budgets, waits, st.data())
def test_turns_given_back_leave_no_trace(budget: Budget, waits: list[float], data: st.DataObject):
    other, now = Budget(budget.every, budget.burst), BEGAN
    for wait in waits:
        now += timedelta(seconds=wait)
        assert budget.free_at(now) == other.free_at(now)
        if budget.free_at(now) <= now:
            turn = budget.spend(now)
            if data.draw(st.booleans()):
                budget.give_back(turn)
            else:
                other.spend(now)


@given(st.integers(1, 15))
def test_answers_take_the_turns_of_what_waits(answers: int):
    budget = Budget(3.0)
    for _ in range(answers):
        budget.spend(BEGAN)
    assert budget.free_at(BEGAN) == after(3.0 * answers)


def test_answers_do_not_silence_a_chat_for_long():
    budget = Budget(3.0)
    for _ in range(500):
        budget.spend(BEGAN)
    assert budget.free_at(BEGAN) == BEGAN + DEBT + timedelta(seconds=3)


def test_a_call_counts_from_its_answer_for_the_other_side_may_have_been_late():
    budget = Budget(3.0)
    turn = budget.spend(BEGAN)
    budget.ended(turn, after(2.0))
    assert budget.free_at(after(2.0)) == after(5.0)


@pytest.fixture
def turns(clock: HandClock) -> Turns:
    telegram = StagedMessenger(0.0, per_second=30.0, paces={GROUP: GROUP_PACE, TOPIC: GROUP_PACE})
    return Turns(clock, {Platform.TELEGRAM: telegram, Platform.DISCORD: StagedMessenger(120.0, per_second=40.0)})


def test_topics_share_the_budget_of_their_chat(turns: Turns):
    assert turns.free_at(TOPIC) == BEGAN
    turns.spend(GROUP)
    assert turns.free_at(TOPIC) == after(3.0)
    assert turns.free_at("telegram:-2") == BEGAN


def test_edits_have_a_budget_inside_that_of_all_calls(turns: Turns):
    turns.spend(GROUP, edits=True)
    assert turns.free_at(GROUP) == after(3.0)
    assert turns.free_at(GROUP, edits=True) == after(5.0)


@pytest.mark.parametrize(("platform", "most"), [("discord", 40), ("telegram", 30)])
async def test_a_platform_takes_what_a_second_may_hold_in_any_second(
    turns: Turns, clock: HandClock, platform: str, most: int
):
    called = list[datetime]()
    for number in range(4 * most):
        address = f"{platform}:{number}"
        await clock.advance((turns.free_at(address) - clock.now()).total_seconds())
        turns.spend(address)
        called.append(clock.now())
    for first in called:
        assert sum(first <= one < first + timedelta(seconds=1) for one in called) <= most
    assert called[-1] - called[0] < timedelta(seconds=4)


def test_what_the_platform_does_not_count_does_not_count_for_it(turns: Turns):
    for number in range(100):
        turns.spend(f"discord:{number}", platform=False)
    assert turns.platform_free_at(Platform.DISCORD) == BEGAN


async def test_a_chat_that_asked_for_rest_gets_it_with_all_its_topics(turns: Turns, clock: HandClock):
    turns.rest(TOPIC, after(30.0))
    assert turns.free_at(GROUP) == after(30.0)
    assert turns.free_at("telegram:-2") == BEGAN
    await clock.advance(30.0)
    assert turns.free_at(GROUP) == after(30.0)
    turns.rest(GROUP, after(90.0))
    turns.rested(GROUP)
    assert turns.free_at(GROUP) == after(30.0)


async def test_chats_nobody_speaks_in_are_forgotten_and_the_others_are_not(turns: Turns, clock: HandClock):
    for number in range(REMEMBERED - 1):
        turns.spend(f"discord:{number}", platform=False)
    turns.spend(GROUP, platform=False)
    await clock.advance(1.0)
    for number in itertools.count(REMEMBERED):
        turns.spend(f"discord:{number}", platform=False)
        if len(turns._chats) < REMEMBERED:
            break
    assert turns.free_at(TOPIC) == after(3.0)


def test_a_chat_that_is_new_when_there_are_too_many_has_its_first_edit_counted(turns: Turns):
    for number in range(REMEMBERED - 1):
        turns.free_at(f"discord:{number}")
    turns.spend(GROUP, edits=True, platform=False)
    assert turns.free_at(TOPIC) == after(3.0)


def test_an_address_nobody_can_read_is_one_like_any_other(turns: Turns, monkeypatch: pytest.MonkeyPatch):
    def pace(address: str) -> Pace:
        raise ValueError(address)

    monkeypatch.setattr(turns.messengers[Platform.TELEGRAM], "pace", pace)
    assert turns.free_at("telegram:what") == BEGAN
