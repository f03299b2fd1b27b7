"""The real client against a Discord on loopback, with a real house behind it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.app import opened
from bot.house import House
from bot.surfaces.discord.answering import SOON
from core.settings import Settings
from tests.bot.surfaces.discord.kit import Server, Thing, placed, settings_for
from tests.platforms.discord import FakeDiscord, Perm
from tests.waiting import PATIENCE

ANSWERS, TYPING = "bot.surfaces.discord.answering.SOON", "bot.surfaces.discord.ask.TYPING"


@pytest.fixture(autouse=True)
def _nobody_is_in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine that stands still, too, an answer comes instead of a waiting message."""
    for limit in (ANSWERS, TYPING):
        monkeypatch.setattr(limit, PATIENCE)


@pytest.fixture
def hurried(_nobody_is_in_a_hurry: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where an answer has to be waited for, a waiting message comes as soon as it does there."""
    monkeypatch.setattr(ANSWERS, SOON)


@pytest.fixture
async def discord() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as made:
        yield made


@pytest.fixture
def server(discord: FakeDiscord) -> Server:
    """A server with a channel, and people who may more and less."""
    guild = discord.add_guild("The kitchen")
    return Server(
        discord,
        guild,
        discord.add_channel(guild, "lives"),
        discord.add_user("karim", guild=guild, permissions=Perm.DEFAULT | Perm.MANAGE_GUILD),
        discord.add_user("mona", guild=guild, permissions=Perm.DEFAULT | Perm.MANAGE_MESSAGES),
        discord.add_user("vera", guild=guild),
    )


@pytest.fixture
def settings(discord: FakeDiscord, template: Path, tmp_path: Path) -> Settings:
    return settings_for(discord, template, tmp_path)


@pytest.fixture
async def house(settings: Settings, server: Server) -> AsyncIterator[House]:
    """As in a process that delivers: jobs are told, not shown. The server was set up in it."""
    async with opened(settings) as made:
        await placed(made, server)
        yield replace(made, worker=None)


@pytest.fixture
def olga(discord: FakeDiscord, server: Server) -> Thing:
    """Who runs Earshot, and may do nothing else here."""
    return discord.add_user("olga", guild=server.guild)


@pytest.fixture
async def fresh(discord: FakeDiscord, olga: Thing, template: Path, tmp_path: Path) -> AsyncIterator[House]:
    """As in a process that delivers, run by Olga; nobody has set anything up."""
    async with opened(settings_for(discord, template, tmp_path, OWNERS=f"discord:{olga['id']}")) as made:
        yield replace(made, worker=None)
