"""What Earshot may do in the channels of a server, by the names Discord shows."""

from dataclasses import dataclass
from typing import Any, Protocol

import discord

from bot.surfaces.discord.faults import told_apart
from core.errors import Denied, Missing
from core.model.person import Address

NAMES = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "embed_links": "Embed Links",
    "attach_files": "Attach Files",
    "create_public_threads": "Create Public Threads",
    "read_message_history": "Read Message History",
}
"""Rights by the library's names."""

SEEING, READING = "view_channel", "read_message_history"
WITH_IT = ("embed_links", "attach_files")  # counted as missing when nothing may be sent
POSTABLE = (discord.TextChannel, discord.ForumChannel, discord.Thread)


class Connected(Protocol):
    """Who holds the connection."""

    @property
    def line(self) -> discord.Client:
        """The library's client. Raises Transient while there is none."""
        ...


@dataclass(frozen=True)
class DiscordChannels:
    """Channels of servers; a person's private chat takes everything."""

    client: Connected

    async def missing(self, place: str, address: Address) -> tuple[str, ...]:
        """The names of the rights it lacks to post at `address`. Raises Missing NOT_FOUND (x) when it is no channel of `place` that
        posts can go to."""
        return await self._lacking(place, address, wanted=False)

    async def wanting(self, place: str, address: Address) -> tuple[str, ...]:
        """The same, with what posts can do without: a live in a thread of its own."""
        return await self._lacking(place, address, wanted=True)

    async def _lacking(self, place: str, address: Address, *, wanted: bool) -> tuple[str, ...]:
        number = number_of(address)
        if number.startswith("@"):
            return ()
        line = self.client.line
        try:
            async with told_apart(line, address):
                channel = await line.fetch_channel(int(number))
        except Denied:
            return (NAMES["view_channel"],)  # Discord does not say more of what it hides
        except discord.InvalidData as error:
            raise Missing("NOT_FOUND", x=f"<#{number}>") from error
        guild = getattr(channel, "guild", None)
        if not isinstance(channel, POSTABLE) or guild is None or place != f"discord:{guild.id}":
            raise Missing("NOT_FOUND", x=f"<#{number}>")
        return lacking(channel, wanted=wanted)


def lacking(channel: Any, *, wanted: bool = False, me: discord.Member | None = None) -> tuple[str, ...]:
    """The rights we lack in a channel, as far as the library knows; none when it does not know the server well enough. `me`: us in
    that server, where the library is not connected."""
    me = me or channel.guild.me
    try:
        has = channel.permissions_for(me) if me is not None else discord.Permissions.all()
    except discord.ClientException:  # a thread whose channel is not known
        has = discord.Permissions.all()
    posting = _posting(channel, wanted)
    lacks = [right for right in (SEEING, *posting, *WITH_IT, READING) if not getattr(has, right)]
    if SEEING in lacks:
        return (NAMES[SEEING],)  # without it Discord counts all others as missing, ticked or not
    implied = WITH_IT if posting[0] in lacks else ()
    return tuple(NAMES[right] for right in lacks if right not in implied)


def _posting(channel: Any, wanted: bool) -> tuple[str, ...]:
    match channel:
        case discord.Thread():
            return ("send_messages_in_threads",)
        case discord.ForumChannel():
            return ("send_messages", "send_messages_in_threads")
        case _ if wanted:
            return ("send_messages", "send_messages_in_threads", "create_public_threads")
        case _:
            return ("send_messages",)


def number_of(address: Address) -> str:
    """What stands for the channel in an address: its number, or `@` and a person's."""
    return address.partition("#")[0].rpartition(":")[2]
