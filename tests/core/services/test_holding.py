"""What quiet hours held back is told once when they are over: in a digest that comes soon after, else in a post of its own."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.model.account import Follow, Handle
from core.model.digest import Every
from core.model.feed import Event, Feed
from core.model.notice import NoticeKind
from core.model.person import Place
from core.model.tellable.house import HeldBack
from core.services.digesting import Digesting
from core.services.holding import hold
from tests.builders import Told, followed, rows, told
from tests.core.services.conftest import Running
from tests.doubles import BEGAN, CountedStorage, HandClock

SERVER = "discord:1"
HOUR = 3600.0
SINCE, UNTIL = datetime(2026, 11, 20, 21, tzinfo=UTC), datetime(2026, 11, 21, 7, tzinfo=UTC)
"""The quiet hours of the place, 22:00 to 08:00 in Paris; everything begins an hour before, the digest comes an hour after."""


@dataclass
class Stage:
    storage: CountedStorage
    clock: HandClock
    folder: Path
    running: Running

    def digesting(self) -> Digesting:
        return Digesting(self.storage, self.clock)

    async def place(self, name: str = SERVER, **more: Any) -> Place:
        given = {"time_zone": "Europe/Paris", "address": f"{name}5", "set_up": BEGAN, **more}
        quiet = {"quiet_from": time(22), "quiet_until": time(8)}
        async with self.storage.work() as work:
            return await work.places.put(Place(name, "The kitchen", **{**quiet, **given}))

    async def follow(self, handle: str = "maria", place: str = SERVER) -> Follow:
        return await followed(self.storage, handle, place)

    async def hold(self, follow: Follow, *events: Event) -> None:
        async with self.storage.work() as work:
            for event in events:
                await hold(work, event, follow, self.clock.now())

    async def until(self, at: datetime) -> None:
        """Let the time come, in steps of half an hour at most."""
        while self.clock.now() < at:
            await self.clock.advance(min(1800.0, (at - self.clock.now()).total_seconds()))

    def posts(self) -> list[Told]:
        return told(self.folder, NoticeKind.HELD)

    def digests(self) -> list[Told]:
        return told(self.folder, NoticeKind.DIGEST)


@pytest.fixture
async def stage(storage: CountedStorage, clock: HandClock, tmp_path: Path, running: Running) -> Stage:
    return Stage(storage, clock, tmp_path, running)


async def test_a_digest_within_two_hours_tells_what_was_held_and_nothing_else_does(stage: Stage):
    await stage.place()
    maria, zoe = await stage.follow(), await stage.follow("zoe")
    async with stage.running(stage.digesting().run()):
        await stage.until(SINCE + timedelta(hours=2))
        await stage.hold(maria, Event.HIT, Event.HIT, Event.CLIP)
        await stage.hold(zoe, Event.VIDEO)
        await stage.until(UNTIL + timedelta(minutes=59))
        assert stage.digests() == []
        await stage.until(UNTIL + timedelta(days=1, hours=2))
    first, second = (one.says for one in stage.digests())
    assert (first.held, first.held_since, first.held_until) == (
        [("maria", 2, 1, 0), ("zoe", 0, 0, 1)], SINCE, UNTIL,
    )  # fmt: skip
    assert second.held == []
    assert stage.posts() == []


@pytest.mark.parametrize(
    ("every", "at"),
    [(Every.OFF, None), (Every.WEEKLY, None), (Every.DAILY, time(10, 1)), (Every.DAILY, time(7, 30))],
    ids=["off", "weekly", "more than two hours later", "before they are over"],
)
async def test_without_a_digest_soon_after_one_post_tells_it_at_the_end_over_restarts_too(
    stage: Stage, every: Every, at: time | None
):
    place = await stage.place()
    maria = await stage.follow()
    await stage.digesting().change(place, every, at, "")
    async with stage.running(stage.digesting().run()):
        await stage.until(SINCE + timedelta(hours=2))
        await stage.hold(maria, Event.HIT)
        await stage.until(UNTIL - timedelta(seconds=40))
        assert stage.posts() == []
    for _ in range(3):
        async with stage.running(stage.digesting().run()):
            await stage.clock.advance(60)
    (one,) = stage.posts()
    assert one.says == HeldBack(SINCE, UNTIL, [("maria", 1, 0, 0)])
    assert (one.notice.place, one.notice.address, one.notice.silent) == (SERVER, "discord:15", False)
    async with stage.running(stage.digesting().run()):
        await stage.until(UNTIL + timedelta(days=8))
    assert [said.says.held for said in stage.digests()] == [[]] * len(stage.digests())
    assert len(stage.posts()) == 1


async def test_a_digest_in_the_middle_of_quiet_hours_comes_without_a_sound(stage: Stage):
    place = await stage.place()
    await stage.follow()
    await stage.digesting().change(place, Every.DAILY, time(23), "")
    async with stage.running(stage.digesting().run()):
        await stage.until(SINCE + timedelta(days=1, hours=2))
    assert [one.notice.silent for one in stage.digests()] == [True]


async def test_it_is_told_without_a_sound_where_digests_are(stage: Stage):
    place = await stage.place(silent=(Event.DIGEST,))
    maria = await stage.follow()
    await stage.digesting().change(place, Every.WEEKLY, None, "")
    async with stage.running(stage.digesting().run()):
        await stage.until(SINCE)
        await stage.hold(maria, Event.CLIP)
        await stage.until(UNTIL + timedelta(days=3))
    assert [one.notice.silent for one in (*stage.posts(), *stage.digests())] == [True, True]


async def test_nights_in_which_nothing_was_held_are_not_spoken_of(stage: Stage):
    place = await stage.place()
    await stage.follow()
    await stage.digesting().change(place, Every.OFF, None, "")
    async with stage.running(stage.digesting().run()):
        await stage.until(UNTIL + timedelta(days=3))
    assert stage.posts() == []


async def test_a_persons_own_place_that_has_no_channel_is_told_where_the_account_posts(stage: Stage):
    await stage.place("telegram:7", address="", set_up=None)
    await stage.follow("zoe", "telegram:7")
    maria = await stage.follow("maria", "telegram:7")
    async with stage.running(stage.digesting().run()):
        await stage.until(SINCE)
        await stage.hold(maria, Event.HIT)
        await stage.until(UNTIL + timedelta(minutes=1))
    assert [one.notice.address for one in stage.posts()] == [maria.address]


async def test_it_goes_where_digests_go(stage: Stage):
    place = await stage.place()
    maria = await stage.follow()
    await stage.digesting().change(place, Every.WEEKLY, None, "discord:77")
    async with stage.running(stage.digesting().run()):
        await stage.until(SINCE)
        await stage.hold(maria, Event.HIT)
        await stage.until(UNTIL + timedelta(minutes=1))
    assert [one.notice.address for one in stage.posts()] == ["discord:77"]


async def test_what_was_held_is_told_also_when_there_are_no_quiet_hours_any_more(stage: Stage):
    place = await stage.place()
    maria = await stage.follow()
    await stage.digesting().change(place, Every.OFF, None, "")
    async with stage.running(stage.digesting().run()):
        await stage.until(SINCE + timedelta(hours=1))
        await stage.hold(maria, Event.HIT)
        await stage.place(quiet_from=None)
        async with stage.storage.work() as work:
            await work.feeds.put(Feed(SERVER, Event.DIGEST, "off"))
        await stage.clock.advance(60)
    assert [one.says.accounts for one in stage.posts()] == [[("maria", 1, 0, 0)]]


async def test_longer_quiet_hours_hold_what_is_held_until_they_are_over(stage: Stage):
    place = await stage.place()
    maria = await stage.follow()
    await stage.digesting().change(place, Every.OFF, None, "")
    async with stage.running(stage.digesting().run()):
        await stage.until(SINCE + timedelta(hours=1))
        await stage.hold(maria, Event.HIT)
        await stage.place(quiet_until=time(10))
        await stage.hold(maria, Event.HIT)
        await stage.until(UNTIL + timedelta(hours=1, minutes=59))
        assert stage.posts() == []
        await stage.until(UNTIL + timedelta(hours=2, minutes=1))
    (one,) = stage.posts()
    assert (one.says.since, one.says.until, one.says.accounts) == (
        SINCE, UNTIL + timedelta(hours=2), [("maria", 2, 0, 0)],
    )  # fmt: skip


async def test_a_clock_that_is_put_back_tells_nothing_twice(stage: Stage):
    place = await stage.place()
    maria = await stage.follow()
    await stage.digesting().change(place, Every.OFF, None, "")
    async with stage.running(stage.digesting().run()):
        await stage.until(SINCE)
        await stage.hold(maria, Event.HIT)
        await stage.until(UNTIL + timedelta(minutes=1))
        stage.clock.at -= timedelta(hours=2)
        await stage.until(UNTIL + timedelta(hours=1))
    assert len(stage.posts()) == 1


async def test_an_account_is_named_as_it_is_called_by_then(stage: Stage):
    await stage.place()
    maria = await stage.follow()
    async with stage.running(stage.digesting().run()):
        await stage.until(SINCE)
        await stage.hold(maria, Event.HIT)
        async with stage.storage.work() as work:
            await work.accounts.rename(maria.account_id, Handle("marie"))
        await stage.until(UNTIL + timedelta(hours=2))
    assert [one.says.held for one in stage.digests()] == [[("marie", 1, 0, 0)]]


async def test_a_place_that_was_left_is_told_nothing_and_one_that_moved_everything(stage: Stage):
    left, moved = await stage.place(), await stage.place("telegram:-100")
    for place in (left, moved):
        await stage.digesting().change(place, Every.OFF, None, "")
    async with stage.running(stage.digesting().run()):
        await stage.until(SINCE)
        for place in (left, moved):
            await stage.hold(await stage.follow("maria", place.id), Event.HIT)
        async with stage.storage.work() as work:
            await work.places.move("telegram:-100", "telegram:-9001")
        await stage.place(left=BEGAN)
        await stage.until(UNTIL + timedelta(minutes=1))
    assert [(one.notice.place, one.says.accounts) for one in stage.posts()] == [
        ("telegram:-9001", [("maria", 1, 0, 0)])
    ]


async def test_a_place_that_is_forgotten_leaves_nothing_held(stage: Stage):
    await stage.place()
    maria = await stage.follow()
    await stage.clock.advance(2 * HOUR)
    await stage.hold(maria, Event.HIT)
    async with stage.storage.work() as work:
        assert await work.places.forget(SERVER)
    assert rows(stage.folder, "select * from memo where name like 'held%'") == []


async def test_asked_for_now_the_digest_shows_what_is_held_so_far(stage: Stage):
    place = await stage.place()
    maria = await stage.follow()
    await stage.clock.advance(2 * HOUR)
    await stage.hold(maria, Event.VIDEO)
    said, _, _ = await stage.digesting().of(place)
    assert said.held == [("maria", 0, 0, 1)]
    again, _, _ = await stage.digesting().of(place)
    assert again.held == said.held, "looking at it tells nobody"
