"""What models cost is shared by the places of a live, and bounded for each."""

import asyncio
from pathlib import Path

import pytest

from core.model.account import NO_RISK
from core.model.notice import NoticeKind
from core.model.risk import Unasked
from core.ports.assessor import Spent
from tests.builders import HERE, THERE, followed, placed, rows, told
from tests.core.services.assessing.judging import HATE, staged
from tests.doubles import CountedStorage, HandClock


async def test_a_live_costs_once_and_its_places_share_it(storage: CountedStorage, clock: HandClock, tmp_path: Path):
    for place, more in ((HERE, {}), (THERE, {}), ("discord:deaf", {"risk": NO_RISK})):
        await followed(storage, place=place, **more)
    async with staged(storage, clock, tmp_path) as stage:
        stage.screen.cost = Spent(2, 1000, 400, 100, 0.01)
        await stage.says("a", "b", "c", HATE)
        found = rows(tmp_path, "select * from spending order by place, model")
        assert [(row["place"], row["model"], row["requests"], row["asked"], row["dollars"]) for row in found] == [
            (HERE, "large", 0.5, 500, 0.00005),
            (HERE, "small", 1.0, 500, 0.005),
            (THERE, "large", 0.5, 500, 0.00005),
            (THERE, "small", 1.0, 500, 0.005),
        ]
        assert {row["seconds"] for row in found if row["model"] == "small"} == {60.0}
        assert stage.assessing
        async with storage.reading() as work:
            cost = await stage.assessing.sharing.cost(work, HERE)
        assert (cost.today, cost.hour, cost.most) == (pytest.approx(0.00505), pytest.approx(0.303), None)
        await stage.ends()


async def test_where_nobody_wants_risk_alerts_no_model_is_asked(
    storage: CountedStorage, clock: HandClock, tmp_path: Path
):
    await followed(storage, risk=NO_RISK)
    async with staged(storage, clock, tmp_path) as stage:
        await stage.says("a", "b", "c", HATE)
        assert stage.screen.asked == []
        assert len(rows(tmp_path, "select 1 from assessment where not waits")) == 4
        await stage.ends()


async def test_a_place_that_has_spent_its_day_is_told_once_and_judged_inside(
    storage: CountedStorage, clock: HandClock, tmp_path: Path
):
    await placed(storage, address=f"{HERE}/posts")
    await followed(storage)
    async with staged(storage, clock, tmp_path, dollars=0.015) as stage:
        stage.screen.cost = Spent(1, 1000, 0, 100, 0.01)
        for number in range(5):
            await stage.says("a", "b", "c", "d", start=number * 60.0)
            await stage.clock.advance(72)
        assert len(stage.screen.asked) == 2
        said = told(tmp_path, NoticeKind.JUDGE_BUDGET)
        assert [one.says.dollars for one in said] == [0.015]
        await stage.clock.advance(4 * 3600)  # another day
        await stage.says("a", "b", "c", "d", start=9000.0)
        assert len(stage.screen.asked) == 3
        await stage.ends()


async def test_the_end_of_a_live_asks_no_more_often_than_the_live_may(
    storage: CountedStorage, clock: HandClock, tmp_path: Path
):
    await followed(storage)
    async with staged(storage, clock, tmp_path) as stage:
        for number in range(60):
            await stage.says(HATE, start=number * 15.0)
        assert len(stage.screen.windows) == 7
        await stage.clock.advance(60)  # less than until the next one
        await stage.ends()
        assert len(stage.screen.windows) == 7
        left = rows(tmp_path, "select unasked from assessment where stands and degraded")
        assert {row["unasked"] for row in left} == {Unasked.CROWD, Unasked.OFTEN}
        assert rows(tmp_path, "select 1 from assessment where stands and waits") == []


async def test_what_is_left_of_its_ration_is_asked_at_the_end_of_a_live(
    storage: CountedStorage, clock: HandClock, tmp_path: Path
):
    await followed(storage)
    async with staged(storage, clock, tmp_path) as stage:
        await stage.says(*["soup"] * 3)
        await stage.ends()
        assert len(stage.screen.windows) == 1
        assert stage.standing() == [("small", "Neutre", False)] * 3


@pytest.mark.parametrize("mistake", [False, True])
async def test_what_one_model_had_answered_is_paid_for_when_the_other_one_does_not_come_to_it(
    storage: CountedStorage, clock: HandClock, tmp_path: Path, mistake: bool
):
    await followed(storage)
    async with staged(storage, clock, tmp_path) as stage:
        stage.judge.gate.clear()
        await stage.says(HATE)
        assert (len(stage.screen.windows), len(stage.judge.windows)) == (1, 1)
        if mistake:
            stage.judge.fault = ZeroDivisionError()
            stage.judge.gate.set()
        for one in stage.running if not mistake else ():
            one.cancel()
        await clock.settled()
        (row,) = rows(tmp_path, "select * from spending")
        assert (row["place"], row["model"], row["requests"], row["dollars"]) == (HERE, "small", 1.0, 0.0001)
        assert row["seconds"] == 0.0, "it is not settled"


async def test_storage_that_is_stuck_holds_no_end_up_and_what_is_owed_is_paid_later(
    storage: CountedStorage, clock: HandClock, tmp_path: Path
):
    await followed(storage)
    async with staged(storage, clock, tmp_path) as stage:
        stage.judge.gate.clear()
        await stage.says(HATE)
        async with storage.work():
            for one in stage.running:
                one.cancel()
            async with asyncio.timeout(30):
                await asyncio.gather(*stage.running, return_exceptions=True)
        await clock.settled()
        assert [row["model"] for row in rows(tmp_path, "select * from spending")] == ["small"]
