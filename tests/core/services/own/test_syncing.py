"""Own videos: all of them page by page, up to ten picked, new ones by themselves where the person wants that."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from core.errors import Transient
from core.services.own.linking import Linking
from core.services.own.syncing import Syncing
from core.services.videos.ordering import Order
from storage.database import Database
from tests.own_accounts import KARIM, LEA, PLACE, REDIRECT, Asked, LaterClock, linking, refused, signed_in
from tests.platforms.service import Fault
from tests.platforms.tiktok_open import TikTokOpen
from tests.waiting import until


@pytest.fixture
async def tiktok() -> AsyncIterator[TikTokOpen]:
    async with TikTokOpen(redirect=REDIRECT) as made:
        made.person("chef", videos=45)
        yield made


@pytest.fixture
async def here(database: Database, tiktok: TikTokOpen) -> Linking:
    made = linking(database, LaterClock(), tiktok)
    await signed_in(made)
    return made


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def syncing(database: Database, here: Linking, asked: Asked) -> Syncing:
    return Syncing(database, here.clock, here, asked)


async def test_the_pages_hold_every_video_once_newest_first(syncing: Syncing) -> None:
    titles, cursor = [], 0
    for _ in range(3):
        page = await syncing.page(KARIM.id, cursor)
        titles += [video.title for video in page.videos]
        cursor = page.cursor
    assert titles == [f"Video {number}" for number in range(45, 0, -1)]
    assert cursor == 0


async def test_numbers_mean_the_list_that_was_shown_also_when_a_video_has_come_since(
    syncing: Syncing, asked: Asked, tiktok: TikTokOpen
) -> None:
    shown = await syncing.page(KARIM.id)
    tiktok.video(tiktok.people["chef"], title="Newer", create_time=int(time.time()))
    picked = await syncing.pick(PLACE, KARIM, "console:here", ["1", "3", shown.videos[0].tiktok_id], shown.here)
    assert [one.video.title for one in picked] == ["Video 45", "Video 43"]
    assert asked.videos == [one.video.tiktok_id for one in picked]
    place, by, order = asked.orders[0]
    assert (place, by, order.address, order.handle, order.likely) == (PLACE.id, KARIM.id, "console:here", "chef", "en")


async def test_only_ten_go_at_once_and_only_one_s_own(syncing: Syncing, asked: Asked, tiktok: TikTokOpen) -> None:
    stranger = tiktok.person("baker", videos=1).videos[0]["id"]
    await refused(syncing.pick(PLACE, KARIM, "console:here", [str(n) for n in range(1, 12)]), "PICK_MANY")
    error = await refused(syncing.pick(PLACE, KARIM, "console:here", ["1", stranger]), "NOT_FOUND")
    assert error.values == {"x": stranger}
    await refused(syncing.pick(PLACE, KARIM, "console:here", ["21"]), "NOT_FOUND")
    assert asked.orders == []
    assert len(await syncing.pick(PLACE, KARIM, "console:here", [str(n) for n in range(1, 11)])) == 10


async def test_automatic_asks_for_what_is_new_since_it_began(
    syncing: Syncing, here: Linking, asked: Asked, tiktok: TikTokOpen
) -> None:
    chef = tiktok.people["chef"]
    await here.choose(KARIM.id, True)
    running = asyncio.create_task(syncing.run())

    async def looked() -> bool:
        return (await here.of(KARIM.id)).newest is not None

    await until(looked)
    assert asked.orders == [], "the first look only remembers"
    new = [tiktok.video(chef, title=f"New {n}", create_time=int(time.time()) + n)["id"] for n in (1, 2)]
    tiktok.fail_next(Fault("videos", 503))
    await _stopped(running)
    running = asyncio.create_task(_rounds(syncing))
    await until(lambda: len(asked.orders) >= 2)
    await _stopped(running)
    assert asked.videos == new
    assert asked.orders[0][1] == KARIM.id


async def test_pictures_among_the_videos_keep_no_video_from_being_asked_for(
    syncing: Syncing, here: Linking, asked: Asked, tiktok: TikTokOpen
) -> None:
    chef, now = tiktok.people["chef"], int(time.time())
    await here.choose(KARIM.id, True)
    await _looked(syncing)
    tiktok.video(chef, share_url="https://www.tiktok.com/@chef/photo/7400000000000000001", create_time=now + 1)
    new = tiktok.video(chef, title="New", create_time=now + 2)["id"]
    await _looked(syncing)
    assert asked.videos == [new]
    await _looked(syncing)
    assert asked.videos == [new], "each is asked for once"


async def test_a_place_with_too_much_waiting_keeps_nobody_else_waiting(
    database: Database, here: Linking, tiktok: TikTokOpen
) -> None:
    class Full(Asked):
        async def ask(self, place: str, by: str, order: Order) -> object:
            if by == KARIM.id:
                raise Transient("BUSY", n=20)
            return await super().ask(place, by, order)

    lea = tiktok.browser = tiktok.person("lea", videos=1)
    await signed_in(here, LEA)
    for person in (KARIM, LEA):
        await here.choose(person.id, True)
    full = Full()
    syncing = Syncing(database, here.clock, here, full)
    await _looked(syncing)
    for person in (tiktok.people["chef"], lea):
        tiktok.video(person, create_time=int(time.time()) + 1)
    await _looked(syncing)
    assert full.videos == [lea.videos[0]["id"]]


async def _rounds(syncing: Syncing) -> None:
    """One look after the other, without the quarter of an hour between them."""
    while True:
        await _looked(syncing)


async def test_without_automatic_nothing_is_asked_for(syncing: Syncing, asked: Asked, tiktok: TikTokOpen) -> None:
    await _looked(syncing)
    assert (asked.orders, tiktok.sent("videos")) == ([], [])


async def _looked(syncing: Syncing) -> None:
    """Once, until it rests."""
    clock = syncing.clock
    assert isinstance(clock, LaterClock)
    before, running = clock.rests, asyncio.create_task(syncing.run())
    try:
        await until(lambda: clock.rests > before)
    finally:
        await _stopped(running)


async def _stopped(running: "asyncio.Task[None]") -> None:
    running.cancel()
    await asyncio.wait([running])


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (10231, "OWN_PRIVATE"),
        ("scope_not_authorized", "LINK_SCOPE"),
        ("rate_limit_exceeded", "TIKTOK_LIMIT"),
        ("internal_error", "TIKTOK_DOWN"),
        ("invalid_params", "TIKTOK_DOWN"),
    ],
)
async def test_what_tiktok_refuses_is_told_as_what_it_means(
    syncing: Syncing, tiktok: TikTokOpen, said: str | int, code: str
) -> None:
    tiktok.refuse("videos", said)
    await refused(syncing.page(KARIM.id), code)


@pytest.mark.parametrize(
    "body", ["", "<html>", "[]", '{"error": {"code": "ok"}}', '{"data": {"videos": [{}]}, "error": {"code": "ok"}}']
)
async def test_garbage_is_tiktok_down(syncing: Syncing, tiktok: TikTokOpen, body: str) -> None:
    tiktok.fail_next(Fault("videos", 200, body))
    await refused(syncing.page(KARIM.id), "TIKTOK_DOWN")


async def test_whoever_left_the_videos_unticked_is_told_without_asking(
    syncing: Syncing, here: Linking, tiktok: TikTokOpen
) -> None:
    tiktok.grants_only = {"user.info.basic"}
    await signed_in(here)
    await refused(syncing.page(KARIM.id), "LINK_SCOPE")
    assert tiktok.sent("videos") == []
