"""Pictures from the loopback TikTok's media hosts, by the guarded client."""

from pathlib import Path

import pytest

from core.adapters.clock import SystemClock
from core.adapters.tiktok.answers import LONGEST_ADDRESS, picture
from core.adapters.tiktok.pictures import TikTokPictures
from core.adapters.tiktok.rooms import Rooms
from core.adapters.tiktok.web import Web
from core.model.account import Handle
from tests.platforms.tiktok import TikTok
from tests.platforms.tiktok.fixtures import tiktok, tiktok_media

__all__ = ["tiktok", "tiktok_media"]
JPEG = b"\xff\xd8\xff"


async def test_the_cover_a_look_names_is_fetched_as_bytes(tiktok: TikTok, tmp_path: Path) -> None:
    live = tiktok.live("alice", title="Cooking")
    web = Web(looks_per_second=200)
    look = await Rooms(web, SystemClock()).look(Handle("alice"))
    await web.close()
    assert f"/room/{live.room_id}/cover.jpg" in look.cover
    path = await TikTokPictures().fetch(look.cover, tmp_path / "covers", "one")
    assert path == tmp_path / "covers" / "one.jpg"
    assert path.read_bytes().startswith(JPEG)
    assert [file.name for file in path.parent.iterdir()] == ["one.jpg"]


async def test_an_account_that_is_not_live_has_no_cover(tiktok: TikTok) -> None:
    tiktok.account("alice")
    web = Web(looks_per_second=200)
    assert (await Rooms(web, SystemClock()).look(Handle("alice"))).cover == ""
    await web.close()


@pytest.mark.parametrize(
    "address",
    [
        "http://p16.tiktokcdn.com/a.jpg",
        "https://example.com/a.jpg",
        "https://tiktokcdn.com.example.com/a.jpg",
        "https://127.0.0.1/a.jpg",
        "https://me:secret@p16.tiktokcdn.com/a.jpg",
        "https://p16.tiktokcdn.com:8443/a.jpg",
        "file:///etc/passwd",
        "",
    ],
)
async def test_anything_but_tiktoks_media_hosts_is_never_asked(tmp_path: Path, address: str) -> None:
    assert await TikTokPictures().fetch(address, tmp_path, "one") is None
    assert list(tmp_path.iterdir()) == []


async def test_what_is_no_picture_leaves_nothing_behind(tiktok: TikTok, tmp_path: Path) -> None:
    page = "https://www.tiktok.com/@nobody"
    assert await TikTokPictures().fetch(page, tmp_path, "one") is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("values", "first"),
    [
        ((None, 7, "", "https://a.tiktokcdn.com/b.jpg"), "https://a.tiktokcdn.com/b.jpg"),
        (("http://a/b.jpg",), ""),
        (("https://é.com/b.jpg",), ""),
        (("https://a/" + "b" * LONGEST_ADDRESS,), ""),
        (({"url": "x"}, ["https://a"]), ""),
    ],
)
def test_a_strangers_field_is_an_address_only_when_it_looks_like_one(values: tuple[object, ...], first: str) -> None:
    assert picture(*values) == first
