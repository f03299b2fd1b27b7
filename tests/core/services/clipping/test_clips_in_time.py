"""Clips are cut when their last second is over, at the latest when the live or the program ends, and after a restart too."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from core.errors import Invalid, Missing, Transient
from core.model.clip import Clip, Source
from core.model.live import LiveStatus
from core.model.notice import NoticeKind
from core.model.trigger import Hit, Where
from core.services.clipping import LONGEST
from core.services.clipping.wishing import Wish
from tests.builders import HERE, THERE, at, rows, told
from tests.core.services.clipping.clipping_desk import Stage, stage
from tests.core.services.conftest import Running
from tests.doubles import StagedLiveCapture

__all__ = ["stage"]


async def done() -> None:
    """A program that ends at once."""


async def test_the_job_is_due_when_the_last_second_has_come_by_the_clock_of_the_capture(stage: Stage):
    await stage.clock.advance(50)
    await stage.hit(50.0)
    assert stage.dues() == [60.0]
    stage.scene.capture = capture = StagedLiveCapture("maria", None, began=at(-3))  # type: ignore[arg-type]
    assert stage.scene.second_of(stage.clock.now()) == capture.second_of(stage.clock.now()) == 53.0
    await stage.hit(53.0, THERE)  # what viewers see has come: the stream is three seconds ahead of the wall
    await stage.hit(20.0, THERE, word="late")  # speech is heard later than it is said
    assert stage.dues() == [60.0, 60.0, 50.0]


async def test_less_than_a_second_is_no_clip_yet(stage: Stage):
    await stage.clock.advance(0.5)
    await stage.clipping.ask(stage.scene.live, HERE, 30, "", "Mara")
    await stage.work_off()
    (clip,) = told(stage.folder, NoticeKind.CLIP)
    assert (clip.says.failed, rows(stage.folder, "select 1 from clip")) == ("CLIP_EARLY", [])
    assert list((stage.folder / "clips").iterdir()) == []


async def test_a_clip_is_begun_at_its_last_second(stage: Stage, running: Running):
    await stage.hit(0.3)
    async with running(stage.worker().run()):
        await stage.clock.advance(9.6)
        await stage.clock.advance(0.6)
        assert stage.clipper.saved == []
        await stage.clock.advance(0.1)
        assert stage.clipper.saved == [(stage.scene.live.id, 0.0, 10.3)]


async def test_at_the_end_of_a_live_its_clips_are_cut_at_once_and_those_of_others_are_not(
    stage: Stage, running: Running
):
    await stage.hit(5.0)
    await stage.hit(6.0, THERE)
    async with stage.storage.work() as work:
        await work.jobs.add("clip", "of another", _facts(stage.scene.live.id + 1), at(30), place=HERE)
    async with running(stage.worker().run()):
        await stage.clipping.over(stage.scene)
        await stage.clock.advance(0.5)
        assert sorted(stage.clipper.saved) == [(stage.scene.live.id, 0.0, 15.0), (stage.scene.live.id, 0.0, 16.0)]
        assert stage.dues()[2] == 30.0


async def test_at_a_stop_every_clip_is_cut_with_what_there_is_and_told(stage: Stage, running: Running):
    for place in (HERE, THERE):
        await stage.hit(5.0, place)
    worker = stage.worker()
    async with running(worker.run()):
        stopping = asyncio.create_task(stage.clipping.until_end(done()))
        while not stopping.done():
            await stage.clock.advance(0.1)
        await stopping
    assert stage.clipper.hurried
    assert len(stage.clipper.saved) == len(told(stage.folder, NoticeKind.CLIP)) == 2


async def test_a_stop_does_not_wait_for_clips_of_lives_that_are_not_captured_or_that_failed(
    stage: Stage, running: Running
):
    await stage.hit(5.0)
    await stage.clock.advance(20)
    stage.clipper.fault = Transient("DISK", retry_after=60)
    async with running(stage.worker().run()):
        await stage.clock.advance(1)
        stage.clipper.away = {stage.scene.live.id + 1}
        async with stage.storage.work() as work:
            await work.jobs.add("clip", "elsewhere", _facts(stage.scene.live.id + 1), at(300), place=HERE)
        stopping = asyncio.create_task(stage.clipping.until_end(done()))
        for _ in range(3):
            await stage.clock.advance(0.1)
        assert stopping.done()
    states = [
        (row["state"], row["attempt"]) for row in rows(stage.folder, "select state, attempt from job order by id")
    ]
    assert states == [("waiting", 1), ("waiting", 0)]
    assert stage.dues()[1] == 300.0


async def test_after_a_restart_a_clip_waits_until_its_live_is_captured_again(stage: Stage, running: Running):
    await stage.hit(5.0)
    await stage.clock.advance(20)
    stage.clipper.away = {stage.scene.live.id}
    async with running(stage.worker().run()):
        for _ in range(20):
            await stage.clock.advance(1)
        assert (stage.clipper.saved, told(stage.folder, NoticeKind.CLIP)) == ([], [])
        stage.clipper.away = set()
        await stage.clock.advance(1)
        await stage.clock.advance(1)
    (clip,) = told(stage.folder, NoticeKind.CLIP)
    assert clip.says.failed == ""


@pytest.mark.parametrize("over", [True, False], ids=["the live is over", "it does not come back"])
async def test_a_clip_whose_live_is_not_captured_again_is_told_as_gone(stage: Stage, running: Running, over: bool):
    await stage.hit(5.0)
    await stage.clock.advance(20)
    stage.clipper.away = {stage.scene.live.id}
    async with running(stage.worker().run()):
        for _ in range(61 * (not over)):
            await stage.clock.advance(1)
        if over:
            async with stage.storage.work() as work:
                await work.lives.set_status(stage.scene.live.id, LiveStatus.ENDED, stage.clock.now())
        await stage.clock.advance(1)
        await stage.clock.advance(1)
    (clip,) = told(stage.folder, NoticeKind.CLIP)
    assert clip.says.failed == "CLIP_GONE"


async def test_a_file_that_was_whole_when_the_process_died_is_used_and_not_cut_again(stage: Stage):
    await stage.hit(100.0)
    stage.clipper.away = {stage.scene.live.id}
    (stage.folder / "clips").mkdir()
    (stage.folder / "clips" / "1.mp4").write_bytes(b"clip")
    await stage.work_off()
    (clip,) = told(stage.folder, NoticeKind.CLIP)
    assert (clip.says.failed, clip.says.start, stage.clipper.saved) == ("", 70.0, [])


async def test_hits_share_a_window_over_a_restart_and_a_hit_seen_again_is_no_second_clip(stage: Stage):
    await stage.hit(100.0)
    before = stage.clipping
    stage.clipping = type(before)(stage.storage, stage.clock, stage.clipper, before.folder)  # the next process
    await stage.hit(109.0, word="other")
    await stage.hit(111.0, word="other")
    assert stage.wishes() == [(HERE, 70.0, 110.0), (HERE, 81.0, 121.0)]
    async with stage.storage.work() as work:
        hit = Hit(1, 1, stage.scene.live.id, HERE, "go", Where.CHAT, at(100), 100.0, "go!", 0, 2, "juno")
        await stage.clipping.wish(work, stage.scene, hit)
    assert len(stage.wishes()) == 2


async def test_fifty_wishes_of_people_in_ten_seconds_are_fifty_clips_with_fifty_names(stage: Stage, running: Running):
    await stage.clock.advance(100)
    for number in range(50):
        await stage.clipping.ask(stage.scene.live, HERE, 20 + number % 3, f"wish {number}", "Mara")
        await stage.clock.advance(0.2)
    async with running(stage.worker().run()):
        await stage.clock.advance(1)
        await stage.clock.advance(1)
    clips = told(stage.folder, NoticeKind.CLIP)
    assert len({clip.says.shown for clip in clips}) == len({clip.says.path for clip in clips}) == 50
    for clip in clips:
        number = int(clip.says.why.split()[1])
        assert clip.says.seconds == 20 + number % 3
        assert clip.says.start == pytest.approx(100 + number / 5 - clip.says.seconds)
        assert f"_wish {number}_" in clip.says.shown


async def test_more_than_the_buffer_holds_is_what_there_is_and_told(stage: Stage):
    """See tests/core/adapters/media/test_clip_reasons.py for the buffer itself: here the longest clip that may be wished for."""
    await stage.clock.advance(300)
    await stage.clipping.ask(stage.scene.live, HERE, 5000, "x", "Mara")
    assert stage.wishes() == [(HERE, 300 - LONGEST, 300.0)]


HOSTILE = {
    "../../x": "_.._x",
    "a\x00b": "ab",
    "\u202egnp.exe": "gnp.exe",
    "CON": "_CON",
    "-rf": "rf",
    "x" * 4096: "x" * 40,
    "👨‍👩‍👧‍👦": "👨‍👩‍👧‍👦",
    "\u2067\u2069": "_",
}


@pytest.mark.parametrize("who", HOSTILE, ids=[f"name{n}" for n in range(len(HOSTILE))])
async def test_whatever_a_chatter_is_called_the_clip_has_a_safe_name_and_its_file_a_number(stage: Stage, who: str):
    await stage.hit(100.0, word=who, by=who)
    await stage.work_off()
    (clip,) = told(stage.folder, NoticeKind.CLIP)
    kept = HOSTILE[who]
    assert clip.says.shown == f"{kept}_{kept}_2026-11-20_09-01-40_PM.mp4"
    assert Path(clip.says.path) == stage.folder / "clips" / "1.mp4"
    assert [path.name for path in (stage.folder / "clips").iterdir()] == ["1.mp4"]


async def saved(stage: Stage, second: float = 100.0, place: str = HERE) -> Clip:
    """A clip that was made for a hit."""
    await stage.hit(second, place)
    await stage.work_off()
    async with stage.storage.reading() as work:
        (clip,) = await work.clips.of_place(place)
    return clip


async def test_a_clip_is_made_longer_to_both_sides_and_keeps_its_name(stage: Stage):
    clip = await saved(stage)
    assert (clip.start, clip.seconds) == (70.0, 40.0)
    await stage.clock.advance(112)
    await stage.clipping.longer(HERE, clip, 10, 5)
    assert (stage.wishes()[1], stage.dues()[1]) == ((HERE, 60.0, 115.0), 115.0)
    again = await stage.clipping.longer(HERE, clip, 10, 5)
    assert (again.id, len(stage.wishes())) == (2, 2)
    await stage.work_off()
    first, second = [one.says for one in told(stage.folder, NoticeKind.CLIP)]
    assert (second.why, second.shown) == (first.why, first.shown.replace(".mp4", "_2.mp4"))


async def test_no_clip_grows_beyond_a_minute_nor_beyond_what_is_kept(stage: Stage):
    clip = await saved(stage)
    await stage.clock.advance(200)
    await stage.clipping.longer(HERE, clip, 15, 15)
    stage.clipper.begins = 65.0
    await stage.clipping.longer(HERE, clip, 15, 30)
    assert stage.wishes()[1:] == [(HERE, 55.0, 115.0), (HERE, 65.0, 125.0)]
    async with stage.storage.work() as work:
        await work.jobs.cancel(3, HERE)


async def test_what_cannot_be_longer_says_why(stage: Stage):
    clip = await saved(stage)
    whole = Clip(9, clip.live_id, HERE, "a.mp4", Path("9.mp4"), 70.0, 59.5, 1, 1, 1, clip.made)
    with pytest.raises(Invalid, match="CLIP_LONGEST"):
        await stage.clipping.longer(HERE, whole, 10, 10)
    stage.clipper.begins = 72.0  # the buffer has moved on
    with pytest.raises(Missing, match="CLIP_GONE"):
        await stage.clipping.longer(HERE, clip, 10, 10)
    stage.clipper.begins, stage.clipper.away = 0.0, {clip.live_id}
    with pytest.raises(Missing, match="CLIP_GONE"):
        await stage.clipping.longer(HERE, clip, 10, 10)
    stage.clipper.away = set()
    with pytest.raises(Missing, match="CLIP_GONE"):
        await stage.clipping.longer(THERE, clip, 10, 10)  # another place's
    assert len(stage.wishes()) == 1


async def test_a_clip_from_obs_and_one_whose_job_is_forgotten_are_made_longer_too(stage: Stage):
    clip = await saved(stage)
    obs = Clip(9, clip.live_id, HERE, "OBS.mp4", Path("77.mp4"), 70.0, 20.0, 1, 1, 1, at(90), "go", Source.OBS)
    await stage.clock.advance(200)
    job = await stage.clipping.longer(HERE, obs, 5, 0)
    assert (job.kind, job.payload["who"], job.payload["word"]) == ("clip", "maria", "go")


def _facts(live_id: int) -> dict[str, Any]:
    """A wish for a clip of another live."""
    return Wish(live_id, HERE, 0.0, 15.0, at(5), "x", "y", 99).facts
