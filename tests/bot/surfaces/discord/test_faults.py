"""Discord says no, says later, or says nothing: told apart by what is certain, and never for long."""

import asyncio
import socket
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.cards import draw
from bot.house import House
from bot.surfaces.discord.channels import DiscordChannels
from bot.surfaces.discord.saying import plainly
from bot.wording import Words
from core.errors import Ambiguous, Denied, EarshotError, Missing, Transient
from core.model.tellable.finds import HitFound
from core.model.tellable.videos import VideoPosted
from core.model.trigger import Where
from tests.bot.surfaces.discord.kit import Server, connected, messenger, notice
from tests.doubles import BEGAN
from tests.platforms.discord import FakeDiscord, Perm
from tests.waiting import PATIENCE

POSTED = VideoPosted("amina", 7, "A new video")
HIT = HitFound(1, 1, 1, "amina", "read", Where.CHAT, "**@everyone** <@&1> read this " + "x" * 5000, 0, 3, BEGAN, 18.2)


async def raised(house: House, client: Any, say: Any, external: str = "") -> EarshotError:
    with pytest.raises(EarshotError) as error:
        await messenger(client, house).post(say, "n" * 24, external)
    return error.value


@pytest.mark.parametrize("status", [503, 500, 502, 504])
async def test_an_error_of_discords_own_is_doubt_and_the_repeat_is_safe(
    discord: FakeDiscord, server: Server, house: House, status: int, monkeypatch: pytest.MonkeyPatch
):
    async with connected(house) as client:
        discord.fail_next("POST", "/channels/*/messages", status, times=1)
        say = notice(server, POSTED)
        with monkeypatch.context() as soon:
            soon.setattr("bot.surfaces.discord.sending.CALL", 0.5)
            assert type(await raised(house, client, say)) is Ambiguous
        await messenger(client, house).post(say, "n" * 24, "")
        assert len(discord.messages_in(server.channel)) == 1
    discord.assert_clean()


@pytest.mark.parametrize("everywhere", [False, True])
async def test_too_fast_is_told_with_the_time_and_holds_nobody_up(
    discord: FakeDiscord, server: Server, house: House, everywhere: bool
):
    async with connected(house) as client:
        discord.fail_next("POST", "/channels/*/messages", 429, retry_after=600, is_global=everywhere)
        async with asyncio.timeout(PATIENCE):
            error = await raised(house, client, notice(server, POSTED))
        assert type(error) is Transient
        assert error.retry_after is not None
        assert 600 - PATIENCE < error.retry_after <= 600
    assert discord.messages_in(server.channel) == []


async def test_a_short_wait_is_waited_out(discord: FakeDiscord, server: Server, house: House):
    async with connected(house) as client:
        discord.fail_next("POST", "/channels/*/messages", 429, retry_after=0.2)
        assert await messenger(client, house).post(notice(server, POSTED), "n" * 24, "")
    discord.assert_clean()


