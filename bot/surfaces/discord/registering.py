"""Registering commands: told to Discord only when they have changed, since it takes 200 new ones a day.

What is for owners alone is registered in servers an owner is in, nowhere else.
"""

import logging
from dataclasses import dataclass, field
from typing import Any, Protocol

import discord
from discord import app_commands

from bot.command import Command
from bot.surfaces.discord import offer
from bot.surfaces.discord.faults import bounded
from bot.surfaces.discord.menus import Menus, add_menus
from bot.wording import catalog
from core.model.person import Role
from core.ports.store import Storage

log = logging.getLogger(__name__)
SERVERS = 50  # servers that are looked through for an owner
CALL = 30.0  # seconds
Tree = app_commands.CommandTree[Any]


class Answers(offer.Answers, Menus, Protocol):
    """Whoever runs what is registered."""

    async def stale(self, interaction: discord.Interaction[Any]) -> None:
        """Something was used that is not registered any more."""


@dataclass
class Registering:
    """The commands of one application. `owners` are the numbers of people of Discord."""

    storage: Storage
    commands: tuple[Command, ...]
    owners: tuple[int, ...] = ()
    _guilds: set[int] = field(default_factory=set)

    async def tree(self, line: discord.Client, answers: Answers) -> Tree:
        """Everything there is for everybody, not told to Discord yet."""
        made = await offer.tree(line, self.commands, answers, _translate)
        add_menus(made, self.commands, answers)
        self._guilds.clear()

        @made.error
        async def failed(interaction: discord.Interaction[Any], error: app_commands.AppCommandError) -> None:
            if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
                await answers.stale(interaction)
            else:
                log.error("a command of Discord", exc_info=error)

        return made

    async def everywhere(self, tree: Tree, *, anew: bool = False) -> int:
        """Tell Discord of what is for everybody, if it has changed, or `anew`; how many names. Raises what the library raises."""
        return await self._told(tree, None, anew)

    async def for_owners(self, tree: Tree, answers: Answers, *, anew: bool = False) -> int:
        """Tell Discord of what is for owners, in the servers they are in; how many names."""
        if not self.owners or not any(command.role is Role.OWNER and command.offered for command in self.commands):
            return 0
        count = 0
        for guild in list(tree.client.guilds)[:SERVERS]:
            count = max(count, await self._in_guild(tree, answers, guild, anew))
        return count

    async def known_in(self, tree: Tree, answers: Answers, guild: discord.abc.Snowflake) -> None:
        """Know what was registered for owners in a server by an earlier process."""
        if self.owners and guild.id not in self._guilds and await self._memo(tree, guild):
            offer.add_for_owners(tree, self.commands, answers, guild)
            self._guilds.add(guild.id)

    async def _in_guild(self, tree: Tree, answers: Answers, guild: discord.Guild, anew: bool) -> int:
        known = bool(await self._memo(tree, guild))
        if guild.id not in self._guilds:
            if not known and not await self._has_owner(tree.client, guild):
                return 0
            offer.add_for_owners(tree, self.commands, answers, guild)
            self._guilds.add(guild.id)
        try:
            return await self._told(tree, guild, anew)
        except discord.Forbidden:  # invited without its commands
            return 0

    async def _has_owner(self, client: discord.Client, guild: discord.Guild) -> bool:
        for owner in self.owners:
            try:
                async with bounded(client, CALL):
                    await guild.fetch_member(owner)
                return True
            except (discord.NotFound, discord.Forbidden):
                continue
        return False

    async def _told(self, tree: Tree, guild: discord.abc.Snowflake | None, anew: bool) -> int:
        digest = offer.digest(await offer.payload(tree, guild))
        count = len(tree.get_commands(guild=guild))
        if anew or await self._memo(tree, guild) != digest:
            async with bounded(tree.client, CALL):
                await tree.sync(guild=guild)
            async with self.storage.work() as work:
                await work.memos.put(_name(tree, guild), digest)
        return count

    async def _memo(self, tree: Tree, guild: discord.abc.Snowflake | None) -> str:
        async with self.storage.reading() as work:
            return await work.memos.get(_name(tree, guild))


def _name(tree: Tree, guild: discord.abc.Snowflake | None) -> str:
    return f"discord:commands:{tree.client.application_id}" + (f":{guild.id}" if guild is not None else "")


def _translate(language: str, text: str) -> str:
    return catalog(language).gettext(text)
