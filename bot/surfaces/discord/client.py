"""Discord as a chat: connected until it is stopped, and connected again whatever happens, unless the token is wrong."""

import asyncio
import logging
from dataclasses import dataclass, field

import aiohttp
import discord

from bot.house import House
from bot.kernel import Kernel
from bot.surfaces.copies import Copies
from bot.surfaces.discord.ask import Asking
from bot.surfaces.discord.files import PATIENCE, Fitting
from bot.surfaces.discord.leading import led
from bot.surfaces.discord.line import Line
from bot.surfaces.discord.registering import Registering
from bot.surfaces.discord.replies import Replies
from core.errors import Denied, Transient
from core.model.person import Platform

log = logging.getLogger(__name__)
FIRST_AGAIN, LAST_AGAIN = 1.0, 60.0  # seconds between two tries, doubled from one to the next
LOGIN = 60.0  # seconds a login may take
WRONG_TOKEN, BAD_INTENTS, REFUSED_INTENTS = 4004, 4013, 4014
PASSING = (
    discord.DiscordException,
    aiohttp.ClientError,
    OSError,
    TimeoutError,
)
"""What passes by itself: no net, Discord down, a connection closed."""


@dataclass
class DiscordClient:
    """One application on Discord. The house's doors are told what happens to places."""

    house: House
    kernel: Kernel
    replies: Replies = field(default_factory=Replies)
    _line: Line | None = None
    _up: set[int] = field(default_factory=set)
    _was_up: bool = False
    _wait: float = field(default_factory=lambda: FIRST_AGAIN)
    _closing: bool = False

    def __post_init__(self) -> None:
        settings = self.house.settings
        owners = tuple(int(one.removeprefix("discord:")) for one in settings.owners if one.startswith("discord:"))
        self._way = led(settings)
        self.fitting = Fitting(Copies(self.house.fitter, PATIENCE))
        self._asking = Asking(self.house, self.kernel, self.replies, self.fitting)
        self._registering = Registering(self.house.storage, self.kernel.commands, owners)

    @property
    def platform(self) -> Platform:
        """Discord."""
        return Platform.DISCORD

    @property
    def ready(self) -> bool:
        """Whether every shard is connected and the commands are registered."""
        return self._connected and self._line is not None and self._line.registered.is_set()

    @property
    def trouble(self) -> str:
        """DISCONNECTED after the connection was lost or while it cannot be made, COMMANDS while they cannot be registered."""
        if not self._connected:
            return "DISCONNECTED" if self._was_up else ""
        return "" if self.ready else "COMMANDS"

    @property
    def line(self) -> Line:
        """The library's client. Raises Transient DISCORD_DOWN before it has logged in."""
        line = self._line
        if line is None or line.user is None:
            raise Transient("DISCORD_DOWN")
        return line

    @property
    def _connected(self) -> bool:
        shards = self._line.shard_count if self._line is not None else None
        return bool(shards) and len(self._up) == shards

    async def sync(self) -> int:
        """Register the commands again, changed or not; how many names. Raises Transient DISCORD_DOWN."""
        line = self.line
        assert line.tree is not None
        try:
            count = await self._registering.everywhere(line.tree, anew=True)
            return count + await self._registering.for_owners(line.tree, line, anew=True)
        except PASSING as error:
            raise Transient("DISCORD_DOWN") from error

    async def run(self) -> None:
        """Be connected until cancelled or closed. Raises Denied TOKEN (name) and INTENTS (name): nothing helps but a person."""
        while not self._closing:
            try:
                await self._connect()
            except discord.LoginFailure as error:
                raise Denied("TOKEN", name="DISCORD_TOKEN") from error
            except discord.PrivilegedIntentsRequired as error:
                raise Denied("INTENTS", name="DISCORD_TOKEN") from error
            except discord.ConnectionClosed as error:
                if error.code == WRONG_TOKEN:
                    raise Denied("TOKEN", name="DISCORD_TOKEN") from error
                if error.code in (BAD_INTENTS, REFUSED_INTENTS):
                    raise Denied("INTENTS", name="DISCORD_TOKEN") from error
                log.warning("Discord closed the connection (%s)", error.code)
            except PASSING as error:
                log.warning("Discord cannot be reached: %r", error)
            except Denied:
                raise
            except Exception:  # supervision: a mistake of the library's is no reason for everything else to end
                log.exception("the connection to Discord")
            self._was_up = True
            self._up.clear()
            if not self._closing:
                await asyncio.sleep(self._wait)
            self._wait = min(LAST_AGAIN, self._wait * 2)

    async def _connect(self) -> None:
        token = self.house.settings.DISCORD_TOKEN
        if token is None:
            raise Denied("TOKEN", name="DISCORD_TOKEN")
        self._line = line = Line(self._way, self._asking, self._registering, self.house.doors, self)
        try:
            async with line:
                async with asyncio.timeout(LOGIN):
                    await line.login(token.get_secret_value())
                await line.connect(reconnect=True)
        finally:
            self._line = None

    async def close(self) -> None:
        """End it; `run` returns."""
        self._closing = True
        if self._line is not None:
            await self._line.close()

    def up(self, shard: int) -> None:
        """A shard speaks with Discord."""
        self._up.add(shard)
        self._was_up, self._wait = True, FIRST_AGAIN

    def down(self, shard: int) -> None:
        """A shard lost it."""
        self._up.discard(shard)
