"""kill -9 while a model is asked, and between its word and the post: the alert is told once, whoever judged."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.model.notice import NoticeKind
from storage.database import Database
from tests.builders import followed, rows, told
from tests.journeys.conftest import Process
from tests.platforms.groq_chat import UNLIMITED, LoopbackChat
from tests.platforms.groq_whole import summing
from tests.platforms.judges import honest
from tests.platforms.messenger_server import MessengerServer
from tests.platforms.service import Fault

PLACE = "discord:journey"
SPEED = 2.0
HATE = "Norvanians are vermin"
NEVER = 60.0  # seconds
DOUBLED = 2.0  # seconds in which a second post would come


def said(folder: Path) -> bool:
    """Whether an alert is in the outbox."""
    return bool(rows(folder, "select 1 from delivery where kind = 'risk'"))


def waiting(folder: Path) -> bool:
    """Whether anything waits for a judge or for the courier."""
    judged = rows(folder, "select 1 from assessment where waits")
    return bool(judged) or any(one.state in ("new", "retry", "sending") for one in told(folder, NoticeKind.RISK))


@pytest.mark.parametrize("asked", [True, False], ids=["while a model is asked", "before it is posted"])
async def test_an_alert_survives_a_kill_once(
    whole: Callable[..., Any],
    messenger: MessengerServer,
    data: Path,
    asked: bool,
):
    database = Database("", data)
    await database.open()
    await followed(database, "amina.kitchen", PLACE)
    await database.close()
    async with LoopbackChat(summing(honest(HATE)), per_minute=UNLIMITED, tokens_per_minute=UNLIMITED) as groq:
        given = {"zero": time.monotonic() + 1.5, "speed": SPEED, "groq": groq.origin, "key": groq.key}
        if asked:
            groq.fail_next(Fault("chat", delay_s=NEVER, times=3))
        process: Process = await whole(**given)
        await process.until(lambda: bool(groq.sent("chat")) if asked else said(data), 60)
        await process.kill()
        groq.heal()
        process = await whole(**given)
        await process.until(lambda: bool(messenger.of_kind("risk")) and not waiting(data), 60)
        await asyncio.sleep(DOUBLED)
        await process.kill()
    assert len(messenger.of_kind("risk")) == 1
    assert max(Counter(messenger.keys()).values()) == 1
    (alert,) = rows(
        data,
        "select alert.repeats, engine, degraded, start from alert join assessment on assessment.id = assessment_id",
    )
    assert alert["repeats"] == 0, [tuple(row) for row in rows(data, "select start, text from segment order by start")]
    assert (alert["engine"], bool(alert["degraded"])) == (("rules", True) if asked else ("gpt-oss-120b", False))
    left = rows(data, "select start from assessment where waits")  # of what was said since, the live goes on
    assert all(one["start"] > alert["start"] for one in left)
    assert {one.state for one in told(data, NoticeKind.RISK)} <= {"sent", "replaced"}
