"""What the tests of Discord stand on: a server, settings that lead there, a client that is connected, commands to try."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.commands import ALL
from bot.house import House
from bot.kernel import Kernel
from bot.surfaces.discord.client import DiscordClient
from bot.surfaces.discord.line import Heard
from bot.surfaces.discord.post import DiscordMessenger
from core.model.account import Follow, Handle
from core.model.live import Live, Look
from core.model.notice import DeliveryState, Notice, Tellable, facts_of
from core.model.person import Place
from core.ports.store import Storage
from core.settings import Settings, load
from tests.platforms.discord import FakeDiscord, Perm

Thing = dict[str, Any]
WHILE = timedelta(seconds=60)


@dataclass(frozen=True)
class Server:
    """A server on loopback: its channel, a manager, a moderator, somebody."""

    discord: FakeDiscord
    guild: Thing
    channel: Thing
    karim: Thing
    mona: Thing
    vera: Thing

    @property
    def place(self) -> str:
        return f"discord:{self.guild['id']}"

    @property
    def address(self) -> str:
        return address(self.channel)


def address(channel: Thing) -> str:
    return f"discord:{channel['id']}"


def settings_for(discord: FakeDiscord, template: Path, folder: Path, **more: Any) -> Settings:
    shutil.copy(template, folder / "earshot.db")
    return load(
        dotenv=None,
        DATA_DIR=folder,
        LANGUAGE="en",
        TIMEZONE="UTC",
        DATABASE_URL="",
        SPEECH="none",
        DISCORD_TOKEN=discord.token,
        DISCORD_API_BASE=discord.api_base,
        DISCORD_GATEWAY_URL=discord.gateway_url,
        DISCORD_CDN_BASE=discord.cdn_base,
        **more,
    )


@asynccontextmanager
async def connected(
    house: House, kernel: Kernel | None = None, heard: Heard | None = None, **more: Any
) -> AsyncIterator[DiscordClient]:
    """A client of its own that is ready; stopped at the end."""
    client = DiscordClient(house, kernel or Kernel(ALL), heard or Heard(), **more)
    running = asyncio.create_task(client.run())
    try:
        await until(lambda: client.ready or running.done())
        if running.done():
            running.result()
        yield client
    finally:
        await client.close()
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def until(condition: Any, seconds: float = 10.0) -> None:
    """Wait for something that nobody tells of."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.005)


def messenger(client: DiscordClient, house: House) -> DiscordMessenger:
    return DiscordMessenger(client, house)


def notice(server: Server, told: Tellable, key: str = "k", subject: str = "", **more: Any) -> Notice:
    kind, facts = facts_of(told)
    given = {"address": server.address, **more}
    return Notice(kind, key, server.place, given.pop("address"), subject or key, facts, **given)


async def placed(house: House, server: Server, **more: Any) -> Place:
    async with house.storage.work() as work:
        return await work.places.put(Place(server.place, "The kitchen", **more))


async def live_of(storage: Storage, server: Server, began: datetime, where: str = "") -> tuple[Follow, Live]:
    """A live of @amina that the server follows."""
    async with storage.work() as work:
        if await work.places.get(server.place) is None:
            await work.places.put(Place(server.place, "The kitchen"))
        account = await work.accounts.ensure(Handle("amina"))
        follow = Follow(0, server.place, account.id, account.handle, where or server.address, began)
        follow = await work.follows.add(follow)
        live, _ = await work.lives.begin(account, Look(began, True, "room-1", "Dinner", started=began), [server.place])
    return follow, live


async def delivered(house: House, notice: Notice, external: str) -> None:
    """Write down that a notice was sent, as whoever delivers does."""
    now = house.clock.now()
    async with house.storage.work() as work:
        await work.outbox.put(notice, now)
        claimed = [one for one in await work.outbox.claim("test", ["discord"], now, WHILE, 50)]
        for delivery in claimed:
            mine = delivery.notice.key == notice.key
            state = DeliveryState.SENT if mine else DeliveryState.RETRY
            await work.outbox.settle(delivery, state, now, external=external if mine else "", due=now)


def texts(message: Thing) -> str:
    """What a reader sees."""
    found: list[str] = [message.get("content") or ""]
    parts = list(message["components"])
    while parts:
        part = parts.pop(0)
        parts = [*part.get("components", []), *parts]
        if part["type"] == 10:
            found.append(part["content"])
    return "\n".join(filter(None, found))


def labels(message: Thing) -> list[str]:
    """What can be pressed."""
    found: list[str] = []
    parts = list(message["components"])
    while parts:
        part = parts.pop(0)
        parts = [*part.get("components", []), *parts]
        if part["type"] == 2:
            found.append(part["label"])
    return found


def deny(discord: FakeDiscord, channel: Thing, rights: Perm) -> None:
    """Take rights away, for the server's answers and as the channel shows them."""
    discord.deny(channel, rights)
    channel["permission_overwrites"] = [
        {"id": discord.bot["id"], "type": 1, "allow": "0", "deny": str(int(rights))}
    ]


def at(house: House, clock: Any) -> House:
    """The house by another clock."""
    return replace(house, clock=clock)

