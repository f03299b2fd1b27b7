"""The connection itself: registered once, ready and not ready, back after whatever happens, stopped by a wrong token only."""

import asyncio
import inspect
import logging
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.app import opened
from bot.commands import ALL
from bot.house import House
from bot.kernel import Kernel
from bot.surfaces.discord.client import DiscordClient
from bot.surfaces.discord.leading import led, proxy_to
from core.errors import Denied
from core.model.person import Place
from core.services.leaving import Doors
from core.settings import load
from tests.bot.surfaces.discord.kit import Server, connected, gated, placed, settings_for
from tests.doubles import BEGAN, CountedStorage
from tests.platforms.discord import FakeDiscord, Perm
from tests.waiting import PATIENCE, until


async def test_commands_are_registered_once_and_again_when_they_changed(
    discord: FakeDiscord, server: Server, house: House
):
    async with connected(house):
        names = {command["name"] for command in discord.commands[None].values()}
        assert {command.name.partition(" ")[0] for command in ALL if command.offered} - {"admin"} <= names
    async with connected(house):
        pass
    assert len(discord.sent("PUT", "/applications/*/commands")) == 1
    _, kernel = gated()
    async with connected(house, kernel) as client:
        assert len(discord.sent("PUT", "/applications/*/commands")) == 2
        assert await client.sync() == len(discord.commands[None])
    assert len(discord.sent("PUT", "/applications/*/commands")) == 3
    discord.assert_clean()


async def test_commands_are_offered_in_french_and_where_they_belong(discord: FakeDiscord, server: Server, house: House):
    async with connected(house):
        told = {command["name"]: command for command in discord.commands[None].values()}
    assert told["follow"]["description_localizations"]["fr"]
    assert told["Transcribe"]["name_localizations"]["fr"] == "Transcrire"
    assert told["transcribe"]["integration_types"] == [0, 1]
    assert told["transcribe"]["contexts"] == [0, 1, 2]
    assert told["follow"]["integration_types"] == [0]
    assert told["follow"]["contexts"] == [0, 1]
    options = {option["name"]: option for option in told["transcribe"]["options"]}
    assert options["file"]["type"] == 11
    assert not options["link"].get("required")
    assert told["Follow this account"]["default_member_permissions"] == str(int(Perm.MANAGE_GUILD))


async def test_what_is_for_owners_is_registered_where_an_owner_is_and_nowhere_else(
    discord: FakeDiscord, server: Server, template: Path, tmp_path: Path
):
    other = discord.add_guild("Elsewhere")
    server.guild["permissions"][server.karim["id"]] = Perm.DEFAULT | Perm.ADMINISTRATOR
    settings = settings_for(discord, template, tmp_path, OWNERS=f"discord:{server.karim['id']}")
    _, kernel = gated()
    async with opened(settings) as house:
        async with connected(house, kernel):
            await discord.wait_for(lambda: discord.commands.get(server.guild["id"]))
            answer = await discord.slash("keeper say", text="hello", user=server.karim, channel=server.channel)
            assert "said: hello" in answer.text
            refused = await discord.slash("keeper say", text="hello", user=discord.guilds[server.guild["id"]]["owner"],
                                          channel=server.channel)  # fmt: skip
            assert "This is for owners" in refused.text
        async with connected(house, kernel):
            answer = await discord.slash("keeper say", text="again", user=server.karim, channel=server.channel)
            assert "said: again" in answer.text
    assert "keeper" not in {command["name"] for command in discord.commands[None].values()}
    assert not discord.commands.get(other["id"])
    assert len(discord.sent("PUT", "/applications/*/guilds/*/commands")) == 1
    discord.assert_clean()


async def test_it_says_that_it_is_not_ready_while_it_is_not_connected(
    discord: FakeDiscord, server: Server, house: House
):
    async with connected(house) as client:
        assert client.trouble == ""
        for cut in (discord.disconnect, discord.invalidate_session, discord.request_reconnect):
            before = discord.identifies + discord.resumes
            await cut()
            await until(lambda before=before: discord.identifies + discord.resumes > before)
            await until(lambda: client.ready)
            answer = await discord.slash("help", user=server.vera, channel=server.channel)
            assert "What you can do here" in answer.text
    discord.assert_clean()


