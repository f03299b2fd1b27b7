"""What people decided goes along as examples: few, short, of their own place, and only to the model that has the last word."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.model.account import NO_RISK
from core.model.person import Person, Place
from core.model.risk import Category, Kind, Label, Verdict
from core.ports.assessor import Example
from core.services.assessing.recalling import LONGEST, Recalling
from core.services.reviewing.deciding import Reviewing
from tests.builders import HERE, THERE, followed, judged, placed
from tests.core.services.assessing.judging import HATE, Stage, staged
from tests.doubles import CountedStorage, HandClock

MARA = Person("console:1", "Mara")


@pytest.fixture
async def stage(storage: CountedStorage, clock: HandClock, tmp_path: Path) -> AsyncIterator[Stage]:
    await followed(storage)
    await placed(storage, THERE)
    async with staged(storage, clock, tmp_path) as stage:
        yield stage


async def decided(stage: Stage, quote: str, verdict: Verdict = Verdict.CONFIRMED, place: str = HERE, **more) -> None:
    category = more.pop("category", Category.HATEFUL)
    live_id = more.pop("live_id", 1)
    async with stage.storage.work() as work:
        number = await work.alerts.assessed(live_id, judged(category, quote=quote, **more), stage.clock.now())
        alert = await work.alerts.raise_(place, live_id, number, stage.clock.now())
    await Reviewing(stage.storage, stage.clock).decide(Place(place, place), alert, verdict, MARA)


async def examples(stage: Stage, place: str = HERE, recalling: Recalling | None = None) -> list[tuple[str, str]]:
    async with stage.storage.reading() as work:
        return [(one.text, one.said) for one in await (recalling or Recalling()).of(work, place)]


async def test_three_of_each_verdict_the_newest_of_each_category_first(stage: Stage):
    for number in range(4):
        await decided(stage, f"hate {number}")
        await decided(stage, f"no hate {number}", Verdict.DISMISSED)
    await decided(stage, "a row", category=Category.CONTROVERSIAL, kind=Kind.CHAT)
    await decided(stage, "hate 9")
    await decided(stage, "hate 9")
    assert await examples(stage) == [
        ("hate 9", "Discours haineux"), ("a row", "Polémique"), ("hate 3", "Discours haineux"),
        ("no hate 3", "Neutre"), ("no hate 2", "Neutre"), ("no hate 1", "Neutre"),
    ]  # fmt: skip


async def test_they_are_short(stage: Stage):
    await decided(stage, "x" * 1000)
    ((text, _),) = await examples(stage)
    assert len(text) == LONGEST


@pytest.mark.parametrize(
    "more",
    [
        {"kind": Kind.COMMENT, "item": "comment:1", "live_id": None},
        {"kind": Kind.TITLE},
        {"kind": Kind.VIDEO},
        {"injection": True},
        {"labels": {Label.S3: 0.7}},
        {"place": THERE},
    ],
)
async def test_what_people_wrote_what_gives_orders_minors_and_other_places_are_no_examples(stage: Stage, more):
    await decided(stage, "a thing", **more)
    assert await examples(stage) == []


async def test_a_decision_that_is_taken_back_is_no_example_any_more(stage: Stage):
    recalling = Recalling()
    await decided(stage, "a thing")
    assert len(await examples(stage, recalling=recalling)) == 1
    async with stage.storage.reading() as work:
        (alert,) = await work.alerts.several(HERE, await work.alerts.find(HERE))
    await Reviewing(stage.storage, stage.clock).decide(Place(HERE, HERE), alert, Verdict.WAITING, MARA)
    assert await examples(stage, recalling=recalling) == []


async def test_only_the_judging_model_sees_them(stage: Stage):
    await decided(stage, "a thing")
    await stage.says(HATE)
    assert [one.examples for one in stage.screen.windows] == [()]
    assert [one.examples for one in stage.judge.windows] == [(Example("a thing", "Discours haineux"),)]


async def test_nothing_of_a_place_goes_along_where_another_hears_the_live_too(stage: Stage):
    await decided(stage, "a thing")
    assert stage.scene
    mine = stage.scene.follows[0]
    for start, risk in ((0.0, NO_RISK), (60.0, None)):
        stage.scene.follows = (mine, replace(mine, id=99, place=THERE, risk=risk))
        await stage.says(HATE, start=start)
    assert [one.examples for one in stage.judge.windows] == [(), ()]
