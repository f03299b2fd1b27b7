"""An alert told before a model's word came may be decided by then: what the model finds worse is an alert of its own."""

from pathlib import Path

import pytest

from core.model.person import Person, Place
from core.model.risk import Assessment, Category, Label, Target, Verdict, Virality
from core.model.transcript import Segment
from core.services.assessing.live import DEADLINE
from core.services.reviewing.deciding import Reviewing
from tests.builders import HERE, followed, judged
from tests.core.services.assessing.judging import staged
from tests.doubles import CountedStorage, HandClock

MARA = Person("console:1", "Mara")
SAID, BURN = "I am not sure about them", "let us burn their houses down tonight"


def inside(said: Segment) -> Assessment:
    virality = Virality.MEDIUM if said.text == SAID else Virality.LOW
    return judged(
        Category.CONTROVERSIAL, virality, hateful=False, target=Target.NONE, second=said.start, quote=said.text
    )


def worse(said: Segment) -> Assessment:
    return judged(confidence=0.95, quote=BURN, second=said.start + 5, labels={Label.H2: 0.95})


def as_bad(said: Segment) -> Assessment:
    return inside(said)


@pytest.mark.parametrize(("model", "quotes"), [(worse, [BURN]), (as_bad, [])])
async def test_a_decided_one_hides_nothing_that_is_worse(
    storage: CountedStorage, clock: HandClock, tmp_path: Path, model, quotes: list[str]
):
    await followed(storage, "maria", HERE, risk=0.5)
    async with staged(storage, clock, tmp_path) as stage:
        stage.assessing.local.judge = inside
        stage.screen.judge = stage.judge.judge = model
        await stage.says(SAID, BURN, seconds=5.0)
        await clock.advance(DEADLINE)
        async with storage.reading() as work:
            (early,) = await work.alerts.waiting(HERE)
        await Reviewing(storage, clock).decide(Place(HERE, "here"), early, Verdict.DISMISSED, MARA)
        await clock.advance(70)
        await stage.ends()
    async with storage.reading() as work:
        waiting = [one.assessment.quote for one in await work.alerts.waiting(HERE)]
        decided = await work.alerts.get(HERE, early.id)
    assert waiting == quotes
    assert (decided.assessment.quote, decided.verdict) == (SAID, Verdict.DISMISSED)
    assert [one.says.quote for one in stage.alerts() if one.says.verdict is Verdict.WAITING] == [SAID, *quotes]
