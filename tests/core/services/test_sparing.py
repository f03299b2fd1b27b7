"""While the disk is nearly full clips stop first and say so; everything else goes on, and they go on by themselves."""

import errno
import os
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.errors import Bug, Denied, EarshotError, Transient
from core.model.feed import OFF, Event, Feed
from core.model.job import JobState
from core.model.notice import NoticeKind
from core.model.person import Place
from core.model.tellable.house import ClipsStopped
from core.services.clipping import Clipping
from core.services.sparing import Space, Sparing, make, space_of
from core.services.triggering import Triggering
from core.services.working import ATTEMPTS, Working
from tests.builders import HERE, THERE, armed, chat, rows, told
from tests.core.services.clipping.test_clipping import Stage, stage
from tests.core.services.conftest import Running
from tests.doubles import HandClock
from tests.waiting import until

__all__ = ["stage"]
GB = 1_000_000_000
FULL, ROOMY = Space(GB, 10 * GB), Space(9 * GB, 10 * GB)


@dataclass
class Disk:
    """A disk a test fills."""

    space: Space | OSError = FULL
    asked: int = 0

    def __call__(self, folder: Path) -> Space:
        self.asked += 1
        if isinstance(self.space, OSError):
            raise self.space
        return self.space


@pytest.fixture
def disk(stage: Stage) -> Disk:
    """The disk that the clips of the stage go to."""
    disk = Disk()
    spare = Sparing(stage.clock, stage.folder, disk).short
    stage.clipping = Clipping(stage.storage, stage.clock, stage.clipper, stage.folder / "clips", spare)
    return disk


def stops(stage: Stage) -> list[tuple[str, ClipsStopped]]:
    return [(one.notice.address, one.says) for one in told(stage.folder, NoticeKind.CLIPS_STOPPED)]


# ---------------------------------------------------------------- how much is enough


@pytest.mark.parametrize(
    ("free", "total", "short"),
    [
        (2 * GB, 10 * GB, False),
        (2 * GB - 1, 10 * GB, True),
        (50 * GB, 1000 * GB, False),
        (50 * GB - 1, 1000 * GB, True),
    ],
)
def test_two_gigabytes_and_a_twentieth_should_be_free(free: int, total: int, short: bool) -> None:
    assert Space(free, total).short is short


async def test_a_measurement_holds_for_a_moment(clock: HandClock, tmp_path: Path):
    disk = Disk()
    sparing = Sparing(clock, tmp_path, disk)
    assert [await sparing.short() for _ in range(5)] == [FULL] * 5
    assert disk.asked == 1
    disk.space = ROOMY
    await clock.advance(5)
    assert await sparing.short() is None


async def test_what_cannot_be_measured_stops_nothing(clock: HandClock, tmp_path: Path):
    assert await Sparing(clock, tmp_path, Disk(OSError(errno.EIO, "no"))).short() is None


def test_a_folder_that_is_not_there_yet_has_the_disk_it_will_be_on(tmp_path: Path) -> None:
    assert space_of(tmp_path / "data" / "clips").total == space_of(tmp_path).total > 0


# ---------------------------------------------------------------- hits


async def test_a_hit_gets_its_post_and_no_clip_and_the_place_is_told_once_an_hour(stage: Stage, disk: Disk):
    triggering = Triggering(stage.storage, stage.clock, stage.clipping)
    for place in (HERE, THERE):
        await armed(stage.storage, "go", place, cooldown=timedelta(0))
    for second in (100.0, 200.0, 3000.0):
        await triggering.chat(stage.scene, chat("go", second))
    assert len(told(stage.folder, NoticeKind.HIT)) == 6
    assert stops(stage) == [(f"{place}:lives", ClipsStopped(GB, 2 * GB)) for place in (HERE, THERE)]
    assert stage.wishes() == []
    await stage.clock.advance(3600)
    await triggering.chat(stage.scene, chat("go", 3700.0))
    assert len(stops(stage)) == 4


async def test_it_is_told_where_clips_go_and_nowhere_when_nobody_wants_them_told(stage: Stage, disk: Disk):
    async with stage.storage.work() as work:
        await work.feeds.put(Feed(HERE, Event.CLIP, f"{HERE}:clips"))
        await work.feeds.put(Feed(THERE, Event.CLIP, OFF))
    for place in (HERE, THERE):
        await stage.hit(100.0, place)
    assert [address for address, _ in stops(stage)] == [f"{HERE}:clips"]


