"""Links to people's own accounts: begun once, kept good by one process at a time, lost and let go with a word."""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from core.errors import Denied, Invalid, Missing, Transient
from core.model.link import Link
from core.model.notice import NoticeKind
from core.model.person import Person
from core.services.own.linking import AHEAD, DIED, Linking, hashed
from storage.database import Database
from tests.own_accounts import (
    KARIM,
    KEY,
    LEA,
    OLD_KEY,
    PLACE,
    REDIRECT,
    LaterClock,
    Meanwhile,
    linking,
    refused,
    signed_in,
    went,
)
from tests.platforms.service import Fault
from tests.platforms.tiktok_open import ACCESS_S, TikTokOpen
from tests.waiting import until

HOURS = timedelta(seconds=ACCESS_S)


@pytest.fixture
async def tiktok() -> AsyncIterator[TikTokOpen]:
    async with TikTokOpen(redirect=REDIRECT) as made:
        made.person("chef", videos=3)
        yield made


@pytest.fixture
def later() -> LaterClock:
    return LaterClock()


@pytest.fixture
def here(database: Database, later: LaterClock, tiktok: TikTokOpen) -> Linking:
    return linking(database, later, tiktok)


async def told(database: Database) -> list[NoticeKind]:
    async with database.work() as work:
        found = await work.outbox.claim("test", ["console"], LaterClock().now() + timedelta(days=999), HOURS, 50)
        for delivery in found:
            await work.outbox.settle(delivery, "sent", LaterClock().now())  # type: ignore[arg-type]
    return [one.notice.kind for one in found]


async def linked(database: Database, person: Person = KARIM) -> Link | None:
    async with database.reading() as work:
        return await work.links.of_person(person.id)


def pass_time(tiktok: TikTokOpen, later: LaterClock, by: timedelta) -> None:
    tiktok.advance(by.total_seconds())
    later.later += by


# ---------------------------------------------------------------- signing in


async def test_whoever_comes_back_is_linked_and_the_place_is_told(here: Linking, database: Database) -> None:
    link = await signed_in(here)
    assert (link.person, link.place, link.address, link.name) == (KARIM.id, PLACE.id, "console:here", "Chef")
    assert link == await linked(database)
    assert await told(database) == [NoticeKind.LINKED]


async def test_an_account_without_a_name_gets_one(here: Linking, tiktok: TikTokOpen) -> None:
    tiktok.browser = tiktok.person("quiet", display_name="")
    link = await signed_in(here)
    assert link.name == f"TikTokUser_{tiktok.people['quiet'].open_id[:8]}"


async def test_a_link_works_once(here: Linking) -> None:
    back = await went(await here.connect(PLACE, KARIM, "console:here"))
    await here.arrive(back["state"], back["code"], "")
    await refused(here.arrive(back["state"], back["code"], ""), "OAUTH_STATE")


async def test_of_two_who_come_back_at_once_one_is_linked(here: Linking, tiktok: TikTokOpen) -> None:
    back = await went(await here.connect(PLACE, KARIM, "console:here"))
    both = await asyncio.gather(
        *(here.arrive(back["state"], back["code"], "") for _ in range(2)), return_exceptions=True
    )
    assert {type(one) for one in both} == {Link, Invalid}
    assert len(tiktok.sent("token")) == 1


async def test_a_link_ends_after_ten_minutes_and_with_the_next_one(here: Linking, later: LaterClock) -> None:
    first = await went(await here.connect(PLACE, KARIM, "console:here"))
    later.later += timedelta(minutes=10)
    await refused(here.arrive(first["state"], first["code"], ""), "OAUTH_STATE")
    second = await went(await here.connect(PLACE, KARIM, "console:here"))
    await here.connect(PLACE, KARIM, "console:here")
    await refused(here.arrive(second["state"], second["code"], ""), "OAUTH_STATE")


