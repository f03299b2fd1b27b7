"""Sending and changing messages: what is meant, drawn, within Telegram's limits, and rather plainer than not at all."""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

from telegram import Message, ReplyParameters
from telegram.error import TelegramError

from bot.card import Card
from bot.cards import draw
from bot.surfaces.copies import told_gone
from bot.surfaces.fit import bare, cut_text
from bot.surfaces.telegram.addresses import Post, Spot
from bot.surfaces.telegram.budget import Budget
from bot.surfaces.telegram.connection import Connection
from bot.surfaces.telegram.draw import Body, Drawn, Over, draw_telegram, drawn
from bot.surfaces.telegram.faults import STALE_FILE, UNCHANGED, meant, says
from bot.surfaces.telegram.fitting import Fitting
from bot.surfaces.telegram.marks import CAPTION, TEXT, harmless, utf16
from bot.surfaces.telegram.uploads import Uploads
from bot.wording import Words
from core.errors import EarshotError, Invalid
from core.model.person import Address

log = logging.getLogger(__name__)
METHODS = {
    "sendMessage": "send_message",
    "sendPhoto": "send_photo",
    "sendVideo": "send_video",
    "sendDocument": "send_document",
    "editMessageText": "edit_message_text",
    "editMessageCaption": "edit_message_caption",
}
TEXTS = frozenset({"sendMessage", "editMessageText"})


@dataclass(frozen=True)
class Manner:
    """How a message is sent. `over`: the message it replaces. `reply_to`: the message it answers, 0 for none. `mark`: HTML put
    behind a text; `sign`: HTML nobody sees, put behind the first line of its words (a quote at their end would get an empty line
    below it). `carried`: the files it cannot carry were sent before. `answer`: somebody waits for it; else it is a post.
    `keyboard`: what a new message does with the keyboard under a private chat, instead of what is drawn below it."""

    over: Post | None = None
    silent: bool = False
    reply_to: int = 0
    mark: str = ""
    sign: str = ""
    answer: bool = False
    carried: bool = False
    keyboard: dict[str, Any] | None = None


