"""Evidence is frozen once, found whole or not, handed out to those who may have it, and goes only when it is released."""

import asyncio
import io
import json
import os
import threading
import tracemalloc
import zipfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.errors import Denied, Missing
from core.model.audit import Verb
from core.model.clip import Clip, Cut
from core.model.evidence import Evidence
from core.model.keep import Matter as Kept
from core.model.person import Person, Place
from core.model.risk import Alert, Assessment, Category, Kind, Label
from core.model.screening import Matter, Screening, State
from core.services.reviewing import preserving as clips_of
from core.services.reviewing.capsules import MANIFEST, frozen
from core.services.reviewing.deciding import Reviewing
from core.services.reviewing.preserving import ANY_OLD, Preserving, may_see
from storage.writer import BatchedWriter
from tests.builders import HERE, chat, followed, judged, scene_of, segment
from tests.doubles import CountedStorage, HandClock
from tests.waiting import PATIENCE

MARA = Person("console:1", "Mara")
PLACE = Place(HERE, "here")


@dataclass
class Stage:
    storage: CountedStorage
    clock: HandClock
    preserving: Preserving
    alert: Alert
    folder: Path

    async def released_all(self) -> bool:
        """Whether nothing is left once it is released and its time is over."""
        await self.preserving.release(PLACE, self.alert, MARA)
        await self.clock.advance(ANY_OLD.total_seconds() + 1)
        await self.preserving.tidy()
        async with self.storage.reading() as work:
            return await work.evidences.of_alert(HERE, self.alert.id) is None

    async def verbs(self) -> list[Verb]:
        async with self.storage.reading() as work:
            return [one.verb for one in reversed(await work.audit.of_place(HERE))]


@pytest.fixture
async def stage(storage: CountedStorage, clock: HandClock, tmp_path: Path) -> Stage:
    await followed(storage, "maria")
    scene = await scene_of(storage)
    writer = BatchedWriter(storage.database)
    for second in (5.0, 95.0, 400.0):
        writer.put(scene.live.id, second, chat(f"at {second}", second))
    await writer.flush()
    clip = tmp_path / "clips" / "1.mp4"
    clip.parent.mkdir()
    clip.write_bytes(b"sound and picture")
    async with storage.work() as work:
        lines = [segment("before", 10.0), segment("the very words", 90.0), segment("long after", 300.0)]
        await work.transcripts.add(scene.live.id, lines)
        number = await work.alerts.assessed(scene.live.id, judged(quote="the very words", second=90.0), clock.now())
        alert = await work.alerts.raise_(HERE, scene.live.id, number, clock.now())
        cut = Cut(clip, 70.0, 40.0, 17, 360, 640)
        await work.clips.add(scene.live.id, HERE, "a.mp4", cut, clock.now(), "", "job:1")
    return Stage(storage, clock, Preserving(storage, clock, tmp_path / "evidence"), alert, tmp_path / "evidence")


def gone_between(path: Path, found: Callable[..., Awaitable[Clip | None]]) -> Callable[..., Awaitable[Clip | None]]:
    """The clip is deleted as soon as it is found."""

    async def finding(*args: object, **more: object) -> Clip | None:
        clip = await found(*args, **more)
        path.unlink()
        return clip

    return finding


def inside(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist()}


async def test_a_capsule_holds_the_minute_around_the_words_the_clip_and_a_list_of_checksums(stage: Stage):
    held = await stage.preserving.keep(PLACE, stage.alert, MARA)
    found = inside(stage.folder / held.file)
    assert set(found) == {
        "alert.json", "decisions.json", "live.json", "transcript.json", "chat.json", "clip.mp4", MANIFEST,
    }  # fmt: skip
    assert [one["text"] for one in json.loads(found["transcript.json"])] == ["the very words"]
    assert [one["text"] for one in json.loads(found["chat.json"])] == ["at 95.0"]
    assert found["clip.mp4"] == b"sound and picture"
    assert len(found[MANIFEST].splitlines()) == 6
    assert held.clip
    assert await stage.preserving.verify(PLACE, stage.alert) == (held, ())
    assert await stage.verbs() == [Verb.KEEP]


async def test_a_clip_of_fifty_megabytes_is_frozen_and_verified_in_two_of_memory(stage: Stage):
    async with stage.storage.reading() as work:
        (clip,) = await work.clips.of_place(HERE)
    clip.path.write_bytes(os.urandom(50_000_000))
    tracemalloc.start()
    try:
        held = await stage.preserving.keep(PLACE, stage.alert, MARA)
        stage.folder.joinpath(held.file).chmod(0o600)
        with stage.folder.joinpath(held.file).open("ab") as capsule:
            capsule.write(b"more")  # so that all that is in it is read too
        assert (await stage.preserving.verify(PLACE, stage.alert))[1] == (held.file,)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held.size > 50_000_000
    assert most < 2_000_000