async def test_what_was_to_be_done_beside_and_never_began_ends_with_the_connection(
    discord: FakeDiscord, server: Server, house: House
):
    async def work() -> None:
        raise AssertionError("it began")

    async with connected(house) as client:
        beside = work()
        client.line.beside(beside)
        await client.line.close()
        assert inspect.getcoroutinestate(beside) == inspect.CORO_CLOSED


async def test_a_lost_connection_is_told_until_it_is_back(discord: FakeDiscord, server: Server, house: House):
    seen: list[tuple[bool, str]] = []
    async with connected(house) as client:

        def down(shard: int) -> None:
            DiscordClient.down(client, shard)
            seen.append((client.ready, client.trouble))

        client.down = down  # type: ignore[method-assign]
        await discord.disconnect(4000)
        await until(lambda: seen)
        assert seen[0] == (False, "DISCONNECTED")
        await until(lambda: client.ready)
    discord.assert_clean()


async def test_nothing_is_asked_of_anybody_but_for_servers(discord: FakeDiscord, server: Server, house: House):
    async with connected(house):
        pass
    identify = next(data for _, kind, data in discord.gateway_log if kind == "op2")
    assert identify["intents"] == 1
    assert identify["shard"] == [0, 1]
    discord.assert_clean()


async def test_as_many_shards_as_discord_asks_for(discord: FakeDiscord, server: Server, house: House):
    discord.shards = discord.max_concurrency = 2
    async with connected(house) as client:
        assert client.line.shard_count == 2
        assert client.ready
        answer = await discord.slash("help", user=server.vera, channel=server.channel)
    assert "What you can do here" in answer.text
    discord.assert_clean()


async def refused(house: House) -> Denied:
    client = DiscordClient(house, Kernel(ALL))
    with pytest.raises(Denied) as raised:
        async with asyncio.timeout(PATIENCE):
            await client.run()
    return raised.value


async def test_a_wrong_token_ends_it(discord: FakeDiscord, server: Server, house: House):
    discord.token = "another"
    error = await refused(house)
    assert (error.code, error.values) == ("TOKEN", {"name": "DISCORD_TOKEN"})


@pytest.mark.parametrize(("close", "code"), [(4004, "TOKEN"), (4014, "INTENTS")])
async def test_a_token_that_is_taken_back_and_refused_intents_end_it(
    discord: FakeDiscord, server: Server, house: House, close: int, code: str
):
    client = DiscordClient(house, Kernel(ALL))
    running = asyncio.create_task(client.run())
    await until(lambda: client.ready)
    await discord.disconnect(close)
    with pytest.raises(Denied) as raised:
        await asyncio.wait_for(running, PATIENCE)
    assert raised.value.code == code


