"""kill -9 in the middle of a live: nothing is told twice, nothing is lost, and the live goes on."""

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.model.trigger import Then, Where
from storage.database import Database
from tests.builders import armed, followed, outbox, rows
from tests.journeys.conftest import Process
from tests.platforms.messenger_server import MessengerServer
from tests.waiting import PATIENCE

PLACE = "discord:journey"
SPEED = 2.0  # a machine that stands still for some seconds while a process starts misses nothing that is waited for


async def prepared(folder: Path) -> None:
    """An installation that follows the recorded account and listens for what is said in it."""
    database = Database("", folder)
    await database.open()
    await followed(database, "amina.kitchen", PLACE)
    await armed(database, "giveaway", PLACE, where=Where.CHAT)
    await armed(database, "giveaway", PLACE, where=Where.SPEECH, then=Then.ALERT)
    await database.close()


def finished(folder: Path) -> bool:
    """Whether the live is over, every job is done and every notice told."""
    over = rows(folder, "select 1 from live where status = 'ended'")
    jobs = rows(folder, "select 1 from job where state in ('waiting', 'running')")
    waiting = [one for one in outbox(folder) if one.state in ("new", "retry", "sending")]
    return bool(over) and not jobs and not waiting


async def test_a_live_survives_kills_in_its_middle(whole: Callable[..., Any], messenger: MessengerServer, data: Path):
    await prepared(data)
    given = {"zero": time.monotonic() + 1.5, "speed": SPEED}  # the live begins when the first process is ready
    for awaited in ("live started", "hit", "risk"):
        process: Process = await whole(**given)
        await process.until(lambda kind=awaited: bool(messenger.of_kind(kind)))  # type: ignore[misc]
        await process.kill()
    process = await whole(**given)
    await process.until(lambda: finished(data), 2 * PATIENCE)
    await process.kill()

    told = Counter(post.kind for post in messenger.posts)
    print(f"\nposts: {dict(told)}, repeats the platform recognised: {messenger.repeats}")
    assert max(Counter(messenger.keys()).values()) == 1
    assert told["live started"] == 1
    assert told["risk"] == 1
    assert 1 <= told["hit"] <= 2  # what was said while nobody ran, nobody heard
    chat_hits = [post for post in messenger.of_kind("hit") if post.facts["source"] == "chat"]
    assert len(chat_hits) == 1
    assert told["rolling transcript"] == 1  # the next process goes on in the same post
    assert told["clip"] == 1  # saved, or told that it cannot be
    assert messenger.of_kind("live started")[0].versions[-1].startswith("end:")
    assert {one.state for one in outbox(data)} <= {"sent", "replaced"}
    assert {row["state"] for row in rows(data, "select state from job")} == {"done"}
    assert len(rows(data, "select 1 from live")) == 1
    doubled = rows(data, "select 1 from chat_line group by live_id, msg_id having count(*) > 1")
    assert doubled == []
