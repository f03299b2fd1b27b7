"""What befalls places on the real clients: rights lost and given back, thrown out and invited, blocked, moved. Nothing is lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.app import opened
from bot.commands import ALL
from bot.kernel import Kernel
from bot.surfaces.discord.client import DiscordClient
from bot.surfaces.discord.post import DiscordMessenger
from bot.surfaces.telegram.client import TelegramClient
from core.adapters.clock import SystemClock
from core.model.notice import Notice, facts_of
from core.model.person import Place, Platform
from core.model.tellable.accounts import AccountRenamed
from core.ports.messenger import Messenger
from core.services.delivering import Delivering, Turns
from core.services.leaving import Doors, Leaving
from core.settings import load
from storage.database import Database
from storage.news import News
from tests.builders import rows
from tests.platforms.chats import Discord, Telegram, discord, telegram  # noqa: F401  fixtures
from tests.platforms.discord import Perm
from tests.storage.filling import speaking_of
from tests.waiting import until


@dataclass
class Earshot:
    """A courier with both its chats, and who hears what befalls places."""

    storage: Database
    delivering: Delivering
    folder: Path
    number: int = 0

    async def tell(self, place: str, address: str = "") -> str:
        """One more notice; what it says."""
        self.number += 1
        said = f"n{self.number}"
        kind, facts = facts_of(AccountRenamed(said, "before"))
        async with self.storage.work() as work:
            if await work.places.get(place) is None:
                await work.places.put(Place(place, "Kitchen"))
            notice = Notice(kind, said, place, address or place, said, facts)
            await work.outbox.put(notice, datetime.now(UTC))
        return said

    async def place(self, place: str) -> Place | None:
        async with self.storage.reading() as work:
            return await work.places.get(place)

    def state(self, key: str) -> str:
        (row,) = rows(self.folder, f"select state from delivery where key = '{key}'")
        return str(row["state"])

    def closed(self) -> list[str]:
        return [row["address"] for row in rows(self.folder, "select address from closed")]


@pytest.fixture
async def earshot(discord: Discord, telegram: Telegram, tmp_path: Path) -> AsyncIterator[Earshot]:  # noqa: F811
    led = discord.environment() | telegram.environment()
    settings = load(dotenv=None, DATA_DIR=tmp_path, SPEECH="none", **led)
    async with opened(settings) as house, AsyncExitStack() as ending:
        storage, clock, kernel = house.storage, SystemClock(), Kernel(ALL)
        assert isinstance(storage, Database)
        messengers: dict[Platform, Messenger] = {}
        turns = Turns(clock, messengers)
        delivering = Delivering(storage, clock, messengers, owners=("discord:1",), turns=turns)
        leaving = Leaving(storage, clock, delivering.reopened_place)
        house = replace(
            house, doors=Doors(leaving.left, leaving.back, delivering.reopened, delivering.moved, turns.spend)
        )
        guilds, chats = DiscordClient(house, kernel), TelegramClient(house, kernel)
        messengers |= {Platform.DISCORD: DiscordMessenger(guilds, house), Platform.TELEGRAM: chats.messenger}
        storage.on = {News.TOLD: delivering.soon}
        ending.push_async_callback(chats.close)
        ending.push_async_callback(guilds.close)
        for part in (guilds, chats, delivering):
            ending.push_async_callback(_cancelled, asyncio.create_task(part.run()))
        await until(lambda: guilds.ready and chats.ready)
        yield Earshot(storage, delivering, tmp_path)


async def _cancelled(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def read(messages: list[dict[str, Any]]) -> str:
    return "\n".join(str(message.get("text") or message.get("components")) for message in messages)


async def test_a_channel_that_lets_nobody_in_gets_everything_in_order_once_it_does(discord: Discord, earshot: Earshot):  # noqa: F811
    place, address = f"discord:{discord.guild['id']}", f"discord:{discord.channel['id']}"
    discord.deny(discord.channel, Perm.SEND_MESSAGES)
    await discord.update_channel(discord.channel)
    said = [await earshot.tell(place, address) for _ in range(3)]
    await until(lambda: earshot.closed() == [address])
    tried = len([one for one in discord.sent("POST") if discord.channel["id"] in one.path])
    assert tried == 1
    discord.allow(discord.channel)
    await discord.update_channel(discord.channel)
    await until(lambda: len(discord.messages_in(discord.channel)) == 3)
    texts = [read([message]) for message in discord.messages_in(discord.channel)]
    assert [word in text for word, text in zip(said, texts, strict=True)] == [True] * 3
    await until(lambda: earshot.closed() == [])


async def test_a_server_that_threw_the_bot_out_finds_what_waited_when_it_is_invited_again(
    discord: Discord,  # noqa: F811
    earshot: Earshot,
):
    place, address = f"discord:{discord.guild['id']}", f"discord:{discord.channel['id']}"
    first = await earshot.tell(place, address)
    await until(lambda: earshot.state(first) == "sent")
    await discord.kick_bot(discord.guild)
    await _left(earshot, place, True)
    waiting = await earshot.tell(place, address)
    await asyncio.sleep(0.7)  # a look has gone by
    assert earshot.state(waiting) == "new"
    await discord.invite_bot(discord.guild)
    await _left(earshot, place, False)
    await until(lambda: earshot.state(waiting) == "sent")


async def test_a_group_that_threw_the_bot_out_finds_what_waited_when_it_is_added_again(
    telegram: Telegram,  # noqa: F811
    earshot: Earshot,
):
    place = f"telegram:{telegram.kitchen['id']}"
    first = await earshot.tell(place)
    await until(lambda: earshot.state(first) == "sent")
    telegram.kick_bot(telegram.kitchen)
    await _left(earshot, place, True)
    waiting = await earshot.tell(place)
    telegram.add_bot(telegram.kitchen, by=telegram.alice)
    await _left(earshot, place, False)
    await until(lambda: earshot.state(waiting) == "sent")


async def test_a_person_who_blocks_the_bot_gets_what_waited_afterwards_and_nobody_is_told(
    telegram: Telegram,  # noqa: F811
    earshot: Earshot,
):
    place = f"telegram:{telegram.alice['id']}"
    telegram.blocked.add(telegram.alice["id"])  # before its update
    waiting = await earshot.tell(place)
    await until(lambda: earshot.closed() == [place])
    await telegram.block(telegram.alice)
    await _left(earshot, place, True)
    await telegram.unblock(telegram.alice)
    await until(lambda: earshot.state(waiting) == "sent")
    assert rows(earshot.folder, "select * from delivery where kind = 'place lost'") == []


@pytest.mark.parametrize("told", [True, False])
async def test_a_group_that_becomes_a_supergroup_is_followed_with_everything_it_has(
    telegram: Telegram,  # noqa: F811
    earshot: Earshot,
    told: bool,
):
    group = telegram.add_group("Old", kind="group")
    place = f"telegram:{group['id']}"
    first = await earshot.tell(place)
    await until(lambda: earshot.state(first) == "sent")
    new = telegram.migrate(group, tell=told)
    said = await earshot.tell(place)
    await until(lambda: earshot.state(said) == "sent" and said in read(telegram.messages_in(new)))
    assert speaking_of(earshot.folder, place) == []
    assert await earshot.place(f"telegram:{new['id']}") is not None


async def _left(earshot: Earshot, place: str, left: bool) -> None:
    async def told() -> bool:
        known = await earshot.place(place)
        return known is not None and (known.left is not None) == left

    await until(told)
