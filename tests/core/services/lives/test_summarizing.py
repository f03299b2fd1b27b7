"""What was said in a live, in a few sentences."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from core.errors import Transient
from core.model.risk import Label
from core.services.lives.scene import Scene
from core.services.lives.summarizing import MOST, Summarizing, parts_of, summary_of
from tests.builders import HERE, followed, judged, scene_of, segment
from tests.doubles import CountedStorage, HandClock


@dataclass
class Model:
    """Sums up by counting."""

    model: str = "counter"
    is_ready: bool = True
    fault: Exception | None = None
    asked: list[tuple[list[str], str]] = field(default_factory=list)

    def ready(self) -> bool:
        return self.is_ready

    async def sum_up(self, lines: Sequence[str], language: str) -> str:
        self.asked.append((list(lines), language))
        if self.fault:
            raise self.fault
        return f"{len(lines)} lines in {language}"


async def a_live(storage: CountedStorage, lines: int) -> Scene:
    await followed(storage)
    scene = await scene_of(storage)
    async with storage.work() as work:
        parts = [segment(f"line {n} " + "word " * 20, n * 10.0) for n in range(lines)]
        await work.transcripts.add(scene.live.id, [*parts, segment(None, lines * 10.0)])
    return scene


async def stored(storage: CountedStorage, scene: Scene, language: str) -> str:
    async with storage.reading() as work:
        summary = await summary_of(work, scene.live.id, language, HERE)
    return summary.text if summary else ""


async def test_each_language_is_made_once(storage: CountedStorage, clock: HandClock):
    model, scene = Model(), await a_live(storage, 10)
    summarizing = Summarizing(storage, clock, model)
    await summarizing.sum_up(scene.live, ["fr", "en", "fr"])
    await summarizing.sum_up(scene.live, ["fr"])
    assert [language for _, language in model.asked] == ["en", "fr"]
    assert await stored(storage, scene, "fr") == "10 lines in fr"
    assert await stored(storage, scene, "de") == ""


async def test_what_is_as_short_as_a_summary_is_not_summed_up(storage: CountedStorage, clock: HandClock):
    model, scene = Model(), await a_live(storage, 3)
    await Summarizing(storage, clock, model).sum_up(scene.live, ["en"])
    assert model.asked == []


async def test_a_model_that_fails_or_is_not_there_costs_nothing_but_the_summary(
    storage: CountedStorage, clock: HandClock
):
    scene = await a_live(storage, 10)
    await Summarizing(storage, clock, Model(fault=Transient("QUOTA"))).sum_up(scene.live, ["en"])
    away = Model(is_ready=False)
    await Summarizing(storage, clock, away).sum_up(scene.live, ["en"])
    assert away.asked == []
    assert await stored(storage, scene, "en") == ""


async def test_a_live_that_is_deleted_takes_its_summary_along(storage: CountedStorage, clock: HandClock):
    scene = await a_live(storage, 10)
    await Summarizing(storage, clock, Model()).sum_up(scene.live, ["en", "fr"])
    async with storage.work() as work:
        while not await work.lives.remove(scene.live.id):
            pass
    assert await stored(storage, scene, "en") == await stored(storage, scene, "fr") == ""


async def test_of_a_long_live_parts_are_given_and_that_is_said(storage: CountedStorage, clock: HandClock):
    model, scene = Model(), await a_live(storage, 300)
    await Summarizing(storage, clock, model).sum_up(scene.live, ["en"])
    ((given, _),) = model.asked
    assert given[0].startswith("line 0 ")
    assert given[-1].startswith("line 299 ")
    async with storage.reading() as work:
        summary = await summary_of(work, scene.live.id, "en", HERE)
    assert summary is not None
    assert not summary.whole


@given(st.lists(st.text("ab ", min_size=1, max_size=900), max_size=200))
def test_parts_are_in_order_and_never_too_much(lines: list[str]):
    given = parts_of(lines, MOST)
    assert sum(map(len, given)) <= MOST
    rest = iter(lines)
    assert all(any(line == other for other in rest) for line in given)
    assert given == lines or sum(map(len, lines)) > MOST


async def test_no_model_sums_up_what_may_be_about_minors(storage: CountedStorage, clock: HandClock):
    model, scene = Model(), await a_live(storage, 12)
    async with storage.work() as work:
        await work.alerts.assessed(scene.live.id, judged(second=31.0, labels={Label.S3: 0.7}), clock.now(), 30.0)
    summarizing = Summarizing(storage, clock, model)
    await summarizing.sum_up(scene.live, ["en"])
    assert not any("line 3 " in line for line in model.asked[0][0])
    assert await stored(storage, scene, "en") == "11 lines in en"
    async with storage.work() as work:
        await work.alerts.assessed(scene.live.id, judged(second=51.0, labels={Label.S3: 0.7}), clock.now(), 50.0)
    assert await stored(storage, scene, "en") == ""  # it was made of what nobody may read any more
    await summarizing.sum_up(scene.live, ["en"])
    assert await stored(storage, scene, "en") == "10 lines in en"
