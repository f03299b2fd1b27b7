"""A video becomes text from the console, by the real yt-dlp and the loopback TikTok: captions, sound, files, Ctrl-C, kill -9."""

import asyncio
import json
import os
import signal
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from tests.builders import rows
from tests.journeys.conftest import ROOT, Ended, Start, earshot
from tests.platforms import speech
from tests.platforms.groq import UNLIMITED, LoopbackGroq
from tests.platforms.tiktok import Running, running
from tests.waiting import PATIENCE

DEMO = ROOT / "bot" / "demo" / "live.mp4"
Do = Callable[..., Ended]


@pytest.fixture(scope="module")
def tiktok() -> Iterator[Running]:
    with running() as serving:
        yield serving


@pytest.fixture
async def groq() -> AsyncIterator[LoopbackGroq]:
    known = await asyncio.to_thread(speech.Known)
    async with LoopbackGroq(known, per_minute=UNLIMITED, audio_seconds_per_hour=UNLIMITED) as serving:
        yield serving


def surroundings(tiktok: Running, groq: LoopbackGroq | None = None) -> dict[str, str]:
    """The environment that leads a program to the loopback TikTok, and to the loopback Groq."""
    leads = tiktok.environment(shim=True)
    leads["PYTHONPATH"] = os.pathsep.join((leads["PYTHONPATH"].split(os.pathsep)[0], str(ROOT)))
    keys = {"GROQ_API_KEY": groq.key, "GROQ_BASE_URL": groq.origin} if groq else {}
    return {**leads, "TIKTOK_PROXY": "", **keys}


async def console(data: Path, around: dict[str, str], *words: str) -> Ended:
    return await asyncio.to_thread(earshot, data, "console", *words, **around)


def words_of(text: str) -> list[str]:
    return ["".join(sign for sign in word.lower() if sign.isalnum()) for word in text.split()]


async def test_captions_become_text_and_asking_again_gives_it_at_once(tiktok: Running, data: Path):
    around = surroundings(tiktok)
    tiktok.tell("video", unique_id="chef", desc="Eggs and {x}", short="ZTcap0001", tracks=[{"language": "eng-US"}])
    done = await console(data, around, "transcribe", "https://vm.tiktok.com/ZTcap0001/")
    assert done.code == 0, done.err
    assert "Eggs and {x}" in done.out
    assert "@chef · 1:04 · English" in done.out
    assert "TikTok's captions (automatic)" in done.out
    assert "welcome to the Sunday kitchen" in done.out
    assert "Transcribing @chef" in done.err
    asked = tiktok.tell("stats")
    again = await console(data, around, "transcribe", "https://vm.tiktok.com/ZTcap0001/", "--json")
    said = json.loads(again.out)
    assert (said["reply"], said["engine"], said["automatic"], again.err) == ("Transcribed", "captions", True, "")
    assert tiktok.tell("stats")["hits"].get("video_page") == asked["hits"].get("video_page")
    opened = await console(data, around, "transcript", "open", "v1")
    assert "0:01  Hello, hello," in opened.out
    assert list((data / "videos").glob("*")) == []


async def test_the_words_of_the_sound_are_those_that_are_said(tiktok: Running, groq: LoopbackGroq, data: Path):
    video = tiktok.tell("video", unique_id="chef", desc="No captions here")
    done = await console(data, surroundings(tiktok, groq), "transcribe", video["url"], "--format", "json")
    assert done.code == 2, "json is no format of this command"
    done = await console(data, surroundings(tiktok, groq), "transcribe", video["url"])
    assert done.code == 0, done.err
    text = await console(data, surroundings(tiktok), "transcript", "download", "v1", "json", "--json")
    told = json.loads(json.loads(text.out)["file"]["data"])
    assert (told["handle"], told["engine"], told["title"]) == ("chef", "groq", "No captions here")
    heard = words_of(" ".join(segment["text"] for segment in told["segments"]))
    said = words_of(" ".join(word["word"] for word in json.loads(DEMO.with_suffix(".json").read_text())["words"]))
    missing = [word for word in said if word not in heard]
    assert len(missing) <= len(said) * 0.05, missing


async def test_a_file_of_this_machine_is_transcribed_the_same_way(tiktok: Running, groq: LoopbackGroq, data: Path):
    done = await console(data, surroundings(tiktok, groq), "transcribe", str(DEMO))
    assert done.code == 0, done.err
    assert "live.mp4" in done.out
    assert "welcome to the Sunday kitchen" in done.out
    assert DEMO.exists()


