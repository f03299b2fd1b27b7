"""What is left over is let go: every night, when somebody asks, and in small steps that may be cut off anywhere."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.errors import Transient
from core.model.account import Handle
from core.model.clip import Cut
from core.model.job import Job, JobState
from core.model.notice import DeliveryState, Notice, NoticeKind
from core.model.person import Place
from core.model.video import Video
from core.ports.store import Work
from core.services.sweeping import Swept
from core.services.tidying import KIND, Tidied, Tidying
from core.services.working import Working
from tests.builders import HERE, followed, judged, outbox, rows, scene_of
from tests.core.services.conftest import Running
from tests.doubles import BEGAN, CountedStorage, HandClock
from tests.waiting import until

PARIS = ZoneInfo("Europe/Paris")
HOUR, DAY = 3600.0, 24 * 3600.0


@dataclass
class StagedMedia:
    """Who keeps files while they are worked at."""

    left: Swept = field(default_factory=Swept)

    def sweep(self) -> Swept:
        swept, self.left = self.left, Swept()
        return swept


@dataclass
class Desk:
    """Tidying on real files and a real database."""

    storage: CountedStorage
    clock: HandClock
    folder: Path
    media: StagedMedia = field(default_factory=StagedMedia)

    def __post_init__(self) -> None:
        self.service = Tidying(self.storage, self.clock, PARIS, self.folder, self.media)

    async def tidy(self) -> Tidied:
        """Do it now, as a worker does."""
        job = await self.claimed()
        effect = await self.service.tidy(job)
        async with self.storage.work() as work:
            assert await work.jobs.finish(job, self.clock.now())
            await effect(work)
            done = await work.jobs.get(job.id)
        assert done is not None
        return Tidied.read(done.progress)

    async def claimed(self) -> Job:
        await self.service.ask()
        async with self.storage.work() as work:
            (job,) = await work.jobs.claim("w", [KIND], self.clock.now(), timedelta(0), 1)
        return job

    def file(self, name: str, days: float = 2.0, size: int = 10) -> Path:
        """A file of the data folder nobody has changed for so long."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * size)
        at = self.clock.now().timestamp() - days * DAY
        os.utime(path, (at, at))
        return path

    def files(self, folder: str) -> list[str]:
        return sorted(path.name for path in (self.folder / folder).iterdir())

    async def clip(self, number: int) -> Path:
        """A clip that is stored, two days old."""
        path = self.file(f"clips/{number}.mp4")
        scene = await scene_of(self.storage)
        async with self.storage.work() as work:
            cut = Cut(path, 0, 1, 10, 1, 1)
            await work.clips.add(scene.live.id, HERE, path.name, cut, BEGAN, "", f"job:{number}")
        return path

    async def jobs(self) -> list[Job]:
        async with self.storage.reading() as work:
            return [job for state in JobState for job in await work.jobs.in_state(state, 50) if job.kind == KIND]


@pytest.fixture
async def desk(storage: CountedStorage, clock: HandClock, tmp_path: Path) -> Desk:
    await followed(storage)
    return Desk(storage, clock, tmp_path)


async def old_posts(desk: Desk, count: int, **more: Any) -> None:
    """Posts that were sent a hundred days ago."""
    at = BEGAN - timedelta(days=100)
    for number in range(count):
        async with desk.storage.work() as work:
            key = f"old{number}"
            await work.outbox.put(Notice(NoticeKind.SAID, key, HERE, "discord:901", key, **more), at)
            (delivery,) = await work.outbox.claim("c", ["discord"], at, timedelta(minutes=1), 1)
            await work.outbox.settle(delivery, DeliveryState.SENT, at, external="7")


# ---------------------------------------------------------------- files


async def test_copies_of_clips_go_after_a_day_and_with_their_clip(desk: Desk):
    await desk.clip(7)
    desk.file("clips/7.fit-10000000.mp4", days=1.1)
    for part in (1, 2):
        desk.file(f"clips/7.fit-8000000-{part}of2.mp4", days=0.9)
        desk.file(f"clips/8.fit-8000000-{part}of2.mp4", days=0.0, size=5)
    done = await desk.tidy()
    assert desk.files("clips") == ["7.fit-8000000-1of2.mp4", "7.fit-8000000-2of2.mp4", "7.mp4"]
    assert (done.files, done.size) == (3, 20)


