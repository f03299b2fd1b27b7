"""Where the bot is: added, taken out, blocked, muted, and groups that become supergroups."""

import asyncio
import logging
from dataclasses import dataclass, field

from telegram import (
    ChatMember,
    ChatMemberAdministrator,
    ChatMemberBanned,
    ChatMemberLeft,
    ChatMemberRestricted,
    ChatMemberUpdated,
    Message,
)
from telegram.constants import ChatType

from bot.surfaces.telegram.addresses import Spot
from bot.surfaces.telegram.greeting import Greeting
from bot.surfaces.telegram.rights import Rights
from core.services.leaving import Doors

log = logging.getLogger(__name__)
SETTLES = 2.0  # seconds: whoever adds it gives it rights or starts it next, and a group that moved says so only then
MOVES = 200  # migrations remembered: each is told twice, by the old and by the new group


@dataclass
class Presence:
    """Told in the order in which it happened."""

    doors: Doors
    rights: Rights
    greeting: Greeting
    _order: asyncio.Lock = field(default_factory=asyncio.Lock)
    _moved: dict[int, int] = field(default_factory=dict)

    async def changed(self, update: ChatMemberUpdated) -> None:
        """The bot's own standing in a chat is another one."""
        chat, old, new = update.chat, update.old_chat_member, update.new_chat_member
        self.rights.forget(chat.id)
        place = Spot(chat.id).address
        due = None
        async with self._order:
            if not _there(new):
                if chat.id not in self._moved:
                    await self.doors.left(place)
                return
            if not _there(old):
                due = await self.greeting.due(update)
                await self.doors.back(place)
            if _may_post(new, chat.type):
                await self.doors.reopened(place)
        if due is not None:
            await asyncio.sleep(SETTLES)
            if chat.id not in self._moved.values():
                await self.greeting.say(update, due)

    async def migrated(self, message: Message) -> bool:
        """Whether a message says that a group is a supergroup now."""
        old, new = message.chat.id, message.migrate_to_chat_id
        if message.migrate_from_chat_id:
            old, new = message.migrate_from_chat_id, message.chat.id
        if not new:
            return False
        async with self._order:
            if self._moved.get(old) != new:
                self._moved[old] = new
                if len(self._moved) > MOVES:
                    del self._moved[next(iter(self._moved))]
                await self.doors.moved(Spot(old).address, Spot(new).address)
        return True


def _there(member: ChatMember) -> bool:
    if isinstance(member, ChatMemberRestricted):
        return member.is_member
    return not isinstance(member, ChatMemberLeft | ChatMemberBanned)


def _may_post(member: ChatMember, kind: str) -> bool:
    if isinstance(member, ChatMemberRestricted):
        return member.can_send_messages
    if kind == ChatType.CHANNEL:
        return isinstance(member, ChatMemberAdministrator) and bool(member.can_post_messages)
    return True
