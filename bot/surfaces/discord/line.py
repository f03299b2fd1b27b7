"""One connection to Discord: the library's client, and what it tells of servers, handed on."""

import asyncio
import logging
from collections.abc import Awaitable, Coroutine
from typing import Any, Protocol

import aiohttp
import discord
from discord import app_commands

from bot.card import Choice
from bot.command import Command, Option
from bot.surfaces.arriving import arrival
from bot.surfaces.discord.ask import Asking
from bot.surfaces.discord.channels import POSTABLE, lacking
from bot.surfaces.discord.faults import tracing
from bot.surfaces.discord.greeting import greet
from bot.surfaces.discord.leading import Way
from bot.surfaces.discord.pressing import ITEMS
from bot.surfaces.discord.registering import Registering
from core.errors import Transient
from core.model.person import Platform
from core.services.leaving import Doors

log = logging.getLogger(__name__)
Here = discord.Interaction[Any]
GUILDS_IN = 0.5  # seconds without another server until all are counted as there
REGISTER_AGAIN = 60.0
REOPENING = 200  # channels of one server that are said to be open again


class Watching(Protocol):
    """Who wants to know how the connection is."""

    def up(self, shard: int) -> None:
        """A shard speaks with Discord."""
        ...

    def down(self, shard: int) -> None:
        """A shard lost it."""
        ...


