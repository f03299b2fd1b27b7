"""One person's reply: shown at once, moved while it is worked at, and gone again when only they needed to read it."""

import asyncio
import logging
import time
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from telegram.constants import ChatAction
from telegram.error import TelegramError

from bot.cards import draw
from bot.replies.chats import InPrivate
from bot.replies.common import Failed
from bot.surfaces.telegram.addresses import Post, Spot
from bot.surfaces.telegram.connection import quietly
from bot.surfaces.telegram.hidden import hidden_panel
from bot.surfaces.telegram.keyboards import Keyboards
from bot.surfaces.telegram.replies import Replies
from bot.surfaces.telegram.sending import Manner, Sender
from bot.wording import Words
from core.errors import Ambiguous, EarshotError, Missing, Transient
from core.model.notice import KINDS

log = logging.getLogger(__name__)
VANISH = 60.0  # seconds an error stays in a group
VANISHING = 500  # such errors at once; beyond that the oldest goes before its time
TRIES, LONGEST_WAIT = 4, 60.0
TYPING = 1.0  # seconds after which somebody who waits sees that something is being done
MOVES, GROUP_MOVES = 3.0, 6.0  # seconds between two moves of a reply
FAREWELL = 2.0  # seconds a stop takes to clear away what would have vanished later


@dataclass
class Vanishing:
    """Messages that go by themselves; at the end of the process at once."""

    sender: Sender
    _waiting: dict[Post, asyncio.Task[None]] = field(default_factory=dict)

    def soon(self, post: Post) -> None:
        """Delete it in a while."""
        if len(self._waiting) >= VANISHING:
            self._waiting[next(iter(self._waiting))].cancel()
        task = asyncio.create_task(self._later(post))
        self._waiting[post] = task

    async def _later(self, post: Post) -> None:
        try:
            await asyncio.sleep(VANISH)
        finally:
            self._waiting.pop(post, None)
            await self._delete(post)

    async def _delete(self, post: Post) -> None:
        await quietly(self.sender.connection.bot.delete_message(post.chat, post.message))

    async def now(self) -> None:
        """All at once, as far as it takes no longer than FAREWELL."""
        tasks = list(self._waiting.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=FAREWELL)


@dataclass
class Screen:
    """Where one reply is shown. `spot.key` names it for the jobs that will change it; `over` is the panel it may replace;
    `reply_to` what it answers; `about` the place it speaks of when that is not its chat's; `mention` calls whom a question is
    for; `keyboards` lets people pick what is asked for, in a private chat; `public` are the words of a group, for what is meant for
    all of it."""

    sender: Sender
    replies: Replies
    vanishing: Vanishing
    spot: Spot
    words: Words
    reply_to: int = 0
    over: Post | None = None
    about: str = ""
    mention: str = ""
    keyboards: Keyboards | None = None
    shown: Post | None = None
    public: Words | None = None
    _moved: float = 0.0
    _typing: asyncio.Future[None] | None = None

    def __post_init__(self) -> None:
        if self.spot.key:
            self.replies.expect(self.spot.reply_address)

    async def meanwhile(self, reply: Any) -> None:
        """How far it is: the message that becomes the reply."""
        now, every = time.monotonic(), GROUP_MOVES if self.spot.group else MOVES
        if now - self._moved >= every or not self._moved:
            self._moved = now
            with suppress(EarshotError):
                self.shown = await self._say(reply, Manner(self.shown, reply_to=self.reply_to, answer=True), self.words)

    async def waiting(self, work: Awaitable[Any]) -> Any:
        """What `work` gives; whoever waits for long sees that something is being done."""
        task = asyncio.ensure_future(work)
        try:
            done, _ = await asyncio.wait({task}, timeout=TYPING)
            if not done and self.shown is None:
                thread = self.spot.thread or None
                bot = self.sender.connection.bot
                typing = bot.send_chat_action(self.spot.chat, ChatAction.TYPING, message_thread_id=thread)
                self._typing = asyncio.ensure_future(quietly(typing))  # the reply does not wait for it
            return await task
        finally:
            task.cancel()

    async def show(self, reply: Any) -> Post | None:
        """Show it; None when Telegram lets us say nothing there."""
        post: Post | None = None
        try:
            post = await self._show(reply)
        except EarshotError as error:
            log.info("a reply could not be shown: %s", error)
        finally:
            if self.spot.key:
                self.replies.settle(self.spot.reply_address, post)
        if post is not None and self.spot.group and isinstance(reply, Failed | InPrivate):
            self.vanishing.soon(post)
        return post

    async def _show(self, reply: Any) -> Post:
        words = self.words
        card = draw(reply, words)
        if self.public is not None and not card.private:
            words = self.public
            card = draw(reply, words)
        asks = card.question is not None and not card.question.choices
        panel = card.private and type(reply) not in KINDS.values() and not card.files and card.picture is None
        mark = hidden_panel(self.about) if panel and (not isinstance(reply, Failed) or self.about) else ""
        if asks and self.spot.group:
            mark += self.mention
        over = self.shown or (self.over if panel and not asks and not isinstance(reply, Failed) else None)
        keyboard = None
        if self.keyboards is not None:
            keyboard = await self.keyboards.under(reply, card.question, self.spot, self.about, words)
        if keyboard is not None:
            over = None  # a keyboard comes with a new message only
        manner = Manner(over, reply_to=self.reply_to, mark=mark, answer=True, keyboard=keyboard)
        try:
            return await self._say(reply, manner, words)
        except Missing as error:
            if error.code == "POST_GONE" and over is not None:
                return await self._say(reply, replace(manner, over=None), words)
            if error.code == "TOPIC_GONE":
                self.spot = replace(self.spot, thread=0)
                return await self._say(reply, manner, words)
            if error.code == "MOVED":
                self.spot = replace(self.spot, chat=int(str(error.values["to"]).partition(":")[2]))
                return await self._say(reply, replace(manner, over=None, reply_to=0), words)
            raise

    async def _say(self, reply: Any, manner: Manner, words: Words) -> Post:
        """Sent again only when it certainly did not arrive. Other chats wait for nothing."""
        for left in reversed(range(TRIES)):
            try:
                return await self.sender.say(self.spot, reply, words, manner)
            except Ambiguous:
                raise
            except Transient as error:
                wait = error.retry_after or float(TRIES - left)
                if not left or wait > LONGEST_WAIT:
                    raise
                await asyncio.sleep(wait)
        raise AssertionError("the last try raises or returns")


async def reachable(sender: Sender, chat: int) -> bool:
    """Whether a person has a chat with us that we may write to."""
    try:
        return bool(await sender.connection.bot.send_chat_action(chat, ChatAction.TYPING))
    except TelegramError:
        return False
