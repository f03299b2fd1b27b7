"""What is said is judged; who is alerted, when, and how often."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from core.model.account import NO_RISK
from core.model.notice import NoticeKind
from core.model.person import Person, Place
from core.model.risk import (
    PERSON,
    Alert,
    AlertRule,
    Assessment,
    Category,
    Kind,
    Label,
    Level,
    Target,
    Verdict,
    Virality,
)
from core.services.assessing import Assessing, raised
from core.services.reviewing.deciding import Reviewing
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


@pytest.mark.parametrize(("kind", "shown"), [(Kind.SPEECH, ["SH"]), (Kind.CHAT, ["H"])])
def test_a_weak_label_is_shown_only_where_a_limit_may_have_had_it_told(kind: Kind, shown: list[str]):
    weak = judged(kind=kind, labels={Label.H: 0.4, Label.SH: 0.3})
    assert raised(Alert(1, HERE, 1, at(0), weak), "maria").labels == shown


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
    alerts = await stage.hear((0, judged()), (10, judged(quote="other words", **other)))
    assert [one.notice.edits for one in alerts] == [False, False]


async def test_the_same_words_within_a_minute_are_one_alert_whatever_the_cause(stage: Stage):
    await followed(stage.storage)
    again = [judged(Category.VIRAL, quote="VERMIN!", second=second) for second in (60.0, 61.0)]
    alerts = await stage.hear((0, judged(quote="Vermin!", second=0.0)), *((one.second, one) for one in again))
    assert [(one.notice.edits, one.says.repeats) for one in alerts] == [(False, 0), (True, 1), (False, 0)]


async def test_what_comes_again_and_is_worse_is_what_the_alert_quotes(stage: Stage):
    await followed(stage.storage)
    said = [judged(virality=virality, confidence=0.9, quote=virality) for virality in Virality]
    alerts = await stage.hear((0, said[1]), (10, said[2]), (20, said[0]))
    assert [(one.says.quote, one.says.score, one.says.repeats) for one in alerts] == [
        ("moyenne", 0.9, 0),
        ("forte", 1.0, 1),
        ("forte", 1.0, 2),
    ]
    assert [at(one.says.second) == one.says.at for one in alerts] == [
        True
    ] * 3  # the clock and the second are of the same words


async def test_something_severe_is_never_counted_under_what_is_not(stage: Stage):
    """Severe words often have no score to speak of; what may be about minors is quoted nowhere."""
    await followed(stage.storage)
    plain = {"category": Category.NEUTRAL, "virality": Virality.LOW, "hateful": False, "target": Target.NONE}
    doubtful = judged(**plain, doubtful=True, quote="judge me kindly")
    harm = judged(**plain, labels={Label.SH: 0.9}, quote="I will end it")
    minors = judged(**plain, labels={Label.S3: 0.9}, quote="about a child")
    alerts = await stage.hear((0, doubtful), (10, harm), (20, minors), (30, replace(harm, second=30.0)), (40, doubtful))
    assert [(one.notice.subject, one.says.quote, one.says.level, one.says.repeats) for one in alerts] == [
        ("risk:1", "judge me kindly", Level.INFO, 0),
        ("risk:1", "I will end it", Level.CRITICAL, 1),
        ("risk:1:critical", "I will end it", Level.CRITICAL, 1),
        ("risk:2", "", Level.CRITICAL, 0),
        ("risk:1", "I will end it", Level.CRITICAL, 2),
        ("risk:2", "", Level.CRITICAL, 1),
    ]


async def test_what_people_have_decided_stands_and_worse_words_are_an_alert_of_their_own(stage: Stage):
    await followed(stage.storage)
    coming = [judged(virality=Virality.LOW, confidence=0.9, quote="bad"), judged(quote="worse"), judged(quote="as bad")]
    assessing = Assessing(stage.storage, stage.clock, StagedJudge(lambda segment: coming.pop(0)))
    scene = await scene_of(stage.storage)
    await assessing.speech(scene, segment("words", 0.0))
    async with stage.storage.reading() as work:
        alert = await work.alerts.get(HERE, 1)
    assert alert is not None
    mara = Person(f"{HERE}:1", "Mara")
    await Reviewing(stage.storage, stage.clock).decide(Place(HERE, "Here"), alert, Verdict.DISMISSED, mara, "")
    await assessing.speech(scene, segment("words", 10.0))
    await assessing.speech(scene, segment("words", 20.0))
    async with stage.storage.reading() as work:
        first, second = await work.alerts.get(HERE, 1), await work.alerts.get(HERE, 2)
    assert first is not None
    assert second is not None
    assert (first.assessment.quote, first.verdict, first.repeats) == ("bad", "dismissed", 0)
    assert (second.assessment.quote, second.verdict, second.repeats) == ("worse", "waiting", 1)


async def test_what_a_person_sent_to_review_stays_what_they_sent(stage: Stage):
    await followed(stage.storage)
    scene, loud = await scene_of(stage.storage), (Category.CONTROVERSIAL, Virality.HIGH)
    theft = judged(*loud, hateful=False, quote="taxes are theft", confidence=0.9)
    assessing = Assessing(stage.storage, stage.clock, StagedJudge(lambda segment: theft))
    sent = judged(Category.CONTROVERSIAL, Virality.LOW, hateful=False, quote="her address", engine=PERSON, reason="Tom")
    async with stage.storage.work() as work:
        number = await work.alerts.assessed(scene.live.id, sent, stage.clock.now())
        await work.alerts.raise_(HERE, scene.live.id, number, stage.clock.now())
    await assessing.speech(scene, segment("words", 10.0))
    async with stage.storage.reading() as work:
        waiting = await work.alerts.waiting(HERE)
    assert [(one.assessment.quote, one.repeats) for one in waiting] == [("her address", 0), ("taxes are theft", 0)]


async def test_silence_is_not_judged(stage: Stage):
    await followed(stage.storage)
    assessing = Assessing(stage.storage, stage.clock, StagedJudge(harmless))
    for number, text in enumerate(["a", "", None, "b"]):
        await assessing.speech(await scene_of(stage.storage), segment(text, number * 5.0))
    assert len(rows(stage.folder, "select 1 from assessment")) == 2


@pytest.mark.parametrize("rule", AlertRule)
@pytest.mark.parametrize("hateful", [False, True])
@pytest.mark.parametrize("virality", Virality)
def test_the_six_states_of_the_score_alarm_as_each_rule_says(virality: Virality, hateful: bool, rule: AlertRule):
    said = judged(Category.HATEFUL if hateful else Category.NEUTRAL, virality, hateful=hateful, confidence=0.8)
    reached = {0.2, 0.5, 0.6, 0.7, 0.9, 1.0}
    expected = {AlertRule.SEED: {0.9, 1.0}, AlertRule.EARSHOT: {0.6, 0.7, 0.9, 1.0}}[rule]  # 0.6 is hate that is sure
    assert said.score in reached
    assert said.alarming(0.7, rule) is (said.score in expected)


@pytest.mark.parametrize(
    ("said", "level"),
    [
        (scored(0.5), Level.INFO),
        (scored(0.7), Level.WARNING),
        (judged(), Level.CRITICAL),
        (judged(Category.NEUTRAL, Virality.LOW, hateful=False, labels={Label.SH: 0.6}), Level.CRITICAL),
        (judged(virality=Virality.LOW, confidence=0.9), Level.INFO),
    ],
    ids=str,
)
async def test_an_alert_says_how_much_it_asks_for(stage: Stage, said: Assessment, level: Level):
    await followed(stage.storage, risk=0.5)
    (alert,) = await stage.hear((3.0, said))
    assert alert.says.level is level


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