@pytest.mark.parametrize(
    ("link", "says"),
    [
        ("https://example.com/x", "That is not a TikTok link."),
        ("eggs", "I cannot read that link."),
        ("https://www.tiktok.com/@chef/photo/7400000000000000001", "That post is a photo series."),
        ("https://www.tiktok.com/@chef/live", "That is the link of a live"),
        ("./none.mp4", "I cannot read none.mp4"),
    ],
)
async def test_what_cannot_be_transcribed_is_one_plain_line(tiktok: Running, data: Path, link: str, says: str):
    done = await console(data, surroundings(tiktok), "transcribe", link)
    assert (done.code, done.out) == (1, "")
    assert done.line.startswith(says)


async def test_a_private_video_says_so_and_exits_1(tiktok: Running, data: Path):
    video = tiktok.tell("video", unique_id="chef", status=10216)
    done = await console(data, surroundings(tiktok), "transcribe", video["url"])
    assert done.code == 1
    assert "That video is private or for friends only." in done.err
    told = await console(data, surroundings(tiktok), "transcribe", video["url"], "--json")
    assert (told.code, json.loads(told.out)["code"], told.err) == (1, "PRIVATE", "")


async def test_a_limit_is_told_with_its_time_and_not_waited_for(tiktok: Running, data: Path):
    video = tiktok.tell("video", unique_id="chef")
    tiktok.tell("fault", route="video_page", status=429, times=-1)
    try:
        plain = await console(data, surroundings(tiktok), "transcribe", video["url"])
        done = await console(data, surroundings(tiktok), "transcribe", video["url"], "--json")
    finally:
        tiktok.tell("clear_faults")
    assert (plain.code, plain.out) == (1, "")
    assert "TikTok is limiting me until" in plain.err.splitlines()[-1]
    said = json.loads(done.out)
    assert (done.code, said["reply"], said["waits"]) == (1, "Transcribing", "TIKTOK_LIMIT")


async def test_ctrl_c_cancels_the_job_and_leaves_nothing(tiktok: Running, data: Path, start: Start):
    video = tiktok.tell("video", unique_id="chef", pace=50_000)
    around = surroundings(tiktok) | {"GROQ_API_KEY": "gsk_x"}
    process = await start(data, "-m", "bot", "console", "transcribe", video["url"], **around)
    await process.until(lambda: any("▶ downloaded" in line for line in process.errors))
    code = await process.kill(signal.SIGINT)
    assert code == 130
    assert "Stopped." in "".join(process.errors)
    assert [row["state"] for row in rows(data, "select state from job")] == ["cancelled"]
    assert list((data / "videos").glob("*")) == []


async def test_killed_in_the_middle_it_is_done_by_whoever_comes_next(tiktok: Running, data: Path, start: Start):
    """kill -9 while a slow page is read; the job is claimed again when its lease is over, here made shorter by hand."""
    video = tiktok.tell("video", unique_id="chef", tracks=[{"language": "eng-US"}])
    tiktok.tell("fault", route="video_page", delay_s=30, passthrough=True, match=video["id"])
    around = surroundings(tiktok)
    process = await start(data, "-m", "bot", "console", "transcribe", video["url"], **around)
    parent = psutil.Process(process.child.pid)
    await process.until(
        lambda: any(one["hits"] for one in tiktok.tell("stats")["faults"] if one["match"] == video["id"])
    )
    reading = parent.children(recursive=True)
    await process.kill(signal.SIGKILL)
    _, left = await asyncio.to_thread(psutil.wait_procs, reading, PATIENCE)
    assert not left, "who reads the page outlives nobody"
    (job,) = rows(data, "select state, worker from job")
    assert job["state"] == "running"
    with closing(sqlite3.connect(data / "earshot.db")) as database, database:
        database.execute("update job set lease_until = '2026-01-01 00:00:00.000000'")
    done = await console(data, around, "transcribe", video["url"])
    assert "welcome to the Sunday kitchen" in done.out
    assert [(row["state"], row["attempt"]) for row in rows(data, "select state, attempt from job")] == [("done", 2)]


async def test_at_the_prompt_the_result_comes_when_it_is_there_also_from_a_pipe(
    tiktok: Running, data: Path, start: Start
):
    video = tiktok.tell("video", unique_id="chef", tracks=[{"language": "eng-US"}])
    process = await start(data, "-m", "bot", "console", **surroundings(tiktok))
    assert process.child.stdin
    process.child.stdin.write(f"transcribe {video['url']}\n".encode())
    process.child.stdin.close()
    async with asyncio.timeout(2 * PATIENCE):
        await process.child.wait()
    assert await process.kill() == 0
    assert "welcome to the Sunday kitchen" in "".join(process.said)
