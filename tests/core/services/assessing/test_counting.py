"""Several words told early stand in one alert: whatever a model then says of each, it quotes the worst that still stands."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.errors import Transient
from core.model.person import Person, Two
from core.model.risk import Alert, Assessment, Label, Level, Verdict, Virality
from core.model.transcript import Segment
from core.ports.assessor import Judgement, Window
from core.ports.store import Work
from core.services.assessing.alerting import Alerting
from core.services.assessing.live import DEADLINE
from core.services.assessing.windows import Heard
from core.services.lives.scene import Scene
from core.services.reviewing.deciding import Reviewing
from tests.builders import HERE, followed, judged
from tests.core.services.assessing.judging import Stage, staged
from tests.doubles import CountedStorage, HandClock, harmless

MILD, WORSE = "they are vermin", "kill all of them tonight"
Says = Callable[[Segment], Assessment]


def mild(said: Segment) -> Assessment:
    return judged(virality=Virality.LOW, quote=said.text or "", second=said.start, confidence=0.9)


def severe(said: Segment) -> Assessment:
    return judged(quote=said.text or "", second=said.start, confidence=0.9, labels={Label.H2: 0.9})


def labelled(labels: dict[Label, float]) -> Says:
    return lambda said: judged(quote=said.text or "", second=said.start, confidence=0.9, labels=labels)


def unsure(said: Segment) -> Assessment:
    return judged(virality=Virality.MEDIUM, quote=said.text or "", second=said.start, confidence=0.5)


def nothing(said: Segment) -> Assessment:
    return replace(harmless(said), confidence=0.95)


def of_each(first: Says, second: Says) -> Says:
    return lambda said: first(said) if said.text == MILD else second(said)


async def the_alert(stage: Stage) -> Alert:
    async with stage.storage.reading() as work:
        (alert,) = await work.alerts.waiting(HERE)
    return alert


async def told_early(stage: Stage, second: Says = severe) -> None:
    """Both, of which the worse one is quoted, while a model thinks about the first."""
    assert stage.assessing
    stage.assessing.local.judge = of_each(mild, second)
    stage.screen.gate.clear()
    await stage.says(MILD)
    await stage.clock.advance(DEADLINE)
    await stage.says(WORSE, start=15.0)
    await stage.clock.advance(DEADLINE)
    early = await the_alert(stage)
    assert (early.assessment.quote, early.repeats) == (WORSE, 1)


async def settles(stage: Stage, model: Says) -> None:
    """The models answer so, what they are thinking about and what is left."""
    stage.screen.judge = stage.judge.judge = model
    stage.screen.gate.set()
    await stage.clock.settled()
    await stage.clock.advance(70)


@pytest.mark.parametrize(
    ("inside", "model", "quote", "level", "doubtful"),
    [
        (severe, of_each(mild, severe), WORSE, Level.CRITICAL, False),
        (severe, of_each(severe, nothing), MILD, Level.CRITICAL, False),
        (severe, of_each(mild, nothing), WORSE, Level.CRITICAL, True),
        (unsure, of_each(mild, nothing), MILD, Level.INFO, False),
        (severe, of_each(nothing, severe), WORSE, Level.CRITICAL, False),
    ],
    ids=[
        "as inside",
        "the first is worse",
        "one against the other",
        "only the first is left",
        "only the second is left",
    ],
)
async def test_it_quotes_the_worst_of_what_a_model_leaves(
    storage: CountedStorage,
    clock: HandClock,
    tmp_path: Path,
    inside: Says,
    model: Says,
    quote: str,
    level: Level,
    doubtful: bool,
) -> None:
    await followed(storage, "maria", HERE)
    async with staged(storage, clock, tmp_path) as stage:
        await told_early(stage, inside)
        await settles(stage, model)
        alert = await the_alert(stage)
        last = stage.alerts()[-1].says
    assert (alert.assessment.quote, alert.level, alert.assessment.doubtful) == (quote, level, doubtful)
    assert (last.quote, last.level) == (quote, level), "and the post says so"


async def test_a_word_on_one_changes_nothing_of_the_worse_other_of_which_no_model_says_anything(
    storage: CountedStorage, clock: HandClock, tmp_path: Path
) -> None:
    await followed(storage, "maria", HERE)
    async with staged(storage, clock, tmp_path) as stage:
        await told_early(stage)

        async def away(window: Window) -> Judgement:
            raise Transient("QUOTA", retry_after=600, engine="groq")

        stage.screen.assess = away  # type: ignore[method-assign]  # the first question is under way
        await settles(stage, mild)
        alert = await the_alert(stage)
    assert (alert.assessment.quote, alert.level) == (WORSE, Level.CRITICAL)


async def test_words_that_may_be_about_minors_are_what_an_alert_quotes_whatever_their_score(
    storage: CountedStorage, clock: HandClock, tmp_path: Path
) -> None:
    """Below the limit that makes them critical, too: other people look at them."""
    await followed(storage, "maria", HERE)
    async with staged(storage, clock, tmp_path) as stage:
        assert stage.assessing
        judge = of_each(labelled({}), labelled({Label.S: 0.8, Label.S3: 0.55}))
        stage.assessing.local.judge = stage.screen.judge = stage.judge.judge = judge
        await stage.says(MILD)
        await clock.advance(DEADLINE)
        await stage.says(WORSE, start=15.0)
        await clock.advance(70)
        alert = await the_alert(stage)
    assert (alert.assessment.about_minors, alert.restricted, alert.repeats) == (True, True, 1)


async def test_where_nothing_is_left_it_says_that_the_judges_do_not_agree_and_that_a_model_has_judged(
    storage: CountedStorage, clock: HandClock, tmp_path: Path
) -> None:
    await followed(storage, "maria", HERE)
    async with staged(storage, clock, tmp_path) as stage:
        await told_early(stage, unsure)
        await settles(stage, nothing)
        said = (await the_alert(stage)).assessment
    assert (said.doubtful, said.degraded, said.unasked) == (True, False, "")


async def test_a_word_that_is_stored_only_at_the_second_try_is_taken_all_the_same(
    storage: CountedStorage, clock: HandClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await followed(storage, "maria", HERE)
    async with staged(storage, clock, tmp_path) as stage:
        await told_early(stage, unsure)
        taken, full = Alerting.take, [True]

        async def once(self: Alerting, work: Work, scene: Scene, heard: Heard, *what: Any) -> dict[str, int]:
            raised = await taken(self, work, scene, heard, *what)
            if heard.segment.text == WORSE and full:
                full.clear()
                raise Transient("DISK")
            return raised

        monkeypatch.setattr(Alerting, "take", once)
        await settles(stage, of_each(mild, nothing))
        await clock.advance(60)
        said = (await the_alert(stage)).assessment
    assert not full
    assert (said.quote, said.degraded) == (MILD, False)


@pytest.mark.parametrize("relabelled", [False, True])
async def test_what_people_have_said_of_its_words_is_said_of_no_others(
    storage: CountedStorage, clock: HandClock, tmp_path: Path, relabelled: bool
) -> None:
    """The worse words are taken back, the others stay: these get an alert of their own, and stay withheld."""
    await followed(storage, "maria", HERE)
    mara = Person("console:1", "Mara")
    async with storage.work() as work:
        place = replace(await work.places.get(HERE), reviewers=(mara.id,), two=Two.EVERY)
        await work.places.put(place)
    less = labelled({Label.S: 0.6, Label.S3: 0.52})
    async with staged(storage, clock, tmp_path) as stage:
        assert stage.assessing
        stage.assessing.local.judge = of_each(labelled({Label.S: 0.9, Label.S3: 0.55}), less)
        stage.screen.gate.clear()
        await stage.says(MILD)
        await clock.advance(DEADLINE)
        await stage.says(WORSE, start=15.0)
        await clock.advance(DEADLINE)
        early = await the_alert(stage)
        reviewing = Reviewing(storage, clock)
        if relabelled:
            await reviewing.relabel(place, early, None, (Label.H,), mara)
        else:
            await reviewing.decide(place, early, Verdict.CONFIRMED, mara)
        await settles(stage, of_each(nothing, less))
        async with storage.reading() as work:
            first, *others = await work.alerts.waiting(HERE)
            kept = await work.transcripts.withheld(HERE, 1)
    assert first.assessment.second < 15
    assert (first.proposed, first.labels) == (None, (Label.H,)) if relabelled else (Verdict.CONFIRMED, None)
    assert all((one.proposed, one.labels, one.restricted) == (None, None, True) for one in others)
    assert (15.0, 30.0) in kept
