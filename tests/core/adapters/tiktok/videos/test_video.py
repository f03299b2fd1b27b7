"""Videos by the real yt-dlp against the loopback TikTok: what is fetched, what refused, and that nothing outlives its deadline."""

import asyncio
import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import av
import pytest

from core.adapters.tiktok.pictures import allowed
from core.adapters.tiktok.videos.video import YtDlpVideos
from core.errors import Denied, EarshotError, Invalid, Missing, Transient
from core.model.account import Handle
from core.model.video import Video, VideoLink
from core.ports.video import Fetched, Newest, Watcher, Wish
from tests.platforms.tiktok import Rendering, TikTok, Track
from tests.platforms.tiktok import Video as Posted
from tests.platforms.tiktok.fixtures import tiktok, tiktok_media
from tests.waiting import PATIENCE, Standstill, until

__all__ = ["tiktok", "tiktok_media"]
ANY = Wish(captions=True, sound=True, language="", likely="en", longest=3600, largest=50_000_000)
SLOW = 100_000  # bytes a second: the file takes 17 s


@dataclass
class Desk:
    """A source, and what it told on the way."""

    source: YtDlpVideos
    folder: Path
    found: list[Video] = field(default_factory=list)
    loaded: list[tuple[int, int]] = field(default_factory=list)

    async def fetch(self, video: Posted | VideoLink, wish: Wish = ANY) -> Fetched:
        link = video if isinstance(video, VideoLink) else VideoLink(video.video_id, video.owner.unique_id)
        watcher = Watcher(self.found.append, lambda count, total: self.loaded.append((count, total)))
        return await self.source.fetch(link, self.folder, wish, watcher)

    async def error(self, video: Posted | VideoLink, wish: Wish = ANY) -> EarshotError:
        with pytest.raises(EarshotError) as raised:
            await self.fetch(video, wish)
        return raised.value

    async def newest(self, *handles: str, count: int = 5) -> list[Newest]:
        return [one async for one in self.source.newest([Handle(one) for one in handles], count)]


@pytest.fixture
def desk(tiktok: TikTok, tmp_path: Path) -> Desk:
    return Desk(YtDlpVideos(tiktok.proxy), tmp_path)


