"""Who is a manager where: the administrators of a chat, as Telegram names them."""

import asyncio
import logging
import time
from dataclasses import dataclass, field

from telegram.error import TelegramError

from bot.surfaces.telegram.connection import Connection
from core.model.person import Role

log = logging.getLogger(__name__)
REMEMBERED = 10.0  # seconds: long enough for a row of presses, short enough for a right that was taken away
CHATS = 1000


@dataclass
class Rights:
    """The administrators of a chat are asked for at once: what getChatMember says of others is certain only where the bot is an
    administrator itself (Bot API, getChatMember)."""

    connection: Connection
    _known: dict[int, tuple[frozenset[int], float]] = field(default_factory=dict)
    _asking: dict[int, asyncio.Task[frozenset[int]]] = field(default_factory=dict)

    async def of(self, chat: int, user: int) -> Role:
        """What Telegram lets `user` do in a group or channel. Nobody is a manager of a chat that does not tell."""
        return Role.MANAGER if user in await self._administrators(chat) else Role.VIEWER

    def forget(self, chat: int) -> None:
        """Something changed in `chat`."""
        self._known.pop(chat, None)

    async def _administrators(self, chat: int) -> frozenset[int]:
        known, until = self._known.get(chat, (frozenset(), 0.0))
        if until > time.monotonic():
            return known
        asking = self._asking.get(chat)
        if asking is None:
            asking = self._asking[chat] = asyncio.create_task(self._ask(chat))
            asking.add_done_callback(lambda _: self._asking.pop(chat, None))
        return await asyncio.shield(asking)

    async def _ask(self, chat: int) -> frozenset[int]:
        try:
            members = await self.connection.bot.get_chat_administrators(chat)
        except TelegramError as error:
            log.info("the administrators of %s cannot be read: %s", chat, type(error).__name__)
            return frozenset()
        found = frozenset(member.user.id for member in members)
        if len(self._known) >= CHATS:
            self._known.clear()
        self._known[chat] = (found, time.monotonic() + REMEMBERED)
        return found