async def test_a_link_of_one_person_is_never_the_other_s(here: Linking, database: Database) -> None:
    karim = await went(await here.connect(PLACE, KARIM, "console:here"))
    await here.connect(PLACE, LEA, "console:here")
    await here.arrive(karim["state"], karim["code"], "")
    assert await linked(database, LEA) is None
    assert await linked(database) is not None


@pytest.mark.parametrize("state", ["", "x", "..", "a" * 43, "\x00"])
async def test_a_forged_state_asks_tiktok_nothing(here: Linking, tiktok: TikTokOpen, state: str) -> None:
    await refused(here.arrive(state, "code", ""), "OAUTH_STATE")
    assert tiktok.sent("token") == []


async def test_only_a_hash_of_the_state_is_stored_and_what_is_old_goes(
    here: Linking, database: Database, later: LaterClock
) -> None:
    back = await went(await here.connect(PLACE, KARIM, "console:here"))
    later.later += timedelta(minutes=11)
    await here.connect(PLACE, LEA, "console:here")
    async with database.reading() as work:
        assert await work.links.begun(hashed(back["state"]), "connect") is None
    assert back["state"].encode() not in everything(database)


async def test_saying_no_links_nothing_and_uses_the_link_up(
    here: Linking, database: Database, tiktok: TikTokOpen
) -> None:
    tiktok.denies = 1
    back = await went(await here.connect(PLACE, KARIM, "console:here"))
    await refused(here.arrive(back["state"], "", back["error"]), "OAUTH_DENIED")
    await refused(here.arrive(back["state"], "code", ""), "OAUTH_STATE")
    assert await linked(database) is None


async def test_a_code_that_tiktok_does_not_know_is_a_link_that_is_used_up(here: Linking) -> None:
    back = await went(await here.connect(PLACE, KARIM, "console:here"))
    await refused(here.arrive(back["state"], "another code", ""), "OAUTH_STATE")


async def test_connecting_again_replaces_the_link_and_lets_another_account_go(
    here: Linking, database: Database, tiktok: TikTokOpen
) -> None:
    first = await signed_in(here)
    await here.choose(KARIM.id, True)
    again = await signed_in(here)
    assert (again.open_id, again.automatic, tiktok.sent("revoke")) == (first.open_id, True, [])
    tiktok.browser = tiktok.person("baker")
    other = await signed_in(here)
    assert (other.name, other.automatic) == ("Baker", False)
    assert await linked(database) == other
    assert len(tiktok.sent("revoke")) == 1


async def test_two_people_may_link_the_same_account_each_with_tokens_of_their_own(
    here: Linking, database: Database
) -> None:
    await signed_in(here, KARIM)
    await signed_in(here, LEA)
    await here.let_go(KARIM.id)
    assert await linked(database) is None
    assert await linked(database, LEA) is not None


async def test_nobody_signs_in_where_it_is_not_set_up(database: Database, later: LaterClock) -> None:
    await refused(Linking(database, later).connect(PLACE, KARIM, "console:here"), "OAUTH_OFF")


# ---------------------------------------------------------------- good tokens


async def page(here: Linking, link: Link) -> list[str]:
    found = await here.use(link, lambda access: here.there().videos(access))
    return [video.title for video in found.videos]


async def test_tokens_that_have_ended_are_renewed_when_they_are_needed(
    here: Linking, database: Database, tiktok: TikTokOpen, later: LaterClock
) -> None:
    link = await signed_in(here)
    pass_time(tiktok, later, HOURS)
    assert await page(here, link) == ["Video 3", "Video 2", "Video 1"]
    stored = await linked(database)
    assert stored is not None
    assert stored.refresh != link.refresh
    assert stored.refreshing is None
    assert tiktok.violations == []


