"""Followers: the messages with files that a text cannot carry. They are known, so that they go when the text takes back what they
show. A bot can delete its messages for 48 hours (Bot API, deleteMessage)."""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from telegram.error import TelegramError

from bot.surfaces.telegram.addresses import Post
from bot.surfaces.telegram.connection import Connection
from bot.surfaces.telegram.faults import says
from core.ports.store import Storage

log = logging.getLogger(__name__)
GONE = "message to delete not found"
KNOWN = timedelta(days=365)  # no clip is kept longer, unless somebody keeps it


@dataclass(frozen=True)
class Followers:
    """Of the posts of one bot."""

    connection: Connection
    storage: Storage

    async def of(self, post: Post) -> tuple[int, ...]:
        """The messages that follow a post."""
        async with self.storage.reading() as work:
            return tuple(map(int, (await work.memos.get(_memo(post))).split()))

    async def keep(self, post: Post) -> None:
        """Remember those that were sent with it."""
        if post.more:
            async with self.storage.work() as work:
                await work.memos.put(_memo(post), " ".join(map(str, post.more)), datetime.now(UTC) + KNOWN)

    async def remove(self, post: Post) -> bool:
        """Delete them; False: one of them stays, since Telegram lets nobody but people delete it any more."""
        left = [number for number in await self.of(post) if not await self._gone(post.chat, number)]
        async with self.storage.work() as work:
            await work.memos.put(_memo(post), " ".join(map(str, left)), datetime.now(UTC) + KNOWN)
        return not left

    async def _gone(self, chat: int, number: int) -> bool:
        try:
            await self.connection.bot.delete_message(chat, number)
        except TelegramError as error:
            log.info("message %s of %s stays: %s", number, chat, error.message)
            return says(error, GONE)
        return True


def _memo(post: Post) -> str:
    return f"telegram:follows:{post.chat}/{post.message}"
