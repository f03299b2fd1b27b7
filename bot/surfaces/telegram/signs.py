"""Signs that a post of ours came. Telegram tells no bot what it has posted; but a press, a reply and a forwarded post of a channel
bring the post along, and it carries the nonce of its delivery (hidden.py)."""

import logging

from telegram import Message, MessageOriginChannel

from bot.surfaces.telegram.addresses import Post, Spot
from bot.surfaces.telegram.hidden import post_in
from core.errors import EarshotError
from core.services.leaving import Doors

log = logging.getLogger(__name__)


async def used(doors: Doors, post: Message) -> None:
    """Somebody used `post`, a message of ours, where it stands."""
    await _seen(doors, post, post.chat.id, post.message_id)


async def passed_on(doors: Doors, copy: Message, origin: MessageOriginChannel) -> None:
    """`copy` is a post of a channel. Whoever posts there could put a nonce into a post of their own: believe its managers."""
    await _seen(doors, copy, origin.chat.id, origin.message_id)


async def _seen(doors: Doors, message: Message, chat: int, number: int) -> None:
    """What cannot be written down now stays a doubt, and hinders nobody."""
    nonce = post_in([*message.entities, *message.caption_entities])
    if nonce is None:
        return
    spot = Spot(chat)
    try:
        await doors.seen(spot.address, nonce, Post(chat, number, media=message.text is None).external(spot))
    except EarshotError as error:
        log.warning("a post was seen, and it could not be written down: %s", error)
