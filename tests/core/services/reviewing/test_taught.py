"""From a decision in one place to what is said there the next day: with the real judge inside, in files of a real folder."""

from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from core.adapters.risk.places import PlaceHeads
from core.adapters.risk.rules import RulesAssessor
from core.adapters.risk.scoring import LocalScorer
from core.model.person import Person, Place
from core.model.risk import Alert, Kind, Label, Verdict
from core.services.assessing import Assessing
from core.services.assessing.paying import Purse
from core.services.assessing.sharing import Sharing
from core.services.lives.scene import Scene
from core.services.moderating.texts import Texts
from core.services.moderating.weighing import Weighing
from core.services.reviewing.deciding import Reviewing
from core.services.reviewing.learning import Learning
from core.services.reviewing.trying import Trying
from tests.builders import HERE, THERE, chat, followed, judged, scene_of, segment
from tests.doubles import CountedStorage, HandClock

INSULT = "you are a filthy stupid worm and nobody likes you"
MARA = Person("console:1", "Mara")


@dataclass
class Stage:
    """Two places that see the same live."""

    storage: CountedStorage
    clock: HandClock
    scorer: LocalScorer
    trainer: PlaceHeads
    texts: Texts
    learning: Learning
    scene: Scene

    async def says(self, text: str, second: float = 0.0) -> None:
        await self.texts.combing.chat(self.scene, chat(text, second))
        await self.texts.combing.round()

    async def waiting(self, place: str = HERE) -> list[Alert]:
        async with self.storage.reading() as work:
            return await work.alerts.waiting(place)

    async def decide(self, alert: Alert, verdict: Verdict) -> None:
        await Reviewing(self.storage, self.clock).decide(Place(alert.place, "here"), alert, verdict, MARA)

    async def night(self) -> None:
        job = await self.learning.ask()
        effect = await self.learning.learn(job)
        async with self.storage.work() as work:
            await effect(work)


@pytest.fixture
async def stage(storage: CountedStorage, clock: HandClock, tmp_path: Path) -> Stage:
    for place in (HERE, THERE):
        await followed(storage, "maria", place)
    trainer, scorer = PlaceHeads(tmp_path / "moderation"), LocalScorer(tmp_path / "moderation")
    texts = Texts.of(storage, clock, Weighing(scorer, clock))
    learning = Learning(storage, clock, ZoneInfo("UTC"), trainer)
    return Stage(storage, clock, scorer, trainer, texts, learning, await scene_of(storage))


async def test_a_chat_alert_that_is_dismissed_is_raised_here_no_more_and_elsewhere_as_before(stage: Stage):
    await stage.says(INSULT)
    (here,), (there,) = await stage.waiting(), await stage.waiting(THERE)
    before = stage.scorer.score(INSULT)
    await stage.decide(here, Verdict.DISMISSED)
    await stage.night()
    assert stage.scorer.score(INSULT, place=HERE).labels[Label.HR] < 0.9 * before.labels[Label.HR]
    assert stage.scorer.score(INSULT, place=THERE) == before
    limit = (before.labels[Label.HR] + stage.scorer.score(INSULT, place=HERE).labels[Label.HR]) / 2
    for place in (HERE, THERE):
        await stage.texts.ruling.change(Place(place, place), MARA, limits={Label.HR: limit})
    await stage.clock.advance(600)
    await stage.says(INSULT, 600.0)
    assert [one.id for one in await stage.waiting()] == []
    assert len(await stage.waiting(THERE)) == 2
    assert there.id in [one.id for one in await stage.waiting(THERE)]


async def test_a_comment_never_teaches(stage: Stage):
    async with stage.storage.work() as work:
        number = await work.alerts.assessed(
            None, judged(kind=Kind.COMMENT, item="comment:9", quote=INSULT, labels={Label.HR: 0.9}), stage.clock.now()
        )
        alert = await work.alerts.raise_(HERE, None, number, stage.clock.now())
    await stage.decide(alert, Verdict.DISMISSED)
    await stage.night()
    assert not stage.scorer.taught(HERE)
    assert stage.scorer.score(INSULT, place=HERE) == stage.scorer.score(INSULT)


async def test_what_is_taken_back_is_unlearned(stage: Stage):
    await stage.says(INSULT)
    (alert,) = await stage.waiting()
    await stage.decide(alert, Verdict.DISMISSED)
    await stage.night()
    assert stage.scorer.taught(HERE)
    async with stage.storage.reading() as work:
        (alert,) = await work.alerts.several(HERE, [alert.id])
    await stage.decide(alert, Verdict.WAITING)
    await stage.night()
    assert not stage.scorer.taught(HERE)


async def test_a_head_that_is_broken_or_gone_is_made_anew_in_the_night(stage: Stage):
    await stage.says(INSULT)
    await stage.decide((await stage.waiting())[0], Verdict.DISMISSED)
    await stage.night()
    said = stage.scorer.score(INSULT, place=HERE)
    (stage.trainer.folder(HERE) / "1" / "weights.npz").write_bytes(b"")
    assert LocalScorer(stage.trainer.own).score(INSULT, place=HERE) == LocalScorer().score(INSULT)
    await stage.night()
    assert stage.scorer.score(INSULT, place=HERE) == said
    await stage.night()
    assert sorted(path.name for path in stage.trainer.folder(HERE).iterdir()) == ["1", "2"]


async def test_a_test_of_a_text_is_answered_as_its_place_has_taught(stage: Stage):
    await stage.says(INSULT)
    await stage.decide((await stage.waiting())[0], Verdict.DISMISSED)
    await stage.night()
    trying = Trying(RulesAssessor(stage.scorer), Purse(stage.storage, Sharing(stage.clock)), stage.scorer)
    here, there = await trying.of(INSULT, "en", HERE), await trying.of(INSULT, "en", THERE)
    assert here.scores
    assert there.scores
    assert here.scores.labels[Label.HR] < there.scores.labels[Label.HR]


async def test_speech_is_judged_as_a_place_taught_only_where_no_other_hears_it(stage: Stage):
    heard: list[str] = []

    class Noting(RulesAssessor):
        def judged(self, segment, place=""):
            heard.append(place)
            return super().judged(segment, place)

    assessing = Assessing(stage.storage, stage.clock, Noting(stage.scorer))
    await assessing.speech(stage.scene, segment("soup", 0.0))
    stage.scene.follows = tuple(one for one in stage.scene.follows if one.place == HERE)
    await assessing.speech(stage.scene, segment("soup", 20.0))
    assert heard == ["", HERE]


async def test_titles_are_judged_as_each_place_taught(stage: Stage):
    await stage.says(INSULT)
    await stage.decide((await stage.waiting())[0], Verdict.DISMISSED)
    await stage.night()
    limit = (stage.scorer.score(INSULT).labels[Label.HR] + stage.scorer.score(INSULT, place=HERE).labels[Label.HR]) / 2
    for place in (HERE, THERE):
        await stage.texts.ruling.change(Place(place, place), MARA, limits={Label.HR: limit})
    await stage.texts.titling.judge(stage.scene, INSULT)
    assert [one.assessment.kind for one in await stage.waiting()] == []
    assert [one.assessment.kind for one in await stage.waiting(THERE)] == [Kind.CHAT, Kind.TITLE]