async def test_tokens_are_renewed_ahead_of_their_end(
    here: Linking, database: Database, tiktok: TikTokOpen, later: LaterClock
) -> None:
    link = await signed_in(here)
    pass_time(tiktok, later, HOURS - AHEAD + timedelta(seconds=1))
    tiktok.people["chef"].display_name = "Chef Karim"
    running = asyncio.create_task(here.run())

    async def renewed() -> Link | None:
        stored = await linked(database)
        return stored if stored is not None and stored.name == "Chef Karim" else None

    stored = await until(renewed)
    running.cancel()
    assert stored.access_until > link.access_until
    assert tiktok.violations == []


async def test_two_processes_that_need_new_tokens_at_once_use_the_old_one_once(
    database: Database, tiktok: TikTokOpen, later: LaterClock, tmp_path: Path
) -> None:
    beside = Database("", tmp_path)
    await beside.open()
    try:
        processes = [linking(one, later, tiktok) for one in (database, beside)]
        link = await signed_in(processes[0])
        pass_time(tiktok, later, HOURS)
        tiktok.fail_next(Fault("token", delay_s=0.2))
        pages = await asyncio.gather(*(page(one, link) for one in processes * 3))
    finally:
        await beside.close()
    assert pages == [["Video 3", "Video 2", "Video 1"]] * 6
    assert [call.data["grant_type"] for call in tiktok.sent("token")] == ["authorization_code", "refresh_token"]
    assert tiktok.violations == []


async def test_a_process_that_died_over_a_refresh_costs_the_link_and_its_person_is_told_once(
    here: Linking, database: Database, tiktok: TikTokOpen, later: LaterClock
) -> None:
    link = await signed_in(here)
    pass_time(tiktok, later, HOURS)
    async with database.work() as work:
        await work.links.change(link.id, refreshing=later.now() - DIED)
    await refused(page(here, link), "NOT_CONNECTED")
    await refused(page(here, link), "NOT_CONNECTED")
    assert await linked(database) is None
    assert await told(database) == [NoticeKind.LINKED]
    assert await told(database) == [NoticeKind.LINK_LOST]
    assert await told(database) == []
    assert len(tiktok.sent("token")) == 1, "the token is not used again"


async def test_a_refresh_is_finished_when_whoever_waits_for_it_is_stopped(
    here: Linking, database: Database, tiktok: TikTokOpen, later: LaterClock
) -> None:
    link = await signed_in(here)
    pass_time(tiktok, later, HOURS)
    tiktok.fail_next(Fault("token", delay_s=0.3))
    waiting = asyncio.create_task(page(here, link))
    await until(lambda: len(tiktok.sent("token")) >= 2)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    stored = await linked(database)
    assert stored is not None
    assert (stored.refreshing, stored.access == link.access) == (None, False)


@pytest.mark.parametrize(
    "fault", [Fault("token", 503, "<html>"), Fault("token", abort=True), Fault("token", 429, "{}")]
)
async def test_a_tiktok_that_fails_costs_no_link(
    here: Linking, database: Database, tiktok: TikTokOpen, later: LaterClock, fault: Fault
) -> None:
    link = await signed_in(here)
    pass_time(tiktok, later, HOURS)
    tiktok.fail_next(fault)
    with pytest.raises(Transient):
        await page(here, link)
    stored = await linked(database)
    assert stored is not None
    assert stored.refreshing is None


async def test_our_own_wrong_secret_costs_no_link(
    here: Linking, database: Database, tiktok: TikTokOpen, later: LaterClock
) -> None:
    link = await signed_in(here)
    pass_time(tiktok, later, HOURS)
    tiktok.client_secret = "another"
    await refused(page(here, link), "OAUTH_SETUP")
    tiktok.client_secret = "loopback-secret"
    assert await page(here, link)


async def test_a_link_that_the_person_ended_at_tiktok_is_forgotten_and_told_once(
    here: Linking, database: Database, tiktok: TikTokOpen
) -> None:
    link = await signed_in(here)
    tiktok.cancel(tiktok.people["chef"])
    await refused(page(here, link), "NOT_CONNECTED")
    assert await linked(database) is None
    assert [await told(database) for _ in range(3)] == [[NoticeKind.LINKED], [NoticeKind.LINK_LOST], []]


