"""A place Earshot was sent away from: nothing is looked at for it, a week it can come back, then nothing speaks of it."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.model.clip import Cut
from core.model.person import Platform
from core.services.delivering import Delivering
from core.services.leaving import Leaving
from tests.builders import armed, followed, placed, rows, scene_of
from tests.core.services.conftest import Running
from tests.doubles import BEGAN, CountedStorage, HandClock, StagedMessenger
from tests.storage.filling import fill, speaking_of
from tests.waiting import PATIENCE, until

GROUP, OTHER = "telegram:-100", "telegram:-200"
DAY = 24 * 3600.0


@dataclass
class Desk:
    """A courier, and who is told that Earshot was sent away."""

    storage: CountedStorage
    clock: HandClock
    folder: Path
    telegram: StagedMessenger = field(default_factory=StagedMessenger)

    def __post_init__(self) -> None:
        self.delivering = Delivering(self.storage, self.clock, {Platform.TELEGRAM: self.telegram}, "courier")
        plot = self.folder / "1-telegram--100.png"
        plot.write_bytes(b"plot")
        (self.folder / "taught-telegram--100" / "1").mkdir(parents=True)
        self.leaving = Leaving(
            self.storage,
            self.clock,
            self.delivering.reopened_place,
            lambda place: self.folder.glob(f"*-{place.replace(':', '-')}*"),
        )


@pytest.fixture
def desk(storage: CountedStorage, clock: HandClock, tmp_path: Path) -> Desk:
    return Desk(storage, clock, tmp_path)


async def revision(desk: Desk) -> int:
    async with desk.storage.reading() as work:
        return await work.revisions.of("follows")


async def test_follows_of_a_place_that_was_left_are_not_in_force(desk: Desk):
    mine, theirs = await followed(desk.storage, "maria", GROUP), await followed(desk.storage, "maria", OTHER)
    alone = await followed(desk.storage, "amina", GROUP)
    await armed(desk.storage, "giveaway", GROUP)
    before = await revision(desk)
    await desk.leaving.left(GROUP)
    assert await revision(desk) > before
    async with desk.storage.reading() as work:
        assert await work.follows.of_account(mine.account_id) == [theirs]
        assert await work.follows.all() == [theirs]
        assert [account.handle for account in await work.follows.followed()] == ["maria"]
        assert await work.follows.of_place(GROUP) == [alone, mine]
        assert await work.triggers.of_account(mine.account_id) == []


async def test_a_place_that_is_back_within_a_week_goes_on_as_it_was(desk: Desk, running: Running):
    follow = await followed(desk.storage, "maria", GROUP)
    async with desk.storage.work() as work:
        await work.outbox.close(GROUP, GROUP, "NO_POST", BEGAN, BEGAN + timedelta(days=90))
    await desk.leaving.left(GROUP)
    before = await revision(desk)
    async with running(desk.leaving.run()):
        await desk.clock.advance(6 * DAY)
        assert await desk.leaving.back(GROUP)
        await desk.clock.advance(6 * DAY)
    async with desk.storage.reading() as work:
        assert await work.follows.all() == [follow]
        (closed,) = await work.outbox.closed_of(GROUP)
        assert closed.probe <= desk.clock.now()
        place = await work.places.get(GROUP)
    assert place is not None
    assert place.left is None
    assert await revision(desk) > before


async def test_being_sent_away_twice_counts_from_the_first_time(desk: Desk):
    await placed(desk.storage, GROUP)
    await desk.leaving.left(GROUP)
    await desk.clock.advance(5 * DAY)
    await desk.leaving.left(GROUP)
    await desk.clock.advance(2 * DAY + 1)
    assert await desk.leaving.purge() == 1


async def test_what_is_not_known_can_neither_be_left_nor_come_back(desk: Desk):
    await desk.leaving.left(GROUP)
    assert not await desk.leaving.back(GROUP)


async def test_after_a_week_nothing_speaks_of_it(desk: Desk, running: Running):
    fill(desk.folder, GROUP, 1)
    fill(desk.folder, OTHER, 2)
    before = speaking_of(desk.folder, OTHER)
    await desk.leaving.left(GROUP)
    async with running(desk.leaving.run()):
        await desk.clock.advance(7 * DAY - 10)
        assert speaking_of(desk.folder, GROUP) != []
        await desk.clock.advance(3600)
        await desk.clock.advance(3600)
        await until(lambda: speaking_of(desk.folder, GROUP) == [])
    assert speaking_of(desk.folder, OTHER) == before


async def test_its_files_and_the_lives_nobody_else_saw_go_with_it(desk: Desk, tmp_path: Path):
    clip, shared_clip = tmp_path / "own.mp4", tmp_path / "shared.mp4"
    for handle, place in (("maria", OTHER), ("maria", GROUP), ("amina", GROUP)):
        await followed(desk.storage, handle, place)
    shared, own = await scene_of(desk.storage, "maria", "1"), await scene_of(desk.storage, "amina", "2")
    async with desk.storage.work() as work:
        for path, live, place in ((clip, own.live, GROUP), (shared_clip, shared.live, OTHER)):
            path.write_bytes(b"clip")
            await work.clips.add(live.id, place, path.name, Cut(path, 0, 1, 4, 1, 1), BEGAN, "", path.name)
    await desk.leaving.left(GROUP)
    await desk.clock.advance(8 * DAY)
    assert await desk.leaving.purge() == 1
    assert (clip.exists(), shared_clip.exists(), list(tmp_path.glob("*.png"))) == (False, True, [])
    assert [row["id"] for row in rows(desk.folder, "select id from live")] == [shared.live.id]
    assert speaking_of(desk.folder, GROUP) == []


async def test_a_place_that_comes_back_while_it_is_forgotten_is_not_forgotten_further(desk: Desk):
    await placed(desk.storage, GROUP)
    await desk.leaving.left(GROUP)
    async with desk.storage.reading() as work:
        place = await work.places.get(GROUP)
    assert place is not None
    await desk.leaving.back(GROUP)
    assert not await desk.leaving._forget(replace(place))
    assert len(rows(desk.folder, "select * from place")) == 1


async def test_a_busy_database_is_no_end_of_forgetting(desk: Desk, running: Running):
    await placed(desk.storage, GROUP)
    await desk.leaving.left(GROUP)
    await desk.clock.advance(8 * DAY)
    desk.storage.busy = 1
    async with running(desk.leaving.run()):
        assert len(rows(desk.folder, "select * from place")) == 1
        async with asyncio.timeout(PATIENCE):
            while rows(desk.folder, "select * from place"):
                await desk.clock.advance(3600)


async def test_a_person_who_blocked_the_bot_is_not_forgotten_and_is_looked_at_no_more(desk: Desk):
    follow = await followed(desk.storage, "maria", "telegram:5")
    await desk.leaving.left("telegram:5")
    await desk.clock.advance(30 * DAY)
    assert await desk.leaving.purge() == 0
    async with desk.storage.reading() as work:
        assert await work.follows.all() == []
    await desk.leaving.back("telegram:5")
    async with desk.storage.reading() as work:
        assert await work.follows.all() == [follow]
