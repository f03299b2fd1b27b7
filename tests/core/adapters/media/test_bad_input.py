"""What cannot be captured is told by kind and code, names the source, and leaves nothing behind."""

import os
import threading
from pathlib import Path

import av
import psutil
import pytest

from core.adapters.media.faults import shown
from core.errors import Denied, EarshotError, Invalid, Missing, Transient
from tests.core.adapters.media.conftest import HURRIED, Listen
from tests.platforms.live_media import DEMO, remux
from tests.platforms.live_server import LiveServer
from tests.waiting import until


async def fault(listen: Listen, url: str, live: bool = False) -> EarshotError:
    with pytest.raises(EarshotError) as raised:
        await listen(url, live=live).done()
    return raised.value


def unfit(folder: Path, name: str) -> Path:
    """A file or something else that is no media."""
    path = folder / name
    match name:
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "empty.mp4":
            path.touch()
        case "words.txt" | "words.mp4":
            path.write_text("These are only words. " * 400)
        case "zeros.flv":
            path.write_bytes(b"FLV\x01\x05\0\0\0\x09" + bytes(3_000_000))
        case "header.mp4":
            path.write_bytes(
                b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41" + b"\x7f\xff\xff\xffmoov" + os.urandom(200_000)
            )
        case "list.m3u8":
            path.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n")
        case "concat.txt":
            path.write_text(f"ffconcat version 1.0\nfile {DEMO}\n")
        case "picture.png":
            path.write_bytes(b"\x89PNG\r\n\x1a\n" + os.urandom(2000))
        case "cut.mp4":
            path.write_bytes(DEMO.read_bytes()[:2000])
    return path


@pytest.mark.parametrize(
    ("name", "kind", "code"),
    [
        ("missing.mp4", Missing, "SOURCE_MISSING"),
        ("folder", Invalid, "SOURCE_UNREADABLE"),
        ("pipe", Invalid, "SOURCE_UNREADABLE"),
        ("empty.mp4", Invalid, "SOURCE_NO_MEDIA"),
        ("words.txt", Invalid, "SOURCE_NO_MEDIA"),
        ("words.mp4", Invalid, "SOURCE_NO_MEDIA"),
        ("zeros.flv", Invalid, "SOURCE_NO_MEDIA"),
        ("header.mp4", Invalid, "SOURCE_NO_MEDIA"),
        ("list.m3u8", Invalid, "SOURCE_NO_MEDIA"),
        ("concat.txt", Invalid, "SOURCE_NO_MEDIA"),
        ("picture.png", Invalid, "SOURCE_NO_MEDIA"),
        ("cut.mp4", Invalid, "SOURCE_NO_MEDIA"),
    ],
)
async def test_a_file_that_is_no_media_is_refused(
    listen: Listen, tmp_path: Path, name: str, kind: type[EarshotError], code: str
) -> None:
    path = unfit(tmp_path, name)
    found = await fault(listen, str(path))
    assert (type(found), found.code) == (kind, code)
    assert found.values["x"] == str(path)


@pytest.mark.parametrize(
    ("path", "kind", "code"),
    [
        ("html", Invalid, "SOURCE_NO_MEDIA"),
        ("status/404", Missing, "SOURCE_ANSWER"),
        ("status/401", Denied, "SOURCE_ANSWER"),
        ("status/410", Invalid, "SOURCE_ANSWER"),
        ("status/429", Transient, "SOURCE_ANSWER"),
        ("status/500", Transient, "SOURCE_ANSWER"),
        ("status/204", Transient, "SOURCE_UNREADABLE"),
        ("endless.flv", Invalid, "SOURCE_NO_MEDIA"),
    ],
)
async def test_an_answer_that_is_no_media_is_refused(
    server: LiveServer, listen: Listen, path: str, kind: type[EarshotError], code: str
) -> None:
    found = await fault(listen, f"{server.origin}/{path}?signature=secret")
    assert (type(found), found.code) == (kind, code)
    assert found.values["x"] == f"{server.origin}/{path}"