# ---------------------------------------------------------------- letting go


async def test_letting_go_forgets_here_and_at_tiktok(here: Linking, database: Database, tiktok: TikTokOpen) -> None:
    await signed_in(here)
    assert (await here.let_go(KARIM.id))[1]
    assert tiktok.grants[0].revoked
    assert await linked(database) is None
    await refused(here.let_go(KARIM.id), "NOT_CONNECTED")


async def test_tokens_that_another_process_has_just_renewed_are_those_that_are_taken_back(
    here: Linking, database: Database, tiktok: TikTokOpen, later: LaterClock
) -> None:
    link, beside = await signed_in(here), linking(database, later, tiktok)
    here.storage = Meanwhile(database, lambda: beside.refreshed(link))
    assert (await here.let_go(KARIM.id))[1]
    assert tiktok.grants[0].revoked
    assert await linked(database) is None


async def test_letting_go_forgets_here_when_tiktok_does_not_answer(
    here: Linking, database: Database, tiktok: TikTokOpen
) -> None:
    await signed_in(here)
    tiktok.fail_next(Fault("revoke", 500))
    assert not (await here.let_go(KARIM.id))[1]
    assert await linked(database) is None


async def test_old_tokens_are_renewed_so_that_tiktok_can_be_told(
    here: Linking, tiktok: TikTokOpen, later: LaterClock
) -> None:
    await signed_in(here)
    pass_time(tiktok, later, HOURS)
    assert (await here.let_go(KARIM.id))[1]
    assert tiktok.grants[0].revoked


# ---------------------------------------------------------------- sealed


def everything(database: Database) -> bytes:
    """All bytes of the database and its journal."""
    return b"".join(path.read_bytes() for path in database.path.parent.glob("earshot.db*"))


async def test_no_token_is_in_the_database_or_in_a_log(
    here: Linking, database: Database, tiktok: TikTokOpen, later: LaterClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    link = await signed_in(here)
    secrets = [tiktok.grants[0].access, tiktok.grants[0].refresh, tiktok.client_secret]
    pass_time(tiktok, later, HOURS)
    await page(here, link)
    secrets += [tiktok.grants[0].access, tiktok.grants[0].refresh]
    tiktok.fail_next(Fault("videos", 500))
    with pytest.raises(Transient) as caught:
        await page(here, await here.of(KARIM.id))
    shown = caplog.text + repr(caught.value) + repr(link) + repr(caught.value.__cause__)
    stored = everything(database)
    assert link.open_id.encode() in stored, "the file is read"
    for secret in secrets:
        assert secret.encode() not in stored
        assert secret not in shown


async def test_tokens_move_to_the_newest_key_when_they_are_used(
    database: Database, tiktok: TikTokOpen, later: LaterClock
) -> None:
    link = await signed_in(linking(database, later, tiktok, OLD_KEY))
    await page(linking(database, later, tiktok, KEY, OLD_KEY), link)
    alone = linking(database, later, tiktok, KEY)
    assert await page(alone, await alone.of(KARIM.id))


async def test_a_link_whose_key_is_gone_stays_until_the_key_is_back(
    database: Database, tiktok: TikTokOpen, later: LaterClock
) -> None:
    link = await signed_in(linking(database, later, tiktok, OLD_KEY))
    await refused(page(linking(database, later, tiktok, KEY), link), "LINK_SEALED")
    pass_time(tiktok, later, HOURS)
    with pytest.raises(Denied):
        await page(linking(database, later, tiktok, KEY), link)
    assert await page(linking(database, later, tiktok, OLD_KEY), link)


async def test_without_a_link_there_is_nothing_to_use(here: Linking) -> None:
    with pytest.raises(Missing):
        await here.of(KARIM.id)
