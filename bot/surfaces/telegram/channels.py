"""What Earshot may do in Telegram's chats, in the words of its own menus."""

from dataclasses import dataclass

from telegram import (
    ChatFullInfo,
    ChatMember,
    ChatMemberAdministrator,
    ChatMemberBanned,
    ChatMemberLeft,
    ChatMemberOwner,
    ChatMemberRestricted,
)
from telegram.constants import ChatType
from telegram.error import Forbidden, TelegramError

from bot.surfaces.telegram.addresses import spot_of
from bot.surfaces.telegram.connection import Connection
from bot.surfaces.telegram.faults import meant
from core.errors import Missing
from core.model.person import Address, Place

POST, SEND = "Post Messages", "Send Messages"
MEDIA = {"can_send_photos": "Send Photos", "can_send_videos": "Send Videos", "can_send_documents": "Send Files"}


@dataclass(frozen=True)
class TelegramChannels:
    """Asked of Telegram each time: it is asked when a person sets something up."""

    connection: Connection

    async def missing(self, place: str, address: Address) -> tuple[str, ...]:
        """The rights that are missing at `address`, which is the place's own chat or a topic of it."""
        spot = spot_of(address)
        if spot.chat != spot_of(Place(place, "").id).chat:
            raise Missing("NOT_FOUND", x=address)
        if not spot.group:
            return ()
        bot = self.connection.bot
        try:
            chat = await bot.get_chat(spot.chat)
            me = await bot.get_chat_member(spot.chat, int(bot.token.partition(":")[0]))
        except Forbidden:
            return (SEND,)
        except TelegramError as error:
            found = meant(error, spot)
            if found.code == "CHAT_GONE":
                raise Missing("NOT_FOUND", x=address) from error
            raise found from error
        return _missing(chat, me)


def _missing(chat: ChatFullInfo, me: ChatMember) -> tuple[str, ...]:
    """What posts cannot do without. Topics are made where that is allowed; elsewhere posts go to the group itself. A channel
    has no bots but administrators: what else it may call one says nothing of its rights, and the first post will tell."""
    if isinstance(me, ChatMemberOwner):
        return ()
    if isinstance(me, ChatMemberLeft | ChatMemberBanned):
        return (SEND,)
    if chat.type == ChatType.CHANNEL:
        return (POST,) if isinstance(me, ChatMemberAdministrator) and not me.can_post_messages else ()
    if isinstance(me, ChatMemberAdministrator):
        return ()
    rights = me if isinstance(me, ChatMemberRestricted) else chat.permissions
    lacking = [SEND] if rights is not None and rights.can_send_messages is False else []
    lacking += [name for right, name in MEDIA.items() if rights is not None and getattr(rights, right) is False]
    return tuple(lacking)
