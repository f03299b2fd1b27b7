"""`delivery`: three notices each to 200 Discord channels and 50 Telegram groups, and one by one to a place that waits for none.

The real clients speak with a loopback Discord and Telegram that keep the platforms' limits (50 calls a second and 5 in 5 s a
channel; 30 a second and 20 a minute a group). `seconds` is until every place has its first notice, `all_seconds` until all are
there. A second broadcast has places that do not answer (their calls hang) or let nobody in; `dead_place_delay_seconds` is by how
much later the others had their first. Events one by one: from the beginning of the transaction that tells to the arrival of the
request. `acknowledge_p95_seconds`: from a command on Discord to its acknowledgement, every command there is, while 20
transcriptions are under way and everything outside hangs (`late`: past Discord's 3 s). Beside: the bare libraries told the same all
at once, with what the platforms refused as too fast, and what was lost.
"""

import asyncio
import logging
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import discord as library
from telegram import Bot
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

from bot.app import opened
from bot.commands import ALL
from bot.kernel import Kernel
from bot.surfaces.discord.client import DiscordClient
from bot.surfaces.discord.post import DiscordMessenger
from bot.surfaces.telegram.client import TelegramClient
from core.model.notice import Notice, facts_of
from core.model.person import Place, Platform
from core.model.tellable.accounts import AccountRenamed
from core.ports.store import Storage
from core.services.delivering import Delivering
from core.settings import load
from storage.database import Database
from storage.news import News
from tests.bench.lives import percentile
from tests.journeys.acknowledging import acknowledged
from tests.platforms.discord import FakeDiscord, Perm
from tests.platforms.sample_bots.discord_bot import point_at
from tests.platforms.telegram import FakeTelegram
from tests.waiting import until

CHANNELS, GROUPS, NOTICES = 200, 50, 3
HUNG, CLOSED = 10, 10  # dead places of each kind on Discord; a third as many on Telegram
HANGS = 60.0  # seconds a dead place keeps a call
ONE_BY_ONE, EVERY = 100, 0.15  # events, seconds between two
PATIENCE = 120.0  # seconds until a broadcast counts as failed


@dataclass(frozen=True)
class Platforms:
    """Both platforms with all their places. `addresses` are in the order in which they are told."""

    discord: FakeDiscord
    telegram: FakeTelegram
    guild: dict[str, Any]
    channels: list[dict[str, Any]]
    groups: list[dict[str, Any]]

    @property
    def places(self) -> list[Place]:
        """The guild and the groups."""
        groups = [Place(f"telegram:{group['id']}", group["title"]) for group in self.groups]
        return [Place(f"discord:{self.guild['id']}", "The kitchen"), *groups]

    @property
    def addresses(self) -> list[tuple[str, str]]:
        """(place, address) of everything."""
        there = [(f"discord:{self.guild['id']}", f"discord:{channel['id']}") for channel in self.channels]
        return [*there, *((f"telegram:{group['id']}",) * 2 for group in self.groups)]

    @property
    def rate_limited(self) -> int:
        """Calls refused because they came too fast."""
        return self.discord.rate_limited + self.telegram.rate_limited

    def arrivals(self) -> dict[str, list[tuple[float, str]]]:
        """(when its request came, what it says) of the posts at each address, oldest first."""
        found: dict[str, list[tuple[float, str]]] = {}
        for request in self.discord.sent("POST", "/channels/*/messages"):
            if request.status == 200:
                found.setdefault(f"discord:{request.path.split('/')[2]}", []).append((request.at, str(request.body)))
        for call in self.telegram.sent("sendMessage"):
            if call.status == 200:
                found.setdefault(f"telegram:{call.params['chat_id']}", []).append((call.at, call.params["text"]))
        return found


