"""A courier killed again and again at random moments, between two platforms: one recognises repeats, the other never does.

With nonces nothing is lost and nothing doubled; without, nothing is doubled and what may be lost is known as unknown.
"""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.model.notice import Notice, NoticeKind
from storage.database import Database
from tests.builders import outbox
from tests.journeys.conftest import Process, Start
from tests.journeys.kills import judge
from tests.platforms.messenger_server import REMEMBERED, MessengerServer
from tests.platforms.service import Fault

PLATFORMS = ("discord", "telegram")
ADDRESSES = 4  # of each platform
WAITING = 12  # notices kept waiting at each address, so that every kill hits a busy courier
DELAY = 0.02  # seconds the server takes at most, before and after it has posted
LONGEST = 0.6  # seconds a courier lives at most
REST = 300.0  # seconds for what is left at the end: what was often tried waits for a minute before it is tried again


@dataclass
class Feed:
    """Keeps the outbox full."""

    database: Database
    number: int = 0

    async def fill(self) -> None:
        async with self.database.reading() as work:
            counts = await work.outbox.counts()
        waiting = sum(count for state, count in counts.items() if state in ("new", "retry"))
        async with self.database.work() as work:
            while waiting < WAITING * ADDRESSES * len(PLATFORMS):
                for platform in PLATFORMS:
                    key = f"{platform}-{self.number}"
                    address = f"{platform}:{self.number % ADDRESSES}"
                    notice = Notice(NoticeKind.HIT, key, f"{platform}:place", address, key)
                    await work.outbox.put(notice, datetime.now(UTC))
                    waiting += 1
                self.number += 1


def upset(server: MessengerServer) -> None:
    """Now and then a limit, an error, or an answer that gets lost."""
    match random.randrange(8):
        case 0:
            server.fail_next(Fault("post", status=429, headers={"Retry-After": "0.05"}))
        case 1:
            server.fail_next(Fault("post", status=503))
        case 2:
            server.fail_next(Fault("post", abort=True))
        case 3:
            server.lose("500")
        case 4:
            server.lose("drop")


async def killed_again_and_again(start: Start, server: MessengerServer, folder: Path, kills: int) -> None:
    """The test; prints its counts."""
    random.seed()
    server.remembers = {"discord": REMEMBERED}
    server.delay = DELAY
    database = Database("", folder)
    await database.open()
    feed = Feed(database)
    for _ in range(kills):
        await feed.fill()
        upset(server)
        courier: Process = await start(folder, "-m", "tests.journeys.sender", str(folder), server.origin)
        await courier.says("ready")
        await asyncio.sleep(random.uniform(0, LONGEST))
        assert await courier.kill() == -9
    courier = await start(folder, "-m", "tests.journeys.sender", str(folder), server.origin)
    await courier.until(lambda: not {"new", "retry", "sending"} & {one.state for one in outbox(folder)}, REST)
    await courier.kill()
    await database.close()

    posted = Counter(server.keys())
    for platform in PLATFORMS:
        states = {one.notice.key: one.state for one in outbox(folder) if one.notice.address.startswith(platform)}
        judge(platform, kills, states, posted)
    print(f"repeats the platform recognised: {server.repeats}")


async def test_a_few_kills_lose_and_double_nothing(start: Start, messenger: MessengerServer, tmp_path: Path):
    await killed_again_and_again(start, messenger, tmp_path, 5)


@pytest.mark.kill
@pytest.mark.timeout(1200)
async def test_a_hundred_kills_lose_and_double_nothing(start: Start, messenger: MessengerServer, tmp_path: Path):
    await killed_again_and_again(start, messenger, tmp_path, 100)
    assert messenger.repeats >= 10  # else the kills did not hit where it matters