@dataclass(frozen=True)
class Sender:
    """`spend` is told of every answer, which counts against what its chat takes of posts."""

    connection: Connection
    budget: Budget
    uploads: Uploads
    fitting: Fitting
    spend: Callable[[Address], object] = lambda address: None

    async def say(self, spot: Spot, meaning: Any, words: Words, manner: Manner) -> Post:
        """Say `meaning` at `spot`: as it is drawn; without its files when those are gone or refused; at last as plain text.
        Raises what `faults.meant` makes of a failure, Invalid when nothing of it is taken."""
        refused: EarshotError = Invalid("TELEGRAM_REFUSED", reason="a file is gone")
        async for told in self._versions(meaning, words, manner):
            try:
                post, new = await self._first(spot, told.first, manner)
            except OSError as error:
                log.warning("a file of a message is gone: %s", error)
            except Invalid as error:
                log.warning("Telegram refuses a %s: %s", type(meaning).__name__, error)
                refused = error
            else:
                more = await self._rest(spot, told, post, manner) if new and not manner.carried else ()
                return replace(post, more=more)
        raise refused

    async def _versions(self, meaning: Any, words: Words, manner: Manner) -> AsyncIterator[Drawn]:
        """From the best to the plainest."""
        card, over = draw(meaning, words), _over(manner.over)
        if self.fitting.needed(card):
            card = await self.fitting.fitted(card, words)
            yield _marked(drawn(card, over), manner)
        else:
            yield _marked(draw_telegram(meaning, words, over), manner)
        if card.picture or card.files:
            yield _marked(drawn(replace(told_gone(card, words), picture=None, files=()), over), manner)
        if manner.keyboard is not None:  # a server of one's own may be too old to know what can be picked
            yield _marked(drawn(card, over), replace(manner, keyboard=None))
        yield Drawn(_plainest(card, over))

    async def _first(self, spot: Spot, body: Body, manner: Manner) -> tuple[Post, bool]:
        """The message itself, and whether it says anything new."""
        where: dict[str, Any] = {"chat_id": spot.chat}
        over = manner.over
        if over is not None:
            where = {"chat_id": over.chat, "message_id": over.message}
        else:
            where |= _threaded(spot) | ({"disable_notification": True} if manner.silent else {})
            if manner.reply_to:
                where["reply_parameters"] = ReplyParameters(manner.reply_to, allow_sending_without_reply=True)
        message = await self._call(spot, body, where, answer=manner.answer)
        media = body.method not in TEXTS
        if over is not None:
            return replace(over, media=media), message is not None
        assert message is not None
        return Post(message.chat_id, message.message_id, media), True

    async def _rest(self, spot: Spot, told: Drawn, post: Post, manner: Manner) -> tuple[int, ...]:
        """The files that one message cannot carry. The message is there: what fails now must not have it sent again."""
        sent: list[int] = []
        for body in told.more:
            where: dict[str, Any] = {"chat_id": post.chat, **_threaded(spot), "disable_notification": True}
            if manner.over is not None:  # which may stand far above by now
                where["reply_parameters"] = ReplyParameters(post.message, allow_sending_without_reply=True)
            try:
                message = await self._call(spot, body, where, answer=manner.answer)
                sent += [message.message_id] if message is not None else []
            except (EarshotError, OSError) as error:
                log.warning("a file that belongs to a message could not be sent: %s", error)
        return tuple(sent)

    async def _call(self, spot: Spot, body: Body, where: dict[str, Any], *, answer: bool) -> Message | None:
        """One call; None when the message says that already."""
        chat = where["chat_id"]
        if answer:
            await self.budget.answer(chat)
            self.spend(spot.address)
        else:
            await self.budget.post(chat)
        try:
            return await self._ask(body, where)
        except TelegramError as error:
            if says(error, UNCHANGED):
                return None
            raise meant(error, replace(spot, chat=chat)) from error

    async def _ask(self, body: Body, where: dict[str, Any], *, known: bool = True) -> Message | None:
        method = getattr(self.connection.bot, METHODS[body.method])
        with ExitStack() as opened:
            arguments, used = await self.uploads.arguments(body, opened, known=known)
            try:
                message: Message | bool = await method(**where, **arguments)
            except TelegramError as error:
                if not used or not says(error, *STALE_FILE):
                    raise
                await self.uploads.forget(body)
                return await self._ask(body, where, known=False)
        if isinstance(message, Message):
            await self.uploads.sent(body, message)
            return message
        return None


def _over(post: Post | None) -> Over:
    if post is None:
        return Over.NOTHING
    return Over.MEDIA if post.media else Over.TEXT


def _threaded(spot: Spot) -> dict[str, int]:
    return {"message_thread_id": spot.thread} if spot.thread else {}


def _marked(told: Drawn, manner: Manner) -> Drawn:
    """With what is hidden in it, and a keyboard; the end of a caption carries nothing."""
    part = "text" if "text" in told.first.params else "caption"
    first, rest, more = told.first.params.get(part, "").partition("\n")
    said = first + manner.sign + rest + more + (manner.mark if part == "text" else "")
    keyboard = {"reply_markup": manner.keyboard} if manner.keyboard is not None and manner.over is None else {}
    return replace(told, first=replace(told.first, params={**told.first.params, part: said, **keyboard}))


def _plainest(card: Card, over: Over) -> Body:
    """Nothing but the words, which nobody can refuse."""
    text = cut_text(harmless(bare(card)), TEXT, utf16) or "…"
    if over is Over.MEDIA:
        return Body("editMessageCaption", {"caption": cut_text(text, CAPTION, utf16)})
    return Body("sendMessage" if over is Over.NOTHING else "editMessageText", {"text": text})
