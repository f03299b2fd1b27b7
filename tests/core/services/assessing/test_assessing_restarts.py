"""Ends and crashes of a live cost no judgement, and double none."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.services.assessing.live import DEADLINE
from tests.builders import followed, segment
from tests.core.services.assessing.judging import HATE, Stage, staged
from tests.doubles import CountedStorage, HandClock, harmless


@pytest.fixture
async def stage(storage: CountedStorage, clock: HandClock, tmp_path: Path) -> AsyncIterator[Stage]:
    await followed(storage)
    async with staged(storage, clock, tmp_path) as stage:
        yield stage


async def test_the_end_of_a_live_waits_for_the_last_word(stage: Stage):
    await stage.says("a", "b")
    await stage.ends()
    assert stage.screen.asked == [(["a", "b"], [])]
    assert stage.standing() == [("small", "Neutre", False)] * 2


async def test_an_end_in_the_middle_of_an_answer_neither_loses_nor_doubles_it(stage: Stage):
    stage.screen.gate.clear()
    await stage.says(HATE)
    stage.screen.gate.set()
    await stage.ends()
    assert [(one.says.engine, one.says.repeats) for one in stage.alerts()] == [("large", 0)]


async def test_after_a_crash_what_waited_is_told_as_the_judge_inside_sees_it(stage: Stage):
    stage.screen.gate.clear()
    await stage.says("soup", HATE)
    await stage.lives()
    (alert,) = stage.alerts()
    assert (alert.says.engine, alert.says.degraded, alert.says.second) == ("rules", True, 15.0)
    assert stage.standing() == [("rules", "Neutre", True), ("rules", "Discours haineux", True)]
    await stage.lives()
    assert len(stage.alerts()) == 1


async def test_after_a_crash_between_two_words_nothing_is_told_twice(stage: Stage):
    stage.screen.gate.clear()
    await stage.says(HATE)
    await stage.clock.advance(DEADLINE)
    await stage.lives()
    assert [(one.says.engine, one.says.repeats) for one in stage.alerts()] == [("rules", 0)]


async def test_a_segment_that_was_stored_and_not_judged_before_a_crash_is_judged_once(stage: Stage):
    assert stage.scene
    await stage.says("soup")
    async with stage.storage.work() as work:
        await work.transcripts.add(
            stage.scene.live.id, [segment(HATE, 15.0, 15.0), segment("", 30.0), segment(None, 40.0)]
        )
    await stage.lives()
    await stage.lives()
    assert [(one.says.quote, one.says.repeats) for one in stage.alerts()] == [(HATE, 0)]


async def test_lives_that_were_judged_by_an_older_version_are_not_judged_anew(stage: Stage):
    assert stage.scene
    async with stage.storage.work() as work:
        await work.transcripts.add(stage.scene.live.id, [segment(HATE, 0.0)])
        await work.alerts.assessed(stage.scene.live.id, harmless(segment(HATE)), stage.clock.now())
    await stage.lives()
    assert stage.alerts() == []


async def test_late_words_that_were_stored_before_a_crash_are_judged_once_wherever_in_the_live_they_belong(
    stage: Stage,
):
    """Before everything that has been judged so far, too, where the lives of an older version are left alone."""
    await stage.says("soup", start=30.0)
    await stage.says_late(HATE, 0.0, killed=True)
    await stage.lives()
    await stage.lives()
    assert [(one.says.quote, one.says.second, one.says.repeats) for one in stage.alerts()] == [(HATE, 0.0, 0)]


async def test_late_words_are_seen_by_the_models_and_told_once(stage: Stage):
    await stage.says_late(HATE, 0.0)
    await stage.ends()
    assert [texts for texts, _ in stage.screen.asked] == [[HATE]]
    assert [(one.says.engine, one.says.repeats) for one in stage.alerts()] == [("large", 0)]


async def test_words_that_come_after_the_last_window_of_a_live_are_told_as_the_judge_inside_sees_them(stage: Stage):
    await stage.ends()
    await stage.says_late(HATE, 0.0)
    assert stage.standing() == [("rules", "Discours haineux", True)]
    assert [(one.says.engine, one.says.repeats) for one in stage.alerts()] == [("rules", 0)]
