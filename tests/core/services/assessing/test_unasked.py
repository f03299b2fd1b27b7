"""Where no model judged though one should have, the alert knows why, as far as that is certain."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.errors import Denied, EarshotError, Transient
from core.model.account import NO_RISK
from core.model.risk import Unasked
from core.ports.assessor import Spent
from core.services.assessing.live import DEADLINE
from core.services.assessing.windows import MOST_WAITING
from tests.builders import THERE, followed, rows
from tests.core.services.assessing.judging import HATE, Stage, staged
from tests.doubles import CountedStorage, HandClock

APART = 400.0  # seconds of the live: another alert


@pytest.fixture
async def stage(storage: CountedStorage, clock: HandClock, tmp_path: Path) -> AsyncIterator[Stage]:
    await followed(storage)
    async with staged(storage, clock, tmp_path) as stage:
        yield stage


def why(stage: Stage) -> list[tuple[bool, str]]:
    """(degraded, why) of each alert as it was told, edits too."""
    return [(one.says.degraded, one.says.unasked) for one in stage.alerts()]


@pytest.mark.parametrize(
    "fault",
    [
        Denied("ENGINE_KEY", engine="groq"),
        Denied("ENGINE_MODEL", engine="groq", model="small"),
        Transient("QUOTA", retry_after=90.0, engine="groq"),
        Transient("ENGINE_DOWN", engine="groq"),
    ],
    ids=lambda fault: fault.code,
)
async def test_what_keeps_the_model_from_judging_is_what_the_alert_says(stage: Stage, fault: EarshotError):
    stage.screen.fault = fault
    await stage.says(HATE)
    await stage.says(HATE, start=APART)
    assert why(stage) == [(True, fault.code)] * 2
    stored = rows(stage.folder, "select unasked from assessment where stands order by second")
    assert [row["unasked"] for row in stored] == [fault.code] * 2
    stage.screen.fault = None
    await stage.clock.advance(90)
    await stage.says(HATE, start=2 * APART)
    assert why(stage)[2:] == [(False, "")]


async def test_a_model_that_is_slow_is_one_that_had_not_answered_until_it_does(stage: Stage):
    stage.screen.gate.clear()
    await stage.says(HATE)
    await stage.clock.advance(DEADLINE)
    assert why(stage) == [(True, Unasked.LATE)]
    stage.screen.gate.set()
    await stage.clock.settled()
    assert why(stage)[1:] == [(False, "")]


async def test_a_live_whose_calls_are_used_up_for_now_says_so(stage: Stage):
    for number in range(7):
        await stage.says(HATE, start=number * APART)
    assert why(stage) == [(False, "")] * 7
    await stage.says(HATE, start=7 * APART)
    await stage.clock.advance(DEADLINE)
    assert why(stage)[7:] == [(True, Unasked.OFTEN)]


async def test_what_finds_no_room_to_wait_says_so(stage: Stage):
    stage.screen.gate.clear()
    await stage.says(HATE)
    await stage.says(HATE, start=APART)
    await stage.says(*["soup"] * MOST_WAITING, start=2 * APART)
    assert why(stage) == [(True, Unasked.CROWD)]


async def test_what_waited_when_the_process_was_killed_says_so(stage: Stage):
    stage.screen.gate.clear()
    await stage.says(HATE)
    await stage.lives()
    assert why(stage) == [(True, Unasked.RESTART)]


async def test_a_day_that_is_used_up_is_said_by_those_who_would_pay(
    storage: CountedStorage, clock: HandClock, tmp_path: Path
):
    await followed(storage)
    await followed(storage, place=THERE, risk=NO_RISK)
    async with staged(storage, clock, tmp_path, dollars=0.005) as stage:
        stage.screen.cost = Spent(1, 1000, 0, 100, 0.01)
        await stage.says(HATE)
        await stage.says(HATE, start=APART)
        assert why(stage) == [(False, ""), (True, Unasked.BUDGET)]


async def test_where_nobody_wants_alerts_nothing_is_said_to_be_used_up(
    storage: CountedStorage, clock: HandClock, tmp_path: Path
):
    await followed(storage, risk=NO_RISK)
    async with staged(storage, clock, tmp_path, dollars=0.005) as stage:
        await stage.says(HATE)
        assert [row["unasked"] for row in rows(tmp_path, "select unasked from assessment")] == [""]


async def test_a_mistake_of_ours_gives_no_reason(stage: Stage):
    stage.screen.fault = ZeroDivisionError()
    await stage.says(HATE)
    assert why(stage) == [(True, "")]
