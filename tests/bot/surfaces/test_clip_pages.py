"""Clips on pages of their own: watched whole or in pieces, by many at once, and by nobody whose address is wrong or over."""

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import aiohttp
import pytest
from cryptography.fernet import Fernet

from bot.surfaces.web.client import WebClient
from bot.surfaces.web.clips import ClipPages
from bot.wording import Words
from core.adapters.sealing import Sealing
from core.model.clip import Clip, Cut
from core.model.person import Person
from core.services.clipping import Curating, Showing
from core.services.diagnosing import Diagnosing
from tests.builders import HERE, followed, scene_of
from tests.doubles import CountedStorage, HandClock
from tests.waiting import listening

DATA = bytes(range(256)) * 4096
SIZE = len(DATA)
NAME = "مرحبا_giveaway 1.mp4"


@dataclass
class Web:
    """The pages, somebody who asks, and the address of the one clip."""

    session: aiohttp.ClientSession
    showing: Showing
    curating: Curating
    clip: Clip
    address: str

    async def get(self, path: str = "", method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.session.request(method, self.address + path, headers=given) as answer:
            return answer.status, dict(answer.headers), await answer.read()


@pytest.fixture
async def web(storage: CountedStorage, clock: HandClock, tmp_path: Path) -> AsyncIterator[Web]:
    path = tmp_path / "7.mp4"
    path.write_bytes(DATA)
    path.with_suffix(".jpg").write_bytes(b"\xff\xd8\xff")
    await followed(storage, "maria", HERE)
    scene = await scene_of(storage)
    async with storage.work() as work:
        cut = Cut(path, 1.0, 40.0, SIZE, 720, 1280)
        clip = await work.clips.add(scene.live.id, HERE, NAME, cut, clock.now(), "", "job:7")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    showing = Showing(storage, clock, Sealing([Fernet.generate_key().decode()]), base)
    pages = ClipPages(showing, Words("en", ZoneInfo("UTC")))
    client = WebClient(Diagnosing(tmp_path / "run.json"), lambda: True, "127.0.0.1", port, clips=pages)
    running = asyncio.create_task(client.run())
    await listening(port)
    async with aiohttp.ClientSession() as session:
        yield Web(session, showing, Curating(storage, clock), clip, showing.link(HERE, clip.id))
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_the_page_has_a_player_a_still_and_the_credit_and_nothing_from_elsewhere(web: Web):
    status, headers, body = await web.get(Accept_Language="fr")
    text, path = body.decode(), web.address.rpartition("/")[2]
    assert status == 200
    assert f'src="{path}/file"' in text
    assert f'poster="{path}/still"' in text
    assert "@maria" in text
    assert "ouverte jusqu" in text
    assert "<script" not in text
    assert "noindex" in headers["X-Robots-Tag"]
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "media-src 'self'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert (await web.get("/still"))[1]["Content-Type"] == "image/jpeg"


async def test_the_file_is_a_video_under_its_own_name(web: Web):
    status, headers, body = await web.get("/file")
    assert (status, body) == (200, DATA)
    assert (headers["Content-Type"], headers["Accept-Ranges"]) == ("video/mp4", "bytes")
    assert headers["X-Content-Type-Options"] == "nosniff"
    said = "inline; filename*=UTF-8''%D9%85%D8%B1%D8%AD%D8%A8%D8%A7_giveaway%201.mp4"
    assert headers["Content-Disposition"] == said
    status, headers, body = await web.get("/file", "HEAD")
    assert (status, headers["Content-Length"], body) == (200, str(SIZE), b"")


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-", 0, SIZE),
        ("bytes=-1", SIZE - 1, SIZE),
        (f"bytes={SIZE - 1}-", SIZE - 1, SIZE),
        (f"bytes={SIZE - 2}-{SIZE + 99}", SIZE - 2, SIZE),
        ("bytes=1000-1999", 1000, 2000),
        (f"bytes=-{SIZE + 5}", 0, SIZE),
    ],
)
async def test_a_piece_is_the_piece_that_was_asked_for(web: Web, asked: str, start: int, end: int):
    status, headers, body = await web.get("/file", Range=asked)
    assert (status, body) == (206, DATA[start:end])
    assert headers["Content-Range"] == f"bytes {start}-{end - 1}/{SIZE}"


async def test_what_lies_behind_the_end_is_refused_with_the_length(web: Web):
    for asked in (f"bytes={SIZE}-", f"bytes={SIZE + 7}-{SIZE + 9}"):
        status, headers, _ = await web.get("/file", Range=asked)
        assert (status, headers["Content-Range"]) == (416, f"bytes */{SIZE}")


async def test_a_piece_of_what_has_changed_is_the_whole(web: Web):
    made = (await web.get("/file"))[1]["Last-Modified"]
    assert (await web.get("/file", Range="bytes=0-9", If_Range=made))[0] == 206
    old = "Thu, 01 Jan 2015 00:00:00 GMT"
    assert (await web.get("/file", Range="bytes=0-9", If_Range=old))[0] == 200


async def test_ten_watch_at_once(web: Web):
    async def watch(n: int) -> bytes:
        return (await web.get("/file", Range=f"bytes={n * 100_000}-{n * 100_000 + 99_999}"))[2]

    pieces = await asyncio.gather(*(watch(n) for n in range(10)))
    assert b"".join(pieces) == DATA[:1_000_000]


async def test_a_wrong_address_is_told_what_to_do_and_all_wrong_ones_alike(web: Web):
    seen = set()
    real = web.address
    wrong = [real[:-5], real + "x", real.rpartition("/")[0] + "/7", real.rpartition("/")[0] + "/" + "x" * 120]
    wrong += [real.rpartition("/")[0] + "/%2e%2e%2fetc%2fpasswd", real.rpartition("/")[0] + "/%00"]
    for web.address in wrong:
        for path in ("", "/file", "/still"):
            status, _, body = await web.get(path)
            assert status == 404
            seen.add(body)
    (page,) = seen
    assert b"/clip list" in page
    for web.address in (real + "/../../7.mp4", real + "/file/x", real.rpartition("/")[0] + "/"):
        assert (await web.get())[0] == 404
    web.address = real
    assert (await web.get("/file", "POST"))[0] == 405


async def test_a_deleted_clip_is_gone_at_once(web: Web):
    assert (await web.get("/file"))[0] == 200
    await web.curating.delete(web.clip, Person("console:1", "Karim"))
    assert [(await web.get(path))[0] for path in ("", "/file", "/still")] == [404, 404, 404]


async def test_an_address_that_is_over_and_a_lost_file_are_no_pages(web: Web, clock: HandClock):
    web.clip.still.unlink()
    assert (await web.get("/still"))[0] == 404
    assert "poster" not in (await web.get())[2].decode()
    web.clip.path.unlink()
    assert [(await web.get(path))[0] for path in ("", "/file")] == [404, 404]
    web.clip.path.write_bytes(DATA)
    assert (await web.get())[0] == 200
    await clock.advance(7 * 86400)
    assert [(await web.get(path))[0] for path in ("", "/file", "/still")] == [404, 404, 404]
