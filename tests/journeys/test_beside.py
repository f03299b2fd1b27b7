"""Programs beside a running Earshot: their changes are acted on at once, a second run is refused, stops are clean."""

import asyncio
import json
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.builders import outbox, rows
from tests.journeys.conftest import Ended, Process, Start, earshot, vitals
from tests.platforms.messenger_server import MessengerServer


async def command(folder: Path, *words: str) -> Ended:
    """`earshot console WORDS`, in a process of its own."""
    return await asyncio.to_thread(earshot, folder, "console", *words)


def pid_in(folder: Path) -> int:
    """The process that says of itself that it runs on the data folder."""
    return int(vitals(folder).get("pid", 0))


async def test_what_is_commanded_beside_a_running_earshot_is_acted_on_long_before_it_looks_by_itself(
    whole: Callable[..., Any], messenger: MessengerServer, data: Path
):
    process: Process = await whole(every=3600.0)
    assert (await command(data, "trigger", "add", "hello")).code == 0
    looked = len(process.said)
    done = await command(data, "follow", "@amina.kitchen")
    assert (done.code, done.err) == (0, "")
    assert "amina.kitchen" in done.out
    await process.until(lambda: any('"look"' in line for line in process.said[looked:]))
    await process.until(lambda: bool(messenger.of_kind("live started")))
    done = await command(data, "lives", "now", "--json")
    assert [live["handle"] for live in json.loads(done.out)["rows"]] == ["amina.kitchen"]
    await process.until(lambda: vitals(data)["lives"] == 1)
    status = json.loads((await command(data, "status", "--json")).out)
    assert (status["vitals"]["pid"], status["vitals"]["lives"], status["followed"]) == (process.child.pid, 1, 1)
    assert (await command(data, "unfollow", "@amina.kitchen", "sure=1")).code == 0
    began = time.monotonic()
    await process.until(lambda: bool(rows(data, "select 1 from live where status = 'ended'")))
    print(f"\nlook, notice and end after the commands; the watch ended {time.monotonic() - began:.1f} s after unfollow")
    await process.until(lambda: {one.state for one in outbox(data)} <= {"sent", "replaced"})


async def test_a_second_run_is_refused_until_the_first_is_gone_even_by_kill_9(start: Start, data: Path):
    first: Process = await start(data, "-m", "bot", "run")
    await first.says("Earshot runs on")
    refused = await asyncio.to_thread(earshot, data, "run")
    assert refused.code == 1
    assert str(data) in refused.line
    assert (await command(data, "following")).code == 0  # the console is welcome
    assert await first.kill() == -signal.SIGKILL
    second: Process = await start(data, "-m", "bot", "run")
    await second.until(lambda: pid_in(data) == second.child.pid)
    assert await second.kill(signal.SIGTERM) == 0
    assert "".join(first.errors + second.errors) == ""
    assert oct(data.stat().st_mode & 0o777) == "0o700"


async def test_ctrl_c_ends_a_run_cleanly(start: Start, data: Path):
    running: Process = await start(data, "-m", "bot", "run")
    await running.until(lambda: pid_in(data) == running.child.pid)
    assert await running.kill(signal.SIGINT) in (0, 130)
    assert "".join(running.errors) == ""
    assert not (data / "run.json").exists()
