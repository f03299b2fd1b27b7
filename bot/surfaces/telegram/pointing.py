"""Whom a message points at: somebody mentioned in it who has no user name, or who wrote the message it answers."""

from collections.abc import Sequence

from telegram import Message, MessageEntity, User
from telegram.constants import ChatType

from bot.asked import Pointed
from bot.command import Command, Option
from bot.routes import Someone


def naming(words: Sequence[str], commands: Sequence[Command]) -> Command | None:
    """The command that `words` begin with, when it is only pressed elsewhere and takes a person: with a reply or a mention it can
    be typed as it is."""
    name = " ".join(words[:2]).lower()
    return next((one for one in commands if one.name == name and not one.offered and takes(one) is not None), None)


def takes(command: Command) -> Option | None:
    """The option of `command` that is a person."""
    return next((option for option in command.options if option.kind.type is Someone), None)


def spelled(message: Message) -> str:
    """The words of a message with the number of everybody who is mentioned without a user name."""
    units = (message.text or message.caption or "").encode("utf-16-le")  # offsets count these
    for entity in sorted(_mentions(message), key=lambda one: -one.offset):
        assert entity.user is not None
        head, tail = units[: 2 * entity.offset], units[2 * (entity.offset + entity.length) :]
        units = head + str(entity.user.id).encode("utf-16-le") + tail
    return units.decode("utf-16-le")


def mentioned(message: Message) -> Pointed | None:
    """The first who is mentioned without a user name."""
    return next((_of(entity.user) for entity in _mentions(message) if entity.user is not None), None)


def _mentions(message: Message) -> list[MessageEntity]:
    found = (*message.entities, *message.caption_entities)
    return [one for one in found if one.type == MessageEntity.TEXT_MENTION and one.user is not None]


def author(message: Message) -> Pointed | None:
    """Who wrote the message that is answered, or was added to the group by it. In a private chat a reply says which place is
    meant; in a topic everything answers the message that opened it."""
    one = message.reply_to_message
    if one is None or message.chat.type == ChatType.PRIVATE:
        return None
    if one.forum_topic_created is not None or one.left_chat_member is not None:
        return None
    if one.sender_chat is not None:
        return Pointed(str(one.sender_chat.id), one.sender_chat.title or "", hidden=True)
    if one.new_chat_members:
        return _of(one.new_chat_members[0]) if len(one.new_chat_members) == 1 else None
    return _of(one.from_user) if one.from_user is not None else None


def _of(user: User) -> Pointed:
    return Pointed(str(user.id), user.full_name, bot=user.is_bot)
