"""What is kept of accounts between looks, and what becomes of them under a new name."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.errors import Missing
from core.model.account import Account, AccountStatus, Follow, Handle
from core.model.feed import Event, Feed
from core.model.live import Look
from core.model.trigger import Trigger
from core.ports.tiktok import Profile
from storage.database import Database
from tests.storage.conftest import Stage

LATER = timedelta(minutes=5)


async def test_a_failed_look_keeps_the_last_reading_and_says_why(database: Database, stage: Stage):
    async with database.work() as work:
        seen = await work.accounts.saw(stage.account.id, Look(stage.now, False, name="Maria"), AccountStatus.OFFLINE)
        failed = await work.accounts.failed(seen.id, stage.now + LATER, "TIKTOK_DOWN")
        assert failed == replace(
            seen, status=AccountStatus.UNKNOWN, tried_at=stage.now + LATER, why="TIKTOK_DOWN", looked_at=stage.now
        )
        again = await work.accounts.saw(seen.id, Look(stage.now + 2 * LATER, False), AccountStatus.OFFLINE)
        assert (again.why, again.tried_at, again.looked_at) == ("", stage.now + 2 * LATER, stage.now + 2 * LATER)


@pytest.mark.parametrize(
    ("status", "then"),
    [
        (AccountStatus.OFFLINE, AccountStatus.UNKNOWN),
        (AccountStatus.SUSPECTED, AccountStatus.UNKNOWN),
        (AccountStatus.LIVE, AccountStatus.LIVE),
        (AccountStatus.ENDING, AccountStatus.ENDING),
        (AccountStatus.RESTRICTED, AccountStatus.RESTRICTED),
        (AccountStatus.GONE, AccountStatus.GONE),
    ],
)
async def test_an_error_flips_nothing_that_only_a_reading_may_end(
    database: Database, stage: Stage, status: AccountStatus, then: AccountStatus
):
    async with database.work() as work:
        await work.accounts.saw(stage.account.id, Look(stage.now, False), status)
        assert (await work.accounts.failed(stage.account.id, stage.now, "TIKTOK_LIMIT")).status is then


async def test_a_name_is_missing_since_the_first_time_whatever_fails_in_between(database: Database, stage: Stage):
    number = stage.account.id
    async with database.work() as work:
        await work.accounts.failed(number, stage.now, "NAME_UNKNOWN", missing=True)
        await work.accounts.failed(number, stage.now + LATER, "TIKTOK_DOWN")
        still = await work.accounts.failed(number, stage.now + 2 * LATER, "NAME_UNKNOWN", missing=True)
        assert still.missing_since == stage.now
        assert (await work.accounts.gone(number)).status is AccountStatus.GONE
        back = await work.accounts.saw(number, Look(stage.now, False), AccountStatus.OFFLINE)
        assert (back.status, back.missing_since) == (AccountStatus.OFFLINE, None)


async def test_a_profile_tells_name_number_and_followers_and_is_no_look(database: Database, stage: Stage):
    async with database.work() as work:
        met = await work.accounts.met(stage.account.id, Profile(Handle("maria"), "77", "Maria", 12))
    assert met == Account(stage.account.id, Handle("maria"), "Maria", "77", 12)


async def test_nobody_can_be_changed_who_is_not_there(database: Database, stage: Stage):
    async with database.work() as work:
        for changed in (
            work.accounts.failed(99, stage.now, "X"),
            work.accounts.gone(99),
            work.accounts.met(99, Profile(Handle("x"), "1")),
            work.accounts.rename(99, Handle("x")),
        ):
            with pytest.raises(Missing):
                await changed


async def test_a_new_name_takes_follows_lives_and_triggers_along(database: Database, stage: Stage):
    async with database.work() as work:
        await work.accounts.failed(stage.account.id, stage.now, "NAME_UNKNOWN", missing=True)
        before = [await work.revisions.of(topic) for topic in ("follows", "triggers")]
        renamed = await work.accounts.rename(stage.account.id, Handle("marie"))
        assert renamed == Account(stage.account.id, Handle("marie"), was="maria", tried_at=stage.now)
        after = [await work.revisions.of(topic) for topic in ("follows", "triggers")]
        assert [new - old for old, new in zip(before, after, strict=True)] == [1, 1]
        assert await work.accounts.by_handle(Handle("maria")) is None
        assert (await work.follows.of_place(stage.here))[0].handle == "marie"
        live = await work.lives.get(stage.live.id)
        assert live is not None
        assert live.handle == "marie"
        assert await work.accounts.rename(renamed.id, Handle("marie")) == renamed


async def test_somebody_else_who_had_the_name_is_nameless_until_found(database: Database, stage: Stage):
    async with database.work() as work:
        await work.accounts.saw(stage.account.id, Look(stage.now, False, tiktok_id="77"), AccountStatus.OFFLINE)
        other = await work.accounts.ensure(Handle("marie"))
        await work.accounts.saw(other.id, Look(stage.now, False, tiktok_id="88"), AccountStatus.OFFLINE)
        renamed = await work.accounts.rename(stage.account.id, Handle("marie"))
        left = await work.accounts.get(other.id)
        assert left is not None
        assert (renamed.handle, left.nameless, left.was, left.tiktok_id) == ("marie", True, "marie", "88")
        found = await work.accounts.rename(other.id, Handle("mary"))
        assert (found.handle, found.was, found.nameless) == ("mary", "marie", False)


async def test_one_account_under_two_names_becomes_one_without_losing_anything(database: Database, stage: Stage):
    """`here` follows both, `there` only the old name, `third` had followed the new one and follows the old one."""
    async with database.work() as work:
        old = await work.accounts.saw(stage.account.id, Look(stage.now, False, tiktok_id="77"), AccountStatus.OFFLINE)
        new = await work.accounts.ensure(Handle("marie"))
        place = await work.places.get(stage.here)
        assert place is not None
        await work.places.put(replace(place, id="console:third"))
        for place_id, account, risk in (
            (stage.here, new, 0.9),
            ("console:third", new, 0.1),
            ("console:third", old, 0.2),
        ):
            await work.follows.add(Follow(0, place_id, account.id, account.handle, place_id, stage.now, risk=risk))
        await work.follows.remove("console:third", new.id)
        trigger = await work.triggers.add(Trigger(0, stage.there, "rain", old.id, old.handle))
        for event, account, address in (
            (Event.LIVE, old, "console:old"),
            (Event.LIVE, new, "console:new"),
            (Event.RISK, old, "console:risk"),
        ):
            await work.feeds.put(Feed(stage.here, event, address, account.id))
        kept = await work.accounts.rename(old.id, Handle("marie"))
        feeds = {(feed.event, feed.account_id): feed.address for feed in await work.feeds.of_place(stage.here)}
        assert feeds == {(Event.LIVE, new.id): "console:new", (Event.RISK, new.id): "console:risk"}
        assert (kept.id, kept.was, kept.tiktok_id) == (new.id, "maria", "77")
        follows = [(follow.place, follow.risk) for follow in await work.follows.of_account(new.id)]
        assert follows == [(stage.here, 0.9), (stage.there, None), ("console:third", 0.2)]
        assert await work.follows.of_account(old.id) == []
        assert [one.id for one in await work.triggers.of_place(stage.there, new.id)] == [trigger.id]
        assert [live.account_id for live in await work.lives.of_place(stage.here)] == [new.id]
        left = await work.accounts.get(old.id)
        assert left is not None
        assert left.nameless
    async with database.work() as work:  # a watch that still ran may write to it
        await work.accounts.saw(old.id, Look(stage.now, False), AccountStatus.OFFLINE)


async def test_follows_of_all_places_come_with_their_pauses(database: Database, stage: Stage):
    async with database.work() as work:
        paused = Follow(0, stage.here, stage.account.id, stage.account.handle, stage.here, stage.now)
        other = await work.accounts.ensure(Handle("amina"))
        await work.follows.add(replace(paused, account_id=other.id, paused_until=stage.now + LATER))
        await work.follows.remove(stage.there, stage.account.id)
        follows = await work.follows.all()
    assert [(follow.handle, follow.place, follow.paused_until) for follow in follows] == [
        ("amina", stage.here, stage.now + LATER),
        ("maria", stage.here, None),
    ]


async def test_beginnings_of_lives_are_those_asked_for_since_then(database: Database, stage: Stage):
    async with database.work() as work:
        other = await work.accounts.ensure(Handle("amina"))
        for account, days, room in ((other, 3, "a"), (stage.account, 30, "b"), (stage.account, 1, "c")):
            begun = stage.now - timedelta(days=days)
            await work.lives.begin(account, Look(begun, True, room, started=begun), [stage.here])
        await work.lives.add_room(stage.live.id, "room2")
        since = stage.now - timedelta(days=28)
        begun_lives = await work.lives.begun([stage.account.id], since)
        both = await work.lives.begun([stage.account.id, other.id], since)
    assert begun_lives == [
        (stage.account.id, stage.now, "room1"),
        (stage.account.id, stage.now - timedelta(days=1), "c"),
        (stage.account.id, stage.now, "room2"),
    ]
    assert len(both) == 4
