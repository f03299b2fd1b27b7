"""Invited to a server: one message in its system channel says what this is, once; elsewhere and alone nobody is written to."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from bot.house import House
from core.model.account import Follow, Handle
from core.model.person import Place
from core.services.leaving import Doors, Leaving
from tests.bot.surfaces.discord.kit import Server, connected, labels, placed, texts
from tests.platforms.discord import FakeDiscord, Perm
from tests.waiting import PATIENCE, until

Thing = dict[str, Any]
HELLO = "I am Earshot."


@pytest.fixture
async def minded(house: House) -> House:
    """A house that minds what befalls its places."""

    async def reopened(place: str) -> None: ...

    leaving = Leaving(house.storage, house.clock, reopened)
    return replace(house, doors=Doors(leaving.left, leaving.back))


async def invited(discord: FakeDiscord, name: str = "New here", **how: Any) -> tuple[Thing, Thing]:
    """A server that has just invited Earshot, and its channel."""
    guild = await discord.invite_bot(name, **how)
    return guild, discord.channels[guild["channels"][0]]


async def stored(house: House, server: Server) -> Place:
    async with house.storage.reading() as work:
        place = await work.places.get(server.place)
    assert place is not None
    return place


async def afterwards(discord: FakeDiscord) -> None:
    """When whatever was said before is there: a server that invites it now is greeted later."""
    _, channel = await invited(discord, "Last")
    await discord.wait_message(channel)


async def test_a_server_reads_what_was_invited_and_that_nothing_happens_before_it_is_set_up(
    discord: FakeDiscord, server: Server, minded: House
):
    async with connected(minded):
        guild, channel = await invited(discord)
        said = await discord.wait_message(channel)
        assert HELLO in texts(said)
        assert "before somebody who may manage the server sets me up" in texts(said)
        assert labels(said) == ["Set up", "What is stored"]
        async with minded.storage.reading() as work:
            assert await work.places.get(f"discord:{guild['id']}") is None
        nina = discord.add_user("nina", guild=guild)
        refused = await discord.click(said, "Set up", user=nina)
        assert "This is for managers" in refused.text
        owner = discord.guilds[guild["id"]]["owner"]
        panel = await discord.click(said, "Set up", user=owner)
        assert "step 1 of 4" in panel.text
    discord.assert_clean()


async def test_it_speaks_the_language_of_the_server(discord: FakeDiscord, server: Server, minded: House):
    async with connected(minded):
        _, channel = await invited(discord, locale="fr")
        assert "Rien n'est regardé, enregistré ni publié ici" in texts(await discord.wait_message(channel))
    discord.assert_clean()


async def test_it_is_said_once_and_no_restart_says_it_again(discord: FakeDiscord, server: Server, minded: House):
    async with connected(minded) as client:
        guild, channel = await invited(discord)
        await discord.wait_message(channel)
        before = discord.identifies
        await discord.invalidate_session()
        await until(lambda: not client.ready)
        await until(lambda: discord.identifies > before and client.ready)
        await afterwards(discord)
    async with connected(minded):
        await afterwards(discord)
        assert len(discord.messages_in(channel)) == 1
        await discord.kick_bot(guild)
        await discord.invite_bot(guild)
        await discord.wait_message(channel, after=1)
    assert discord.messages_in(server.channel) == [], "it was there before"
    discord.assert_clean()


@pytest.mark.parametrize(
    "how", [{"system": False}, {"denied": Perm.SEND_MESSAGES}, {"denied": Perm.VIEW_CHANNEL}], ids=str
)
async def test_where_it_may_not_speak_nothing_is_said_and_nobody_is_written_to_alone(
    discord: FakeDiscord, server: Server, minded: House, how: dict[str, Any]
):
    async with connected(minded):
        _, channel = await invited(discord, **how)
        await afterwards(discord)
    assert discord.messages_in(channel) == []
    assert discord.sent("POST", "/users/@me/channels") == []
    discord.assert_clean()


async def test_a_server_that_takes_it_back_reads_that_its_accounts_go_on(
    discord: FakeDiscord, server: Server, minded: House
):
    server.guild["system_channel_id"] = server.channel["id"]
    await placed(minded, server, language="fr")
    async with minded.storage.work() as work:
        account = await work.accounts.ensure(Handle("amina"))
        await work.follows.add(Follow(0, server.place, account.id, account.handle, server.address, minded.clock.now()))
    async with connected(minded):
        await discord.kick_bot(server.guild)
        async with asyncio.timeout(PATIENCE):
            while (await stored(minded, server)).left is None:
                await asyncio.sleep(0.01)
        await discord.invite_bot(server.guild)
        said = await discord.wait_message(server.channel)
        assert "Me revoilà." in texts(said)
        assert "1 compte continue" in texts(said)
    assert (await stored(minded, server)).left is None
    discord.assert_clean()


@pytest.mark.parametrize(
    ("status", "more"), [(403, {"code": 50013}), (500, {"times": 10}), (429, {"retry_after": 30.0})]
)
async def test_a_greeting_that_fails_is_let_go(
    discord: FakeDiscord, server: Server, minded: House, status: int, more: dict[str, Any]
):
    spent: list[str] = []
    async with connected(replace(minded, doors=replace(minded.doors, spent=spent.append))) as client:
        discord.fail_next("POST", "/channels/*/messages", status, **more)
        _, channel = await invited(discord)
        await discord.wait_for(lambda: discord.sent("POST", "/channels/*/messages"))
        discord.faults.clear()
        await afterwards(discord)
        assert client.ready
    assert spent[0] == f"discord:{channel['id']}", "who posts knows of the call"
    async with minded.storage.reading() as work:
        assert await work.outbox.count_closed() == (0, 0)