async def test_without_a_net_it_tries_until_there_is_one(
    discord: FakeDiscord, server: Server, house: House, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bot.surfaces.discord.client.FIRST_AGAIN", 0.02)
    discord.fail_next("GET", "/users/@me", 503, times=3)
    async with connected(house) as client:
        assert client.ready
    assert len(discord.sent("GET", "/users/@me")) == 4
    discord.assert_clean()


async def test_a_busy_database_delays_the_commands_and_does_not_leave_them_out(
    discord: FakeDiscord, server: Server, house: House, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bot.surfaces.discord.line.REGISTER_AGAIN", 0.02)
    busy = CountedStorage(house.storage, busy=1)  # type: ignore[arg-type]
    async with connected(replace(house, storage=busy)) as client:
        assert client.ready


async def test_a_connection_that_was_there_is_made_again_soon(
    discord: FakeDiscord, server: Server, house: House, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bot.surfaces.discord.client.FIRST_AGAIN", 0.02)
    discord.fail_next("GET", "/users/@me", 503, times=3)
    async with connected(house) as client:
        assert client._wait == 0.02, "what it took to get there is forgotten"


async def test_what_happens_to_servers_and_channels_is_handed_on(discord: FakeDiscord, server: Server, house: House):
    told: list[tuple[str, str]] = []

    def to(name: str) -> Any:
        async def heard(what: str) -> None:
            told.append((name, what))

        return heard

    async with house.storage.work() as work:
        await work.places.put(Place("discord:404", "Gone meanwhile"))
    await placed(house, server, left=BEGAN)
    async with connected(house, doors=Doors(to("left"), to("back"), to("reopened"))):
        await until(lambda: {("back", server.place), ("left", "discord:404")} <= set(told))
        discord.deny(server.channel, Perm.SEND_MESSAGES)
        await discord.update_channel(server.channel)
        discord.allow(server.channel)
        await discord.update_channel(server.channel)
        await until(lambda: ("reopened", server.address) in told)
        other = await discord.invite_bot("New here", system=False)
        await until(lambda: ("back", f"discord:{other['id']}") in told)
        assert discord.messages == {}
        await discord.kick_bot(other)
        await until(lambda: ("left", f"discord:{other['id']}") in told)
    assert [one for one in told if one[0] == "reopened"] == [("reopened", server.address)]
    discord.assert_clean()


def test_the_way_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
    monkeypatch.setenv("NO_PROXY", "inside.example")
    assert proxy_to("https://discord.com/api/v10", "") == "http://proxy:3128"
    assert proxy_to("https://discord.com/api/v10", "own:1") == "http://own:1"
    assert proxy_to("https://inside.example/api/v10", "own:1") == ""
    monkeypatch.delenv("HTTPS_PROXY")
    monkeypatch.delenv("HTTP_PROXY")
    assert proxy_to("https://discord.com/api/v10", "") == ""


async def test_it_leads_the_library_to_the_settings(discord: FakeDiscord, tmp_path: Path):
    from discord.asset import Asset
    from discord.gateway import DiscordWebSocket
    from discord.http import Route

    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY, Asset.BASE
    try:
        way = led(
            load(
                dotenv=None,
                DATA_DIR=tmp_path,
                DISCORD_API_BASE="https://here.example/api/v10",
                DISCORD_GATEWAY_URL="wss://there.example/",
                DISCORD_CDN_BASE="https://pictures.example",
                DISCORD_PROXY="http://proxy:1",
            )
        )
        assert Route("GET", "/users/@me").url == "https://here.example/api/v10/users/@me"
        assert str(DiscordWebSocket.DEFAULT_GATEWAY) == "wss://there.example/"
        assert Asset.BASE == "https://pictures.example"
        assert way["proxy"] == "http://proxy:1"
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY, Asset.BASE = before


async def test_it_goes_through_the_proxy(discord: FakeDiscord, server: Server, template: Path, tmp_path: Path,
                                         monkeypatch: pytest.MonkeyPatch):  # fmt: skip
    monkeypatch.setenv("NO_PROXY", "")
    settings = settings_for(discord, template, tmp_path, DISCORD_PROXY="http://127.0.0.1:9")
    monkeypatch.setattr("bot.surfaces.discord.client.FIRST_AGAIN", 0.01)
    async with opened(settings) as house:
        client = DiscordClient(house, Kernel(ALL))
        running = asyncio.create_task(client.run())
        await until(lambda: client.trouble == "DISCONNECTED")
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
    assert discord.requests == []


def test_the_library_writes_errors_down_in_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    led(load(dotenv=None, DATA_DIR=tmp_path))
    written: list[logging.LogRecord] = []
    monkeypatch.setattr(logging.getLogger(), "handle", written.append)
    try:
        raise ConnectionResetError("gone")
    except ConnectionResetError as error:
        logging.getLogger("discord.client").error("Attempting a reconnect in %.1fs", 1.5, exc_info=error)
    (record,) = written
    assert record.getMessage() == "Attempting a reconnect in 1.5s (ConnectionResetError('gone'))"
    assert record.exc_info is None


async def test_a_role_that_gives_rights_back_opens_channels(discord: FakeDiscord, server: Server, house: House):
    told: list[str] = []

    async def reopened(address: str) -> None:
        told.append(address)

    closed = discord.add_channel(server.guild, "closed")
    discord.deny(closed, Perm.SEND_MESSAGES)
    async with connected(house, doors=Doors(reopened=reopened)):
        everyone = discord.guilds[server.guild["id"]]["roles"][server.guild["id"]]
        for rights in (Perm.VIEW_CHANNEL, Perm.DEFAULT):
            changed = everyone | {"permissions": str(int(rights))}
            await discord.dispatch("GUILD_ROLE_UPDATE", {"guild_id": server.guild["id"], "role": changed}, intent=1)
        await until(lambda: told)
    assert told == [server.address], "once for both, and only where it may post"
    discord.assert_clean()
