"""Fixtures for tests that go to Discord or Telegram: import them in a conftest.py.

    from tests.platforms.chats import discord, telegram  # noqa: F401

Neither asserts by itself that the bot kept the rules: a test ends with `discord.assert_clean()`, `telegram.assert_clean()`.
"""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.platforms.discord import FakeDiscord, Perm
from tests.platforms.telegram import FakeTelegram


class Discord(FakeDiscord):
    """One guild with one channel, somebody who may do everything there, and somebody who may not."""

    guild: dict[str, Any]
    channel: dict[str, Any]
    alice: dict[str, Any]
    bob: dict[str, Any]


class Telegram(FakeTelegram):
    """Two people who have pressed Start, and a supergroup where one of them is an administrator."""

    alice: dict[str, Any]
    bob: dict[str, Any]
    kitchen: dict[str, Any]


def furnish_discord(discord: Discord) -> Discord:
    """The guild "Sandbox" with "general", alice (an administrator) and bob."""
    discord.guild = discord.add_guild("Sandbox")
    discord.channel = discord.add_channel(discord.guild, "general")
    discord.alice = discord.add_user("alice", guild=discord.guild, permissions=Perm.DEFAULT | Perm.ADMINISTRATOR)
    discord.bob = discord.add_user("bob", guild=discord.guild)
    return discord


def furnish_telegram(telegram: Telegram) -> Telegram:
    """Alice, Bob, and the supergroup "Kitchen" whose owner is Alice."""
    telegram.alice, telegram.bob = telegram.add_user("Alice"), telegram.add_user("Bob")
    telegram.kitchen = telegram.add_group("Kitchen")
    telegram.admins[telegram.kitchen["id"]] = {telegram.alice["id"]}
    return telegram


@pytest.fixture
async def discord() -> AsyncIterator[Discord]:
    """Started and furnished; the bot is led there by `api_base`, `gateway_url`, `cdn_base` and `token`."""
    async with Discord() as serving:
        yield furnish_discord(serving)


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    """Started and furnished; the bot is led there by `base_url`, `base_file_url` and `token`."""
    async with Telegram() as serving:
        yield furnish_telegram(serving)
