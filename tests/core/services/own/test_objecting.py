"""Opting out: proven by sign-in or by a code in the profile, then nobody here watches the account, in any place."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from core.errors import Missing, Transient
from core.model.account import Follow, Handle
from core.model.notice import NoticeKind
from core.model.person import Place
from core.ports.tiktok import Profile
from core.services.own.linking import Linking
from core.services.own.objecting import Objecting, Proof
from storage.database import Database
from tests.own_accounts import KARIM, LEA, PLACE, REDIRECT, LaterClock, linking, refused, signed_in
from tests.platforms.tiktok_open import TikTokOpen

CHEF = Handle("chef")
FAR = timedelta(days=999)


@dataclass
class Pages:
    """Profile pages as a test writes them."""

    shown: dict[Handle, Profile] = field(default_factory=lambda: {CHEF: Profile(CHEF, "7101")})
    down: bool = False

    async def profile(self, handle: Handle) -> Profile:
        if self.down:
            raise Transient("TIKTOK_DOWN")
        if handle not in self.shown:
            raise Missing("HANDLE", x=handle)
        return self.shown[handle]

    async def handle_of(self, tiktok_id: str) -> Handle:
        raise Missing("GONE", name=tiktok_id)

    async def alive(self, rooms: object) -> frozenset[str]:
        return frozenset()

    def write(self, about: str) -> None:
        self.shown[CHEF] = replace(self.shown[CHEF], about=about)


@pytest.fixture
def pages() -> Pages:
    return Pages()


@pytest.fixture
def later() -> LaterClock:
    return LaterClock()


@pytest.fixture
async def tiktok() -> AsyncIterator[TikTokOpen]:
    async with TikTokOpen(redirect=REDIRECT) as made:
        made.person("chef")
        yield made


@pytest.fixture
def here(database: Database, later: LaterClock, tiktok: TikTokOpen) -> Linking:
    return linking(database, later, tiktok)


@pytest.fixture
def objecting(database: Database, later: LaterClock, here: Linking, pages: Pages) -> Objecting:
    return Objecting(database, later, here, pages)


async def follow(database: Database, handle: str, *places: str) -> None:
    async with database.work() as work:
        account = await work.accounts.ensure(Handle(handle))
        for place in places:
            await work.places.put(Place(place, place))
            await work.follows.add(Follow(0, place, account.id, account.handle, f"{place}-lives", LaterClock().now()))


async def test_a_code_in_the_profile_proves_it_whatever_stands_around_it(objecting: Objecting, pages: Pages) -> None:
    assert await objecting.proof(KARIM, CHEF) is None
    code = await objecting.code(PLACE, KARIM, "console:here", CHEF)
    assert await objecting.proof(KARIM, CHEF) is None
    pages.write(f"I cook 🍲 {code.text.lower()} | earshot-AAAAAA")
    assert await objecting.proof(KARIM, CHEF) is Proof.CODE


async def test_a_code_is_one_person_s_for_one_account_for_a_day(
    objecting: Objecting, pages: Pages, later: LaterClock
) -> None:
    pages.shown[Handle("baker")] = Profile(Handle("baker"), "7102")
    first = await objecting.code(PLACE, KARIM, "console:here", CHEF)
    pages.write(first.text)
    assert await objecting.proof(LEA, CHEF) is None
    pages.shown[Handle("baker")] = replace(pages.shown[Handle("baker")], about=first.text)
    assert await objecting.proof(KARIM, Handle("baker")) is None
    later.later += timedelta(hours=24)
    assert await objecting.proof(KARIM, CHEF) is None
    pages.write((await objecting.code(PLACE, KARIM, "console:here", CHEF)).text)
    assert await objecting.proof(KARIM, CHEF) is Proof.CODE


async def test_signing_in_proves_one_s_own_account_and_no_other(
    objecting: Objecting, here: Linking, pages: Pages, tiktok: TikTokOpen
) -> None:
    pages.shown[Handle("baker")] = Profile(Handle("baker"), "7102")
    await signed_in(here)
    assert await objecting.proof(KARIM, CHEF) is Proof.SIGN_IN
    assert await objecting.proof(KARIM, Handle("baker")) is None
    assert await objecting.proof(LEA, CHEF) is None
    tiktok.grants_only = {"user.info.basic", "video.list"}
    await signed_in(here)
    assert await objecting.proof(KARIM, CHEF) is None, "the handle was not shown to us"


async def test_without_a_proof_nothing_happens(objecting: Objecting, database: Database) -> None:
    await follow(database, "chef", "console:here")
    await refused(objecting.object(KARIM, CHEF), "OPTOUT_PROOF")
    await refused(objecting.object(KARIM, Handle("nobody")), "HANDLE")
    assert not await objecting.refused(CHEF, "7101")
    async with database.reading() as work:
        assert len(await work.follows.of_place("console:here")) == 1


async def test_every_place_lets_go_and_is_told(objecting: Objecting, database: Database, here: Linking) -> None:
    await signed_in(here)
    await follow(database, "chef", "console:here", "discord:there")
    await follow(database, "baker", "console:here")
    async with database.reading() as work:
        before = await work.revisions.of("follows")
    assert await objecting.object(KARIM, CHEF) == 2
    async with database.work() as work:
        assert await work.revisions.of("follows") > before, "running watches look again at who follows"
        assert [one.handle for one in await work.follows.of_place("console:here")] == ["baker"]
        assert await work.follows.of_place("discord:there") == []
        told = await work.outbox.claim("test", ["console", "discord"], objecting.clock.now() + FAR, FAR, 50)
    found = {(one.notice.place, one.notice.address) for one in told if one.notice.kind is NoticeKind.OPTED_OUT}
    assert found == {("console:here", "console:here-lives"), ("discord:there", "discord:there-lives")}


async def test_an_account_is_known_under_another_name_too_and_another_under_its_old_name_is_free(
    objecting: Objecting, here: Linking
) -> None:
    await signed_in(here)
    await objecting.object(KARIM, CHEF)
    assert await objecting.refused(CHEF, "")
    assert await objecting.refused(CHEF, "7101")
    assert await objecting.refused(Handle("chef.new"), "7101")
    assert not await objecting.refused(CHEF, "9999"), "somebody else has the name now"
    assert not await objecting.refused(Handle("baker"), "")


async def test_an_account_whose_number_nobody_knew_is_refused_by_its_name(
    objecting: Objecting, here: Linking, pages: Pages
) -> None:
    await signed_in(here)
    pages.down = True
    await objecting.object(KARIM, CHEF)
    assert await objecting.refused(CHEF, "")
    assert await objecting.refused(CHEF, "7101")
    pages.down = False
    await objecting.object(KARIM, CHEF)
    assert not await objecting.refused(CHEF, "9999")
    assert await objecting.refused(CHEF, "7101")


async def test_the_list_of_those_who_object_names_nobody(
    objecting: Objecting, here: Linking, database: Database
) -> None:
    await signed_in(here)
    await objecting.object(KARIM, CHEF)
    async with database.work() as work:
        session = work.optouts._session  # type: ignore[attr-defined]
        rows = [
            str(tuple(row)) for row in (await (await session.connection()).exec_driver_sql("select * from opt_out"))
        ]
    assert len(rows) == 1
    assert "chef" not in rows[0]
    assert "7101" not in rows[0]


async def test_where_profiles_cannot_be_read_only_a_sign_in_helps(
    objecting: Objecting, database: Database, later: LaterClock
) -> None:
    objecting.profiles = None
    await refused(objecting.code(PLACE, KARIM, "console:here", CHEF), "NOT_CONNECTED")
    objecting.linking = Linking(database, later)
    await refused(objecting.code(PLACE, KARIM, "console:here", CHEF), "OAUTH_OFF")
