"""Speakers told apart from the console, by the real client of AssemblyAI and the loopback service: handed over once, even through a
kill -9, and nothing stays there."""

import asyncio
import json
import signal
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.builders import rows
from tests.journeys.conftest import ROOT, Ended, Start, earshot
from tests.platforms import speech
from tests.platforms.assemblyai import LoopbackAssemblyAI
from tests.platforms.groq import LoopbackGroq, refusal
from tests.waiting import until

DEMO = ROOT / "bot" / "demo" / "live.mp4"


@pytest.fixture
async def service() -> AsyncIterator[LoopbackAssemblyAI]:
    async with LoopbackAssemblyAI(await asyncio.to_thread(speech.Spliced)) as serving:
        yield serving
        assert serving.violations == []


def keys(service: LoopbackAssemblyAI) -> dict[str, str]:
    return {"ASSEMBLYAI_API_KEY": service.key, "ASSEMBLYAI_BASE_URL": service.origin}


async def console(data: Path, around: dict[str, str], *words: str) -> Ended:
    return await asyncio.to_thread(earshot, data, "console", *words, **around)


async def test_who_speaks_is_told_in_the_card_in_the_pages_and_nothing_stays_there(
    service: LoopbackAssemblyAI, data: Path
) -> None:
    done = await console(data, keys(service), "transcribe", str(DEMO), "--speakers", "yes")
    assert done.code == 0, done.err
    assert "AssemblyAI" in done.out
    assert "A: Hello, hello, and welcome to the Sunday kitchen" in done.out
    assert (service.kept, service.uploads) == ([], {}), "deleted before the program ends"
    (sent,) = service.sent("upload")
    assert sent.data["bytes"] < 400_000, "speech alone, packed"
    opened = await console(data, {}, "transcript", "open", "v1")
    assert "  A: Hello" in opened.out
    assert "  B: " in opened.out
    again = await console(data, keys(service), "transcribe", str(DEMO), "--json")
    assert json.loads(again.out)["reply"] == "Transcribed", "it is there already"
    assert len(service.sent("create")) == 1


async def test_without_an_engine_for_it_the_next_step_is_said(data: Path) -> None:
    done = await console(data, {"GROQ_API_KEY": "gsk_x"}, "transcribe", str(DEMO), "--speakers", "yes")
    assert (done.code, done.out) == (1, "")
    assert done.line.startswith("No engine here tells speakers apart.")
    assert "ASSEMBLYAI_API_KEY" in done.line


async def test_killed_in_the_middle_it_is_neither_handed_over_nor_paid_for_twice(
    service: LoopbackAssemblyAI, data: Path, start: Start
) -> None:
    service.working.clear()
    process = await start(data, "-m", "bot", "console", "transcribe", str(DEMO), **keys(service))
    await process.until(lambda: bool(service.sent("get")))
    await process.kill(signal.SIGKILL)
    assert [row["over"] for row in rows(data, "select over from remote")] == [0]
    with closing(sqlite3.connect(data / "earshot.db")) as database, database:
        database.execute("update job set lease_until = '2026-01-01 00:00:00.000000'")
    service.working.set()
    done = await console(data, keys(service), "transcribe", str(DEMO))
    assert done.code == 0, done.err
    assert "welcome to the Sunday kitchen" in done.out
    assert (len(service.sent("upload")), len(service.sent("create"))) == (1, 1)
    assert (service.kept, rows(data, "select * from remote")) == ([], [])


async def test_ctrl_c_has_it_deleted_there_when_the_service_lets_it(
    service: LoopbackAssemblyAI, data: Path, start: Start
) -> None:
    service.working.clear()
    process = await start(data, "-m", "bot", "console", "transcribe", str(DEMO), **keys(service))
    await process.until(lambda: bool(service.sent("get")))
    assert await process.kill(signal.SIGINT) == 130
    assert [row["over"] for row in rows(data, "select over from remote")] == [1], "it is still worked on"
    service.working.set()
    await until(lambda: all(work.result for work in service.works.values()))
    await console(data, keys(service), "status")
    assert (service.kept, rows(data, "select * from remote")) == ([], [])


async def test_another_engine_goes_on_where_the_first_has_no_quota_and_the_card_says_why(
    service: LoopbackAssemblyAI, data: Path
) -> None:
    async with LoopbackGroq() as groq:
        groq.fail_next(refusal(429, retry_after="3600"))
        around = {**keys(service), "GROQ_API_KEY": groq.key, "GROQ_BASE_URL": groq.origin}
        done = await console(data, around, "transcribe", str(DEMO))
    assert done.code == 0, done.err
    assert "Groq's quota was used up, so AssemblyAI heard it." in done.out
    assert "welcome to the Sunday kitchen" in done.out


async def test_a_refused_key_is_one_plain_line(service: LoopbackAssemblyAI, data: Path) -> None:
    around = {**keys(service), "ASSEMBLYAI_API_KEY": "aai_wrong"}
    done = await console(data, around, "transcribe", str(DEMO))
    assert done.code == 1
    assert "AssemblyAI refused its key." in done.err
    assert "aai_wrong" not in done.err + done.out