@contextmanager
def no_file_more() -> Iterator[None]:
    """This process may open no file, pipe or socket more."""
    least = os.dup(0)
    os.close(least)
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (least, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


async def test_a_machine_that_can_start_no_process_now_may_be_able_to_later(desk: Desk):
    with no_file_more(), pytest.raises(Transient, match="TIKTOK_DOWN"):
        await desk.newest("chef")
    with no_file_more():
        assert isinstance(await desk.error(VideoLink("7400000000000000001", "chef")), Transient)


async def test_a_page_is_read_and_its_captions_come_before_any_sound(tiktok: TikTok, desk: Desk):
    video = tiktok.video("chef", desc="How to boil an egg\nSix minutes\0 {x} #eggs", tracks=(Track("eng-US"),))
    fetched = await desk.fetch(video)
    told = fetched.video
    assert (told.tiktok_id, told.handle, told.name, told.seconds) == (video.video_id, "chef", "Chef", 64.0)
    assert (told.title, told.description) == ("How to boil an egg", "How to boil an egg\nSix minutes {x} #eggs")
    assert told.posted is not None
    assert told.posted.timestamp() == video.created
    assert fetched.captions is not None
    assert (fetched.captions.language, fetched.captions.automatic, fetched.file) == ("en", True, None)
    said = [each["text"] for each in tiktok.grounds.recordings["demo"].captions]
    assert [line.text for line in fetched.captions.lines] == said
    assert tiktok.hits["media"] == 1, "the captions, and no file"
    assert desk.found == [told]


async def test_long_texts_are_cut(tiktok: TikTok, desk: Desk):
    told = (await desk.fetch(tiktok.video("chef", desc="ab " * 400, tracks=(Track(),)))).video
    assert (len(told.title), len(told.description)) == (200, 500)


async def test_the_captions_asked_for_are_taken_or_the_sound(tiktok: TikTok, desk: Desk):
    french = Track("fra-FR", "MT", lines=((1.0, 2.0, "Bonjour {à} tous"),))
    video = tiktok.video("chef", tracks=(Track("eng-US"), french))
    fetched = await desk.fetch(video, replace(ANY, language="fr"))
    assert fetched.captions is not None
    assert [line.text for line in fetched.captions.lines] == ["Bonjour {à} tous"]
    fetched = await desk.fetch(video, replace(ANY, likely="fr"))
    assert fetched.captions is not None
    assert fetched.captions.language == "fr"
    fetched = await desk.fetch(video, replace(ANY, language="de"))
    assert fetched.captions is None
    assert fetched.file is not None


async def test_captions_that_cannot_be_had_leave_the_sound(tiktok: TikTok, desk: Desk):
    video = tiktok.video("chef", tracks=(Track("eng-US"),))
    tiktok.fault("media", status=404, match=".vtt", times=-1)
    fetched = await desk.fetch(video)
    assert (fetched.captions, fetched.file is not None) == (None, True)


async def test_the_smallest_h264_with_sound_is_taken_and_its_bytes_are_told(tiktok: TikTok, desk: Desk):
    video = tiktok.video(
        "chef",
        renderings=(
            Rendering("bytevc1", "540p", 90_000, 900_000, silent=True),
            Rendering("bytevc2", "540p", 80_000, 800_000),
            Rendering("h264", "720p", 900_000, 5_000_000),
            Rendering("h264", "540p", 214_000, 2_000_000),
        ),
    )
    fetched = await desk.fetch(video)
    assert fetched.file is not None
    assert fetched.file.parent == desk.folder
    with av.open(str(fetched.file)) as container:
        assert container.streams.audio
    asked = [call.path for call in tiktok.asked("media")]
    assert [path for path in asked if ".mp4" in path] == [f"/cdn/video/{video.video_id}/h264_540p_214000.mp4"]
    assert not any("sound" in path for path in asked), "the attached song is not its sound"
    size = fetched.file.stat().st_size
    assert desk.loaded[-1] == (size, size)


async def test_nothing_is_loaded_when_nobody_can_hear(tiktok: TikTok, desk: Desk):
    fetched = await desk.fetch(tiktok.video("chef"), replace(ANY, sound=False))
    assert (fetched.captions, fetched.file) == (None, None)
    assert not any(".mp4" in call.path for call in tiktok.asked("media"))


@pytest.mark.parametrize(
    ("changes", "kind", "code"),
    [
        ({"status": 10216}, Denied, "PRIVATE"),
        ({"status": 10222}, Denied, "PRIVATE"),
        ({"status": 10204}, Transient, "VIDEO_BLOCKED"),
        ({"status": 10231}, Missing, "GONE"),
        ({"status": 10101}, Missing, "GONE"),
        ({"page": "login"}, Denied, "AGE"),
        ({"page": "classified"}, Denied, "AGE"),
        ({"page": "wait"}, Transient, "TIKTOK_DOWN"),
        ({"page": "captcha"}, Transient, "TIKTOK_DOWN"),
        ({"page": "empty"}, Transient, "TIKTOK_DOWN"),
        ({"images": 3}, Invalid, "NOT_VIDEO"),
        ({"states_s": 4000}, Invalid, "TOO_LONG"),
    ],
)
async def test_what_tiktok_says_instead_is_told(
    tiktok: TikTok, desk: Desk, changes: dict[str, Any], kind: type[EarshotError], code: str
):
    error = await desk.error(tiktok.video("chef", **changes))
    assert (type(error), error.code) == (kind, code)
    if code == "TIKTOK_DOWN":
        assert getattr(error, "retry_after", None) == 600, "a wall: three more tries in half an hour"


async def test_a_page_that_sets_a_puzzle_is_read_all_the_same(tiktok: TikTok, desk: Desk):
    assert (await desk.fetch(tiktok.video("chef", page="challenge", tracks=(Track(),)))).captions is not None


async def test_a_video_that_does_not_exist_is_perhaps_blocked(desk: Desk):
    assert (await desk.error(VideoLink("7400000000000009999", "chef"))).code == "VIDEO_BLOCKED"


async def test_a_file_that_is_too_large_is_refused_and_not_silently_left_out(tiktok: TikTok, desk: Desk):
    error = await desk.error(tiktok.video("chef"), replace(ANY, largest=1_000_000))
    assert (error.code, error.values) == ("TOO_BIG", {"a": 2, "b": 1})


async def test_an_address_of_a_file_that_has_expired_is_read_anew_once(tiktok: TikTok, desk: Desk):
    video = tiktok.video("chef")
    tiktok.fault("media", status=403, match=".mp4", times=1)
    file = (await desk.fetch(video)).file
    assert file is not None
    assert tiktok.hits["video_page"] == 2
    file.unlink()
    tiktok.fault("media", status=403, match=".mp4", times=-1)
    assert (await desk.error(video)).code == "TIKTOK_DOWN"


async def test_a_cut_connection_is_tiktok_down(tiktok: TikTok, desk: Desk):
    tiktok.fault("video_page", abort=True, times=-1)
    assert (await desk.error(tiktok.video("chef"))).code == "TIKTOK_DOWN"


@pytest.mark.parametrize("status", [403, 429, 503])
async def test_after_a_refusal_nothing_is_asked_for_a_while_by_anybody(tiktok: TikTok, tmp_path: Path, status: int):
    now = [1000.0]
    desk = Desk(YtDlpVideos(tiktok.proxy, now=lambda: now[0]), tmp_path)
    video = tiktok.video("chef", tracks=(Track(),))
    tiktok.fault("video_page", status=status, times=-1)
    first = await desk.error(video)
    assert (first.code, getattr(first, "retry_after", 0)) == ("TIKTOK_LIMIT", 600)
    asked = tiktok.hits["video_page"]
    now[0] += 100
    later = await desk.error(tiktok.video("other"))
    assert (later.code, getattr(later, "retry_after", 0)) == ("TIKTOK_LIMIT", 500)
    assert await desk.newest("chef") == []
    assert tiktok.hits["video_page"] == asked
    now[0] += 501
    assert getattr(await desk.error(video), "retry_after", 0) == 1200, "the next pause is longer"
    tiktok.clear_faults()
    now[0] += 1201
    assert (await desk.fetch(video)).captions is not None


async def test_a_page_that_never_ends_is_given_up(tiktok: TikTok, tmp_path: Path):
    desk = Desk(YtDlpVideos(tiktok.proxy, page_seconds=2.0), tmp_path)
    tiktok.fault("video_page", delay_s=600, passthrough=True)
    async with asyncio.timeout(PATIENCE):
        assert (await desk.error(tiktok.video("chef"))).code == "TIKTOK_DOWN"


async def test_a_download_that_stalls_is_given_up(tiktok: TikTok, tmp_path: Path):
    desk = Desk(YtDlpVideos(tiktok.proxy, stall_seconds=2.0), tmp_path)
    tiktok.fault("media", match=".mp4", delay_s=600, passthrough=True, times=-1)
    async with asyncio.timeout(PATIENCE):
        assert (await desk.error(tiktok.video("chef"))).code == "TIKTOK_DOWN"


@pytest.mark.parametrize("moment", ["page", "file"])
async def test_cancelled_it_stops_at_once(tiktok: TikTok, desk: Desk, moment: str):
    video = tiktok.video("chef", pace=SLOW)
    if moment == "page":
        tiktok.fault("video_page", delay_s=60, passthrough=True)
    task = asyncio.create_task(desk.fetch(video))
    await until(lambda: tiktok.hits["video_page"] if moment == "page" else desk.loaded)
    began = time.monotonic()
    with Standstill() as still:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert time.monotonic() - began < 1 + still.seconds


async def test_no_more_than_two_are_fetched_at_a_time(tiktok: TikTok, desk: Desk):
    for _ in range(4):
        tiktok.fault("video_page", delay_s=1.0, passthrough=True)
    tasks = [asyncio.create_task(desk.fetch(tiktok.video("chef", tracks=(Track(),)))) for _ in range(3)]
    async with asyncio.timeout(PATIENCE):
        await until(lambda: tiktok.hits["video_page"] == 3)
        assert any(task.done() for task in tasks)
        await asyncio.gather(*tasks)


async def test_the_picture_is_kept_and_only_from_tiktoks_media_hosts(tiktok_media: Path, tmp_path: Path):
    async with TikTok(names="tiktok", folder=tiktok_media) as named:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in named.environment().items():
                patch.setenv(name, value)
            desk = Desk(YtDlpVideos(named.proxy), tmp_path)
            told = (await desk.fetch(named.video("chef", tracks=(Track(),)))).video
            assert told.thumbnail is not None
            assert told.thumbnail.read_bytes().startswith(b"\xff\xd8\xff")
            named.fault("media", match=".jpg", status=200, body="<html>no picture", times=-1)
            assert (await desk.fetch(named.video("chef", tracks=(Track(),)))).video.thumbnail is None
        assert not named.refused


@pytest.mark.parametrize(
    ("address", "may"),
    [
        ("https://p16-sign.tiktokcdn-us.com/x.jpg?a=1", True),
        ("https://tiktokcdn.com/x.jpg", True),
        ("http://tiktokcdn.com/x.jpg", False),
        ("https://tiktokcdn.com.evil.org/x.jpg", False),
        ("https://eviltiktokcdn.com/x.jpg", False),
        ("https://tiktokcdn.com@evil.org/x.jpg", False),
        ("https://tiktokcdn.com:8443/x.jpg", False),
        ("https://169.254.169.254/x", False),
        ("https://[::1", False),
        ("file:///etc/passwd", False),
        ("", False),
    ],
)
def test_pictures_come_from_tiktoks_media_hosts_only(address: str, may: bool):
    assert allowed(address) is may


async def test_the_newest_posts_of_accounts_are_listed_by_one_process(tiktok: TikTok, desk: Desk):
    for number in range(4):
        tiktok.video("chef", desc=f"post {number}", created=1_700_000_000 + number)
    tiktok.account("bare")
    chef, nobody, bare = await desk.newest("chef", "nobody_here", "bare", count=3)
    assert [post.title for post in chef.posts] == ["post 3", "post 2", "post 1"]
    assert chef.posts[0].posted is not None
    assert chef.posts[0].posted.timestamp() == 1_700_000_003
    assert nobody.error is not None
    assert (bare.posts, bare.error) == ((), None)


async def test_a_listing_that_meets_a_wall_leaves_the_others_for_later(tiktok: TikTok, desk: Desk):
    tiktok.video("chef")
    tiktok.fault("item_list", status=429, times=-1)
    (only,) = await desk.newest("chef", "other")
    assert only.error is not None
    assert only.error.code == "TIKTOK_LIMIT"


async def test_a_cookie_file_is_read_from_a_copy_and_one_that_is_missing_is_named(tiktok: TikTok, tmp_path: Path):
    jar = tmp_path / "jar.txt"
    jar.write_text("# Netscape HTTP Cookie File\n.tiktok.com\tTRUE\t/\tTRUE\t4000000000\tsessionid\tabc\n")
    before = jar.read_bytes()
    folder = tmp_path / "job"
    folder.mkdir()
    desk = Desk(YtDlpVideos(tiktok.proxy, jar), folder)
    await desk.fetch(tiktok.video("chef", tracks=(Track(),)))
    assert "sessionid=abc" in tiktok.asked("video_page")[0].headers.get("cookie", "")
    assert jar.read_bytes() == before
    error = await Desk(YtDlpVideos(tiktok.proxy, tmp_path / "none.txt"), folder).error(tiktok.video("chef"))
    assert (error.code, error.values["reason"]) == ("COOKIES", "No such file or directory")
