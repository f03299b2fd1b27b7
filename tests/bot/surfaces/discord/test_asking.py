"""People ask on Discord: answered at once or later, to them or to all, whatever the process went through meanwhile."""

import asyncio
from typing import Any

from bot.command import command
from bot.house import House
from bot.kernel import Kernel
from bot.commands import ALL
from core.model.person import Role
from tests.bot.surfaces.discord.kit import Server, connected, labels, texts, until
from tests.platforms.discord import FakeDiscord


async def test_help_is_answered_at_once_and_to_the_asker_alone(discord: FakeDiscord, server: Server, house: House):
    async with connected(house):
        answer = await discord.slash("help", user=server.vera, channel=server.channel)
    assert answer.ack_type == 4
    assert answer.ephemeral
    assert answer.ack_latency is not None and answer.ack_latency < 1
    assert "What you can do here" in answer.text
    discord.assert_clean()
