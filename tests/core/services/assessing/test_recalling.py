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
from tests.builders import HERE, THERE, followed, judged, placed, scene_of
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


async def test_what_a_judge_takes_for_that_later_is_no_example_any_more(stage: Stage):
    recalling = Recalling()
    for quote in ("pics of her", "a bad thing", "a worse thing"):
        await decided(stage, quote, kind=Kind.CHAT)
    assert len(await examples(stage, recalling=recalling)) == 3
    async with stage.storage.work() as work:
        said = judged(quote="Pics of her!", kind=Kind.CHAT, labels={Label.S3: 0.9})
        await work.alerts.assessed(1, said, stage.clock.now())
    assert [text for text, _ in await examples(stage, recalling=recalling)] == ["a worse thing", "a bad thing"]


async def test_a_text_is_no_example_from_when_an_alert_elsewhere_comes_to_say_so(stage: Stage):
    recalling = Recalling()
    live = (await scene_of(stage.storage, room="another", began=stage.clock.now())).live.id
    for quote in ("pics of her", "a bad thing", "a worse thing"):
        await decided(stage, quote, kind=Kind.CHAT)
    async with stage.storage.work() as work:
        words = [judged(quote=one, kind=Kind.CHAT, labels={Label.S3: 0.6}) for one in ("pics of her", "a bad thing")]
        first, last = [await work.alerts.assessed(live, word, stage.clock.now()) for word in words]
    assert len(await examples(stage, recalling=recalling)) == 3
    async with stage.storage.work() as work:
        alert = await work.alerts.raise_(HERE, live, first, stage.clock.now())
    assert [text for text, _ in await examples(stage, recalling=recalling)] == ["a worse thing", "a bad thing"]
    async with stage.storage.work() as work:
        await work.alerts.quotes(alert.id, last)
    assert [text for text, _ in await examples(stage, recalling=recalling)] == ["a worse thing", "pics of her"]


async def test_what_is_taken_for_that_where_a_place_has_no_alert_has_nothing_read_anew(stage: Stage):
    recalling = Recalling()
    live = (await scene_of(stage.storage, room="another", began=stage.clock.now())).live.id
    await decided(stage, "a thing", kind=Kind.CHAT)
    await decided(stage, "another thing", kind=Kind.CHAT, place=THERE, live_id=live)
    async with stage.storage.reading() as work:
        before = await recalling.of(work, HERE)
    async with stage.storage.work() as work:
        said = judged(quote="pics of her", kind=Kind.CHAT, labels={Label.S3: 0.9})
        number = await work.alerts.assessed(live, said, stage.clock.now())
        await work.alerts.raise_(THERE, live, number, stage.clock.now())
        written = replace(said, kind=Kind.COMMENT, item="comment:1")
        number = await work.alerts.assessed(None, written, stage.clock.now())
        await work.alerts.raise_(THERE, None, number, stage.clock.now())
    async with stage.storage.reading() as work:
        assert await recalling.of(work, HERE) is before


async def test_each_place_with_an_alert_of_the_live_loses_a_text_that_is_taken_for_that(stage: Stage):
    recalling = Recalling()
    live = (await scene_of(stage.storage, room="another", began=stage.clock.now())).live.id
    for place in (HERE, THERE):
        await decided(stage, "pics of her", kind=Kind.CHAT, place=place)
        await decided(stage, "pics of her", kind=Kind.CHAT, place=place, live_id=live)
        assert await examples(stage, place, recalling) == [("pics of her", "Discours haineux")]
    async with stage.storage.work() as work:
        said = judged(quote="Pics of her!", kind=Kind.CHAT, labels={Label.S3: 0.9})
        await work.alerts.assessed(live, said, stage.clock.now())
    assert await examples(stage, HERE, recalling) == await examples(stage, THERE, recalling) == []


async def test_a_text_is_no_example_once_an_alert_of_no_live_says_so(stage: Stage):
    recalling = Recalling()
    await decided(stage, "pics of her", kind=Kind.CHAT)
    assert len(await examples(stage, recalling=recalling)) == 1
    async with stage.storage.work() as work:
        said = judged(quote="Pics of her!", kind=Kind.COMMENT, item="comment:1", labels={Label.S3: 0.9})
        number = await work.alerts.assessed(None, said, stage.clock.now())
        await work.alerts.raise_(HERE, None, number, stage.clock.now())
    assert await examples(stage, recalling=recalling) == []


@pytest.mark.parametrize("verdict", [Verdict.WAITING, Verdict.CONFIRMED, Verdict.DISMISSED])
async def test_a_text_that_was_taken_for_that_anywhere_is_no_example(stage: Stage, verdict: Verdict):
    live = (await scene_of(stage.storage, room="another", began=stage.clock.now())).live.id
    await decided(stage, "pics, like last time", kind=Kind.CHAT)
    await decided(stage, "a bad thing", kind=Kind.CHAT)
    said = judged(quote="Pics like last time", kind=Kind.CHAT, labels={Label.S3: 0.9})
    async with stage.storage.work() as work:
        number = await work.alerts.assessed(live, said, stage.clock.now())
        alert = await work.alerts.raise_(HERE, live, number, stage.clock.now())
    if verdict is not Verdict.WAITING:
        await Reviewing(stage.storage, stage.clock).decide(Place(HERE, HERE), alert, verdict, MARA)
    assert [text for text, _ in await examples(stage)] == ["a bad thing"]


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
