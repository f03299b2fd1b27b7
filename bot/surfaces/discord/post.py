"""Posts on Discord: what is told becomes a message, in a channel, in the thread of its live, or in the place of a reply.

The id of a post is `CHANNEL/MESSAGE`; a reply that only its asker sees has the key of its reply instead. Messages are made with a
nonce Discord recognises for a few minutes, so that a repeat posts nothing twice.
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from bot.house import House
from bot.surfaces.discord.changing import Changer
from bot.surfaces.discord.channels import number_of
from bot.surfaces.discord.finding import found
from bot.surfaces.discord.replies import Replies, Reply
from bot.surfaces.discord.saying import Saying, saying_of
from bot.surfaces.discord.sending import Fits, Sender
from bot.surfaces.discord.threads import Spots
from bot.surfaces.people import only_for
from core.errors import Transient
from core.model.notice import Notice
from core.model.person import Address
from core.model.tellable.videos import Transcribing
from core.ports.messenger import Pace

REPLY_COMES = 20.0  # seconds a post waits for the reply it is to change
PER_CHANNEL, BURST = 1.0, 5  # five messages in five seconds


class Chat(Fits, Protocol):
    """Who holds the connection, the replies and the files."""

    replies: Replies


@dataclass
class DiscordMessenger:
    """Discord, as whoever delivers sees it."""

    client: Chat
    house: House
    repeats_for: float = 120.0

    def __post_init__(self) -> None:
        self._spots = Spots(self.client, self.house)
        self._sender = Sender(self.client, self._spots)
        self._changer = Changer(self.client, self.house.clock, self._sender)

    @property
    def per_second(self) -> float:
        """Of the 50 calls Discord takes, what leaves room for answers."""
        return 40.0

    def pace(self, address: Address) -> Pace:
        """Every channel has a limit of its own."""
        return Pace(f"discord:{number_of(address)}", PER_CHANNEL, BURST)

    async def post(self, notice: Notice, nonce: str, external: str) -> str:
        """See the port."""
        key = notice.address.partition("#")[2]
        reply = self.client.replies.get(key) if key else None
        saying = await saying_of(self.house, notice, nonce, reply)
        if key:
            return await self._reply(saying, reply, key, external)
        return await self._changer.change(saying, external) if external else await self._sender.create(saying)

    async def find(self, notice: Notice, nonce: str, since: datetime) -> str | None:
        """See the port. Looks at the last messages, by their nonce, else by what they say."""
        if "#" in notice.address:
            return None
        return await found(self.client, self._spots, await saying_of(self.house, notice, nonce), since)

    async def _reply(self, saying: Saying, reply: Reply | None, key: str, external: str) -> str:
        """Change the reply to a command while Discord takes that; then the message it was, else a new one: to the person alone
        when it is theirs alone."""
        if reply is not None and await _is_there(reply) and await self._changer.reply(saying, reply):
            return key if reply.private else f"{reply.channel}/{reply.message}"
        only = only_for(saying.meaning)
        if "/" in external:
            return await self._changer.change(saying, external)
        if external and isinstance(saying.meaning, Transcribing):
            return external  # whoever dismissed the reply does not wait for its steps
        if only:
            alone = replace(saying.notice, address=f"discord:@{only.rpartition(':')[2]}")
            return await self._sender.create(replace(saying, notice=alone))
        return await self._sender.create(saying)


async def _is_there(reply: Reply) -> bool:
    """Wait until the command was answered; whether there is a reply to change. Raises Transient when that takes too long."""
    try:
        async with asyncio.timeout(REPLY_COMES):
            await reply.there.wait()
    except TimeoutError as error:
        raise Transient("DISCORD_DOWN", 2.0) from error
    return reply.alive and not reply.gone