class Line(discord.AutoShardedClient):
    """The library's client, for one try: made anew when everything has to begin again. No intent but that of servers."""

    def __init__(self, way: Way, asking: Asking, registering: Registering, doors: Doors, watching: Watching) -> None:
        intents = discord.Intents.none()
        intents.guilds = True
        super().__init__(
            intents=intents,
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            chunk_guilds_at_startup=False,
            guild_ready_timeout=GUILDS_IN,
            http_trace=tracing(),
            **way,
        )
        self.asking, self.registering, self.doors, self.watching = asking, registering, doors, watching
        self.tree: app_commands.CommandTree[Any] | None = None
        self.registered = asyncio.Event()
        self._going: set[asyncio.Task[None]] = set()
        self._reopening: set[int] = set()

    # ------------------------------------------------------------------ beginning

    async def setup_hook(self) -> None:
        """Logged in: know the buttons, register what has changed."""
        self.add_dynamic_items(*ITEMS)
        self.tree = await self.registering.tree(self, self)
        self.beside(self._register())

    async def _register(self) -> None:
        """Until Discord takes them."""
        assert self.tree is not None
        while not self.registered.is_set():
            try:
                await self.registering.everywhere(self.tree)
                self.registered.set()
            except (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError, Transient) as error:
                log.warning("commands could not be registered, trying again: %r", error)
                await asyncio.sleep(REGISTER_AGAIN)

    def beside(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something while Discord is heard; what goes wrong with it is written down."""
        task = asyncio.create_task(self._guarded(work))
        self._going.add(task)
        task.add_done_callback(self._going.discard)
        task.add_done_callback(lambda _: work.close())  # one that is cancelled before it begins has not awaited it

    async def _guarded(self, work: Awaitable[None]) -> None:
        try:
            await work
        except Exception:  # supervision: what one event costs must not be the connection
            log.exception("beside Discord's events")

    async def close(self) -> None:
        """End it, and what is done beside."""
        for task in list(self._going):
            task.cancel()
        await asyncio.gather(*self._going, return_exceptions=True)
        await super().close()

    # ------------------------------------------------------------------ people

    async def ran(
        self, interaction: Here, command: Command, raw: dict[str, str], file: discord.Attachment | None = None
    ) -> None:
        """A command was used."""
        await self.asking.ran(interaction, command, raw, file)

    async def used_on(self, interaction: Here, command: Command, message: discord.Message) -> None:
        """A command was used on a message."""
        await self.asking.used_on(interaction, command, message)

    async def pressed(self, interaction: Here, key: str) -> None:
        """A button was pressed."""
        await self.asking.pressed(interaction, key)

    async def answered(self, interaction: Here, key: str, option: str, answer: str) -> None:
        """A form was filled in."""
        await self.asking.answered(interaction, key, option, answer)

    async def suggest(self, interaction: Here, command: Command, option: Option, typed: str) -> list[Choice]:
        """Somebody types."""
        return await self.asking.suggest(interaction, command, option, typed)

    async def stale(self, interaction: Here) -> None:
        """A command was used that is not there."""
        await self.asking.stale(interaction)

    async def on_interaction(self, interaction: Here) -> None:
        """Forms come here too, also those of an earlier process."""
        if interaction.type is discord.InteractionType.modal_submit:
            await self.asking.form(interaction)

    # ------------------------------------------------------------------ the connection

    async def on_shard_ready(self, shard: int) -> None:
        """A session began."""
        self.watching.up(shard)

    async def on_shard_resumed(self, shard: int) -> None:
        """A session goes on."""
        self.watching.up(shard)

    async def on_shard_disconnect(self, shard: int) -> None:
        """The connection is lost; the library makes another."""
        self.watching.down(shard)

    async def on_ready(self) -> None:
        """All servers are known."""
        self.beside(self._are_here())

    async def _are_here(self) -> None:
        if self.tree is not None:
            await self.registering.for_owners(self.tree, self)
        here = {f"discord:{guild.id}" for guild in self.guilds}
        async with self.registering.storage.reading() as work:
            places = [one for one in await work.places.all() if one.platform is Platform.DISCORD and not one.private]
        for place in places:  # what happened while nobody listened
            if place.id in here and place.left is not None:
                await self.doors.back(place.id)
            elif place.id not in here and place.left is None:
                await self.doors.left(place.id)

    # ------------------------------------------------------------------ servers

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """A server is known: what was registered for an owner there is there."""
        if self.tree is not None:
            await self.registering.known_in(self.tree, self, guild)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Invited: what this is, or that it is back, is said once. Discord tells of it only while somebody listens."""
        place, house = f"discord:{guild.id}", self.asking.house
        due = await arrival(house, place, str(guild.preferred_locale))
        await self.doors.back(place)
        if due is not None:
            self.beside(greet(self, house, guild, due))
        if self.tree is not None:
            self.beside(self._own(self.tree))

    async def _own(self, tree: app_commands.CommandTree[Any]) -> None:
        await self.registering.for_owners(tree, self)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Thrown out."""
        await self.doors.left(f"discord:{guild.id}")

    async def on_guild_channel_update(self, before: Any, after: Any) -> None:
        """A channel's rights may have changed."""
        if isinstance(after, POSTABLE) and lacking(before) and not lacking(after):
            await self.doors.reopened(f"discord:{after.id}")

    async def on_thread_update(self, before: discord.Thread, after: discord.Thread) -> None:
        """A thread may have been opened again."""
        if before.locked and not after.locked:
            await self.doors.reopened(f"discord:{after.id}")

    async def on_guild_role_update(self, before: discord.Role, after: discord.Role) -> None:
        """A role's rights may have changed."""
        if before.permissions != after.permissions:
            self._reopen(after.guild)

    async def on_member_update(self, before: discord.Member, after: discord.Member) -> None:
        """Our own roles may have changed: Discord tells of nobody else's without being asked to."""
        if self.user is not None and after.id == self.user.id and before.roles != after.roles:
            self._reopen(after.guild)

    def _reopen(self, guild: discord.Guild) -> None:
        """Say which channels may be posted in, once for many changes that come together."""
        if guild.id not in self._reopening:
            self._reopening.add(guild.id)
            self.beside(self._say_open(guild))

    async def _say_open(self, guild: discord.Guild) -> None:
        await asyncio.sleep(1)
        self._reopening.discard(guild.id)
        found = (channel for channel in [*guild.channels, *guild.threads] if isinstance(channel, POSTABLE))
        for channel in [one for one in found if not lacking(one)][:REOPENING]:
            await self.doors.reopened(f"discord:{channel.id}")
