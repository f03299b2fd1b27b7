"""Whoever runs Earshot, at a console beside it: how it is, its commands registered again, what is left over let go."""

import asyncio
import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.builders import rows
from tests.journeys.chats import Town, town
from tests.journeys.conftest import Ended, Process, Start, both_ready, earshot
from tests.platforms.messenger_server import MessengerServer
from tests.waiting import until

MENUS = "setMyCommands"


async def admin(folder: Path, *words: str) -> Ended:
    """`earshot console admin WORDS`, in a process of its own."""
    return await asyncio.to_thread(earshot, folder, "console", "admin", *words)


async def parts(folder: Path) -> dict[str, dict[str, Any]]:
    """What `admin health` finds, by code; of a chat by its name."""
    said = json.loads((await admin(folder, "health", "--json")).out)
    return {part["values"].get("who", part["code"]): part for part in said["parts"]}


def told(here: Town) -> tuple[int, int]:
    """How often commands were registered: on Discord, on Telegram."""
    return len(here.discord.sent("PUT", "/applications/*/commands")), len(here.telegram.sent(MENUS))


async def test_beside_nothing_health_says_so_and_nothing_is_registered(data: Path):
    assert (await parts(data))["NOT_RUNNING"]["well"] is False
    refused = await admin(data, "sync")
    assert refused.code == 1
    assert refused.line.startswith("Earshot is not running on this data folder.")
    assert rows(data, "select 1 from job") == []


async def test_the_running_one_registers_its_commands_again_and_says_how_its_chats_are(start: Start, data: Path):
    async with town() as here:
        process = await here.begin(start, data, LOOK_EVERY="30")
        await until(lambda: both_ready(data))
        before = told(here)
        began = time.monotonic()
        synced = await admin(data, "sync")
        print(f"\nregistered again and told {time.monotonic() - began:.1f} s after the command was begun")
        assert (synced.code, synced.err) == (0, "")
        assert "Discord · " in synced.out
        assert "Telegram · " in synced.out
        assert (told(here)[0] > before[0], told(here)[1] > before[1]) == (True, True)
        known = await parts(data)
        assert {known[name]["code"] for name in ("Discord", "Telegram")} == {"CHAT_READY"}
        assert {"RUNS", "SLOW"} & set(known), "a busy machine makes it slow, and it says so"
        here.telegram.fail_next(MENUS, 429, retry_after=60)
        again = await admin(data, "sync")
        assert "Telegram · it did not work: Telegram wants to be left alone for a while" in again.out
        answer = await here.slash("admin sync")
        await answer.until(lambda said: "Discord · " in said.text)
        assert answer.ack_latency < 1.0
        assert await process.kill(signal.SIGTERM) == 0
        assert "NOT_RUNNING" in await parts(data)
        here.discord.assert_clean()
        here.telegram.assert_clean(ignore=("refused",))  # the 429 that was planned


async def test_cleaning_up_beside_a_running_one_leaves_its_live_alone(
    whole: Callable[..., Any], messenger: MessengerServer, data: Path
):
    process: Process = await whole(every=30.0)
    for words in (("trigger", "add", "hello"), ("follow", "@amina.kitchen")):
        assert (await asyncio.to_thread(earshot, data, "console", *words)).code == 0
    await process.until(lambda: bool(messenger.of_kind("live started")))
    for name in ("clips/9999.mp4", "clips/9999.fit-10000000.mp4", "plots/9999-console-here.png"):
        path = data / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x" * 100_000)
        os.utime(path, (time.time() - 2 * 24 * 3600,) * 2)
    posts = len(rows(data, "select 1 from delivery"))
    done = await admin(data, "run", "clean up", "--json")
    assert (done.code, done.err) == (0, "")
    tidied = json.loads(done.out)["tidied"]
    assert (tidied["files"], tidied["size"], tidied["given_up"]) == (3, 300_000, 0)
    assert [path.name for path in (*data.glob("clips/9999*"), *data.glob("plots/9999*"))] == []
    assert len(rows(data, "select 1 from delivery")) >= posts
    assert [row["state"] for row in rows(data, "select state from job where kind = 'tidy'")] == ["done"]
    await process.until(lambda: bool(rows(data, "select 1 from live where status = 'live'")))
