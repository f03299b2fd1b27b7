"""On Mondays a digest tells how the judge did in the week: what people decided in it, once."""

from pathlib import Path

import pytest

from core.model.person import Person
from core.model.risk import Kind, Verdict
from core.services.reviewing.deciding import Reviewing
from tests.builders import judged
from tests.core.services.conftest import Running
from tests.core.services.digests import SERVER, Stage
from tests.doubles import CountedStorage, HandClock


@pytest.fixture
async def stage(storage: CountedStorage, clock: HandClock, tmp_path: Path, running: Running) -> Stage:
    return Stage(storage, clock, tmp_path, running)


async def test_what_waits_is_told_by_kind_and_on_mondays_how_the_judge_did_in_the_week(stage: Stage):
    place = await stage.place()
    await stage.happened()
    reviewing, mara = Reviewing(stage.storage, stage.clock), Person("discord:7", "Mara")
    async with stage.running(stage.digesting().run()):
        await stage.days(1)
        await stage.happened()
        async with stage.storage.work() as work:
            number = await work.alerts.assessed(None, judged(kind=Kind.COMMENT, item="comment:9"), stage.clock.now())
            await work.alerts.raise_(SERVER, None, number, stage.clock.now())
            first = (await work.alerts.waiting(SERVER))[0]
        await reviewing.decide(place, first, Verdict.DISMISSED, mara)
        oldest = stage.clock.now()
        await stage.days(3)
    by_day = {one.until.astimezone(place.zone).weekday(): one for one in stage.says()}
    monday = by_day[0]
    assert (monday.waiting, monday.kinds, monday.oldest) == (2, [("speech", 1), ("comment", 1)], oldest)
    assert (monday.confirmed, monday.dismissed) == (0, 1)
    assert ("Discours haineux", 0, 1, 0, 0) in monday.agreed
    assert all(not one.agreed for day, one in by_day.items() if day != 0)


async def test_what_was_decided_after_the_monday_it_came_before_is_told_the_next_monday(stage: Stage):
    place = await stage.place()
    reviewing, mara = Reviewing(stage.storage, stage.clock), Person("discord:7", "Mara")
    async with stage.running(stage.digesting().run()):
        await stage.days(2)
        await stage.happened()  # on Sunday evening
        await stage.days(1)
        async with stage.storage.reading() as work:
            (alert,) = await work.alerts.waiting(SERVER)
        await reviewing.decide(place, alert, Verdict.DISMISSED, mara)
        await stage.days(15)
    mondays = [one for one in stage.says() if one.until.astimezone(place.zone).weekday() == 0]
    assert [one.waiting for one in mondays][:1] == [1]
    assert [one.dismissed for one in mondays] == [0, 1], "in the week in which it was decided"