async def test_clips_that_are_nobodys_go_and_nothing_else_that_lies_there(desk: Desk):
    await desk.clip(7)
    async with desk.storage.work() as work:
        waiting = await work.jobs.add("clip", "clip:1", {}, BEGAN)
    ours = ["8.mp4", ".9.mp4.0badcafe.part"]
    theirs = ["holiday.mp4", "8.mp4.bak", "notes.txt", "8.fit-x.mp4", f"{waiting.id}.mp4"]
    for name in [*ours, *theirs, "listen/8.mp4"]:
        desk.file(f"clips/{name}")
    desk.file("clips/10.mp4", days=0.5)  # its row may be on its way
    done = await desk.tidy()
    assert desk.files("clips") == sorted([*theirs, "7.mp4", "10.mp4", "listen"])
    assert desk.files("clips/listen") == ["8.mp4"]
    assert done.files == 2


async def test_plots_and_pictures_go_with_what_they_show(desk: Desk):
    scene = await scene_of(desk.storage)
    async with desk.storage.work() as work:
        picture = Path("data/pictures/7400.webp")
        await work.videos.ensure(Video(0, "7400", Handle("chef"), "Chef", "", "", 1.0, thumbnail=picture))
    for name in (f"{scene.live.id}-console-here.png", "99-console-here.png", "99-of-mine.txt"):
        desk.file(f"plots/{name}")
    desk.file("plots/98-console-here.png", days=0.5)
    for name in ("7400.webp", "7401.jpg", "cat.jpg", "covers/7402.jpg"):
        desk.file(f"pictures/{name}", days=9)
    done = await desk.tidy()
    assert desk.files("plots") == sorted([f"{scene.live.id}-console-here.png", "98-console-here.png", "99-of-mine.txt"])
    assert desk.files("pictures") == ["7400.webp", "cat.jpg", "covers"]
    assert desk.files("pictures/covers") == ["7402.jpg"]
    assert done.files == 2


async def test_media_of_videos_is_swept_too(desk: Desk):
    desk.media.left = Swept(3, 3000)
    assert (await desk.tidy()).size == 3000
    assert (await desk.tidy()).files == 0


async def test_nothing_outside_the_data_folder_is_touched(desk: Desk, tmp_path_factory: pytest.TempPathFactory):
    outside = Desk(desk.storage, desk.clock, tmp_path_factory.mktemp("outside"))
    kept = [outside.file(name) for name in ("1.mp4", "1.fit-5.mp4", "99-x.png", "7.jpg")]
    for name in ("clips", "plots"):
        (desk.folder / name).symlink_to(outside.folder)
    (desk.folder / "pictures").mkdir()
    (desk.folder / "pictures" / "7.jpg").symlink_to(kept[-1])
    assert (await desk.tidy()).files == 0
    assert all(path.exists() for path in kept)


async def test_a_new_data_folder_is_tidy(desk: Desk):
    done = await desk.tidy()
    assert (done.files, done.rows, done.given_up, done.done) == (0, 0, 0, done.of)


# ---------------------------------------------------------------- rows


async def test_posts_and_notes_long_past_are_forgotten(desk: Desk, tmp_path: Path):
    await old_posts(desk, 3)
    async with desk.storage.work() as work:
        await work.memos.put("said:a", "text", BEGAN - timedelta(days=1))
        await work.topics.put("discord:901", "live:99", "7")
    done = await desk.tidy()
    assert (done.rows, outbox(tmp_path)) == (5, [])
    assert rows(tmp_path, "select * from topic") == []


async def test_what_waits_for_a_channel_closed_for_a_month_is_given_up_and_its_alert_still_waits(
    desk: Desk, tmp_path: Path
):
    scene = await scene_of(desk.storage)
    async with desk.storage.work() as work:
        number = await work.alerts.assessed(scene.live.id, judged(), BEGAN)
        alert = await work.alerts.raise_(HERE, scene.live.id, number, BEGAN)
        await work.outbox.put(Notice(NoticeKind.RISK, "risk", HERE, "discord:901", f"risk:{alert.id}"), BEGAN)
        await work.outbox.close("discord:901", HERE, "NO_POST", BEGAN - timedelta(days=31), BEGAN)
    done = await desk.tidy()
    assert (done.given_up, done.rows) == (1, 0)
    async with desk.storage.reading() as work:
        assert await work.alerts.waiting(HERE) == [alert]
    (one,) = outbox(tmp_path)
    assert (one.state, one.reason) == ("dead", "SHUT_OUT")


async def test_what_belongs_to_a_live_that_runs_stays(desk: Desk, tmp_path: Path):
    scene = await scene_of(desk.storage)
    await old_posts(desk, 2, facts={"live_id": scene.live.id})
    assert (await desk.tidy()).rows == 0
    assert len(outbox(tmp_path)) == 2


# ---------------------------------------------------------------- small steps, cut off anywhere


