"""Presses of buttons: answered at once, done once, and shown where the button was or below it."""

import asyncio
import logging
import time
from dataclasses import dataclass, field
from typing import Any

from telegram import CallbackQuery, Message
from telegram.constants import ChatType

from bot.asked import Asked
from bot.card import Card
from bot.cards import draw
from bot.replies.chats import InPrivate
from bot.replies.clips import ClipShown
from bot.replies.common import Failed
from bot.replies.reviews import AlertShown
from bot.replies.videos import TranscribeCancelled
from bot.surfaces.fit import cut_text
from bot.surfaces.telegram import signs, wishes
from bot.surfaces.telegram.addresses import Post, Spot
from bot.surfaces.telegram.ask import Asking, Speaker, private_of
from bot.surfaces.telegram.connection import quietly
from bot.surfaces.telegram.hidden import panel_in
from bot.surfaces.telegram.marks import utf16
from bot.surfaces.telegram.screen import reachable
from bot.wording import plain

log = logging.getLogger(__name__)
SOON = 0.8  # seconds: whoever presses sees the button turn until it is answered
TOAST = 200  # characters of an answer (Bot API, answerCallbackQuery)
DECIDES = ("review.decide:", "review.mute:", "review.second:", "clip.keep:")
AGAIN = 1.0  # seconds in which the same press by the same person is the same press


@dataclass
class Pressing:
    """Every press is answered, whatever becomes of it."""

    asking: Asking
    _last: dict[tuple[int, int, int, str], float] = field(default_factory=dict)

    async def press(self, query: CallbackQuery) -> None:
        """Do what the button says."""
        message = query.message
        if message is None or not query.data or self._again(query):
            await self._reply(query)
            return
        name = (query.id, message.chat.id, message.message_id)
        try:
            await self._do(query, message if isinstance(message, Message) else None)
        except Exception:  # supervision: the kernel has told what it could; the button must not turn for ever
            log.exception("press %s", name)
            await self._reply(query)

    def _again(self, query: CallbackQuery) -> bool:
        """Whether it is the second half of a double press."""
        assert query.message is not None
        now = time.monotonic()
        self._last = {one: until for one, until in self._last.items() if until > now}
        press = (query.message.chat.id, query.message.message_id, query.from_user.id, query.data or "")
        if press in self._last:
            return True
        self._last[press] = now + AGAIN
        return False

    async def _do(self, query: CallbackQuery, message: Message | None) -> None:
        """`message` is None for one that is too old to be changed."""
        asking, data = self.asking, query.data or ""
        assert query.message is not None
        chat, number = query.message.chat, query.message.message_id
        topic = message.message_thread_id if message is not None and message.is_topic_message else None
        speaker = Speaker(chat, query.from_user, thread=topic or 0)
        command = asking.kernel.named(data.partition(":")[0].replace(".", " "))
        if command is not None and wishes.personal(command) and chat.type != ChatType.PRIVATE:
            await self._reply(query, url=asking.me.link(wishes.start_of(command)))
            return
        about = panel_in([*message.entities, *message.caption_entities]) if message is not None else None
        alone = command is not None and wishes.confidential(command) and chat.type != ChatType.PRIVATE
        aside = alone or (chat.type == ChatType.CHANNEL and not data.startswith(DECIDES))
        if aside and not await reachable(asking.sender, query.from_user.id):
            await self._unreachable(query, speaker, number if alone else 0)
            return
        if (
            aside
        ):  # the readers of a channel are not told what one of them asked, nobody but them is shown what is for one
            about, speaker = Spot(chat.id).address, Speaker(private_of(query.from_user), query.from_user)
        key = f"q{query.id}"
        asking.anew(command, about or Spot(chat.id).address)
        asked = await asking.asked(speaker, key, about or "")
        running = asyncio.ensure_future(self._pressed(message, data, asked))
        answered = not (await asyncio.wait({running}, timeout=SOON))[0]
        if answered:
            await self._reply(query)
        reply = await running
        card, anew = draw(reply, asked.words), reply.anew if isinstance(reply, Failed) else None
        below = number if chat.type != ChatType.PRIVATE and not aside else 0
        if not answered and (text := self._toast(reply, card)):
            answered = await self._reply(query, text=text, show_alert=isinstance(reply, Failed))
            if anew is None and (_said_all(reply, card) or chat.type != ChatType.PRIVATE):
                return
        elif anew is not None:  # too late for a toast
            await asking.screen(asked, speaker, "", reply_to=below, about=about or "").show(reply)
        reply = anew if anew is not None else reply
        over = self._over(message, about, data, reply) if not aside else None
        screen = asking.screen(asked, speaker, key, reply_to=below, about=about or "")
        if isinstance(reply, AlertShown | ClipShown):
            screen.shown = over
        else:
            screen.over = over
        showing = asyncio.ensure_future(screen.show(reply))
        if not answered:
            await asyncio.wait({showing}, timeout=SOON)
            await self._reply(query)
        await showing

    async def _unreachable(self, query: CallbackQuery, speaker: Speaker, number: int) -> None:
        """Lead somebody we may not write to into our chat; `number`: of the message below which that is said, 0 for nowhere."""
        asking, key = self.asking, f"q{query.id}"
        await self._reply(query, url=asking.me.link("help"))
        if number:
            screen = asking.screen(await asking.asked(speaker, key), speaker, key, reply_to=number)
            await screen.show(InPrivate(asking.me.link("help"), again=True))

    async def _pressed(self, message: Message | None, data: str, asked: Asked) -> Any:
        """The reply to the press. That the post is there has to be known first: what is decided about it changes it."""
        if message is not None:
            await signs.used(self.asking.house.doors, message)
        return await self.asking.kernel.press(data, asked)

    @staticmethod
    def _toast(reply: Any, card: Card) -> str:
        """What is said by the answer to the press itself: what did not work, which is nobody else's matter, and what one line
        says. Empty for a reply that needs a message."""
        if isinstance(reply, Failed | TranscribeCancelled) or _one_line(card):
            return cut_text(plain(card.title), TOAST, utf16)
        return ""

    async def _reply(self, query: CallbackQuery, **said: Any) -> bool:
        await quietly(query.get_bot().answer_callback_query(query.id, **said))
        return True

    @staticmethod
    def _over(message: Message | None, about: str | None, data: str, reply: Any) -> Post | None:
        """The message the reply takes the place of: a panel, and an alert or clip that was decided by its own button."""
        if message is None:
            return None
        decided = isinstance(reply, AlertShown | ClipShown) and data.startswith(DECIDES)
        if (about is None and not decided) or (isinstance(reply, ClipShown) and not decided):
            return None
        return Post(message.chat.id, message.message_id, media=message.text is None)


def _said_all(reply: Any, card: Card) -> bool:
    """Whether nothing but the line that was answered is left to show."""
    return not isinstance(reply, Failed) or not card.buttons


def _one_line(card: Card) -> bool:
    """Whether a line that goes by itself says all there is, to the one who pressed."""
    more = card.body or card.quotes or card.items or card.buttons or card.files or card.picture or card.question
    return card.private and not more and utf16(plain(card.title)) <= TOAST
