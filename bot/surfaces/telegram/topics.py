"""Topics of a group: each account has one, made when its first post comes."""

import time
from dataclasses import dataclass, field

from telegram.error import BadRequest, TelegramError

from bot.surfaces.telegram.addresses import Spot
from bot.surfaces.telegram.connection import Connection
from bot.surfaces.telegram.faults import meant
from core.errors import Invalid
from core.model.account import Handle
from core.model.notice import Tellable
from core.model.tellable.accounts import AccountRenamed
from core.model.tellable.finds import ClipSaved, HitFound, RiskRaised
from core.model.tellable.lives import LiveEnded, LiveLeft, LiveLost, LiveStarted, Rolling, WordsLate
from core.model.tellable.videos import VideoPosted
from core.ports.store import Storage

OWN = (
    LiveStarted
    | LiveEnded
    | LiveLeft
    | LiveLost
    | Rolling
    | WordsLate
    | HitFound
    | ClipSaved
    | RiskRaised
    | VideoPosted
    | AccountRenamed
)
"""What goes to the topic of its account: risk alerts too, unless the place has an address of their own for them."""

REMEMBERED = 600.0  # seconds: whether a group has topics, and that we may not make any
NAME = 128  # characters (Bot API, createForumTopic)


@dataclass
class Topics:
    """Which topic a post goes to."""

    connection: Connection
    storage: Storage
    _forums: dict[int, tuple[bool, float]] = field(default_factory=dict)
    _refused: dict[int, float] = field(default_factory=dict)

    async def thread(self, spot: Spot, said: Tellable) -> int:
        """The topic of `said` at `spot`, 0 for none: the one of the address, else that of the account in a group with topics.
        Raises what `faults.meant` makes of a failure."""
        if spot.thread or not spot.group or not isinstance(said, OWN) or not await self._has_topics(spot):
            return spot.thread
        about = await self._about(said.handle)
        async with self.storage.reading() as work:
            known = await work.topics.of(spot.address, about)
        if known and isinstance(said, AccountRenamed):
            await self._rename(spot, int(known), said.handle)
        return int(known) if known else await self._make(spot, about, said.handle)

    async def anew(self, spot: Spot, said: Tellable) -> int:
        """The same after the topic turned out to be gone: a new one of the account; 0 when the address itself named it."""
        if spot.thread or not isinstance(said, OWN):
            return 0
        about = await self._about(said.handle)
        async with self.storage.work() as work:
            await work.topics.remove(spot.address, about)
        return await self._make(spot, about, said.handle)

    async def _has_topics(self, spot: Spot) -> bool:
        known, until = self._forums.get(spot.chat, (False, 0.0))
        if until > time.monotonic():
            return known
        try:
            found = bool((await self.connection.bot.get_chat(spot.chat)).is_forum)
        except TelegramError as error:
            raise meant(error, spot) from error
        if len(self._forums) > 1000:
            self._forums.clear()
        self._forums[spot.chat] = (found, time.monotonic() + REMEMBERED)
        return found

    async def _about(self, handle: str) -> str:
        """What a topic is about: the account, whatever it is called later."""
        async with self.storage.reading() as work:
            account = await work.accounts.by_handle(Handle(handle))
        return f"account:{account.id}" if account else f"account:@{handle}"

    async def _make(self, spot: Spot, about: str, handle: str) -> int:
        """A new topic; 0 where we may not make any."""
        if self._refused.get(spot.chat, 0.0) > time.monotonic():
            return 0
        try:
            made = await self.connection.bot.create_forum_topic(spot.chat, f"@{handle}"[:NAME])
        except BadRequest as error:
            found = meant(error, spot)
            if isinstance(found, Invalid) or found.code == "NO_POST":
                self._refused[spot.chat] = time.monotonic() + REMEMBERED
                return 0
            raise found from error
        except TelegramError as error:
            raise meant(error, spot) from error
        async with self.storage.work() as work:
            await work.topics.put(spot.address, about, str(made.message_thread_id))
        return made.message_thread_id

    async def _rename(self, spot: Spot, thread: int, handle: str) -> None:
        try:
            await self.connection.bot.edit_forum_topic(spot.chat, thread, name=f"@{handle}"[:NAME])
        except BadRequest:
            return  # the post says it anyway
        except TelegramError as error:
            raise meant(error, spot) from error