@dataclass
class Brittle(CountedStorage):
    """Breaks after some write transactions, as a killed process would."""

    left: int = 1_000_000

    @asynccontextmanager
    async def work(self) -> AsyncIterator[Work]:  # type: ignore[override]
        self.left -= 1
        if self.left < 0:
            raise Transient("STORE_BUSY")
        async with self._counted(self.database.work()) as work:
            yield work


@pytest.mark.parametrize("after", range(9))
async def test_cut_off_anywhere_the_next_time_ends_as_if_nothing_had_been(desk: Desk, tmp_path: Path, after: int):
    await desk.clip(7)
    await old_posts(desk, 5)
    for name in ("clips/7.fit-1.mp4", "clips/8.mp4", "plots/99-x.png"):
        desk.file(name)
    async with desk.storage.work() as work:
        await work.outbox.put(Notice(NoticeKind.SAID, "new", HERE, "discord:901", "new"), BEGAN)
    job = await desk.claimed()
    brittle = Brittle(desk.storage.database, left=after)
    with pytest.raises(Transient):
        await Tidying(brittle, desk.clock, PARIS, tmp_path, desk.media).tidy(job)
    assert {one.notice.key for one in outbox(tmp_path)} in ({"new"}, {"new", *(f"old{n}" for n in range(5))})
    desk.clock.at += timedelta(minutes=5)
    await desk.tidy()
    assert desk.files("clips") == ["7.mp4"]
    assert desk.files("plots") == []
    assert [one.notice.key for one in outbox(tmp_path)] == ["new"]


async def test_who_writes_meanwhile_waits_for_one_small_step_at_most(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("core.services.tidying.AT_ONCE", 2)
    await old_posts(desk, 10)
    tidying = asyncio.create_task(desk.tidy())
    written = []
    while not tidying.done():
        async with desk.storage.work() as work:
            await work.places.put(Place(f"discord:{len(written)}", "x"))
        written.append(len(outbox(desk.folder)))
    assert (await tidying).rows == 10
    assert len(set(written)) >= 4  # other writes came in between


# ---------------------------------------------------------------- when


async def test_every_night_at_half_past_four_of_the_installations_clock(desk: Desk, running: Running):
    async with running(desk.service.run()):  # 21:00 in Paris: the first day is dealt with
        await desk.clock.advance(60)
        await desk.clock.advance(7.4 * HOUR)
        assert await desk.jobs() == []
        await desk.clock.advance(0.2 * HOUR)
        assert [job.state for job in await desk.jobs()] == [JobState.WAITING]
        await desk.clock.advance(HOUR)
        assert len(await desk.jobs()) == 1


async def test_a_night_that_was_missed_is_made_up_for_once(desk: Desk, running: Running):
    async with running(desk.service.run()):
        await desk.clock.advance(60)
    desk.clock.at += timedelta(days=3)
    async with running(desk.service.run()):
        await desk.clock.advance(59)
        assert await desk.jobs() == []  # a start has other things to do
        await desk.clock.advance(1)
        await desk.clock.advance(60)
    assert len(await desk.jobs()) == 1


async def test_two_processes_ask_for_one(desk: Desk):
    other = Desk(desk.storage, desk.clock, desk.folder)
    await desk.service.round()
    desk.clock.at += timedelta(days=1)
    await asyncio.gather(desk.service.round(), other.service.round())
    assert len(await desk.jobs()) == 1


async def test_asked_for_twice_it_is_done_once(desk: Desk):
    assert await desk.service.ask() == await desk.service.ask()


async def test_a_busy_database_is_no_end_of_it(desk: Desk, running: Running):
    await desk.service.round()
    desk.clock.at += timedelta(days=1)
    desk.storage.busy = 1
    async with running(desk.service.run()):
        await desk.clock.advance(60)
        await desk.clock.advance(60)
    assert len(await desk.jobs()) == 1


async def test_how_far_it_is_can_be_read_meanwhile(desk: Desk, running: Running, tmp_path: Path):
    seen: list[Tidied] = []

    class Watched:
        def sweep(self) -> Swept:
            (job,) = rows(tmp_path, "select progress from job")
            seen.append(Tidied.read(json.loads(job["progress"])))
            return Swept()

    desk.file("clips/8.mp4")
    service = Tidying(desk.storage, desk.clock, PARIS, tmp_path, Watched())
    await service.ask()
    async with running(Working(desk.storage, desk.clock, {KIND: service.tidy}, "w").run()):

        async def done() -> bool:
            await desk.clock.advance(1)
            return (await desk.jobs())[0].state is JobState.DONE

        await until(done)
    assert [(one.files, one.done) for one in seen] == [(1, 9)]
    assert Tidied.read((await desk.jobs())[0].progress).done == seen[0].of > 6