@asynccontextmanager
async def platforms() -> AsyncIterator[Platforms]:
    """Started, with their places."""
    async with FakeDiscord() as discord, FakeTelegram() as telegram:
        guild = discord.add_guild("The kitchen", bot_permissions=Perm.ALL)
        channels = [discord.add_channel(guild, f"lives-{number}") for number in range(CHANNELS)]
        groups = [telegram.add_group(f"Group {number}") for number in range(GROUPS)]
        yield Platforms(discord, telegram, guild, channels, groups)


@asynccontextmanager
async def earshot(there: Platforms, folder: Path) -> AsyncIterator[Storage]:
    """Earshot's courier and both its chats, connected. Only its outbox is used."""
    led = there.discord.environment() | there.telegram.environment()
    settings = load(dotenv=None, DATA_DIR=folder, SPEECH="none", **led)
    async with opened(settings) as house, AsyncExitStack() as ending:
        kernel, storage = Kernel(ALL), house.storage
        assert isinstance(storage, Database)
        discord, telegram = DiscordClient(house, kernel), TelegramClient(house, kernel)
        messengers = {Platform.DISCORD: DiscordMessenger(discord, house), Platform.TELEGRAM: telegram.messenger}
        delivering = Delivering(storage, house.clock, messengers)
        storage.on = {News.TOLD: delivering.soon}
        async with storage.work() as work:
            for place in there.places:
                await work.places.put(place)
        ending.push_async_callback(telegram.close)
        ending.push_async_callback(discord.close)
        tasks = [asyncio.create_task(part.run()) for part in (discord, telegram)]
        ending.push_async_callback(_cancelled, tasks)
        await until(lambda: discord.ready and telegram.ready, PATIENCE)
        await asyncio.sleep(1.0)  # the start has asked a few things too
        tasks.append(asyncio.create_task(delivering.run()))
        yield storage


