"""A clip that is wished for survives a stop, a kill before its last second and a kill right after: it is told once, and plays."""

import asyncio
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import pytest

from core.model.trigger import Then, Where
from storage.database import Database
from tests.builders import armed, followed, rows
from tests.journeys.conftest import Process
from tests.platforms.messenger_server import MessengerServer, Posted
from tests.waiting import PATIENCE

PLACE = "discord:journey"
HIT = 18.2  # the second of the recorded live at which somebody writes of the giveaway

Whole = Callable[..., Any]


@pytest.fixture
async def listening(data: Path) -> None:
    """An installation whose first word of chat about the giveaway is a clip."""
    database = Database("", data)
    await database.open()
    await followed(database, "amina.kitchen", PLACE)
    await armed(database, "giveaway", PLACE, where=Where.CHAT, then=Then.CLIP)
    await database.close()


def wished(data: Path) -> bool:
    return bool(rows(data, "select 1 from job where kind = 'clip'"))


async def told(process: Process, messenger: MessengerServer, data: Path) -> Posted:
    """The one clip of the first hit, when it has been posted; its file plays from its first picture."""
    await process.until(lambda: bool(messenger.of_kind("clip")))
    first = rows(data, "select id, state from job where kind = 'clip' order by id")[0]
    posts = [post for post in messenger.of_kind("clip") if post.facts["path"].endswith(f"/{first['id']}.mp4")]
    assert (len(posts), first["state"]) == (1, "done")
    assert posts[0].facts["failed"] == ""
    assert len(rows(data, f"select 1 from clip where wish = 'job:{first['id']}'")) == 1
    assert list((data / "clips").glob(".*")) == []
    with av.open(posts[0].facts["path"]) as media:
        assert next(media.decode(video=0)).key_frame
        assert media.duration / av.time_base == pytest.approx(posts[0].facts["seconds"], abs=0.3)
    return posts[0]


async def test_a_stop_cuts_what_there_is_and_the_next_start_tells_it(
    whole: Whole, messenger: MessengerServer, data: Path, listening: None
):
    given = {"zero": time.monotonic() + 5.0, "speed": 2.0}  # all of the live is captured
    process: Process = await whole(**given)
    await process.until(lambda: wished(data))
    assert process.child.stdin is not None
    process.child.stdin.write(b"stop\n")
    async with asyncio.timeout(PATIENCE):
        assert await process.child.wait() == 0
    assert [row["state"] for row in rows(data, "select state from job where kind = 'clip'")] == ["done"]
    assert len(rows(data, "select 1 from clip")) == 1
    process = await whole(**given)
    post = await told(process, messenger, data)
    assert post.facts["short"] in ("stopped", "begun")  # on a busy machine more is missing before than after
    await process.kill()


async def test_a_kill_before_the_last_second_leaves_the_rest_which_says_so(
    whole: Whole, messenger: MessengerServer, data: Path, listening: None
):
    given = {"zero": time.monotonic() + 12.0 - HIT, "speed": 1.0}  # a start takes two seconds, a clip reaches ten ahead
    process: Process = await whole(**given)
    await process.until(lambda: wished(data))
    await process.kill(signal.SIGKILL)
    process = await whole(**given)
    post = await told(process, messenger, data)
    assert post.facts["short"] == "begun"
    assert 0.5 < post.facts["seconds"] < 12.0
    await process.kill()


async def test_a_kill_when_the_file_is_there_neither_doubles_nor_loses_it(
    whole: Whole, messenger: MessengerServer, data: Path, listening: None
):
    given = {"zero": time.monotonic() + 5.0, "speed": 8.0}  # a lease of a minute is over soon
    process: Process = await whole(**given)
    await process.until(lambda: any((data / "clips").glob("[0-9]*.mp4")))
    await process.kill(signal.SIGKILL)
    (file,) = (data / "clips").glob("[0-9]*.mp4")
    written = file.stat().st_mtime_ns
    process = await whole(**given)
    await told(process, messenger, data)
    assert file.stat().st_mtime_ns == written  # not cut again
    await process.kill()