async def test_a_clip_that_is_gone_by_then_is_not_in_the_capsule(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    async with stage.storage.reading() as work:
        (clip,) = await work.clips.of_place(HERE)
    monkeypatch.setattr(clips_of, "clip_of", gone_between(clip.path, clips_of.clip_of))
    held = await stage.preserving.keep(PLACE, stage.alert, MARA)
    assert not held.clip
    assert "clip.mp4" not in inside(stage.folder / held.file)
    assert (await stage.preserving.verify(PLACE, stage.alert))[1] == ()


async def test_what_a_killed_process_was_writing_goes_after_a_day(stage: Stage):
    stage.folder.mkdir()
    for name in (".ab_3x.part", "notes.txt"):
        (stage.folder / name).write_bytes(b"half")
        os.utime(stage.folder / name, (0, 0))
    await stage.preserving.tidy()
    assert [one.name for one in stage.folder.iterdir()] == ["notes.txt"]


async def test_kept_twice_it_is_what_was_frozen_first(stage: Stage):
    first = await stage.preserving.keep(PLACE, stage.alert, MARA)
    await stage.clock.advance(60)
    again = await stage.preserving.keep(PLACE, stage.alert, MARA)
    assert (again.id, again.sha256) == (first.id, first.sha256)
    assert len(list(stage.folder.iterdir())) == 1


async def test_kept_by_two_at_once_it_is_one_capsule_and_released_it_goes(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
):
    both = threading.Barrier(2)

    def together(folder: Path, alert: Alert, files: dict[str, Any], *what: Any) -> Evidence:
        turn = both.wait(PATIENCE)
        return frozen(folder, alert, {**files, "when.json": turn}, *what)  # a capsule holds the time it was written

    monkeypatch.setattr(clips_of, "frozen", together)
    one, other = await asyncio.gather(
        stage.preserving.keep(PLACE, stage.alert, MARA),
        stage.preserving.keep(PLACE, stage.alert, Person("console:2", "Tom")),
    )
    assert (one.id, one.file) == (other.id, other.file)
    assert [path.name for path in stage.folder.iterdir()] == [one.file]
    assert await stage.released_all()


async def test_of_two_capsules_an_earlier_version_made_both_are_released(stage: Stage):
    held = await stage.preserving.keep(PLACE, stage.alert, MARA)
    async with stage.storage.work() as work:
        await work.evidences.add(replace(held, file="1-000000000000.zip"))
    assert await stage.released_all()


async def test_what_was_changed_in_a_capsule_is_named(stage: Stage):
    held = await stage.preserving.keep(PLACE, stage.alert, MARA)
    path = stage.folder / held.file
    found = inside(path)
    found["transcript.json"] = b"[]"
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as zipped:
        for name, content in found.items():
            zipped.writestr(name, content)
    path.chmod(0o600)
    path.write_bytes(data.getvalue())
    assert (await stage.preserving.verify(PLACE, stage.alert))[1] == ("transcript.json",)


@pytest.mark.parametrize("harm", ["gone", "cut", "no zip"])
async def test_a_capsule_that_is_gone_or_broken_is_named_itself(stage: Stage, harm: str):
    held = await stage.preserving.keep(PLACE, stage.alert, MARA)
    path = stage.folder / held.file
    path.chmod(0o600)
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:100] if harm == "cut" else b"x")
    assert (await stage.preserving.verify(PLACE, stage.alert))[1] == (held.file,)


async def test_of_what_nobody_kept_there_is_no_evidence(stage: Stage):
    with pytest.raises(Missing, match="NO_EVIDENCE"):
        await stage.preserving.verify(PLACE, stage.alert)


async def test_a_held_capsule_outlasts_everything_and_a_released_one_goes_when_its_time_is_over(stage: Stage):
    held = await stage.preserving.keep(PLACE, stage.alert, MARA)
    path = stage.folder / held.file
    os.utime(path, (0, 0))
    await stage.clock.advance(timedelta(days=900).total_seconds())
    await stage.preserving.tidy()
    assert path.exists()
    await stage.preserving.release(PLACE, stage.alert, MARA)
    await stage.preserving.tidy()
    assert path.exists()
    await stage.clock.advance(ANY_OLD.total_seconds() + 1)
    assert (await stage.preserving.tidy()).files == 1
    assert not path.exists()
    assert await stage.verbs() == [Verb.KEEP, Verb.RELEASE, Verb.LET_GO]


