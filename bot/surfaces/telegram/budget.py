"""How many calls each chat has left: what is posted and what is answered share Telegram's limits, and here they share a count.

Telegram takes about 20 messages and edits a minute in a group or channel, one a second with short bursts in a private chat, and
30 a second in all (Bots FAQ; edits: grammY "Flood limits"). Answers leave two of the 20 to posts. Windows are longer than
Telegram's by what a call may be late.
"""

import asyncio
import time
from collections import deque
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from core.errors import Transient

GROUP, GROUP_WINDOW = 20, 60.5
GROUP_ANSWERS = 18
PRIVATE, PRIVATE_WINDOW = 6, 4.0
ALL, ALL_WINDOW = 28, 1.1
PATIENCE = 2.0  # seconds a post waits here; longer waits belong into the outbox
CHATS = 2000  # with calls that still count: beyond that the ones without are dropped


@dataclass
class Budget:
    """The calls of the last minute, by chat."""

    _calls: dict[int, deque[float]] = field(default_factory=dict)
    _all: deque[float] = field(default_factory=deque)
    _queues: WeakValueDictionary[int, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    async def post(self, chat: int) -> None:
        """Count a post or edit. Raises Transient when the chat has to be left alone for longer than PATIENCE."""
        wait = self._wait(chat, GROUP)
        if wait > PATIENCE:
            raise Transient("TELEGRAM_FULL", retry_after=wait)
        await self._turn(chat, GROUP)

    async def answer(self, chat: int) -> None:
        """Count an answer to a person, after all that wait before it; a person's answer is late rather than lost."""
        await self._turn(chat, GROUP_ANSWERS)

    async def _turn(self, chat: int, most: int) -> None:
        queue = self._queues.setdefault(chat, asyncio.Lock())
        async with queue:
            while (wait := self._wait(chat, most)) > 0:  # noqa: ASYNC110  time is what it waits for
                await asyncio.sleep(wait)
            self._take(chat)

    def _wait(self, chat: int, most: int) -> float:
        now = time.monotonic()
        count, window = (most, GROUP_WINDOW) if chat < 0 else (PRIVATE, PRIVATE_WINDOW)
        own = _left(self._calls.get(chat), count, window, now)
        return max(own, _left(self._all, ALL, ALL_WINDOW, now))

    def _take(self, chat: int) -> None:
        now = time.monotonic()
        if chat not in self._calls and len(self._calls) >= CHATS:
            self._calls = {one: calls for one, calls in self._calls.items() if calls[-1] > now - GROUP_WINDOW}
        self._calls.setdefault(chat, deque(maxlen=GROUP)).append(now)
        self._all.append(now)
        while self._all[0] <= now - ALL_WINDOW:
            self._all.popleft()


def _left(calls: deque[float] | None, count: int, window: float, now: float) -> float:
    """Seconds until one more of `count` calls in any `window` seconds is free."""
    recent = [at for at in calls or () if at > now - window]
    return recent[-count] + window - now if len(recent) >= count else 0.0
