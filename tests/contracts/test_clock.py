"""What every clock promises, the one moved by hand included."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.adapters.clock import FastClock, SystemClock
from core.ports.clock import Clock
from tests.doubles import HandClock
from tests.waiting import PATIENCE, Standstill

NAP = 0.05


@dataclass
class Bench:
    """A clock, and what lets `seconds` of it pass."""

    clock: Clock
    passing: Callable[[float], Awaitable[None]]


@pytest.fixture(params=["system", "fast", "hand"])
def bench(request: pytest.FixtureRequest, clock: HandClock) -> Bench:
    if request.param == "hand":
        return Bench(clock, clock.advance)
    speed = 1.0 if request.param == "system" else 20.0
    return Bench(SystemClock() if speed == 1.0 else FastClock(speed), lambda seconds: asyncio.sleep(seconds / speed))


class TestClock:
    async def test_it_tells_aware_utc(self, bench: Bench):
        assert bench.clock.now().tzinfo is UTC
        assert bench.clock.now().utcoffset() == timedelta(0)

    async def test_it_never_goes_back(self, bench: Bench):
        told = [bench.clock.now() for _ in range(100)]
        assert told == sorted(told)

    async def test_who_sleeps_wakes_when_the_time_has_come_and_not_before(self, bench: Bench):
        before = bench.clock.now()
        sleeper = asyncio.create_task(bench.clock.sleep(NAP))
        await asyncio.sleep(0)
        assert not sleeper.done()
        await bench.passing(NAP * 1.5)
        await asyncio.wait_for(sleeper, PATIENCE)
        assert bench.clock.now() - before >= timedelta(seconds=NAP * 0.95)

    async def test_a_sleep_that_is_cancelled_wakes_nobody(self, bench: Bench):
        sleeper = asyncio.create_task(bench.clock.sleep(3600))
        await asyncio.sleep(0)
        sleeper.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sleeper


async def test_a_fast_clock_runs_as_much_faster_as_it_says_and_sleeps_as_much_shorter():
    clock, outside = FastClock(50.0), time.monotonic()
    before, inside = clock.now(), time.monotonic()
    with Standstill() as still:
        await clock.sleep(10)
    least = time.monotonic() - inside
    passed = (clock.now() - before).total_seconds()
    assert 50 * least - 0.1 <= passed <= 50 * (time.monotonic() - outside) + 0.1
    assert least < 5 + still.seconds


BEGAN = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)


@dataclass
class Machine:
    """What somebody can set, and what nobody can."""

    wall: datetime = BEGAN
    steady: float = 100.0

    def passes(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)
        self.steady += seconds

    def clock(self) -> SystemClock:
        return SystemClock(lambda: self.steady, lambda: self.wall)


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_that_is_set_by_an_hour_is_caught_up_with_slowly_and_never_goes_back(hours: int):
    machine = Machine()
    clock = machine.clock()
    before = clock.now()
    machine.wall += timedelta(hours=hours)
    assert clock.now() == before
    machine.passes(60)
    assert timedelta(seconds=57) <= clock.now() - before <= timedelta(seconds=63)
    for _ in range(24 * 60):
        machine.passes(60)
        clock.now()
    assert clock.now() == machine.wall


def test_a_clock_that_had_not_been_set_at_all_is_followed_at_once():
    machine = Machine(wall=datetime(1970, 1, 1, tzinfo=UTC))
    clock = machine.clock()
    machine.wall = BEGAN
    assert clock.now() == BEGAN


@given(st.lists(st.tuples(st.floats(0, 3600), st.floats(-7200, 7200)), max_size=30))
def test_whatever_is_done_to_the_machine_s_clock_time_goes_on_at_its_pace(steps: list[tuple[float, float]]):
    machine = Machine()
    clock = machine.clock()
    for passed, leap in steps:
        before = clock.now()
        machine.passes(passed)
        machine.wall += timedelta(seconds=leap)
        if abs(machine.wall - before) < timedelta(hours=20):
            told = (clock.now() - before).total_seconds()
            assert passed * 0.949 - 1e-3 <= told <= passed * 1.051 + 1e-3
        else:
            clock.now()