@HURRIED
@pytest.mark.parametrize("path", ["silent", "trickle.flv"])
async def test_an_answer_of_nothing_is_left(server: LiveServer, listen: Listen, path: str) -> None:
    found = await fault(listen, f"{server.origin}/{path}?signature=secret")
    assert (type(found), found.code) == (Transient, "SOURCE_UNREADABLE")
    assert found.values["x"] == f"{server.origin}/{path}"


@pytest.mark.parametrize(
    "url", ["concat:a|b", "rtmp://127.0.0.1/x", "pipe:0", "file:///etc/passwd", "ftp://127.0.0.1/x"]
)
async def test_only_files_and_http_are_read(listen: Listen, url: str) -> None:
    found = await fault(listen, url)
    assert found.code in ("SOURCE_UNREADABLE", "SOURCE_MISSING")


async def test_a_list_from_the_network_cannot_open_files(listen: Listen, tmp_path: Path) -> None:
    from aiohttp import web

    async def listing(_: web.Request) -> web.Response:
        return web.Response(
            text=f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nfile://{tmp_path}/a.ts\n#EXT-X-ENDLIST\n"
        )

    remux(DEMO, tmp_path / "a.ts", "mpegts")
    app = web.Application()
    app.router.add_get("/index.m3u8", listing)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found = await fault(listen, f"http://127.0.0.1:{runner.addresses[0][1]}/index.m3u8")
    await runner.cleanup()
    assert found.code == "SOURCE_NO_MEDIA"


async def test_a_picture_too_large_for_memory_is_refused(listen: Listen, tmp_path: Path) -> None:
    path = tmp_path / "large.mp4"
    with av.open(str(path), "w") as writing:
        video = writing.add_stream("mpeg4", rate=1, width=4096, height=4096, pix_fmt="yuv420p")
        writing.mux(video.encode(av.VideoFrame(4096, 4096, "yuv420p")))
        writing.mux(video.encode(None))
    found = await fault(listen, str(path))
    assert found.code == "SOURCE_UNREADABLE"
    assert "larger than 4096x2176" in str(found.values["reason"])


async def test_a_file_name_with_a_colon_is_a_file(listen: Listen, tmp_path: Path) -> None:
    path = remux(DEMO, tmp_path / "concat:12:30.mp4", "mp4")
    heard = listen(str(path), live=False)
    await heard.done()
    assert heard.spans


async def test_a_failing_address_ends_the_capture_with_a_bug(listen: Listen, capture) -> None:  # type: ignore[no-untyped-def]
    async def address() -> None:
        raise ValueError("not ours")

    live = capture.open("broken", address)
    with pytest.raises(EarshotError) as raised:
        async for _ in live.spans():
            pass
    assert raised.value.code == "CAPTURE"
    assert isinstance(raised.value.__cause__, ValueError)
    await live.stop()


def test_an_address_is_shown_without_its_signature() -> None:
    assert shown("https://me:pw@cdn.example:8443/live/a.flv?sign=1#x") == "https://cdn.example:8443/live/a.flv"
    assert shown("/a/b?c.mp4") == "/a/b?c.mp4"


async def test_thirty_captures_leave_no_thread_and_no_file_behind(server: LiveServer, listen: Listen) -> None:
    process = psutil.Process()
    warm = listen(f"{server.origin}/live/warm.flv")
    await warm.reach(0.5)
    await warm.capture.stop()
    threads, files = threading.active_count(), process.num_fds()
    for i in range(30):
        url = (str(DEMO), f"{server.origin}/live/a.flv", f"{server.origin}/status/404")[i % 3]
        heard = listen(url, live=i % 3 == 1)
        if i % 3 == 1:
            await heard.reach(0.1)
        await heard.capture.stop()
    assert threading.active_count() == threads
    await until(lambda: process.num_fds() <= files + 1)
