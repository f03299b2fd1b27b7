"""What people said of an alert they said of the words it had: worse words do not come under it."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from core.model.person import Person, Place, Two
from core.model.risk import Alert, Assessment, Category, Label, Verdict
from core.services.assessing.alerting import Alerting
from core.services.assessing.windows import Heard
from core.services.lives.scene import Scene
from core.services.reviewing.deciding import Reviewing
from tests.builders import THERE, followed, judged, placed, scene_of, segment
from tests.doubles import CountedStorage, HandClock

TOM = Person("discord:2", "Tom")
PLACE = Place(THERE, THERE)
MILD = judged(second=1.0, quote="words", labels={Label.H: 0.9})
WORSE = judged(second=1.0, quote="words", labels={Label.H2: 0.9})
MINORS = judged(second=1.0, quote="words", labels={Label.H: 0.9, Label.S3: 0.55})


@dataclass
class Stage:
    storage: CountedStorage
    clock: HandClock
    scene: Scene

    async def judge(self, word: Assessment, heard: Heard | None = None) -> Heard:
        """What a judge says of a piece: of a new one, or once more."""
        heard = heard or Heard(segment("words", 0.0), word, self.clock.now())
        async with self.storage.work() as work:
            number = await work.alerts.assessed(self.scene.live.id, word, self.clock.now(), heard.segment.start)
            heard.alerts |= await Alerting(self.clock).take(work, self.scene, heard, word, number)
        return heard

    async def alerts(self) -> Sequence[Alert]:
        """Oldest first."""
        async with self.storage.reading() as work:
            return (await work.alerts.recent(THERE, self.scene.live.id, self.scene.live.started))[::-1]

    async def relabelled(self) -> None:
        (alert,) = await self.alerts()
        await Reviewing(self.storage, self.clock).relabel(PLACE, alert, Category.HATEFUL, (Label.H,), TOM)

    async def proposed(self) -> None:
        (alert,) = await self.alerts()
        await Reviewing(self.storage, self.clock).decide(PLACE, alert, Verdict.DISMISSED, TOM)

    async def words(self) -> list[str | None]:
        async with self.storage.reading() as work:
            return [part.text for part in await work.transcripts.shown_to(THERE, self.scene.live.id)]  # type: ignore[union-attr]


@pytest.fixture
async def stage(storage: CountedStorage, clock: HandClock) -> Stage:
    await placed(storage, THERE, two=Two.EVERY)
    await followed(storage, "maria", THERE)
    scene = await scene_of(storage)
    async with storage.work() as work:
        await work.transcripts.add(scene.live.id, [segment("words", 0.0)])
    return Stage(storage, clock, scene)


@pytest.mark.parametrize("said", [Stage.relabelled, Stage.proposed])
@pytest.mark.parametrize("again", [True, False], ids=["the same words", "other words"])
@pytest.mark.parametrize("word", [WORSE, MINORS], ids=["worse", "about minors"])
async def test_worse_words_do_not_come_under_what_somebody_said_of_milder_ones(stage, said, again, word):
    heard = await stage.judge(MILD)
    await said(stage)
    await stage.judge(word, heard if again else None)
    first = (await stage.alerts())[0]
    assert first.assessment.labels == MILD.labels
    assert await stage.words() == ([None] if word is MINORS else ["words"])


@pytest.mark.parametrize("said", [Stage.relabelled, Stage.proposed])
async def test_they_are_an_alert_of_their_own_of_which_nobody_has_said_anything(stage, said):
    heard = await stage.judge(MILD)
    await said(stage)
    await stage.judge(WORSE, heard)
    _, second = await stage.alerts()
    assert (second.assessment.labels, second.labels, second.proposed) == (WORSE.labels, None, None)


async def test_a_milder_word_still_changes_the_alert_people_have_said_something_of(stage):
    heard = await stage.judge(WORSE)
    await stage.relabelled()
    await stage.judge(MILD, heard)
    assert [one.assessment.labels for one in await stage.alerts()] == [MILD.labels]