async def test_silence_is_doubt(discord: FakeDiscord, server: Server, house: House, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("bot.surfaces.discord.sending.CALL", 0.2)
    async with connected(house) as client:
        discord.fail_next("POST", "/channels/*/messages", 503, delay=60.0)
        assert type(await raised(house, client, notice(server, POSTED))) is Ambiguous


async def test_no_connection_at_all_is_certain(discord: FakeDiscord, server: Server, house: House):
    from discord.http import Route

    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    async with connected(house) as client:
        base, Route.BASE = Route.BASE, f"http://127.0.0.1:{port}/api/v10"
        try:
            error = await raised(house, client, notice(server, POSTED))
        finally:
            Route.BASE = base
        assert type(error) is Transient


async def test_before_it_is_connected_nothing_is_lost(discord: FakeDiscord, server: Server, house: House):
    async with connected(house) as client:
        pass
    assert type(await raised(house, client, notice(server, POSTED))) is Transient


@pytest.mark.parametrize(
    ("rights", "missing"), [(Perm.SEND_MESSAGES, "Send Messages"), (Perm.VIEW_CHANNEL, "View Channel")]
)
async def test_a_right_that_is_missing_is_named(
    discord: FakeDiscord, server: Server, house: House, rights: Perm, missing: str
):
    async with connected(house) as client:
        discord.deny(server.channel, rights)
        error = await raised(house, client, notice(server, POSTED))
    assert isinstance(error, Denied)
    assert (error.code, error.values["missing"]) == ("NO_POST", missing)
    discord.assert_clean()


async def test_a_private_chat_that_is_closed_is_no_right(discord: FakeDiscord, server: Server, house: House):
    discord.closed_dms.add(server.vera["id"])
    async with connected(house) as client:
        error = await raised(house, client, notice(server, POSTED, address=f"discord:@{server.vera['id']}"))
    assert isinstance(error, Denied)
    assert error.code == "NO_POST"
    discord.assert_clean()


async def test_what_is_gone_is_missing(discord: FakeDiscord, server: Server, house: House):
    async with connected(house) as client:
        post = messenger(client, house).post
        external = await post(notice(server, POSTED), "n" * 24, "")
        await discord.delete_message(discord.messages[external.partition("/")[2]])
        error = await raised(house, client, notice(server, POSTED, "e", edits=True), external)
        assert isinstance(error, Missing)
        assert error.code == "POST_GONE"
        await discord.delete_channel(server.channel)
        error = await raised(house, client, notice(server, POSTED, "g"))
        assert isinstance(error, Missing)
        assert error.code == "NOT_FOUND"
    discord.assert_clean()


async def test_a_server_that_threw_it_out_is_denied(discord: FakeDiscord, server: Server, house: House):
    async with connected(house) as client:
        await discord.kick_bot(server.guild)
        error = await raised(house, client, notice(server, POSTED))
    assert isinstance(error, Denied | Missing)
    discord.assert_clean()


async def test_what_discord_refuses_is_said_plainly_once_and_logged(
    discord: FakeDiscord, server: Server, house: House, caplog: pytest.LogCaptureFixture
):
    async with connected(house) as client:
        discord.fail_next("POST", "/channels/*/messages", 400, code=50035, message="Invalid Form Body")
        external = await messenger(client, house).post(notice(server, HIT), "n" * 24, "")
        message = discord.messages[external.partition("/")[2]]
        assert "@everyone" not in message["content"]
        assert "read this" in message["content"]
        assert message["mention_everyone"] is False
    assert "Discord refused" in caplog.text
    discord.assert_clean()


async def test_others_go_on_while_one_channel_fails(discord: FakeDiscord, server: Server, house: House):
    other = discord.add_channel(server.guild, "other")
    async with connected(house) as client:
        discord.deny(server.channel, Perm.SEND_MESSAGES)
        post = messenger(client, house).post
        results = await asyncio.gather(
            post(notice(server, POSTED, "a"), "a" * 24, ""),
            post(notice(server, POSTED, "b", address=f"discord:{other['id']}"), "b" * 24, ""),
            return_exceptions=True,
        )
    assert isinstance(results[0], Denied)
    assert isinstance(results[1], str)
    discord.assert_clean()


# ---------------------------------------------------------------- rights of channels


async def test_what_is_missing_in_a_channel_has_discords_names(discord: FakeDiscord, server: Server, house: House):
    forum = discord.add_channel(server.guild, "forum", type=15)
    folder = discord.add_channel(server.guild, "a folder", type=4)
    other = discord.add_guild("Elsewhere")
    theirs = discord.add_channel(other, "theirs")
    async with connected(house) as client:
        channels = DiscordChannels(client)

        async def missing(channel: dict[str, Any]) -> tuple[str, ...]:
            return await channels.missing(server.place, f"discord:{channel['id']}")

        assert await missing(server.channel) == ()
        assert await missing(forum) == ()
        discord.deny(server.channel, Perm.ATTACH_FILES)
        assert await missing(server.channel) == ("Attach Files",)
        discord.deny(server.channel, Perm.SEND_MESSAGES | Perm.CREATE_PUBLIC_THREADS)
        assert await missing(server.channel) == ("Send Messages",)
        assert await channels.wanting(server.place, server.address) == (
            "Send Messages",
            "Create Public Threads",
        )
        discord.deny(server.channel, Perm.VIEW_CHANNEL)
        assert await missing(server.channel) == ("View Channel",)
        for wrong in (folder, theirs, {"id": "12345"}):
            with pytest.raises(Missing) as error:
                await missing(wrong)
            assert error.value.code == "NOT_FOUND"
        assert await channels.missing(f"discord:@{server.vera['id']}", f"discord:@{server.vera['id']}") == ()
    discord.assert_clean()


def test_a_card_always_says_something_plainly() -> None:
    words = Words("en", ZoneInfo("UTC"))
    for told in (POSTED, HIT):
        text = plainly(draw(told, words))
        assert 0 < len(text) <= 1900
        assert "<@&1>" not in text
