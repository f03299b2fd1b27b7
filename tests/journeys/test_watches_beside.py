"""Watches steered from a console beside a running Earshot."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.builders import rows
from tests.journeys.conftest import Process
from tests.journeys.test_beside import command
from tests.journeys.test_main_job import END
from tests.platforms.messenger_server import MessengerServer


def lives_ended(data: Path) -> bool:
    return bool(rows(data, "select 1 from live where status = 'ended'"))


async def test_a_live_is_marked_muted_and_stopped_from_beside(
    whole: Callable[..., Any], messenger: MessengerServer, data: Path
):
    process: Process = await whole(every=30.0)
    assert (await command(data, "follow", "@amina.kitchen")).code == 0
    await process.until(lambda: bool(messenger.of_kind("live started")))
    marked = await command(data, "watch", "mark", "amina.kitchen", "note=the onions")
    assert (marked.code, "Marked" in marked.out) == (0, True)
    muted = await command(data, "watch", "mute", "amina.kitchen", "for=1 h")
    assert (muted.code, "No alerts from @amina.kitchen's live until" in muted.out) == (0, True)
    pages = [await command(data, "watch", "log", "kind=all", f"page={page}") for page in range(1, 6)]
    log = "".join(page.out for page in pages)  # a slow machine has more to tell by now than one page holds
    assert "the onions" in log
    assert "the live began" in log
    stopped = await command(data, "watch", "stop", "amina.kitchen")
    began = time.monotonic()
    assert (stopped.code, "Stopped by" in stopped.out) == (0, True)
    await process.until(lambda: lives_ended(data))
    print(f"\nthe watch ended {time.monotonic() - began:.1f} s after the stop")
    ((lived,),) = rows(data, "select 86400 * (julianday(ended) - julianday(started)) from live")
    assert lived < END, "it did not end by itself"
    again = await command(data, "watch", "stop", "amina.kitchen")
    assert again.code == 1
    assert "No live of @amina.kitchen is watched here now" in again.out + again.err
    assert not messenger.of_kind("live ended")
