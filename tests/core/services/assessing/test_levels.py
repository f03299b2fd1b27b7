"""How much an alert asks for is what its place holds for severe; one that becomes critical is told with a sound, once."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import time
from pathlib import Path
from typing import Any

import pytest

from core.model.notice import NoticeKind
from core.model.person import Person, Place
from core.model.risk import Category, Label, Level, Target, Verdict, Virality
from core.services.assessing import Assessing
from core.services.assessing.live import DEADLINE
from core.services.reviewing.deciding import Reviewing
from tests.builders import HERE, THERE, Told, followed, judged, placed, scene_of, segment, told
from tests.core.services.assessing.judging import HATE, Stage, staged
from tests.doubles import CountedStorage, HandClock, StagedJudge

NIGHT = {"quiet_from": time(19), "quiet_until": time(7)}  # UTC; everything begins at 20:00
PLAIN: dict[str, Any] = {
    "category": Category.NEUTRAL,
    "virality": Virality.LOW,
    "hateful": False,
    "target": Target.NONE,
    "doubtful": True,
}
DOUBT, HARM = judged(**PLAIN, quote="judge me kindly"), judged(**PLAIN, labels={Label.SH: 0.7}, quote="I will end it")


@pytest.fixture
async def stage(storage: CountedStorage, clock: HandClock, tmp_path: Path) -> AsyncIterator[Stage]:
    for place in (HERE, THERE):
        await placed(storage, place, **NIGHT)
        await followed(storage, place=place)
    async with staged(storage, clock, tmp_path) as stage:
        yield stage


async def limited(stage: Stage, limit: float, place: str = THERE) -> None:
    """From where on self-harm counts in a place."""
    async with stage.storage.work() as work:
        policy = await work.policies.get(place)
        await work.policies.put(replace(policy, limits={**policy.limits, Label.SH: limit}))


async def hears(stage: Stage, *said: Any) -> None:
    """Judged inside alone, ten seconds apart."""
    scene, coming = await scene_of(stage.storage), list(said)
    assessing = Assessing(stage.storage, stage.clock, StagedJudge(lambda segment: coming.pop(0)))
    for number in range(len(said)):
        await assessing.speech(scene, segment("words", 10.0 * number))
        await stage.clock.advance(1)


def of(stage: Stage, place: str) -> list[Told]:
    return [one for one in told(stage.folder, NoticeKind.RISK) if one.notice.place == place]


async def test_the_level_and_the_sound_follow_the_limits_of_each_place(stage: Stage):
    await limited(stage, 0.8)
    await hears(stage, HARM)
    (here,), (there,) = of(stage, HERE), of(stage, THERE)
    assert (here.says.level, here.notice.silent) == (Level.CRITICAL, False)
    assert (there.says.level, there.notice.silent) == (Level.INFO, True)


async def test_a_limit_below_the_usual_one_makes_severe_what_is_severe_there(stage: Stage):
    await limited(stage, 0.3)
    await hears(stage, replace(HARM, labels={Label.SH: 0.4}))
    assert [one.says.level for place in (HERE, THERE) for one in of(stage, place)] == [Level.INFO, Level.CRITICAL]


async def test_an_alert_that_becomes_critical_is_told_once_with_a_sound_in_quiet_hours_too(stage: Stage):
    await limited(stage, 0.8)
    await hears(stage, DOUBT, HARM, HARM)
    first, edit, grown, later = of(stage, HERE)
    assert (first.says.level, first.notice.silent) == (Level.INFO, True)
    assert (edit.notice.edits, edit.notice.silent, edit.says.level) == (True, True, Level.CRITICAL)
    assert (grown.says.grown, grown.says.alert_id) == (True, first.says.alert_id)
    assert (grown.notice.edits, grown.notice.silent, grown.notice.urgent) == (False, False, True)
    assert later.notice.edits
    assert [one.says.grown for one in of(stage, THERE)] == [False, False, False], "not critical there"


async def test_what_was_critical_from_the_beginning_is_not_told_twice(stage: Stage):
    await hears(stage, HARM, replace(HARM, labels={Label.SH: 0.7, Label.V2: 0.9}), HARM)
    assert not any(one.says.grown for one in of(stage, HERE))


async def test_a_decision_makes_no_sound(stage: Stage):
    await hears(stage, DOUBT)
    reviewing, mara = Reviewing(stage.storage, stage.clock), Person("console:1", "Mara")
    alert = await reviewing.next(Place(HERE, "here"))
    assert alert is not None
    await reviewing.relabel(Place(HERE, "here"), alert[0], Category.HATEFUL, (Label.H2,), mara)
    assert [one.notice.silent for one in of(stage, HERE)] == [True, True]


async def test_a_later_word_of_the_model_that_makes_it_critical_is_told(stage: Stage):
    assert stage.assessing
    stage.assessing.local.judge = lambda said: judged(  # type: ignore[attr-defined]
        Category.CONTROVERSIAL, Virality.HIGH, hateful=False, quote=HATE, second=said.start
    )
    stage.screen.gate.clear()
    await stage.says(HATE)
    await stage.clock.advance(DEADLINE)
    (early,) = of(stage, HERE)
    assert early.says.level is Level.WARNING
    stage.screen.gate.set()
    await stage.clock.settled()
    _, edit, grown = of(stage, HERE)
    assert (edit.says.level, edit.says.verdict, grown.says.grown) == (Level.CRITICAL, Verdict.WAITING, True)


async def test_while_its_live_is_muted_it_is_not_told(stage: Stage):
    scene, coming = await scene_of(stage.storage), [DOUBT, HARM]
    assessing = Assessing(stage.storage, stage.clock, StagedJudge(lambda segment: coming.pop(0)))
    await assessing.speech(scene, segment("words"))
    await stage.clock.advance(1)
    scene.mutes = {HERE: stage.clock.now().replace(hour=23)}
    await assessing.speech(scene, segment("words", 10.0))
    assert [one.says.grown for one in of(stage, HERE)] == [False]
    assert [one.says.grown for one in of(stage, THERE)] == [False, False, True]
