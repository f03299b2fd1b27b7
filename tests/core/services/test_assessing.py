"""What is said is judged; who is alerted, when, and how often."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from core.errors import Transient
from core.model.account import NO_RISK
from core.model.notice import NoticeKind
from core.model.risk import AlertRule, Assessment, Category, Label, Target, Virality
from core.services.assessing import Assessing
from tests.builders import HERE, THERE, Told, at, followed, judged, placed, rows, scene_of, segment, told
from tests.doubles import CountedStorage, HandClock, StagedJudge, harmless


@dataclass
class Stage:
    storage: CountedStorage
    clock: HandClock
    folder: Path

    async def hear(self, *said: tuple[float, Assessment], rule: AlertRule = AlertRule.EARSHOT) -> list[Told]:
        """Let each (second, judgement) be said, and give what was told."""
        scene = await scene_of(self.storage)
        coming = [judgement for _, judgement in said]
        judge = StagedJudge(lambda segment: coming.pop(0))
        assessing = Assessing(self.storage, self.clock, judge, rule)
        for second, _ in said:
            await assessing.speech(scene, segment("words", second))
            await self.clock.advance(1)
        return self.told()

    def told(self) -> list[Told]:
        return told(self.folder, NoticeKind.RISK)


@pytest.fixture
def stage(storage: CountedStorage, clock: HandClock, tmp_path: Path) -> Stage:
    return Stage(storage, clock, tmp_path)


def scored(score: float) -> Assessment:
    """An assessment with this score and nothing else that alarms."""
    virality = {0.2: Virality.LOW, 0.5: Virality.MEDIUM, 0.7: Virality.HIGH}[score]
    return judged(Category.CONTROVERSIAL, virality, hateful=False, target=Target.NONE)


async def test_an_alert_carries_what_a_person_needs_to_decide(stage: Stage):
    await followed(stage.storage)
    (alert,) = await stage.hear((3.0, judged(labels={Label.H: 0.9, Label.S: 0.2}, confidence=0.9, reason="because")))
    said = alert.says
    assert (said.handle, said.score, said.category, said.target) == ("maria", 0.9, "Discours haineux", "ethnie")
    assert (said.quote, said.labels, said.engine, said.reason, said.second) == (
        "vermin",
        ["H"],
        "rules",
        "because",
        3.0,
    )
    assert sum(value for _, value in said.terms) == pytest.approx(0.9)
    assert not alert.notice.edits


async def test_the_threshold_of_the_place_decides_and_that_of_the_follow_wins(stage: Stage):
    await placed(stage.storage, HERE, risk_threshold=0.7)
    await placed(stage.storage, THERE, risk_threshold=0.5)
    await placed(stage.storage, "discord:strict", risk_threshold=0.9)
    await followed(stage.storage, place=HERE)
    await followed(stage.storage, place=THERE)
    await followed(stage.storage, place="discord:strict", risk=0.5)
    alerts = await stage.hear((3.0, scored(0.5)))
    assert sorted(one.notice.place for one in alerts) == ["discord:strict", THERE]


async def test_a_follow_with_the_threshold_zero_is_alerted_of_everything(stage: Stage):
    await followed(stage.storage, risk=0.0)
    assert len(await stage.hear((3.0, harmless(segment("soup"))))) == 1


async def test_a_follow_without_risk_alerts_is_not_alerted_of_what_is_severe_either(stage: Stage):
    await followed(stage.storage, place=HERE, risk=NO_RISK)
    await followed(stage.storage, place=THERE)
    alerts = await stage.hear((3.0, judged(labels={Label.SH: 0.9}, confidence=0.9)))
    assert [one.notice.place for one in alerts] == [THERE]


@pytest.mark.parametrize(
    ("rule", "judgement", "alarmed"),
    [
        (AlertRule.EARSHOT, scored(0.7), True),
        (AlertRule.SEED, scored(0.7), False),  # above 0.7, not from 0.7 on
        (AlertRule.EARSHOT, scored(0.5), False),
        (AlertRule.SEED, judged(), True),
        (AlertRule.EARSHOT, judged(virality=Virality.LOW, confidence=0.6), True),  # hate: 0.6, but sure
        (AlertRule.SEED, judged(virality=Virality.LOW, confidence=0.99), False),  # hate: 0.6 is not above 0.7
        (AlertRule.EARSHOT, judged(virality=Virality.LOW, confidence=0.59), False),
        (AlertRule.EARSHOT, judged(Category.NEUTRAL, Virality.LOW, hateful=False, labels={Label.SH: 0.6}), True),
        (AlertRule.SEED, judged(Category.NEUTRAL, Virality.LOW, hateful=False, labels={Label.SH: 0.99}), False),
        (AlertRule.EARSHOT, judged(Category.NEUTRAL, Virality.LOW, hateful=False, labels={Label.H: 0.99}), False),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
async def test_the_rule_is_followed_exactly(stage: Stage, rule: AlertRule, judgement: Assessment, alarmed: bool):
    await followed(stage.storage)
    assert bool(await stage.hear((3.0, judgement), rule=rule)) is alarmed
    assert len(rows(stage.folder, "select 1 from assessment")) == 1  # stored either way


async def test_the_same_cause_within_five_minutes_edits_its_alert(stage: Stage):
    await followed(stage.storage)
    alerts = await stage.hear(*((second, judged(second=second)) for second in (0.0, 299.0, 300.0, 301.0)))
    assert [(one.says.repeats, one.notice.edits, one.notice.silent) for one in alerts] == [
        (0, False, False),
        (1, True, True),
        (2, True, True),
        (0, False, False),
    ]
    assert len({one.notice.subject for one in alerts[:3]}) == 1


@pytest.mark.parametrize("other", [{"target": Target.RELIGION}, {"category": Category.VIRAL}])
async def test_another_cause_is_an_alert_of_its_own(stage: Stage, other: dict[str, Any]):
    await followed(stage.storage)
    alerts = await stage.hear((0, judged()), (10, judged(**other)))
    assert [one.notice.edits for one in alerts] == [False, False]


async def test_the_judge_is_given_what_was_said_before_and_silence_is_not_judged(stage: Stage):
    await followed(stage.storage)
    scene, judge = await scene_of(stage.storage), StagedJudge(harmless)
    assessing = Assessing(stage.storage, stage.clock, judge)
    for number, text in enumerate(["a", "", None, "b"]):
        await assessing.speech(scene, segment(text, number * 5.0))
    assert judge.asked == [(["a"], []), (["b"], ["a"])]


async def test_a_judge_that_fails_costs_its_judgement_and_nothing_else(stage: Stage):
    await followed(stage.storage)
    scene, judge = await scene_of(stage.storage), StagedJudge(lambda segment: judged())
    assessing = Assessing(stage.storage, stage.clock, judge)
    judge.fault = Transient("QUOTA")
    await assessing.speech(scene, segment("lost"))
    judge.fault = None
    await assessing.speech(scene, segment("judged", 5.0))
    assert judge.asked[1] == (["judged"], ["lost"])
    assert len(stage.told()) == 1


async def test_while_a_place_is_muted_alerts_are_kept_and_not_told(stage: Stage):
    await followed(stage.storage, place=HERE)
    await followed(stage.storage, place=THERE)
    scene = await scene_of(stage.storage)
    scene.mutes = {HERE: at(30)}
    assessing = Assessing(stage.storage, stage.clock, StagedJudge(lambda segment: judged(second=segment.start)))
    await assessing.speech(scene, segment("words", 1.0))
    assert [one.notice.place for one in stage.told()] == [THERE]
    async with stage.storage.reading() as work:
        assert len(await work.alerts.waiting(HERE)) == 1
    await stage.clock.advance(31)
    await assessing.speech(scene, segment("more words", 31.0))
    assert [one.notice.place for one in stage.told()] == [THERE, HERE, THERE]
