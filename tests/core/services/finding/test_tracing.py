"""Accounts that change their names or go, hints and single questions, on the loopback TikTok."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from core.adapters.tiktok.rooms import Rooms
from core.adapters.tiktok.web import Web
from core.errors import EarshotError, Missing, Transient
from core.model.account import FOREVER, Account, AccountStatus, Handle
from core.model.live import Look
from core.model.notice import NoticeKind
from core.model.tellable.accounts import AccountGone, AccountRenamed
from core.services.finding.checking import Checking
from core.services.finding.hinting import Hinting
from core.services.finding.looking import Looking
from core.services.finding.pacing import Pace
from core.services.finding.tracing import Tracing
from tests.builders import HERE, THERE, followed, placed, told
from tests.core.services.conftest import Running
from tests.doubles import BEGAN, CountedStorage, HandClock
from tests.platforms.tiktok import TikTok
from tests.platforms.tiktok.fixtures import tiktok, tiktok_media
from tests.waiting import PATIENCE, until

__all__ = ["tiktok", "tiktok_media"]
MARIA, MARIE = Handle("maria"), Handle("marie")


@pytest.fixture
async def rooms(tiktok: TikTok, clock: HandClock) -> AsyncIterator[Rooms]:
    web = Web(looks_per_second=500)
    yield Rooms(web, clock)
    await web.close()


@pytest.fixture
def tracing(rooms: Rooms, storage: CountedStorage, clock: HandClock) -> Tracing:
    return Tracing(rooms, storage, clock)


async def account_of(storage: CountedStorage, name: str) -> Account:
    async with storage.reading() as work:
        account = await work.accounts.by_handle(Handle(name))
    assert account is not None
    return account


async def missing(
    storage: CountedStorage, clock: HandClock, name: str, tiktok_id: str = "", days: float = 0
) -> Account:
    """A followed account whose name TikTok has not known for so many days."""
    async with storage.work() as work:
        account = await work.accounts.ensure(Handle(name))
        if tiktok_id:
            await work.accounts.saw(account.id, Look(BEGAN, False, tiktok_id=tiktok_id), AccountStatus.OFFLINE)
        since = clock.now() - timedelta(days=days)
        return await work.accounts.failed(account.id, since, "NAME_UNKNOWN", missing=True)


async def eventually(clock: HandClock, true: Callable[[], bool]) -> None:
    """Let the clock run until something is so."""

    async def pass_on() -> None:
        await clock.advance(0.25)
        await asyncio.sleep(0.01)  # the loopback's answers take real time

    await until(true, pause=pass_on)


# ---------------------------------------------------------------- new names


async def test_a_renamed_account_is_followed_under_its_new_name_and_the_places_are_told_once(
    tiktok: TikTok, rooms: Rooms, storage: CountedStorage, clock: HandClock, running: Running, tmp_path: Path
):
    random.seed(3)
    await followed(storage, "maria", HERE)
    await followed(storage, "maria", THERE)
    await followed(storage, "maria", "console:paused", paused_until=FOREVER)
    tiktok.live("maria")
    readings: list[tuple[str, bool]] = []

    async def read(account: Account, look: Look) -> None:
        async with storage.work() as work:
            await work.accounts.saw(account.id, look, AccountStatus.LIVE)
        readings.append((account.handle, look.live))

    looking = Looking(rooms, storage, clock, 60.0, read, Tracing(rooms, storage, clock))
    async with running(looking.run()):
        await eventually(clock, lambda: bool(readings))
        known = await account_of(storage, "maria")
        tiktok.rename("maria", "marie")
        await eventually(clock, lambda: ("marie", True) in readings)
    renamed = await account_of(storage, "marie")
    assert (renamed.id, renamed.tiktok_id, renamed.was) == (known.id, known.tiktok_id, "maria")
    posts = told(tmp_path, NoticeKind.RENAMED)
    assert [(post.notice.place, post.says) for post in posts] == [
        (HERE, AccountRenamed("marie", "maria")),
        (THERE, AccountRenamed("marie", "maria")),
    ]


async def test_a_name_somebody_else_took_leads_to_the_account_that_had_it(
    tiktok: TikTok, rooms: Rooms, storage: CountedStorage, clock: HandClock, running: Running
):
    await followed(storage, "maria")
    ours = tiktok.account("maria")
    async with storage.work() as work:
        account = await work.accounts.ensure(MARIA)
        await work.accounts.saw(account.id, Look(BEGAN, False, tiktok_id=str(ours.user_id)), AccountStatus.OFFLINE)
    tiktok.rename("maria", "marie")
    tiktok.live("maria")  # another one
    readings: list[tuple[str, bool]] = []

    async def read(account: Account, look: Look) -> None:
        readings.append((account.handle, look.live))

    looking = Looking(rooms, storage, clock, 60.0, read, Tracing(rooms, storage, clock))
    async with running(looking.run()):
        await eventually(clock, lambda: bool(readings))
    assert readings == [("marie", False)]


async def test_two_accounts_that_swap_names_both_find_theirs(
    tiktok: TikTok, tracing: Tracing, storage: CountedStorage, clock: HandClock
):
    maria, marie = tiktok.account("maria"), tiktok.account("marie")
    first = await missing(storage, clock, "maria", str(maria.user_id))
    second = await missing(storage, clock, "marie", str(marie.user_id))
    tiktok.rename("maria", "aside")
    tiktok.rename("marie", "maria")
    tiktok.rename("aside", "marie")
    assert (await tracing.trace(first)).handle == "marie"
    async with storage.reading() as work:
        lost = await work.accounts.get(second.id)
    assert lost is not None
    assert (lost.nameless, lost.was) == (True, "marie")
    found = await tracing.trace(lost)
    assert (found.id, found.handle, found.was) == (second.id, "maria", "marie")


async def test_who_is_followed_under_both_names_is_one_account_and_no_follow_is_lost(
    tiktok: TikTok, tracing: Tracing, storage: CountedStorage, clock: HandClock, tmp_path: Path
):
    number = str(tiktok.account("marie").user_id)
    await followed(storage, "maria", HERE, risk=0.5)
    await followed(storage, "maria", THERE)
    await followed(storage, "marie", HERE, risk=0.9)
    new = await account_of(storage, "marie")
    old = await missing(storage, clock, "maria", number)
    async with storage.work() as work:
        live, _ = await work.lives.begin(old, Look(BEGAN, True, "7300", started=BEGAN), [HERE])
    found = await tracing.trace(old)
    assert (found.id, found.was, found.tiktok_id) == (new.id, "maria", number)
    async with storage.reading() as work:
        follows = await work.follows.of_account(new.id)
        assert [(follow.place, follow.handle, follow.risk) for follow in follows] == [
            (HERE, "marie", 0.9),
            (THERE, "marie", None),
        ]
        assert [account.id for account in await work.follows.followed()] == [new.id]
        moved = await work.lives.get(live.id)
    assert moved is not None
    assert (moved.account_id, moved.handle) == (new.id, "marie")
    assert {post.notice.place for post in told(tmp_path, NoticeKind.RENAMED)} == {HERE, THERE}


# ---------------------------------------------------------------- gone


async def test_after_three_days_without_name_and_profile_the_places_are_told_once_that_it_is_gone(
    tiktok: TikTok, tracing: Tracing, storage: CountedStorage, clock: HandClock, tmp_path: Path
):
    await placed(storage, silent=("renamed",))
    await followed(storage, "maria")
    account = await missing(storage, clock, "maria", "7000000000000000009", days=2.9)
    assert (await tracing.trace(account)).status is AccountStatus.UNKNOWN
    clock.at += timedelta(hours=3)
    gone = await tracing.trace(account)
    assert gone.status is AccountStatus.GONE
    clock.at += timedelta(hours=3)
    async with storage.work() as work:
        still = await work.accounts.failed(account.id, clock.now(), "TIKTOK_DOWN")
    assert still.status is AccountStatus.GONE
    await tracing.trace(still)
    posts = told(tmp_path, NoticeKind.GONE)
    assert [post.says for post in posts] == [AccountGone("maria", account.missing_since or BEGAN)]
    assert [post.notice.silent for post in posts] == [True]
    async with storage.work() as work:
        back = await work.accounts.saw(account.id, Look(clock.now(), False), AccountStatus.OFFLINE)
    assert (back.status, back.missing_since) == (AccountStatus.OFFLINE, None)


async def test_whoever_has_a_profile_is_not_gone_and_its_number_is_learnt(
    tiktok: TikTok, tracing: Tracing, storage: CountedStorage, clock: HandClock, tmp_path: Path
):
    shy = tiktok.account("maria", can_live=False, followers=12)
    await followed(storage, "maria")
    known = await tracing.trace(await missing(storage, clock, "maria", days=9))
    assert (known.status, known.tiktok_id, known.followers) == (AccountStatus.UNKNOWN, str(shy.user_id), 12)
    assert told(tmp_path, NoticeKind.GONE) == []


async def test_tiktok_is_asked_at_most_once_an_hour_about_a_missing_account(
    tiktok: TikTok, tracing: Tracing, storage: CountedStorage, clock: HandClock
):
    account = await missing(storage, clock, "maria")
    for _ in range(5):
        await tracing.trace(account)
    assert len(tiktok.asked("profile")) == 1
    clock.at += timedelta(hours=1)
    await tracing.trace(account)
    assert len(tiktok.asked("profile")) == 2


@pytest.mark.parametrize("fault", [{"status": 403}, {"status": 200, "body": "captcha"}, {"abort": True}])
async def test_a_refused_profile_makes_nobody_gone_or_renamed(
    tiktok: TikTok, tracing: Tracing, storage: CountedStorage, clock: HandClock, fault: dict[str, object]
):
    account = await missing(storage, clock, "maria", "7000000000000000009", days=9)
    tiktok.fault("profile", times=-1, **fault)
    assert await tracing.trace(account) == account


# ---------------------------------------------------------------- hints


async def hinted(hinting: Hinting, pace: Pace) -> set[int]:
    """The accounts a round names."""
    soon: set[int] = set()
    async with asyncio.TaskGroup() as group:
        hinting.start(group, pace, soon.add)
    return soon


async def test_a_hint_names_a_live_account_once_and_asks_again_only_after_a_while(
    tiktok: TikTok, rooms: Rooms, clock: HandClock
):
    live = {number: str(tiktok.live(f"a{number}").room_id) for number in range(60)}
    for number in range(2, 60):
        await tiktok.end(f"a{number}")
    hinting = Hinting(rooms, clock)
    pace = Pace(60.0, 600.0, frozenset(live), live)
    assert await hinted(hinting, pace) == {0, 1}
    assert len(tiktok.asked("check_alive")) == 2  # 50 ids each
    assert await hinted(hinting, pace) == set()
    assert len(tiktok.asked("check_alive")) == 2
    clock.at += timedelta(seconds=60)
    assert await hinted(hinting, pace) == set()  # it was not believed twice
    assert len(tiktok.asked("check_alive")) == 4


async def test_a_day_on_which_every_room_is_alive_hastens_nobody(tiktok: TikTok, rooms: Rooms, clock: HandClock):
    tiktok.config(check_alive_lies=True)
    dead = {number: str(7000 + number) for number in range(60)}
    assert await hinted(Hinting(rooms, clock), Pace(60.0, 600.0, frozenset(dead), dead)) == set()


@pytest.mark.parametrize("fault", [{"status": 429}, {"status": 200, "body": "captcha"}, {"status": 200, "body": "[1]"}])
async def test_a_refused_hint_is_none(tiktok: TikTok, rooms: Rooms, clock: HandClock, fault: dict[str, object]):
    room = str(tiktok.live("maria").room_id)
    hinting, pace = Hinting(rooms, clock), Pace(60.0, 600.0, frozenset({1}), {1: room})
    tiktok.fault("check_alive", **fault)
    assert await hinted(hinting, pace) == set()
    clock.at += timedelta(seconds=60)
    assert await hinted(hinting, pace) == {1}


async def test_without_slow_accounts_nobody_is_asked_for_hints(tiktok: TikTok, rooms: Rooms, clock: HandClock):
    assert await hinted(Hinting(rooms, clock), Pace(60.0, 60.0, frozenset(), {})) == set()
    assert tiktok.asked("check_alive") == []


# ---------------------------------------------------------------- single questions


@pytest.fixture
def checking(rooms: Rooms, storage: CountedStorage, clock: HandClock) -> Checking:
    return Checking(rooms, rooms, storage, clock)


async def failure(checking: Checking, account: Account) -> EarshotError:
    with pytest.raises(EarshotError) as raised:
        await checking.check(account)
    return raised.value


async def test_a_check_of_a_live_account_is_confirmed_and_hastens_the_looks(
    tiktok: TikTok, checking: Checking, storage: CountedStorage
):
    follow = await followed(storage, "maria")
    tiktok.live("maria", title="Cooking")
    hastened: list[int] = []
    checking.soon = hastened.append
    reading = await checking.check(await account_of(storage, "maria"))
    assert (reading.look.live, reading.confirmed, reading.look.title) == (True, True, "Cooking")
    assert hastened == [follow.account_id]
    assert (await account_of(storage, "maria")).status is AccountStatus.UNKNOWN  # that is for the looks to say


async def test_a_check_of_somebody_offline_is_a_reading_like_any_other(
    tiktok: TikTok, checking: Checking, storage: CountedStorage, clock: HandClock
):
    await followed(storage, "maria")
    tiktok.account("maria")
    reading = await checking.check(await account_of(storage, "maria"))
    account = await account_of(storage, "maria")
    assert not reading.look.live
    assert reading.account == account
    assert (account.status, account.looked_at, account.name) == (AccountStatus.OFFLINE, clock.now(), "Maria")


async def test_a_check_does_not_end_a_live(tiktok: TikTok, checking: Checking, storage: CountedStorage):
    follow = await followed(storage, "maria")
    tiktok.account("maria")
    async with storage.work() as work:
        live = await work.accounts.saw(follow.account_id, Look(BEGAN, True, "7300"), AccountStatus.LIVE)
    assert not (await checking.check(live)).look.live
    assert await account_of(storage, "maria") == live


async def test_a_live_that_begins_during_a_check_is_not_called_offline(
    tiktok: TikTok, checking: Checking, storage: CountedStorage
):
    follow = await followed(storage, "maria")
    tiktok.account("maria")
    before = await account_of(storage, "maria")
    async with storage.work() as work:  # whoever watches has seen it begin
        await work.accounts.saw(follow.account_id, Look(BEGAN, True, "7300"), AccountStatus.LIVE)
    await checking.check(before)
    assert (await account_of(storage, "maria")).status is AccountStatus.LIVE


async def test_a_check_says_what_keeps_tiktok_from_answering(tiktok: TikTok, checking: Checking):
    account = Account(0, MARIA)
    tiktok.fault("api_live", status=429)
    assert (await failure(checking, account)).code == "TIKTOK_LIMIT"
    tiktok.fault("api_live", abort=True)
    assert (await failure(checking, account)).code == "TIKTOK_DOWN"
    assert (await failure(checking, account)).code == "NAME_UNKNOWN"
    tiktok.live("maria", age_restricted=True)
    assert (await failure(checking, account)).code == "AGE"


async def test_a_check_takes_no_longer_than_five_seconds(tiktok: TikTok, storage: CountedStorage, clock: HandClock):
    web = Web(timeout_seconds=2 * PATIENCE)
    rooms = Rooms(web, clock)
    checking = Checking(rooms, rooms, storage, clock, patience=0.3)
    tiktok.account("maria")
    await rooms.look(MARIA)  # what takes time at first has been done
    tiktok.fault("api_live", delay_s=600.0, passthrough=True, times=2)
    async with asyncio.timeout(PATIENCE):
        error = await failure(checking, Account(0, MARIA))
        assert (type(error), error.code) == (Transient, "TIKTOK_DOWN")
        await checking.known(MARIA)
    await web.close()


async def test_only_a_name_that_neither_lives_nor_profiles_know_does_not_exist(tiktok: TikTok, checking: Checking):
    tiktok.account("maria")
    tiktok.account("shy", can_live=False)
    for name in ("maria", "shy"):
        await checking.known(Handle(name))
    with pytest.raises(Missing) as raised:
        await checking.known(MARIE)
    assert (raised.value.code, raised.value.values) == ("HANDLE", {"x": "marie"})


@pytest.mark.parametrize("route", ["api_live", "profile"])
@pytest.mark.parametrize(
    "fault", [{"status": 403}, {"status": 500}, {"status": 200, "body": "captcha"}, {"abort": True}]
)
async def test_in_any_doubt_a_name_may_exist(tiktok: TikTok, checking: Checking, route: str, fault: dict[str, object]):
    tiktok.fault(route, times=-1, **fault)
    await checking.known(MARIE)