async def test_a_release_can_be_taken_back_by_keeping_it_again(stage: Stage):
    await stage.preserving.keep(PLACE, stage.alert, MARA)
    await stage.preserving.release(PLACE, stage.alert, MARA)
    assert (await stage.preserving.keep(PLACE, stage.alert, MARA)).released is None
    await stage.clock.advance(ANY_OLD.total_seconds() + 1)
    await stage.preserving.tidy()
    assert (await stage.preserving.verify(PLACE, stage.alert))[1] == ()


async def test_who_got_it_is_written_down(stage: Stage):
    held = await stage.preserving.keep(PLACE, stage.alert, MARA)
    given, path = await stage.preserving.export(PLACE, stage.alert, MARA)
    assert (given.sha256, path.is_file()) == (held.sha256, True)
    assert await stage.verbs() == [Verb.KEEP, Verb.EXPORT]


async def test_what_is_about_minors_is_for_people_the_place_has_named(stage: Stage):
    async with stage.storage.work() as work:
        number = await work.alerts.assessed(1, judged(labels={Label.S3: 0.8}), stage.clock.now())
        alert = await work.alerts.raise_(HERE, 1, number, stage.clock.now())
    with pytest.raises(Denied, match="NAMED_ONLY"):
        may_see(Place("discord:1", "server"), alert, MARA)
    may_see(Place("discord:1", "server", reviewers=("console:1",)), alert, MARA)
    may_see(PLACE, alert, MARA)  # their own place, in which they can name nobody
    may_see(PLACE, stage.alert, MARA)


async def called(stage: Stage) -> None:
    """The clip is held, and a person says that it is about minors."""
    now = stage.clock.now()
    async with stage.storage.work() as work:
        (clip,) = await work.clips.of_place(HERE)
        kept = await work.screenings.begin(Screening(0, HERE, Matter.CLIP, clip.id, State.HELD, now), now)
        said = judged(second=clip.start, kind=Kind.VIDEO, item=kept.name)
        alert = await work.alerts.raise_(HERE, clip.live_id, await work.alerts.assessed(1, said, now), now)
        await work.screenings.waited(HERE, alert.id, kept.id)
    reviewing = Reviewing(stage.storage, stage.clock)
    await reviewing.relabel(PLACE, alert, Category.CONTROVERSIAL, (Label.S3,), MARA)


async def test_a_clip_a_person_says_is_about_minors_is_in_no_capsule_of_another_alert(stage: Stage):
    await called(stage)
    held = await stage.preserving.keep(PLACE, stage.alert, MARA)
    assert not held.clip
    assert not await stage.preserving.guarded(stage.alert)  # nothing of it is in there


@pytest.mark.parametrize("deleted", [False, True])
async def test_a_capsule_with_a_clip_that_is_called_so_later_is_for_people_the_place_has_named(
    stage: Stage, deleted: bool
):
    held = await stage.preserving.keep(PLACE, stage.alert, MARA)
    assert held.clip
    assert not await stage.preserving.guarded(stage.alert)
    await called(stage)
    if deleted:
        async with stage.storage.work() as work:
            (clip,) = await work.clips.of_place(HERE)
            await work.clips.delete(HERE, clip.id)
    assert await stage.preserving.guarded(stage.alert)


@pytest.mark.parametrize(
    ("matter", "word"),
    [(Kept.TRANSCRIPTS, judged(second=90.0)), (Kept.CHAT, judged(kind=Kind.CHAT, quote="At 95.0!", second=200.0))],
)
async def test_a_capsule_is_for_the_same_people_when_the_words_in_it_are_kept_nowhere_else(
    stage: Stage, matter: Kept, word: Assessment
):
    await stage.preserving.keep(PLACE, stage.alert, MARA)
    async with stage.storage.work() as work:
        await work.alerts.assessed(1, replace(word, labels={Label.S3: 0.9}), stage.clock.now())
    assert await stage.preserving.guarded(stage.alert)
    async with stage.storage.work() as work:
        assert await work.leftovers.forget(matter, 1, 100) == 3
    assert await stage.preserving.guarded(stage.alert)


async def test_a_capsule_is_for_everybody_though_the_chat_is_gone_while_it_can_be_read_that_no_such_line_is_in_it(
    stage: Stage,
):
    line = judged(kind=Kind.CHAT, quote="at 400.0", second=400.0, labels={Label.S3: 0.9})
    held = await stage.preserving.keep(PLACE, stage.alert, MARA)
    async with stage.storage.work() as work:
        await work.alerts.assessed(1, line, stage.clock.now())
        await work.leftovers.forget(Kept.CHAT, 1, 100)
    assert not await stage.preserving.guarded(stage.alert)
    (stage.folder / held.file).chmod(0o600)
    (stage.folder / held.file).write_bytes(b"who knows what was in it")
    assert await stage.preserving.guarded(stage.alert)