async def test_with_room_again_clips_go_on_by_themselves(stage: Stage, disk: Disk):
    await stage.hit(100.0)
    disk.space = ROOMY
    await stage.clock.advance(5)
    await stage.hit(200.0)
    assert stage.wishes() == [(HERE, 170.0, 210.0)]
    assert len(stops(stage)) == 1


async def test_a_clip_that_was_wished_for_before_is_still_made(stage: Stage, disk: Disk):
    disk.space = ROOMY
    await stage.hit(100.0)
    disk.space = FULL
    await stage.clock.advance(5)
    await stage.work_off()
    assert [one.says.failed for one in told(stage.folder, NoticeKind.CLIP)] == [""]


async def test_who_asks_for_a_clip_is_told_at_once(stage: Stage, disk: Disk):
    with pytest.raises(Denied) as refused:
        await stage.clipping.ask(stage.scene.live, HERE, 20, "", "Mara")
    assert (refused.value.code, refused.value.values) == ("DISK_LOW", {"x": GB, "y": 2 * GB})
    assert stage.wishes() == []


async def test_in_quiet_hours_it_is_told_without_a_sound(stage: Stage, disk: Disk):
    now = stage.clock.now().time()
    async with stage.storage.work() as work:
        known = await work.places.get(HERE)
        assert known is not None
        await work.places.put(
            replace(known, time_zone="UTC", quiet_from=now, quiet_until=(stage.clock.now() + timedelta(hours=1)).time())
        )
    await stage.hit(100.0)
    (one,) = told(stage.folder, NoticeKind.CLIPS_STOPPED)
    assert one.notice.silent


# ---------------------------------------------------------------- a disk that fills up while a clip is cut


async def worked(stage: Stage, running: Running) -> None:
    """Until its only job is over, good or bad."""
    clipping = stage.clipping
    working = Working(stage.storage, stage.clock, {"clip": clipping.save}, "w", failing={"clip": clipping.failed})
    async with running(working.run()):

        async def over() -> bool:
            await stage.clock.advance(20)
            return rows(stage.folder, "select state from job")[0]["state"] in (JobState.DEAD, JobState.DONE)

        await until(over)


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Transient("DISK"), "DISK"),
        (Transient("DISK_ERROR"), "DISK_ERROR"),
        (Denied("DISK_CLOSED"), "DISK_CLOSED"),
        (Bug("BUG"), "BUG"),
    ],
)
async def test_a_clip_that_cannot_be_written_tells_why_once(
    stage: Stage, running: Running, fault: EarshotError, code: str
):
    await stage.hit(0.0)
    stage.clipper.fault = fault
    await worked(stage, running)
    assert [one.says.failed for one in told(stage.folder, NoticeKind.CLIP)] == [code]
    attempts = rows(stage.folder, "select attempt from job")[0]["attempt"]
    assert attempts == (ATTEMPTS if isinstance(fault, Transient) else 1)


async def test_a_disk_that_has_room_again_at_the_second_try_gives_the_clip(stage: Stage, running: Running):
    await stage.hit(0.0)
    stage.clipper.fault = Transient("DISK")
    tried = stage.clipper.save

    async def save(*given):  # type: ignore[no-untyped-def]
        try:
            return await tried(*given)
        finally:
            stage.clipper.fault = None

    stage.clipper.save = save  # type: ignore[method-assign]
    await worked(stage, running)
    assert [one.says.failed for one in told(stage.folder, NoticeKind.CLIP)] == [""]


async def test_a_folder_that_cannot_be_made_is_told(stage: Stage, running: Running):
    (stage.folder / "clips").write_text("a file stands where the folder should")
    await stage.hit(0.0)
    await worked(stage, running)
    assert [one.says.failed for one in told(stage.folder, NoticeKind.CLIP)] == ["DISK_CLOSED"]


@pytest.mark.parametrize(
    ("number", "fault"), [(errno.ENOSPC, Transient), (errno.EACCES, Denied), (errno.EROFS, Denied)]
)
def test_why_a_folder_cannot_be_made_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, fault: type[EarshotError]
) -> None:
    def refused(*given: object, **more: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "mkdir", refused)
    with pytest.raises(fault):
        make(tmp_path / "clips")


async def test_a_failed_clip_of_a_place_that_is_gone_is_told_nobody(stage: Stage, running: Running):
    await stage.hit(0.0)
    async with stage.storage.work() as work:
        (job,) = await work.jobs.of_place(HERE, "clip", limit=1)
    gone = replace(job, payload={**job.payload, "place": Place("console:gone", "").id})
    async with stage.storage.work() as work:
        await stage.clipping.failed(work, gone, Transient("DISK"), None)
    assert told(stage.folder, NoticeKind.CLIP) == []
