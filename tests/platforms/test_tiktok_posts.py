"""Posts on the loopback TikTok as the real yt-dlp sees them."""

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest
import yt_dlp

from tests.platforms.speech import decoded
from tests.platforms.tiktok import Rendering, TikTok, Track
from tests.platforms.tiktok.onlookers import extracted, page


async def test_a_video_is_fetched_by_short_link_with_its_captions(tiktok: TikTok, tmp_path: Path) -> None:
    renderings = (Rendering("bytevc1", "720p"), Rendering("h264"), Rendering("h264", "720p", 900_000, 9_000_000))
    tracks = (Track("eng-US"), Track("fra-FR", "MT", lines=((0.0, 1.5, "bonjour"),)))
    tiktok.video("chef", desc="Eggs", short="ZTabc123", hops=3, renderings=renderings, tracks=tracks, states_s=2700)
    told = await extracted(
        "https://vm.tiktok.com/ZTabc123/", tiktok, tmp_path, format="h264_540p_214000", writesubtitles=True
    )
    assert (told["title"], told["uploader"], told["duration"]) == ("Eggs", "chef", 2700)
    assert {each["format_id"]: each["vcodec"] for each in told["formats"]} == {
        "audio": "none",
        "h264_540p_214000": "h264",
        "h264_720p_900000": "h264",
        "bytevc1_720p_214000": "h265",
    }
    assert set(told["subtitles"]) == {"eng-US", "fra-FR"}
    french = await page(told["subtitles"]["fra-FR"][0]["url"])
    assert french.text == "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\nbonjour\n"
    assert "Sunday kitchen" in (await page(told["subtitles"]["eng-US"][0]["url"])).text
    sound, _ = await asyncio.to_thread(decoded, next(tmp_path.glob("*.mp4")))
    assert len(sound) / 16_000 == pytest.approx(64, abs=1)
    assert "sec-ch-ua" in tiktok.asked("video_page")[-1].headers  # asked as a browser does
    hosts = [call.host for call in tiktok.asked("short_link")]
    assert hosts == ["vm.tiktok.com", "vt.tiktok.com", "m.tiktok.com"]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"status": 10216}, "do not have permission"),
        ({"status": 10204}, "IP address is blocked"),
        ({"status": 10231}, "status code 10231"),
        ({"page": "login"}, "requiring login"),
        ({"page": "classified"}, "may not be comfortable"),
        ({"page": "wait"}, "Unable to extract challenge data"),
        ({"page": "captcha"}, "Unexpected response from webpage request"),
    ],
    ids=str,
)
async def test_a_video_that_cannot_be_had_says_why(
    tiktok: TikTok, tmp_path: Path, said: dict[str, Any], words: str
) -> None:
    video = tiktok.video("chef", **said)
    with pytest.raises(yt_dlp.DownloadError, match=words):
        await extracted(video.url, tiktok, tmp_path)


async def test_a_photo_post_has_only_the_attached_song(tiktok: TikTok, tmp_path: Path) -> None:
    post = tiktok.video("chef", images=3, recording="breathless")
    told = await extracted(post.url.replace("/photo/", "/video/"), tiktok, tmp_path, skip_download=True)
    assert [each["format_id"] for each in told["formats"]] == ["audio"]
    assert '"imagePost"' in (await page(post.url)).text


async def test_new_posts_are_listed_newest_first(tiktok: TikTok, tmp_path: Path) -> None:
    made = [tiktok.video("chef", created=int(time.time()) - 60 * age).video_id for age in range(18)]
    told = await extracted("https://www.tiktok.com/@chef", tiktok, tmp_path, extract_flat=True, playlistend=18)
    assert [entry["id"] for entry in told["entries"]] == made


async def test_a_slow_download_is_cut_and_goes_on_where_it_was(tiktok: TikTok, tmp_path: Path) -> None:
    video = tiktok.video("chef")
    tiktok.fault("media", cut_after=300_000)
    await extracted(video.url, tiktok, tmp_path, format="h264_540p_214000", retries=2)
    assert [call.headers.get("range") for call in tiktok.asked("media")][1:] == ["bytes=300000-"]
    assert next(tmp_path.glob("*.mp4")).read_bytes() == tiktok.grounds.recordings["demo"].mp4.read_bytes()
    slow = tiktok.video("chef", pace=4_000_000)
    began = time.monotonic()
    await extracted(slow.url, tiktok, tmp_path, format="h264_540p_214000")
    assert time.monotonic() - began > 0.35
