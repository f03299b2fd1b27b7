"""Replays of OBS become clips of the right hits in the right places; what OBS does not deliver comes from the own buffer."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.errors import Denied, EarshotError, Invalid, Missing, Transient
from core.model.clip import Source
from core.model.job import Job
from core.model.person import Purpose
from core.ports.replays import Replay
from core.services.clipping import Clipping, serving
from core.services.clipping.replaying import Replaying, done
from core.services.clipping.serving import Mode
from core.services.sparing import Space
from core.services.working import ATTEMPTS
from tests.builders import HERE, THERE, at, followed, placed, rows, scene_of
from tests.core.services.clipping.replaying_stage import Stage, StagedReplays
from tests.doubles import CountedStorage, HandClock, StagedClipper

ELSEWHERE = "telegram:-5"


@pytest.fixture
async def stage(storage: CountedStorage, clock: HandClock, tmp_path: Path) -> Stage:
    await placed(storage, HERE, time_zone="Europe/Paris", set_up=at(-100))
    await placed(storage, THERE, set_up=at(-50))
    for place in (HERE, THERE):
        await followed(storage, "maria", place)
    replays = StagedReplays(clock)
    clipping = Clipping(storage, clock, StagedClipper(), tmp_path / "clips")
    return Stage(
        storage, clock, replays, Replaying(storage, clock, clipping, replays), await scene_of(storage), tmp_path
    )


# ---------------------------------------------------------------- whom it serves


async def test_before_anybody_chose_obs_serves_the_place_that_was_set_up_first(stage: Stage) -> None:
    await stage.hit(100, HERE)
    await stage.hit(100, THERE)
    assert stage.kinds() == ["replay", "clip"]


async def test_a_place_that_is_left_hands_the_screen_on_to_nobody(stage: Stage) -> None:
    async with stage.storage.work() as work:
        assert await serving.unchosen(work)
        await serving.choose_first(work)
        assert not await serving.unchosen(work)
        while not await work.places.forget(HERE):
            pass
        await serving.choose_first(work)
    async with stage.storage.reading() as work:
        assert [await serving.mode_of(work, place) for place in (HERE, THERE)] == [None, None]


async def test_once_a_place_was_chosen_obs_serves_nobody_else(stage: Stage) -> None:
    await stage.connect(THERE)
    await stage.hit(100, HERE)
    await stage.hit(100, THERE)
    assert stage.kinds() == ["clip", "replay"]
    async with stage.storage.reading() as work:
        assert [(place.id, mode) for place, mode in await serving.served(work)] == [(THERE, Mode.OBS)]


@pytest.mark.parametrize(
    ("mode", "kinds"), [(Mode.OBS, ["replay"]), (Mode.OWN, ["clip"]), (Mode.BOTH, ["replay", "clip"])]
)
async def test_clips_come_from_where_the_place_wants_them(mode: Mode, kinds: list[str], stage: Stage) -> None:
    await stage.connect(HERE, mode)
    await stage.hit(100)
    assert stage.kinds() == kinds
    await stage.hit(200, HERE, "go", "juno", Source.OBS)
    assert stage.kinds() == [*kinds, "replay"], "then=replay asks OBS whatever the place wants"


async def test_no_other_place_gets_the_screen_of_who_runs_earshot(stage: Stage) -> None:
    """A trigger of theirs with then=replay."""
    await stage.hit(100, THERE, "go", "juno", Source.OBS)
    await stage.work_off()
    assert stage.replays.saves == 0
    await stage.work_off("clip")
    (post,) = stage.posts()
    assert (post.source, post.instead) == (Source.OWN, "OBS_UNSERVED")


async def test_without_an_obs_everything_comes_from_the_own_buffer(stage: Stage) -> None:
    stage.replaying.replays = None
    await stage.hit(100)
    await stage.hit(200, HERE, "go", "juno", Source.OBS)
    assert stage.kinds() == ["clip", "replay"]
    await stage.work_off()
    await stage.work_off("clip")
    assert [post.instead for post in stage.posts()] == ["", "OBS_UNSET"]


async def test_what_a_place_chose_moves_with_it_and_goes_with_it(stage: Stage) -> None:
    await stage.connect(THERE, Mode.BOTH)
    async with stage.storage.work() as work:
        await work.places.move(THERE, ELSEWHERE)
    async with stage.storage.work() as work:
        assert await serving.mode_of(work, ELSEWHERE) is Mode.BOTH
        while not await work.places.forget(ELSEWHERE):
            pass
    async with stage.storage.work() as work:
        assert await serving.mode_of(work, ELSEWHERE) is None
        assert ELSEWHERE not in str(rows(stage.folder, "select name, value from memo"))


# ---------------------------------------------------------------- a clip of a hit


async def test_a_hit_is_saved_at_once_and_posted_with_its_name(stage: Stage) -> None:
    await stage.hit(100, word="go: ../now", by="ju/no")
    (job,) = await stage.claim()
    assert job.due == stage.clock.now()
    await stage.finish(job)
    (post,) = stage.posts()
    assert post.shown == "ju_no_go_ .._now_2026-11-20_09-01-40_PM.mp4"  # 20:01:40 UTC
    assert (post.source, post.instead, post.failed, post.seconds, post.start) == (Source.OBS, "", "", 30.0, 70.0)
    (clip,) = rows(stage.folder, "select * from clip")
    assert (clip["source"], clip["start"], Path(clip["path"]).read_bytes()) == ("obs", 70.0, b"clip")


async def test_hits_that_wait_for_one_replay_share_its_clip_each_place_its_own(stage: Stage) -> None:
    await stage.connect(HERE)
    await stage.connect(THERE)
    for n in range(5):
        await stage.hit(100 + n / 10, HERE, f"word{n}")
        await stage.hit(100 + n / 10, THERE, f"word{n}")
    await stage.work_off()
    assert stage.replays.saves == 1
    assert sorted(row["place"] for row in rows(stage.folder, "select place from clip")) == [HERE, THERE]
    assert len(stage.posts()) == len(stage.replays.fetches) == 2


async def test_of_fifty_hits_in_ten_seconds_each_is_in_the_clip_it_is_part_of(stage: Stage) -> None:
    for n in range(50):
        await stage.hit(100 + n / 5, HERE, f"word{n}", f"chatter{n}")
        if n % 5 == 4:
            await stage.work_off()
    clips = rows(stage.folder, "select * from clip")
    assert len(clips) == stage.replays.saves == 10
    firsts = [clip["shown"].split("_")[0] for clip in clips]
    assert firsts == [f"chatter{n}" for n in range(0, 50, 5)]
    for n in range(50):
        clip, second = clips[n // 5], 100 + n / 5
        assert clip["start"] <= second <= clip["start"] + clip["seconds"] + 1e-6


async def test_a_hit_that_the_replay_does_not_show_any_more_is_cut_from_the_own_buffer(stage: Stage) -> None:
    """Speech is heard late, or Earshot was down."""
    await stage.hit(100)
    stage.clock.at = at(145)
    await stage.work_off()
    assert stage.posts() == []
    await stage.work_off("clip")
    (post,) = stage.posts()
    assert (post.source, post.instead) == (Source.OWN, "OBS_SHORT")
    assert stage.replays.fetches == [("Replay 1.mkv", 60.0, 45.0)]


async def test_a_person_gets_as_many_seconds_as_they_asked_for(stage: Stage) -> None:
    stage.clock.at = at(300)
    await stage.clipping.ask(stage.scene.live, HERE, 20, "best bit", "Mara")
    await stage.hit(300)
    await stage.work_off()
    assert sorted(longest for _, longest, _ in stage.replays.fetches) == [20.0, 60.0]
    assert sorted(post.shown.split("_")[0] for post in stage.posts()) == ["Mara", "juno"]
    assert stage.replays.saves == 1


# ---------------------------------------------------------------- what fails


@pytest.mark.parametrize(
    "fault",
    [Transient("OBS_OFF", x="h:1"), Denied("OBS_PASSWORD"), Missing("OBS_BUFFER"), Transient("OBS_SILENT", x="h:1")],
)
async def test_an_obs_that_saves_nothing_leaves_the_clip_to_the_own_buffer_and_the_post_says_why(
    fault: EarshotError, stage: Stage
) -> None:
    stage.replays.faults["save"] = fault
    await stage.hit(100)
    await stage.hit(105, word="other")
    await stage.work_off()
    due = [row["due"] for row in rows(stage.folder, "select due from job where kind = 'clip'")]
    assert len(due) == 1, "hits in one window share it"
    assert datetime.fromisoformat(str(due[0])).replace(tzinfo=UTC) in (at(110), at(115))
    await stage.work_off("clip")
    (post,) = stage.posts()
    assert (post.source, post.instead, post.failed) == (Source.OWN, fault.code, "")


async def test_where_both_are_made_one_of_them_is_enough(stage: Stage) -> None:
    await stage.connect(HERE, Mode.BOTH)
    stage.replays.faults["save"] = Transient("OBS_OFF", x="h:1")
    await stage.hit(100)
    await stage.work_off("replay", "clip")
    assert [(post.source, post.instead) for post in stage.posts()] == [(Source.OWN, "")]


async def test_a_person_s_wish_falls_back_too(stage: Stage) -> None:
    stage.clock.at = at(300)
    stage.replays.faults["save"] = Transient("OBS_OFF", x="h:1")
    await stage.clipping.ask(stage.scene.live, HERE, 20, "", "Mara")
    await stage.work_off()
    await stage.work_off("clip")
    (post,) = stage.posts()
    assert (post.instead, post.start) == ("OBS_OFF", 280.0)


@pytest.mark.parametrize(
    "fault",
    [
        Missing("OBS_ELSEWHERE", name="x"),
        Missing("OBS_GONE", name="x"),
        Missing("OBS_LOCKED", name="x"),
        Invalid("OBS_UNREADABLE", name="x"),
    ],
)
async def test_a_replay_that_cannot_be_shown_here_is_named_once(fault: EarshotError, stage: Stage) -> None:
    stage.replays.faults["fetch"] = fault
    for n in range(3):
        await stage.hit(100 + n, word=f"word{n}")
    await stage.work_off()
    (post,) = stage.posts()
    assert (post.failed, post.shown, post.source, post.path) == (fault.code, "Replay 1.mkv", Source.OBS, "")
    assert rows(stage.folder, "select 1 from clip") == []


async def test_a_full_disk_is_tried_again_with_the_same_replay_and_told_at_last(stage: Stage) -> None:
    stage.replays.faults["fetch"] = Transient("DISK", x="clips")
    await stage.hit(100)
    (job,) = await stage.claim()
    with pytest.raises(Transient):
        await stage.finish(job)
    stage.clock.at = at(500)
    del stage.replays.faults["fetch"]
    await stage.finish(job)
    assert (stage.replays.saves, [post.failed for post in stage.posts()]) == (1, [""])


async def test_a_disk_that_stays_full_is_told(stage: Stage) -> None:
    stage.replays.faults["fetch"] = Transient("DISK", x="clips")
    await stage.hit(100)
    (job,) = await stage.claim()
    await stage.finish(Job(**{**vars(job), "attempt": ATTEMPTS}))
    assert [(post.failed, post.shown) for post in stage.posts()] == [("DISK", "Replay 1.mkv")]


async def test_a_clip_made_again_after_a_crash_is_still_one_clip(stage: Stage) -> None:
    await stage.hit(100)
    (job,) = await stage.claim()
    await stage.finish(job)
    await stage.finish(job)
    assert len(rows(stage.folder, "select 1 from clip")) == len(stage.posts()) == 1


# ---------------------------------------------------------------- saved by a person in OBS


async def test_a_replay_somebody_saved_in_obs_is_a_clip_of_the_live_that_began_last(stage: Stage) -> None:
    await followed(stage.storage, "karim", HERE)
    later = await scene_of(stage.storage, "karim", "7301", at(50))
    stage.clock.at = at(200)
    await stage.replays.pressed(Replay("/rec/by hand.mkv", at(200)))
    await stage.work_off()
    (post,) = stage.posts()
    assert (post.shown, post.live_id) == ("OBS_replay_2026-11-20_09-03-20_PM.mp4", later.live.id)
    assert post.start == pytest.approx(120.0)
    assert [row["place"] for row in rows(stage.folder, "select place from clip")] == [HERE], "THERE is not served"


async def test_a_replay_while_nothing_is_live_is_left_to_obs(stage: Stage) -> None:
    async with stage.storage.work() as work:
        await work.lives.set_status(stage.scene.live.id, "ended", at(10))  # type: ignore[arg-type]
    await stage.replays.pressed(Replay("/rec/by hand.mkv", at(200)))
    assert await stage.claim() == []


async def test_a_place_for_which_nothing_is_recorded_gets_none(stage: Stage) -> None:
    await placed(stage.storage, HERE, set_up=at(-100), purpose=Purpose.NOTICES)
    await stage.replays.pressed(Replay("/rec/by hand.mkv", at(200)))
    assert await stage.claim() == []


# ---------------------------------------------------------------- steering


async def test_what_is_asked_of_obs_is_done_by_who_is_connected_and_answered(stage: Stage) -> None:
    for do in ("connect", "on", "off"):
        job = await stage.replaying.ask(do, HERE)
        await stage.work_off()
        async with stage.storage.reading() as work:
            ended = await work.jobs.get(job.id)
        assert ended is not None
        assert done(ended) == stage.replays.state
    async with stage.storage.reading() as work:
        assert not await serving.wanted(work)
    stage.replays.faults["connect"] = Transient("OBS_OFF", x="127.0.0.1:4455")
    job = await stage.replaying.ask("connect", HERE)
    await stage.work_off()
    async with stage.storage.reading() as work:
        ended = await work.jobs.get(job.id)
    assert ended is not None
    assert done(ended) == ("OBS_OFF", {"x": "127.0.0.1:4455"})


async def test_a_buffer_that_was_turned_off_stays_off(stage: Stage) -> None:
    await stage.replaying.ask("off", HERE)
    running = asyncio.create_task(stage.replaying.run())
    await stage.clock.settled()
    assert not stage.replays.wanted
    await stage.replaying.ask("on", HERE)
    await stage.clock.advance(3)
    assert stage.replays.wanted
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


# ---------------------------------------------------------------- both at once, and only one's own


@pytest.mark.parametrize("what", ["save", "too short"])
async def test_with_both_a_hit_has_one_clip_of_the_own_buffer_whatever_obs_does(stage: Stage, what: str) -> None:
    await stage.connect(HERE, Mode.BOTH)
    if what == "save":
        stage.replays.faults["save"] = Transient("OBS_OFF")
    stage.replays.length = 5.0
    await stage.hit(100)
    stage.clock.at = at(130)
    await stage.work_off()
    await stage.work_off("clip")
    assert [(post.source, post.instead) for post in stage.posts()] == [(Source.OWN, "")]


async def test_with_both_a_trigger_for_obs_alone_is_not_lost_when_obs_does_not_answer(stage: Stage) -> None:
    await stage.connect(HERE, Mode.BOTH)
    stage.replays.faults["save"] = Transient("OBS_OFF")
    await stage.hit(100, HERE, "go", "juno", Source.OBS)
    await stage.work_off()
    await stage.work_off("clip")
    assert [(post.source, post.instead) for post in stage.posts()] == [(Source.OWN, "OBS_OFF")]


async def test_a_replay_somebody_saves_stays_in_obs_where_clips_are_one_s_own_or_the_disk_is_full(stage: Stage) -> None:
    async def short() -> Space:
        return Space(1, 100)

    pressed = Replay("/rec/Replay.mkv", at(100))
    await stage.connect(HERE, Mode.OWN)
    await stage.replaying.adopt(pressed)
    await stage.connect(HERE, Mode.OBS)
    stage.clipping.wishing.spare = short
    await stage.replaying.adopt(pressed)
    assert stage.kinds() == []
