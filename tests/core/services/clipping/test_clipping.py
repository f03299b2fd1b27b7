"""Which stretch of a live becomes a clip, and what is told of it."""

from pathlib import Path

import pytest

from core.errors import Missing, Transient
from core.model.notice import NoticeKind
from tests.builders import HERE, THERE, at, rows, told
from tests.core.services.clipping.clipping_desk import Stage, stage

__all__ = ["stage"]


async def test_a_clip_reaches_thirty_seconds_back_and_ten_ahead_but_not_before_the_live(stage: Stage):
    await stage.hit(12.0)
    await stage.hit(200.0)
    assert stage.wishes() == [(HERE, 0.0, 22.0), (HERE, 170.0, 210.0)]


async def test_hits_up_to_the_end_of_a_window_share_its_clip_and_each_place_has_its_own(stage: Stage):
    for second in (100.0, 110.0, 70.0):  # 70 and 110 are the borders of the first
        await stage.hit(second)
    await stage.hit(100.0, THERE)
    assert stage.wishes() == [(HERE, 70.0, 110.0), (THERE, 70.0, 110.0)]
    await stage.hit(110.1)
    assert stage.wishes()[2:] == [(HERE, 80.1, 120.1)]


async def test_a_saved_clip_has_a_safe_name_in_the_place_s_time_zone_and_is_told(stage: Stage):
    await stage.hit(100.0, word="go: ../now", by="ju/no")
    await stage.work_off()
    (clip,) = told(stage.folder, NoticeKind.CLIP)
    said = clip.says
    assert said.shown == "ju_no_go_ .._now_2026-11-20_09-01-40_PM.mp4"  # 20:01:40 UTC
    assert (said.seconds, said.why, said.failed, clip.notice.address) == (40.0, "go: ../now", "", f"{HERE}:lives")
    assert Path(said.path).read_bytes() == b"clip"
    assert stage.clipper.saved == [(stage.scene.live.id, 70.0, 110.0)]


async def test_a_clip_a_person_asks_for_is_the_last_seconds_and_no_more_than_a_minute(stage: Stage):
    await stage.clock.advance(300)
    live = stage.scene.live
    await stage.clipping.ask(live, HERE, 20, "best bit", "Mara")
    assert stage.wishes() == [(HERE, 280.0, 300.0)]
    await stage.clipping.ask(live, HERE, 20, "best bit", "Mara")  # pressed twice
    await stage.clock.advance(0.6)
    await stage.clipping.ask(live, HERE, 20, "best bit", "Mara")
    assert len(stage.wishes()) == 1
    await stage.clock.advance(0.4)
    await stage.clipping.ask(live, HERE, 500, "", "Mara")
    assert stage.wishes()[1:] == [(HERE, 241.0, 301.0)]
    await stage.work_off()
    assert [one.says.shown.rsplit("_", 3)[0] for one in told(stage.folder, NoticeKind.CLIP)] == [
        "Mara_best bit",
        "Mara_clip",
    ]


async def test_a_clip_that_cannot_be_made_is_told_as_failed(stage: Stage):
    await stage.hit(100.0)
    stage.clipper.fault = Missing("CLIP_GONE")
    await stage.work_off()
    (clip,) = told(stage.folder, NoticeKind.CLIP)
    assert (clip.says.failed, clip.says.why, clip.says.path) == ("CLIP_GONE", "go", "")
    assert rows(stage.folder, "select 1 from clip") == []


async def test_a_full_disk_is_left_to_the_next_try(stage: Stage):
    await stage.hit(100.0)
    stage.clipper.fault = Transient("DISK")
    with pytest.raises(Transient):
        await stage.work_off()
    assert told(stage.folder, NoticeKind.CLIP) == []


async def test_a_clip_made_again_after_a_crash_is_still_one_clip(stage: Stage):
    await stage.hit(100.0)
    async with stage.storage.work() as work:
        (job,) = await work.jobs.claim("w", ["clip"], at(1e4), at(60) - at(0), 10)
    await stage.finish(job)
    await stage.finish(job)
    assert len(rows(stage.folder, "select 1 from clip")) == len(told(stage.folder, NoticeKind.CLIP)) == 1
    assert len(list((stage.folder / "clips").iterdir())) == 1


async def test_two_clips_of_one_moment_have_two_names(stage: Stage):
    await stage.clock.advance(30.1)
    for who in ("Mara", "mara", "Mara?"):
        await stage.clipping.ask(stage.scene.live, HERE, 20, "x", who)
    for seconds in (25, 30):  # the same name
        await stage.clipping.ask(stage.scene.live, HERE, seconds, "x", "Mara")
    await stage.work_off()
    names = [one.says.shown for one in told(stage.folder, NoticeKind.CLIP)]
    assert len(names) == len(set(names)) == 5
    assert sum(name.endswith(("_2.mp4", "_3.mp4")) for name in names) == 2


async def test_a_place_that_does_not_follow_any_more_keeps_the_clip_without_a_post(stage: Stage):
    await stage.hit(100.0)
    async with stage.storage.work() as work:
        await work.follows.remove(HERE, stage.scene.account.id)
    await stage.work_off()
    assert told(stage.folder, NoticeKind.CLIP) == []
    assert len(rows(stage.folder, "select 1 from clip")) == 1
