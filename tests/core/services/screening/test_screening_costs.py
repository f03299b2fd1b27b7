"""Looking at pictures costs the place whose clip it is, and stops where its budget does."""

from pathlib import Path

from core.errors import Transient
from core.model.notice import NoticeKind
from core.model.screening import LocalPolicy, State
from core.ports.assessor import SPENT, Spent
from tests.builders import HERE, THERE, rows, told
from tests.core.services.screening.screening_desk import Desk, desk, desk_of
from tests.doubles import CountedStorage, HandClock

__all__ = ["desk"]


async def test_a_look_is_paid_for_and_without_budget_there_is_no_model_that_sees(
    storage: CountedStorage, clock: HandClock, tmp_path: Path
):
    desk = await desk_of(storage, clock, tmp_path, dollars=0.01)
    for _ in range(3):
        last = await desk.clip()
    assert desk.viewer.looks == 2
    (row,) = rows(tmp_path, "select * from spending")
    assert (row["place"], row["model"], row["requests"], row["dollars"]) == (HERE, "seer-1", 2.0, 0.012)
    assert (last.state, last.fault, last.gone, last.frames) == (State.PASSED, "JUDGE_SPENT", True, 0)
    assert (await desk.clip(THERE)).frames == 3, "the budget of another place is its own"
    assert len(told(tmp_path, NoticeKind.JUDGE_BUDGET)) == 0, "it has no address"


async def test_where_clips_wait_without_a_model_they_do_so_without_budget(
    storage: CountedStorage, clock: HandClock, tmp_path: Path
):
    desk = await desk_of(storage, clock, tmp_path, dollars=0.001, local=LocalPolicy.HOLD)
    assert (await desk.clip()).state is State.PASSED
    assert (await desk.clip()).state is State.HELD


async def test_a_look_that_came_to_nothing_is_paid_for_too(desk: Desk, tmp_path: Path):
    desk.viewer.fault = Transient("ENGINE_DOWN", engine="groq")
    desk.viewer.fault.values[SPENT] = Spent(2, 900, 0, 200, 0.004)
    await desk.clip()
    assert [row["dollars"] for row in rows(tmp_path, "select * from spending")] == [0.004]
