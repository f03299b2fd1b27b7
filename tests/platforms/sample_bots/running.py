"""The sample bot of discord.py, running."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.platforms.chats import Discord, furnish_discord
from tests.platforms.sample_bots import discord_bot


@asynccontextmanager
async def running(discord: Discord, make: Callable[[], Any] = discord_bot.Bot) -> AsyncIterator[Any]:
    """A bot of discord.py connected there; `bot.task` is its run."""
    discord_bot.point_at(discord.api_base, discord.gateway_url, discord.cdn_base)
    bot = make()
    bot.task = asyncio.create_task(bot.start(discord.token))
    try:
        yield bot
    finally:
        await bot.close()
        with contextlib.suppress(BaseException):
            await bot.task


@pytest.fixture
async def bot(discord: Discord) -> AsyncIterator[Any]:
    async with running(discord) as bot:
        await discord.wait_ready(commands=True)
        await bot.wait_until_ready()
        yield bot


@asynccontextmanager
async def strict(make: Callable[[], Any] = discord_bot.Bot, **knobs: Any) -> AsyncIterator[tuple[Discord, Any]]:
    """A Discord of other knobs, with the bot connected."""
    async with Discord(**knobs) as discord:
        furnish_discord(discord)
        async with running(discord, make) as bot:
            await discord.wait_ready(commands=make is discord_bot.Bot)
            yield discord, bot