async def _cancelled(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in reversed(tasks):
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def tell(storage: Storage, place: str, address: str, key: str) -> None:
    """One notice."""
    kind, facts = facts_of(AccountRenamed(f"n{key}", "before"))
    async with storage.work() as work:
        await work.outbox.put(Notice(kind, f"{key}:{address}", place, address, key, facts), datetime.now(UTC))


async def tell_all(storage: Storage, there: Platforms) -> float:
    """Every notice to everybody, in one transaction; when it was."""
    now = datetime.now(UTC)
    async with storage.work() as work:
        for number in range(NOTICES):
            kind, facts = facts_of(AccountRenamed(f"n{number}", "before"))
            for place, address in there.addresses:
                await work.outbox.put(Notice(kind, f"{number}:{address}", place, address, str(number), facts), now)
    return time.monotonic()


@dataclass(frozen=True)
class Broadcast:
    """How one went: seconds until the first and until all notices were at the places that live, and those told in order."""

    first_seconds: float
    all_seconds: float
    in_order: int
    rate_limited: int


async def broadcast(folder: Path, dead: bool) -> Broadcast:
    """To all places, some of them dead."""
    async with platforms() as there, earshot(there, folder) as storage:
        living = CHANNELS + GROUPS
        before = there.rate_limited
        if dead:
            for channel in there.channels[-CLOSED:]:
                there.discord.deny(channel, Perm.SEND_MESSAGES)
            there.telegram.readonly |= {group["id"] for group in there.groups[-CLOSED // 3 :]}
            there.discord.fail_next("POST", "/channels/*/messages", 502, times=HUNG, delay=HANGS)
            there.telegram.fail_next("sendMessage", 502, times=HUNG // 3, delay=HANGS)
            living -= CLOSED + HUNG + len(there.telegram.readonly) + HUNG // 3
        began = await tell_all(storage, there)

        def told() -> list[list[tuple[float, str]]]:
            return [posts for posts in there.arrivals().values() if len(posts) == NOTICES]

        await until(lambda: len(told()) >= living, PATIENCE, lambda: asyncio.sleep(0.2))
        done = told()
        ordered = [
            posts for posts in done if all(f"n{number}" in said for number, (_, said) in enumerate(sorted(posts)))
        ]
        return Broadcast(
            sorted(min(at for at, _ in posts) for posts in done)[living - 1] - began,
            sorted(max(at for at, _ in posts) for posts in done)[living - 1] - began,
            len(ordered),
            there.rate_limited - before,
        )


async def one_by_one(folder: Path) -> tuple[list[float], int]:
    """Seconds from each event to its request, and what was refused."""
    async with platforms() as there, earshot(there, folder) as storage:
        seconds, before = list[float](), there.rate_limited
        half = ONE_BY_ONE // 2
        targets = [one for pair in zip(there.addresses[:half], there.addresses[-half:], strict=True) for one in pair]
        for number, (place, address) in enumerate(targets):
            began = time.monotonic()
            await tell(storage, place, address, str(number))
            posts = await until(lambda to=address: there.arrivals().get(to), PATIENCE)
            seconds.append(posts[0][0] - began)
            await asyncio.sleep(EVERY)
        return seconds, there.rate_limited - before


async def bare() -> dict[str, Any]:
    """The same with the libraries alone."""
    async with platforms() as there, AsyncExitStack() as ending:
        point_at(there.discord.api_base, there.discord.gateway_url, there.discord.cdn_base)
        client = library.Client(intents=library.Intents(guilds=True))
        ending.push_async_callback(client.close)
        ending.push_async_callback(_cancelled, [asyncio.create_task(client.start(there.discord.token))])
        await there.discord.wait_ready()
        await client.wait_until_ready()
        request = HTTPXRequest(connection_pool_size=256, pool_timeout=60.0)
        bot = Bot(there.telegram.token, there.telegram.base_url, there.telegram.base_file_url, request)
        ending.push_async_callback(request.shutdown)
        await bot.initialize()
        began = time.monotonic()
        lost = sum(await asyncio.gather(*_bare_calls(there, client, bot)))
        refused = there.rate_limited
        seconds = time.monotonic() - began
        return {"rate_limited": refused, "lost": lost, "all_seconds": round(seconds, 2)}


def _bare_calls(there: Platforms, client: library.Client, bot: Bot) -> list[Any]:
    async def on_discord(channel: dict[str, Any], number: int) -> bool:
        try:
            await client.get_partial_messageable(int(channel["id"])).send(f"n{number}")
        except library.DiscordException:
            return True
        return False

    async def on_telegram(group: dict[str, Any], number: int) -> bool:
        try:
            await bot.send_message(group["id"], f"n{number}")
        except TelegramError:
            return True
        return False

    calls: list[Any] = []
    for number in range(NOTICES):
        calls += [on_discord(channel, number) for channel in there.channels]
        calls += [on_telegram(group, number) for group in there.groups]
    return calls


def run() -> dict[str, Any]:
    """Goals: nothing refused as too fast, every place in order, dead places delay nobody, p95 0.3 s, acknowledged in 1 s."""
    logging.getLogger("discord").setLevel(logging.CRITICAL)
    logging.getLogger("core").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        whole = asyncio.run(broadcast(folder / "whole", dead=False))
        with_dead = asyncio.run(broadcast(folder / "dead", dead=True))
        single, refused = asyncio.run(one_by_one(folder / "single"))
        answers = asyncio.run(acknowledged(folder / "answers"))
    return {
        "figures": {
            "rate_limited": whole.rate_limited + with_dead.rate_limited + refused,
            "seconds": round(whole.first_seconds, 2),
            "all_seconds": round(whole.all_seconds, 2),
            "places": CHANNELS + GROUPS,
            "order_kept": whole.in_order,
            "dead_place_delay_seconds": round(max(0.0, with_dead.first_seconds - whole.first_seconds), 2),
            "p50_seconds": round(statistics.median(single), 3),
            "p95_seconds": round(percentile(single, 0.95), 3),
            "acknowledge_p95_seconds": round(answers.p95, 3),
            "acknowledge_late": len(answers.violations),
        },
        "beside": {"bare_libraries": asyncio.run(bare())},
    }
