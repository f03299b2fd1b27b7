"""Several words told early stand in one alert: whatever a model then says of each, it quotes the worst that still stands."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import Transient
from core.model.risk import Alert, Assessment, Label, Level, Virality
from core.model.transcript import Segment
from core.ports.assessor import Judgement, Window
from core.services.assessing.counting import Counted
from core.services.assessing.live import DEADLINE
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
        stage.screen.judge = stage.judge.judge = model
        stage.screen.gate.set()
        await clock.settled()
        await clock.advance(70)
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
        stage.screen.judge = stage.judge.judge = mild

        async def away(window: Window) -> Judgement:
            raise Transient("QUOTA", retry_after=600, engine="groq")

        stage.screen.assess = away  # type: ignore[method-assign]  # the first question is under way
        stage.screen.gate.set()
        await clock.settled()
        await clock.advance(70)
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


def test_words_of_long_ago_are_not_kept() -> None:
    counted, word = Counted(), judged()
    for second in range(0, 7_200, 15):
        counted.put(float(second), second, word)
    assert len(counted.words) == 40
