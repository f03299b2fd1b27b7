"""Waiting in tests: what comes is given, what does not come is said."""

import asyncio
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.waiting import LATER, PATIENCE, SOON, Changing, Standstill, listening, until

ROOT = Path(__file__).parents[2]


async def test_the_first_truth_is_given_of_what_answers_at_once_and_of_what_is_awaited() -> None:
    answers = iter([0, [], "there"])

    async def later() -> str:
        return next(answers)

    assert await until(later) == "there"
    assert await until(lambda: 7) == 7


async def test_the_longer_it_takes_the_less_often_it_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses = list[float]()

    async def asleep(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", asleep)
    await until(lambda: len(pauses) == 100)
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (SOON, LATER)


async def test_who_waits_in_vain_reads_what_was_waited_for_and_what_was_there_instead() -> None:
    posts, word = ["one"], "two"
    with pytest.raises(TimeoutError) as caught:
        await until(lambda: word in posts, 0.05)
    said = str(caught.value)
    assert "waited 0.05 s for await until(lambda: word in posts, 0.05)" in said
    assert "posts = ['one']" in said
    assert "word = 'two'" in said
    assert "last it gave False" in said


async def test_a_wait_inside_a_wait_says_what_both_were_for() -> None:
    def wanted(number: int) -> bool:
        return number == 2

    with pytest.raises(TimeoutError, match="return number == 2"):
        await Changing().until(lambda: wanted(1), 0.05)


async def test_a_timeout_of_the_condition_itself_is_not_taken_for_the_waits() -> None:
    async def broken() -> None:
        raise TimeoutError("mine")

    with pytest.raises(TimeoutError, match=r"^mine$"):
        await until(broken)


async def test_a_condition_that_never_answers_is_waited_for_no_longer() -> None:
    with pytest.raises(TimeoutError, match=r"waited 0\.05 s for <bound method Event.wait"):
        await until(asyncio.Event().wait, 0.05)


async def test_a_change_that_is_told_is_seen_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    changing, there = Changing(), list[int]()

    async def change() -> None:
        there.append(1)
        changing.tell()

    monkeypatch.setattr("tests.waiting.GLANCE", 3600.0)
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(changing.until(lambda: there, PATIENCE))
        group.create_task(change())
    assert waiting.result() == [1]


STANDING = """
import sys
from tests.waiting import Standstill
with Standstill() as still:
    print("here", flush=True)
    sys.stdin.readline()
print(still.seconds)
"""


def test_a_process_that_was_stopped_knows_for_how_long_it_stood_still() -> None:
    argv = [sys.executable, "-c", STANDING]
    with subprocess.Popen(argv, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        assert process.stdout.readline() == "here\n"
        process.send_signal(signal.SIGSTOP)
        time.sleep(0.5)
        process.send_signal(signal.SIGCONT)
        process.stdin.write("\n")
        process.stdin.close()
        assert float(process.stdout.read()) > 0.4


def test_who_waits_does_not_stand_still() -> None:
    began = time.monotonic()
    with Standstill() as still, Standstill() as beside:
        time.sleep(0.5)
    assert min(still.seconds, beside.seconds) <= time.monotonic() - began - 0.4


async def test_a_port_is_waited_for_until_somebody_takes_connections() -> None:
    server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", start_serving=False)
    port = server.sockets[0].getsockname()[1]
    waiting = asyncio.create_task(listening(port))
    async with server:
        await server.start_serving()
        await waiting
