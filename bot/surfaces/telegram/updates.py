"""Updates as they come: each is a task of its own, so that none waits for another; each is done once."""

import asyncio
import logging
from dataclasses import dataclass, field

from telegram import Update

from bot.surfaces.telegram.ask import Asking
from bot.surfaces.telegram.presence import Presence
from bot.surfaces.telegram.press import Pressing

log = logging.getLogger(__name__)
KINDS = (Update.MESSAGE, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER, Update.CHAT_MEMBER)
"""What Telegram is asked for: no edits, no posts of channels, no inline queries."""

AT_ONCE = 200
KNOWN = 2000  # numbers of updates remembered: a webhook is told again what it did not confirm in time
LANDING = 5.0  # seconds a stop waits for what is being done


@dataclass
class Updates:
    """At most AT_ONCE at a time: beyond that the poll waits, and a webhook says so. Telegram keeps the others for a day."""

    asking: Asking
    pressing: Pressing
    presence: Presence
    _running: set[asyncio.Task[None]] = field(default_factory=set)
    _known: dict[int, None] = field(default_factory=dict)

    @property
    def full(self) -> bool:
        """Whether no more can be taken now."""
        return len(self._running) >= AT_ONCE

    async def room(self) -> None:
        """Wait until there is room for another."""
        while self.full:
            await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)

    def take(self, update: Update) -> None:
        """Begin with an update, unless it was told before."""
        if update.update_id in self._known:
            return
        self._known[update.update_id] = None
        if len(self._known) > KNOWN:
            del self._known[next(iter(self._known))]
        task = asyncio.create_task(self._do(update), name=f"telegram {update.update_id}")
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _do(self, update: Update) -> None:
        try:
            await self._what(update)
        except Exception:  # supervision: one update's trouble is no other's
            log.exception("update %s", update.update_id)

    async def _what(self, update: Update) -> None:
        if update.callback_query is not None:
            await self.pressing.press(update.callback_query)
        elif update.message is not None:
            if not await self.presence.migrated(update.message):
                await self.asking.message(update.message)
        elif update.my_chat_member is not None:
            await self.presence.changed(update.my_chat_member)
        elif update.chat_member is not None:
            self.asking.rights.forget(update.chat_member.chat.id)

    async def land(self) -> None:
        """Let what is being done come to its end, for a while."""
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=LANDING)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
