"""`earshot run` killed again and again while it posts on both chats: nothing is lost and nothing doubled.

Discord recognises repeats by their nonce: every notice is there exactly once. Telegram does not: none is there twice, and one
that is not there is known as unknown.
"""

import asyncio
import random
import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.model.notice import Notice, facts_of
from core.model.person import Place
from core.model.tellable.finds import HitFound
from core.model.trigger import Where
from storage.database import Database
from tests.builders import outbox
from tests.journeys.chats import Town, town
from tests.journeys.conftest import Start
from tests.journeys.kills import judge

CHANNELS = 12  # of each platform
WAITING = 3  # notices kept waiting at each, so that every kill hits a busy courier
LONGEST = 1.5  # seconds a process goes on at most, once it is connected
MARK = re.compile(r"mark-(\w+)-end")
REST = 300.0  # seconds for what is left at the end: what was often tried waits for a minute before it is tried again
KEY = re.compile(r"n\d+")  # of a notice with a mark; what Earshot says of its own health has none


@dataclass
class Posting:
    """Keeps the outbox full of hits whose quotes are marks."""

    here: Town
    database: Database
    addresses: list[tuple[str, str]]
    number: int = 0

    async def fill(self) -> None:
        now = datetime.now(UTC)
        async with self.database.work() as work:
            for place, address in self.addresses:
                waiting = len([1 for one in self.waiting() if one == address])
                for _ in range(waiting, WAITING):
                    self.number += 1
                    mark = f"mark-n{self.number}-end"
                    kind, facts = facts_of(
                        HitFound(self.number, 0, 1, "amina", "word", Where.CHAT, mark, 0, 0, now, 1.0)
                    )
                    key = f"n{self.number}"
                    await work.outbox.put(Notice(kind, key, place, address, key, facts), now)

    def waiting(self) -> list[str]:
        return [one.notice.address for one in outbox(self.database.path.parent) if one.state in ("new", "retry")]


async def posting(here: Town, folder: Path) -> Posting:
    """Four channels of a server and four groups, set up."""
    discord, telegram = here.discord, here.telegram
    channels = [discord.add_channel(discord.guild, f"lives-{n}")["id"] for n in range(CHANNELS)]
    groups = [telegram.add_group(f"Group {n}")["id"] for n in range(CHANNELS)]
    addresses = [(f"discord:{discord.guild['id']}", f"discord:{channel}") for channel in channels]
    addresses += [(f"telegram:{group}", f"telegram:{group}") for group in groups]
    database = Database("", folder)
    await database.open()
    async with database.work() as work:
        for place in dict(addresses):
            await work.places.put(Place(place, place, set_up=datetime.now(UTC)))
    return Posting(here, database, addresses)


def upset(here: Town) -> None:
    """Now and then a limit, or an error."""
    match random.randrange(6):
        case 0:
            here.discord.fail_next("POST", "/channels/*/messages", 429, retry_after=0.1)
        case 1:
            here.discord.fail_next("POST", "/channels/*/messages", 503)
        case 2:
            here.telegram.fail_next("sendMessage", 429, retry_after=1)
        case 3:
            here.telegram.fail_next("sendMessage", 502)


async def killed_again_and_again(start: Start, folder: Path, kills: int) -> None:
    """The test; prints its counts."""
    random.seed()
    async with town(route_limit=None) as here:
        here.telegram.group_per_minute = None
        feed = await posting(here, folder)
        for _ in range(kills):
            await feed.fill()
            upset(here)
            before = len(here.discord.messages)
            process = await here.begin(start, folder)
            await process.until(lambda posted=before: len(here.discord.messages) > posted)  # on a busy machine too
            await asyncio.sleep(random.uniform(0, LONGEST))
            assert await process.kill() == -9
        process = await here.begin(start, folder)
        left = {"new", "retry", "sending"}
        await process.until(lambda: not left & {one.state for one in outbox(folder)}, REST)
        await process.kill()
        await feed.database.close()
        compare(here, folder, kills)
        here.assert_clean()


def compare(here: Town, folder: Path, kills: int) -> None:
    texts = {
        "discord": [text for number in here.discord.channels.values() for _, text in here.on_discord(number)],
        "telegram": [text for chat in here.telegram.chats.values() for _, text in here.on_telegram(chat)],
    }
    for platform, said in texts.items():
        posted = Counter(mark for text in said for mark in MARK.findall(text.replace("\\", "")))
        ours = [one for one in outbox(folder) if one.notice.address.startswith(platform)]
        states = {one.notice.key: one.state for one in ours if KEY.fullmatch(one.notice.key)}
        judge(platform, kills, states, posted)


async def test_a_few_kills_lose_and_double_nothing(start: Start, tmp_path: Path):
    await killed_again_and_again(start, tmp_path / "data", 4)


@pytest.mark.kill
@pytest.mark.timeout(1200)
async def test_a_hundred_kills_of_the_whole_lose_and_double_nothing(start: Start, tmp_path: Path):
    await killed_again_and_again(start, tmp_path / "data", 100)
