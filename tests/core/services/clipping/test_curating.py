"""Clips are kept, named anew and deleted; their posts say so."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from core.errors import Invalid, Missing
from core.model.clip import Clip, Cut
from core.model.notice import Notice, NoticeKind, facts_of
from core.model.person import Person
from core.services.clipping.curating import DELETED, Curating
from core.services.clipping.telling import told as told_of
from core.services.lives.scene import Scene
from tests.builders import HERE, THERE, at, followed, placed, rows, scene_of, told
from tests.doubles import CountedStorage, HandClock

ADDRESS = f"{HERE}:lives"
KARIM = Person("console:1", "Karim")


@dataclass
class Stage:
    storage: CountedStorage
    clock: HandClock
    scene: Scene
    folder: Path
    curating: Curating

    async def clip(self, shown: str = "juno_giveaway.mp4", number: int = 1, place: str = HERE) -> Clip:
        """A clip with all its files, posted."""
        path = self.folder / f"{number}.mp4"
        for name in (f"{number}.mp4", f"{number}.jpg", f"{number}.fit-10.mp4", f"{number}.fit-5-1of2.mp4"):
            (self.folder / name).write_bytes(b"clip")
        cut = Cut(path, 70.0, 40.0, 4, 720, 1280)
        now = self.clock.now()
        async with self.storage.work() as work:
            clip = await work.clips.add(self.scene.live.id, place, shown, cut, at(number), "giveaway", f"job:{number}")
            kind, facts = facts_of(replace(told_of(clip, self.scene.live), why="giveaway as it was typed"))
            await work.outbox.put(Notice(kind, clip.subject, place, f"{place}:lives", clip.subject, facts), now)
        return clip


@pytest.fixture
async def stage(storage: CountedStorage, clock: HandClock, tmp_path: Path) -> Stage:
    await placed(storage, HERE)
    for place in (HERE, THERE):
        await followed(storage, "maria", place)
    folder = tmp_path / "clips"
    folder.mkdir()
    return Stage(storage, clock, await scene_of(storage), folder, Curating(storage, clock))


def edits(stage: Stage) -> list[Notice]:
    return [one.notice for one in told(stage.folder.parent, NoticeKind.CLIP) if one.notice.edits]


async def test_every_post_of_a_clip_changes_and_so_it_does_twice_in_one_moment(stage: Stage):
    clip = await stage.clip()
    async with stage.storage.work() as work:
        first = await work.outbox.get(clip.subject)
        assert first is not None
        await work.outbox.put(replace(first.notice, key="elsewhere", address=f"{HERE}:clips"), stage.clock.now())
    for kept in (True, False):
        await stage.curating.keep(clip, kept=kept)
    assert [(one.address, one.facts["kept"]) for one in edits(stage)] == [
        (f"{HERE}:clips", True),
        (f"{HERE}:lives", True),
        (f"{HERE}:clips", False),
        (f"{HERE}:lives", False),
    ]


async def test_a_kept_clip_says_so_in_its_post_and_can_be_let_go(stage: Stage):
    clip = await stage.clip()
    kept = await stage.curating.keep(clip, kept=True)
    assert kept == replace(clip, kept=True)
    (edit,) = edits(stage)
    said = edit.tells()
    assert (edit.subject, edit.address, edit.silent) == ("clip:1", ADDRESS, True)
    assert (said.kept, said.shown, said.why) == (True, clip.shown, "giveaway as it was typed")
    await stage.clock.advance(1)
    assert not (await stage.curating.keep(clip, kept=False)).kept
    assert [one.tells().kept for one in edits(stage)][-1] is False


async def test_a_clip_that_is_opened_or_kept_says_what_its_post_said(stage: Stage):
    clip = await stage.clip()
    assert (await stage.curating.told(clip)).why == "giveaway as it was typed"
    kept = await stage.curating.keep(clip, kept=True)
    again = await stage.curating.told(kept)
    assert (again.why, again.kept, again.failed) == ("giveaway as it was typed", True, "")


async def test_a_new_name_is_safe_keeps_its_ending_and_is_no_other_clips(stage: Stage):
    first, second = await stage.clip("a.mp4", 1), await stage.clip("b.mp4", 2)
    assert (await stage.curating.rename(first, "../best: bit")).shown == "_best_ bit.mp4"
    assert (await stage.curating.rename(second, "../best: bit")).shown == "_best_ bit_2.mp4"
    assert (await stage.curating.rename(second, "../best: bit_2")).shown == "_best_ bit_2.mp4"
    assert edits(stage)[-1].tells().shown == "_best_ bit_2.mp4"
    assert first.path.exists()  # the file is named by its number
    with pytest.raises(Invalid) as caught:
        await stage.curating.rename(first, " .mp4")
    assert caught.value.code == "EMPTY"


async def test_a_deleted_clip_leaves_no_file_and_its_post_says_by_whom(stage: Stage):
    clip, other = await stage.clip("a.mp4", 1), await stage.clip("b.mp4", 12)
    await stage.curating.delete(clip, KARIM)
    assert sorted(one.name for one in stage.folder.iterdir()) == [
        "12.fit-10.mp4",
        "12.fit-5-1of2.mp4",
        "12.jpg",
        "12.mp4",
    ]
    assert [row["id"] for row in rows(stage.folder.parent, "select id from clip")] == [other.id]
    (edit,) = edits(stage)
    assert (edit.tells().failed, edit.tells().by, edit.tells().shown) == (DELETED, "Karim", "a.mp4")
    for again in (
        stage.curating.delete(clip, KARIM),
        stage.curating.keep(clip, kept=True),
        stage.curating.rename(clip, "x"),
    ):
        with pytest.raises(Missing):
            await again


async def test_a_file_that_cannot_be_removed_now_does_not_keep_the_clip(stage: Stage):
    clip = await stage.clip()
    clip.path.unlink()
    clip.path.mkdir()  # whatever is in the way
    (clip.path / "x").write_bytes(b"")
    await stage.curating.delete(clip, KARIM)
    assert rows(stage.folder.parent, "select id from clip") == []


async def test_a_clip_whose_file_is_gone_is_not_shown(stage: Stage):
    clip = await stage.clip()
    assert (await stage.curating.told(clip)).handle == "maria"
    clip.path.unlink()
    with pytest.raises(Missing) as caught:
        await stage.curating.told(clip)
    assert (caught.value.code, caught.value.values) == ("CLIP_FILE", {"x": clip.shown})


async def test_another_places_clip_is_nobodys(stage: Stage):
    clip = await stage.clip()
    with pytest.raises(Missing):
        await stage.curating.delete(replace(clip, place=THERE), KARIM)
    assert clip.path.exists()


async def test_clips_are_found_by_account_time_and_words_newest_first(stage: Stage):
    names = ("\u00c9t\u00e9_giveaway.mp4", "juno_Giveaway.mp4", "juno_recipe.mp4")
    clips = [await stage.clip(name, number) for number, name in enumerate(names, 1)]
    await stage.clip("juno_giveaway.mp4", 9, THERE)

    async def found(words: str = "", account: int | None = None, since: float | None = None) -> list[int]:
        async with stage.storage.reading() as work:
            after = at(since) if since is not None else None
            numbers = await work.clips.find(HERE, account_id=account, since=after, words=words)
            assert [one.id for one in await work.clips.several(HERE, [*numbers, 10**9])] == numbers
            return numbers

    first, second, third = (clip.id for clip in clips)
    assert await found() == [third, second, first]
    assert await found("GIVE way") == [second, first]
    assert await found("ete") == [first]
    assert await found(since=2) == [third, second]
    assert await found(account=stage.scene.account.id) == [third, second, first]
    assert await found(account=10**9) == []
    assert await found("100%") == []
