"""What the tests of panels stand on: a client at work whose places can be looked into, and what a message shows by now."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from bot.couriers import courier_of
from bot.house import House
from bot.surfaces.discord.channels import DiscordChannels
from bot.surfaces.discord.client import DiscordClient
from core.model.account import Follow, Handle
from core.model.feed import Event
from core.model.person import Place, Platform
from storage.database import Database
from storage.news import News
from tests.bot.surfaces.discord.kit import (
    Server,
    Thing,
    connected,
    messenger,
    texts,
)
from tests.platforms.discord import FakeDiscord


@asynccontextmanager
async def working(house: House) -> AsyncIterator[DiscordClient]:
    """A client whose channels are asked for rights, and a courier that carries what is told."""
    async with connected(house) as client:
        assert isinstance(house.storage, Database)
        house.following.channels[Platform.DISCORD] = DiscordChannels(client)
        house.chats[Platform.DISCORD] = client
        courier, _ = courier_of(house, {Platform.DISCORD: messenger(client, house)})
        house.storage.on = {News.TOLD: courier.soon}
        running = asyncio.create_task(courier.run())
        try:
            yield client
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running


async def place_of(house: House, server: Server) -> Place:
    async with house.storage.reading() as work:
        found = await work.places.get(server.place)
    assert found is not None
    return found


async def follows(house: House, server: Server) -> list[Follow]:
    async with house.storage.reading() as work:
        return await work.follows.of_place(server.place)


async def following(house: House, server: Server, *names: str) -> None:
    """The place follows them, as if it had said so long ago."""
    async with house.storage.work() as work:
        for name in names:
            account = await work.accounts.ensure(Handle(name))
            now = house.clock.now()
            await work.follows.add(Follow(0, server.place, account.id, account.handle, server.address, now))


async def becomes(discord: FakeDiscord, message: Thing, words: str) -> str:
    """What a message says once it has `words`."""
    await discord.wait_for(lambda: words in texts(discord.messages[message["id"]]))
    return texts(discord.messages[message["id"]])


def parts(message: Thing) -> list[Thing]:
    """Every part of a message, those inside others too."""
    found, left = [], list(message["components"])
    while left:
        found.append(left.pop(0))
        left = [*found[-1].get("components", []), *left]
    return found


async def said(house: House, server: Server, name: str = "") -> dict[Event, str]:
    """What was said about where events go."""
    account = next((one.account_id for one in await follows(house, server) if one.handle == name), 0)
    found: dict[Any, str] = await house.settling.routes(server.place, account)
    return found
