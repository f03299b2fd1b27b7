"""Where the model elsewhere should have judged a text and did not, the alert knows why."""

from pathlib import Path

import pytest

from core.errors import Denied, EarshotError, Transient
from core.model.policy import Provider
from core.model.risk import Unasked
from core.services.moderating.asking import EVERY
from core.services.moderating.weighing import MOST_TEXTS
from tests.builders import chat
from tests.core.services.moderating.texts_desk import Desk, desk_of, labels
from tests.doubles import CountedStorage, HandClock

WORM = "you filthy worm"


@pytest.fixture
def desk(storage: CountedStorage, clock: HandClock, tmp_path: Path) -> Desk:
    return desk_of(storage, clock, tmp_path)


async def why(desk: Desk, *lines: str) -> list[tuple[bool, str]]:
    """(degraded, why) of the alerts that these lines raise in a place that has them judged elsewhere."""
    scene = await desk.live()
    await desk.wants(provider=Provider.SAFEGUARD)
    for line in lines:
        await desk.texts.combing.chat(scene, chat(line))
    await desk.texts.combing.round()
    said = [one.says for one in desk.told()]
    assert [(one.assessment.degraded, one.assessment.unasked) for one in await desk.waiting()] == [
        (one.degraded, one.unasked) for one in said
    ]
    return [(one.degraded, one.unasked) for one in said]


@pytest.mark.parametrize(
    "fault", [Transient("ENGINE_DOWN"), Transient("QUOTA", retry_after=30), Denied("ENGINE_KEY")], ids=str
)
async def test_a_model_that_fails_is_why_and_so_it_is_while_it_is_left_alone(desk: Desk, fault: EarshotError):
    desk.elsewhere.fault = fault
    assert await why(desk, WORM, "vermin") == [(True, fault.code)] * 2
    weighed = await desk.texts.weighing.weigh(WORM, await desk.texts.ruling.policy("discord:1"))
    assert not weighed.degraded, "that place wants no other judge"


async def test_no_model_at_all_is_why(desk: Desk):
    desk.texts.weighing.elsewhere = None
    assert await why(desk, WORM) == [(True, Unasked.NO_MODEL)]


async def test_a_day_that_is_used_up_is_why(storage: CountedStorage, clock: HandClock, tmp_path: Path):
    desk = desk_of(storage, clock, tmp_path, dollars=0.0005)
    await desk.place()
    assert await why(desk, "maybe") == []
    await clock.advance(EVERY)
    assert await why(desk, WORM) == [(True, Unasked.BUDGET)]


async def test_more_than_one_question_takes_is_why(desk: Desk):
    desk.elsewhere.judge = lambda text: labels(V=0.9)
    told = await why(desk, *(f"vermin {n}" for n in range(MOST_TEXTS + 1)))
    assert sorted(told) == [(False, ""), (True, Unasked.OFTEN)]


async def test_one_question_in_five_seconds_is_why(desk: Desk):
    assert await why(desk, "maybe") == []
    assert await why(desk, WORM) == [(True, Unasked.OFTEN)]


async def test_what_the_model_judged_has_no_reason(desk: Desk):
    desk.elsewhere.judge = lambda text: labels(HR=0.9)
    assert await why(desk, WORM) == [(False, "")]
