"""Channels and roles on Discord: picked in its own pickers, handed on by their numbers."""

from typing import Any

import discord

from bot.card import Choice
from bot.command import Command, Option
from bot.commands import ALL
from bot.surfaces.discord import offer
from tests.platforms import discord_rules as rules


class Writing(discord.Client):
    """A client that was never connected; it writes down what was used."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents.none())
        self.used: list[tuple[str, dict[str, str]]] = []

    async def ran(self, interaction: Any, command: Command, raw: dict[str, str]) -> None:
        self.used.append((command.name, raw))

    async def suggest(self, interaction: Any, command: Command, option: Option, typed: str) -> list[Choice]:
        return []


FOLLOW = [command for command in ALL if command.name == "follow"]


async def test_a_channel_and_a_role_are_picked_not_typed() -> None:
    async with Writing() as client:
        told = await offer.payload(await offer.tree(client, FOLLOW, client, lambda _, text: text))
    assert rules.tree_breaches(told) == []
    options = {option["name"]: option for option in told[0]["options"]}
    assert list(options) == ["account", "channel", "role", "language", "transcript", "risk"]
    assert (options["channel"]["type"], options["role"]["type"]) == (7, 8)
    assert options["channel"]["channel_types"] == [0, 5, 15, 11, 12, 10], "nothing nobody can post in"
    assert not options["channel"].get("required")
    assert not options["role"].get("autocomplete")


async def test_what_was_picked_arrives_as_its_number() -> None:
    used = {
        "id": "9", "name": "follow", "type": 1,
        "options": [
            {"name": "account", "type": 3, "value": "@amina"},
            {"name": "channel", "type": 7, "value": "901"},
            {"name": "role", "type": 8, "value": "77"},
        ],
        "resolved": {
            "channels": {"901": {"id": "901", "name": "lives", "type": 0, "permissions": "0"}},
            "roles": {"77": {
                "id": "77", "name": "fans", "color": 0, "hoist": False, "position": 1, "permissions": "0", "managed": False,
                "mentionable": False, "flags": 0, "colors": {"primary_color": 0},
            }},
        },
    }  # fmt: skip
    user = {"id": "5", "username": "karim", "discriminator": "0", "avatar": None, "global_name": None}
    async with Writing() as client:
        client._connection.user = discord.ClientUser(state=client._connection, data=user)  # as after a login
        tree = await offer.tree(client, FOLLOW, client, lambda _, text: text)
        told = {
            "id": "1", "application_id": "2", "type": 2, "token": "t", "version": 1, "user": user, "channel_id": "3",
            "guild_id": "55", "data": used, "entitlements": [], "authorizing_integration_owners": {},
            "attachment_size_limit": 10 << 20,
        }  # fmt: skip
        await tree._call(discord.Interaction(data=told, state=client._connection))  # type: ignore[arg-type]
        assert client.used == [("follow", {"account": "@amina", "channel": "901", "role": "77"})]
