"""How a process is, seen from inside and from beside it."""

import asyncio
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.services.diagnosing import Connection, Diagnosing
from tests.waiting import Standstill, until


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.json"


async def test_a_running_process_tells_how_it_is_and_takes_it_back_when_it_ends(path: Path):
    diagnosing = Diagnosing(path, lambda: {"lives": 3, "engine": "groq", "writer_wait_seconds": 0.5})
    task = asyncio.create_task(diagnosing.run())
    await until(path.exists)
    said = Diagnosing(path).of_running()
    assert said is not None
    assert (said.pid, said.lives, said.engine, said.writer_wait_seconds) == (os.getpid(), 3, "groq", 0.5)
    assert said.since == diagnosing.began
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert not path.exists()
    assert Diagnosing(path).of_running() is None


def test_since_when_a_chat_is_as_it_is(path: Path):
    states = {"discord": (False, ""), "telegram": (True, "")}
    diagnosing = Diagnosing(path, chats=lambda: states)
    first = diagnosing.now().chats
    assert (first["discord"].ready, first["telegram"].ready) == (False, True)
    states["discord"] = (True, "")
    second = diagnosing.now().chats
    assert second["discord"].since > first["discord"].since
    assert second["telegram"] == first["telegram"]
    states["discord"] = (False, "DISCONNECTED")
    third = diagnosing.now().chats["discord"]
    assert (third.ready, third.trouble) == (False, "DISCONNECTED")
    assert third.since > second["discord"].since
    del states["telegram"]
    assert list(diagnosing.now().chats) == ["discord"]


async def test_another_process_reads_how_the_chats_are(path: Path):
    began, diagnosing = time.time(), Diagnosing(path, chats=lambda: {"discord": (False, "COMMANDS")})
    task = asyncio.create_task(diagnosing.run())
    await until(path.exists)
    said = Diagnosing(path).of_running()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert said is not None
    assert said.chats == {"discord": Connection(False, "COMMANDS", said.chats["discord"].since)}
    assert began - 0.001 <= said.chats["discord"].since <= time.time()


async def test_a_loop_that_is_held_up_shows(path: Path):
    diagnosing = Diagnosing(path)
    task = asyncio.create_task(diagnosing.run())
    with Standstill() as still:
        await asyncio.sleep(0.12)
        time.sleep(0.3)
        await asyncio.sleep(0.12)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert 0.2 <= diagnosing.now().loop_lag_p99_seconds <= 2 + still.seconds


def test_what_a_killed_process_left_behind_is_not_taken_for_a_running_one(path: Path):
    with subprocess.Popen([sys.executable, "-c", "pass"]) as gone:
        pass
    path.write_text(json.dumps({"pid": gone.pid, "since": 0.0}))
    assert Diagnosing(path).of_running() is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"pid": "x"}',
        '{"pid": 1, "colour": "red"}',
        '{"pid": 1, "chats": []}',
        '{"chats": {"discord": ""}}',
        "null",
    ],
)
def test_a_file_that_makes_no_sense_is_nobody(path: Path, text: str):
    path.write_text(text)
    assert Diagnosing(path).of_running() is None


async def test_vitals_that_cannot_be_written_do_not_end_the_process(path: Path):
    diagnosing = Diagnosing(path.parent / "gone" / "run.json")
    task = asyncio.create_task(diagnosing.run())
    await asyncio.sleep(0.2)
    assert not task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
