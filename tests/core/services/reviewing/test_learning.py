"""What people decide teaches the judge inside, every night, and what they wrote themselves never does."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from core.errors import Transient
from core.model.job import Job, JobState
from core.model.person import Person, Place
from core.model.risk import Alert, Category, Kind, Label, Verdict
from core.ports.training import Lesson
from core.services.reviewing.deciding import Reviewing
from core.services.reviewing.learning import KIND, NIGHT, Learning
from tests.builders import HERE, THERE, followed, judged, placed, scene_of, segment
from tests.doubles import CountedStorage, HandClock

PARIS = ZoneInfo("Europe/Paris")
MARA = Person("console:1", "Mara")
PLACE = Place(HERE, "here")


@dataclass
class StagedTrainer:
    """Writes down what it was taught."""

    taught: list[tuple[str, list[Lesson]]] = field(default_factory=list)
    kept: set[str] = field(default_factory=set)
    below: str = "one"
    full: str = ""
    """The place for whose judge there is no room."""

    async def stamp(self, place: str) -> str:
        return f"{self.below}/{len([one for one, _ in self.taught if one == place])}"

    async def train(self, place: str, lessons: Sequence[Lesson]) -> bool:
        if place == self.full:
            raise Transient("DISK")
        if lessons:
            self.taught.append((place, list(lessons)))
        return bool(lessons)

    async def keep(self, places: Collection[str]) -> None:
        self.kept = set(places)

    def folder(self, place: str) -> Path:
        return Path("nowhere")

    async def moved(self, old: str, new: str) -> None:
        pass


@dataclass
class Stage:
    storage: CountedStorage
    clock: HandClock
    trainer: StagedTrainer
    learning: Learning
    reviewing: Reviewing

    async def raised(self, place: str = HERE, **more) -> Alert:
        live_id = more.pop("live_id", 1)
        async with self.storage.work() as work:
            number = await work.alerts.assessed(live_id, judged(**more), self.clock.now())
            return await work.alerts.raise_(place, live_id, number, self.clock.now())

    async def decide(self, alert: Alert, verdict: Verdict) -> None:
        await self.reviewing.decide(Place(alert.place, alert.place), alert, verdict, MARA)

    async def decided(self, verdict: Verdict, place: str = HERE, **more) -> None:
        await self.decide(await self.raised(place, **more), verdict)

    async def night(self) -> None:
        """The jobs that are asked for are done."""
        async with self.storage.reading() as work:
            jobs = [job for job in await work.jobs.in_state(JobState.WAITING, 50) if job.kind == KIND]
        for job in jobs:
            await self.learning.learn(job)

    async def asked(self) -> list[Job]:
        await self.learning.round()
        async with self.storage.reading() as work:
            return [job for job in await work.jobs.in_state(JobState.WAITING, 50) if job.kind == KIND]


@pytest.fixture
async def stage(storage: CountedStorage, clock: HandClock) -> Stage:
    await followed(storage, "maria")
    await placed(storage, THERE)
    await scene_of(storage)
    trainer = StagedTrainer()
    learning = Learning(storage, clock, PARIS, trainer)
    return Stage(storage, clock, trainer, learning, Reviewing(storage, clock))


async def test_each_place_learns_its_own_decisions_once(stage: Stage):
    await stage.decided(Verdict.CONFIRMED, quote="a bad thing", labels={Label.H: 0.9, Label.V: 0.1})
    await stage.decided(Verdict.DISMISSED, quote="a good thing", labels={Label.H: 0.9})
    await stage.learning.ask()
    await stage.night()
    ((place, lessons),) = stage.trainer.taught
    said = {one.text: one.labels for one in lessons}
    assert place == HERE
    assert said["a bad thing"] == {Label.H: True}
    assert said["a good thing"] == dict.fromkeys(Label, False)
    await stage.night()
    assert len(stage.trainer.taught) == 1
    await stage.decided(Verdict.CONFIRMED, quote="another")
    await stage.night()
    assert len(stage.trainer.taught) == 2


async def test_it_is_learned_anew_where_the_judge_below_is_another_one_or_its_own_is_gone(stage: Stage):
    await stage.decided(Verdict.CONFIRMED, quote="a bad thing", labels={Label.H: 0.9})
    await stage.learning.ask()
    for below, times in (("one", 1), ("one", 1), ("two", 2), ("two", 2)):
        stage.trainer.below = below
        await stage.night()
        assert len(stage.trainer.taught) == times
    assert stage.trainer.kept == {HERE, THERE}


async def test_of_a_text_that_came_twice_what_was_decided_last_is_learned(stage: Stage):
    alerts = [await stage.raised(quote="a bad thing", labels={Label.H: 0.9}) for _ in range(2)]
    await stage.decide(alerts[1], Verdict.DISMISSED)
    await stage.clock.advance(60)
    await stage.decide(alerts[0], Verdict.CONFIRMED)
    await stage.learning.ask()
    await stage.night()
    ((_, (lesson,)),) = stage.trainer.taught
    assert lesson.labels == {Label.H: True}


async def test_nothing_about_minors_is_learned_from(stage: Stage):
    await stage.decided(Verdict.DISMISSED, quote="a lolly", labels={Label.S3: 0.8})
    await stage.learning.ask()
    await stage.night()
    assert stage.trainer.taught == []


async def test_a_text_that_was_about_minors_anywhere_is_learned_from_nowhere(stage: Stage):
    live = (await scene_of(stage.storage, room="another", began=stage.clock.now())).live.id
    await stage.decided(Verdict.CONFIRMED, quote="send me pics, like last time", kind=Kind.CHAT)
    await stage.decided(Verdict.CONFIRMED, quote="a bad thing", kind=Kind.CHAT)
    again = await stage.raised(quote="Send me pics like last time!", kind=Kind.CHAT, live_id=live)
    await stage.reviewing.relabel(PLACE, again, Category.HATEFUL, (Label.S3,), MARA)
    await stage.learning.ask()
    await stage.night()
    ((_, (lesson,)),) = stage.trainer.taught
    assert lesson.text == "a bad thing"


async def test_a_piece_of_speech_that_was_about_minors_elsewhere_is_not_learned_from_whatever_was_quoted_of_it(
    stage: Stage,
):
    live = (await scene_of(stage.storage, room="another", began=stage.clock.now())).live.id
    async with stage.storage.work() as work:
        for number in (1, live):
            await work.transcripts.add(number, [segment("she is twelve, show us more of that worm", 0.0)])
    await stage.decided(Verdict.CONFIRMED, quote="that worm")
    await stage.raised(quote="show us more", live_id=live, labels={Label.S3: 0.7})
    await stage.learning.ask()
    await stage.night()
    assert stage.trainer.taught == []


async def test_what_a_judge_takes_for_that_later_is_unlearned_though_nobody_decided_anything(stage: Stage):
    for quote in ("pics of her", "a bad thing"):
        await stage.decided(Verdict.CONFIRMED, quote=quote, kind=Kind.CHAT, labels={Label.H: 0.9})
    await stage.learning.ask()
    await stage.night()
    await stage.raised(quote="pics of her", kind=Kind.CHAT, labels={Label.S3: 0.9})
    for _ in range(2):
        await stage.night()
    assert [[one.text for one in lessons] for _, lessons in stage.trainer.taught] == [
        ["a bad thing", "pics of her"],
        ["a bad thing"],
    ]


async def test_a_place_whose_judge_cannot_be_written_keeps_no_other_from_learning(stage: Stage):
    for place in (HERE, THERE):
        await stage.decided(Verdict.CONFIRMED, place, quote="a bad thing", labels={Label.H: 0.9})
    stage.trainer.full = HERE
    await stage.learning.ask()
    await stage.night()
    assert [place for place, _ in stage.trainer.taught] == [THERE]
    stage.trainer.full = ""
    await stage.night()
    assert [place for place, _ in stage.trainer.taught] == [THERE, HERE]


async def test_a_relabelled_text_has_these_labels_and_no_others(stage: Stage):
    await stage.decided(Verdict.CONFIRMED, quote="a thing", labels={Label.H: 0.9})
    async with stage.storage.reading() as work:
        (alert,) = await work.alerts.several(HERE, await work.alerts.find(HERE))
    await stage.reviewing.relabel(PLACE, alert, Category.CONTROVERSIAL, (Label.HR,), MARA)
    await stage.learning.ask()
    await stage.night()
    ((_, (lesson,)),) = stage.trainer.taught
    assert {label for label, has in lesson.labels.items() if has} == {Label.HR}
    assert set(lesson.labels) == set(Label)


async def test_the_whole_piece_of_speech_is_learned_from_not_only_what_was_quoted(stage: Stage):
    async with stage.storage.work() as work:
        await work.transcripts.add(1, [segment("they are vermin, she said, and that is a lie", 0.0)])
    await stage.decided(Verdict.DISMISSED, quote="vermin", second=3.0)
    await stage.learning.ask()
    await stage.night()
    ((_, (lesson,)),) = stage.trainer.taught
    assert lesson.text == "they are vermin, she said, and that is a lie"


@pytest.mark.parametrize("kind", [Kind.COMMENT, Kind.TITLE, Kind.VIDEO])
async def test_what_people_wrote_here_never_teaches(stage: Stage, kind: Kind):
    await stage.decided(Verdict.CONFIRMED, kind=kind, item="comment:9", live_id=None)
    await stage.learning.ask()
    await stage.night()
    assert stage.trainer.taught == []


async def test_what_waits_or_was_taken_back_teaches_nothing(stage: Stage):
    await stage.decided(Verdict.CONFIRMED, quote="a thing")
    async with stage.storage.reading() as work:
        (alert,) = await work.alerts.several(HERE, await work.alerts.find(HERE))
    await stage.reviewing.decide(PLACE, alert, Verdict.WAITING, MARA)
    await stage.learning.ask()
    await stage.night()
    assert stage.trainer.taught == []


async def test_it_is_asked_for_once_a_night_after_half_past_three_and_a_missed_night_is_made_up_for(stage: Stage):
    def at(day: int, hour: int, minute: int = 0) -> float:
        wanted = datetime(2026, 12, day, hour, minute, tzinfo=PARIS)
        return (wanted - stage.clock.now()).total_seconds()

    await stage.clock.advance(at(1, 3, 29))
    assert await stage.asked() == []
    await stage.clock.advance(at(1, 3, 31))
    assert len(await stage.asked()) == 1
    assert await night(stage) == "2026-12-01"
    assert len(await stage.asked()) == 1
    await stage.clock.advance(at(3, 9))
    assert len(await stage.asked()) == 1
    assert await night(stage) == "2026-12-03"


async def night(stage: Stage) -> str:
    async with stage.storage.reading() as work:
        return await work.memos.get(NIGHT)
