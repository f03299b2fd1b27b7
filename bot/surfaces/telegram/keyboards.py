"""The keyboards under a private chat in which Telegram lets people pick one of their chats, or a person.

What is picked comes with the number of its request alone: what that was for is written down until then, so that it outlives a
restart. One keyboard is there at a time, Telegram shows the newest. Pickers exist in private chats only (Bot API, KeyboardButton).
"""

import json
import secrets
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from telegram import (
    ChatAdministratorRights,
    KeyboardButton,
    KeyboardButtonRequestChat,
    KeyboardButtonRequestUsers,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    SharedUser,
)

from bot.asked import Pointed
from bot.card import Picker, Question
from bot.replies.chats import ChatWanted
from bot.surfaces.telegram.addresses import Spot
from bot.wording import Words, catalog
from core.ports.clock import Clock
from core.ports.store import Storage
from core.setting_values import LANGUAGES

CHANNEL, GROUP = 1, 2  # requests for chats; those for people have greater numbers
USED = timedelta(days=7)  # within which a keyboard is used, or never
MOST = 2**31 - 1  # of a request's number (Bot API, KeyboardButtonRequestUsers)
AWAY: dict[str, Any] = ReplyKeyboardRemove().to_dict()


@dataclass(frozen=True)
class Wanted:
    """What a picked person is: `option` of `key` (`verb:args`), in the place `about`. 0: a chat is to be picked."""

    request: int = 0
    key: str = ""
    option: str = ""
    about: str = ""


@dataclass(frozen=True)
class Keyboards:
    """Which keyboard is under which chat, as it is stored."""

    storage: Storage
    clock: Clock

    async def under(
        self, reply: Any, question: Question | None, spot: Spot, about: str, words: Words
    ) -> dict[str, Any] | None:
        """The keyboard that comes with a reply at `spot`, which speaks of the place `about`; None: the reply has none."""
        if spot.group:
            return None
        if isinstance(reply, ChatWanted):
            await self._opened(spot.chat, Wanted())
            return _of_chats(words)
        if question is not None and question.picker is Picker.PERSON:
            request = GROUP + 1 + secrets.randbelow(MOST - GROUP)
            await self._opened(spot.chat, Wanted(request, question.key, question.option, about))
            return _of_people(request, words)
        return None

    async def close(self, chat: int) -> Wanted | None:
        """What the keyboard under `chat` is for, which is to be taken away now; None when there is none."""
        async with self.storage.reading() as work:
            told = await work.memos.get(_memo(chat))
        if not told:
            return None
        async with self.storage.work() as work:
            await work.memos.put(_memo(chat), "")
        return Wanted(**json.loads(told))

    async def _opened(self, chat: int, wanted: Wanted) -> None:
        async with self.storage.work() as work:
            await work.memos.put(_memo(chat), json.dumps(asdict(wanted)), self.clock.now() + USED)


def declines(message: Message) -> bool:
    """Whether it says what the last button of a keyboard says, in any language."""
    return message.text is not None and message.text in {catalog(one).gettext("Not now") for one in LANGUAGES}


def person(shared: SharedUser) -> Pointed:
    """Somebody who was picked; bots are not offered."""
    name = " ".join(filter(None, (shared.first_name, shared.last_name)))
    return Pointed(str(shared.user_id), name or shared.username or "")


def _memo(chat: int) -> str:
    return f"keyboard {Spot(chat).address}"


def _of_chats(words: Words) -> dict[str, Any]:
    """Channels and groups the person may manage; Telegram adds Earshot where it is missing, with what it needs to post."""
    posting = _rights(can_manage_chat=True, can_post_messages=True)
    channel = KeyboardButtonRequestChat(
        CHANNEL, True, user_administrator_rights=posting, bot_administrator_rights=posting, request_title=True
    )
    group = KeyboardButtonRequestChat(
        GROUP, False, user_administrator_rights=_rights(can_manage_chat=True), bot_is_member=True, request_title=True
    )
    return _keyboard(
        words,
        KeyboardButton(words.say("Pick a channel"), request_chat=channel),
        KeyboardButton(words.say("Pick a group"), request_chat=group),
    )


def _of_people(request: int, words: Words) -> dict[str, Any]:
    users = KeyboardButtonRequestUsers(request, user_is_bot=False, max_quantity=1, request_name=True)
    return _keyboard(words, KeyboardButton(words.say("Pick a person"), request_users=users))


def _keyboard(words: Words, *buttons: KeyboardButton) -> dict[str, Any]:
    rows = [[button] for button in (*buttons, KeyboardButton(words.say("Not now")))]
    return ReplyKeyboardMarkup(rows, resize_keyboard=True, one_time_keyboard=True).to_dict()


def _rights(**given: bool) -> ChatAdministratorRights:
    """Rights of an administrator: these and no others."""
    return ChatAdministratorRights(**{**ChatAdministratorRights.no_rights().to_dict(), **given})
