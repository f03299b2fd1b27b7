"""What can be heard around an alert: from the buffer of its live, else from the clip that shows it, else nothing."""

from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.errors import Denied, Missing
from core.model.clip import Cut
from core.model.person import Person, Place
from core.model.risk import Alert, Category, Kind, Label, Verdict
from core.model.screening import Matter, Screening, State
from core.services.clipping.sampling import Sampling
from core.services.reviewing.deciding import Reviewing
from core.services.reviewing.preserving import clip_of
from tests.builders import HERE, followed, judged, scene_of
from tests.doubles import BEGAN, CountedStorage, HandClock, StagedClipper


@dataclass
class Stage:
    storage: CountedStorage
    clipper: StagedClipper
    sampling: Sampling
    folder: Path

    async def alert(self, second: float = 90.0, live_id: int | None = 1) -> Alert:
        async with self.storage.work() as work:
            number = await work.alerts.assessed(live_id, judged(second=second), BEGAN)
            return await work.alerts.raise_(HERE, live_id, number, BEGAN)

    async def clip(self, start: float, seconds: float, name: str) -> None:
        path = self.folder / name
        path.write_bytes(b"clip")
        async with self.storage.work() as work:
            cut = Cut(path, start, seconds, 4, 360, 640)
            await work.clips.add(1, HERE, name, cut, BEGAN, "", f"job:{name}")


@pytest.fixture
async def stage(storage: CountedStorage, tmp_path: Path) -> Stage:
    await followed(storage, "maria")
    await scene_of(storage)
    clipper = StagedClipper()
    return Stage(storage, clipper, Sampling(storage, clipper, tmp_path / "samples"), tmp_path)


async def test_a_live_that_is_kept_gives_the_45_seconds_around(stage: Stage):
    heard = await stage.sampling.around(await stage.alert())
    assert (heard.start, heard.seconds, heard.kept) == (65.0, 45.0, None)
    assert stage.clipper.saved == [(1, 65.0, 110.0)]
    assert heard.path.parent == stage.folder / "samples"


async def test_at_the_beginning_of_a_live_it_begins_with_the_live(stage: Stage):
    assert (await stage.sampling.around(await stage.alert(3.0))).start == 0.0


async def test_else_the_shortest_clip_that_shows_it(stage: Stage):
    stage.clipper.fault = Missing("CLIP_GONE")
    await stage.clip(60.0, 120.0, "long.mp4")
    await stage.clip(80.0, 40.0, "short.mp4")
    await stage.clip(200.0, 20.0, "later.mp4")
    heard = await stage.sampling.around(await stage.alert())
    assert heard.kept is not None
    assert heard.path.name == "short.mp4"


async def test_a_clip_whose_file_is_gone_is_none(stage: Stage):
    stage.clipper.fault = Missing("CLIP_GONE")
    await stage.clip(80.0, 40.0, "short.mp4")
    (stage.folder / "short.mp4").unlink()
    with pytest.raises(Missing, match="HEAR_GONE"):
        await stage.sampling.around(await stage.alert())


async def test_of_what_is_no_live_nothing_is_heard(stage: Stage):
    with pytest.raises(Missing, match="HEAR_GONE"):
        await stage.sampling.around(await stage.alert(live_id=None))


@pytest.mark.parametrize(
    ("state", "labels", "mine", "heard"),
    [
        (State.PASSED, {}, {}, True),
        (State.HELD, {Label.V2: 0.9}, {}, False),
        (State.REJECTED, {Label.S3: 0.9}, {}, False),
        (State.REJECTED, {Label.S3: 0.9}, {Label.S3: 0.9}, True),
    ],
)
async def test_a_clip_that_is_kept_away_is_not_heard_by_way_of_another_alert(
    stage: Stage, state: State, labels: dict[Label, float], mine: dict[Label, float], heard: bool
):
    """Only an alert that is as closely guarded as what may show minors leads to it, in its evidence too."""
    stage.clipper.fault = Missing("CLIP_GONE")
    await stage.clip(80.0, 40.0, "short.mp4")
    async with stage.storage.work() as work:
        (clip,) = await work.clips.of_place(HERE)
        await work.screenings.begin(Screening(0, HERE, Matter.CLIP, clip.id, state, BEGAN, labels=labels), BEGAN)
        alert = await work.alerts.raise_(
            HERE, 1, await work.alerts.assessed(1, judged(second=90.0, labels=mine), BEGAN), BEGAN
        )
        frozen = await clip_of(work, alert)
    assert (frozen is not None) is (heard or Label.S3 not in labels)
    with nullcontext() if heard else pytest.raises(Missing, match="HEAR_GONE"):
        assert (await stage.sampling.around(alert)).kept == clip


async def called(stage: Stage, *verdicts: Verdict) -> None:
    """A clip from 80 s to 120 s is held, and somebody named says that it is about minors, and then decides."""
    await stage.clip(80.0, 40.0, "short.mp4")
    async with stage.storage.work() as work:
        (clip,) = await work.clips.of_place(HERE)
        kept = await work.screenings.begin(Screening(0, HERE, Matter.CLIP, clip.id, State.HELD, BEGAN), BEGAN)
        said = judged(second=80.0, kind=Kind.VIDEO, item=kept.name)
        alert = await work.alerts.raise_(HERE, 1, await work.alerts.assessed(1, said, BEGAN), BEGAN)
        await work.screenings.waited(HERE, alert.id, kept.id)
    reviewing, place, nina = (
        Reviewing(stage.storage, HandClock(stage.storage)),
        Place(HERE, "here"),
        Person("console:3", "Nina"),
    )
    alert, _ = await reviewing.relabel(place, alert, Category.CONTROVERSIAL, (Label.S3,), nina)
    for verdict in verdicts:
        alert, _ = await reviewing.decide(place, alert, verdict, nina)


@pytest.mark.parametrize("verdicts", [(), (Verdict.CONFIRMED,)])
async def test_a_clip_a_person_says_is_about_minors_is_not_heard_by_way_of_another_alert(
    stage: Stage, verdicts: tuple[Verdict, ...]
):
    """Neither the clip nor the buffer it was cut from; whoever is named hears that."""
    await called(stage, *verdicts)
    for second in (60.0, 90.0, 144.0):  # the 45 s around these show some of it
        alert = await stage.alert(second)
        with pytest.raises(Denied, match="NEAR_MINORS"):
            await stage.sampling.around(alert)
        assert (await stage.sampling.around(alert, whole=True)).kept is None
    for second in (50.0, 146.0):
        assert (await stage.sampling.around(await stage.alert(second))).kept is None
    async with stage.storage.reading() as work:
        assert await clip_of(work, await stage.alert()) is None


async def test_what_a_person_says_of_a_clip_outlasts_it_and_ends_with_its_dismissal(stage: Stage):
    await called(stage)
    async with stage.storage.work() as work:
        (clip,) = await work.clips.of_place(HERE)
        await work.clips.delete(HERE, clip.id)
        (alert,) = await work.alerts.waiting(HERE)
    with pytest.raises(Denied, match="NEAR_MINORS"):
        await stage.sampling.around(await stage.alert())
    reviewing = Reviewing(stage.storage, HandClock(stage.storage))
    await reviewing.decide(Place(HERE, "here"), alert, Verdict.DISMISSED, Person("console:3", "Nina"))
    assert (await stage.sampling.around(await stage.alert())).start == 65.0
