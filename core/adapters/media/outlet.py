"""The bounded way of spans from a capture's thread to the event loop, with its overflow rule."""

import asyncio
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

from core.model.transcript import Gap, GapCause, Span

LIMIT = 64
"""Spans and gaps that wait."""

LIMIT_SECONDS = 240.0
"""Of speech that waits, 7.7 MB: more only once an engine hangs, since what is a minute late is taken without being heard."""

POLL_SECONDS = 0.5


class Outlet:
    """A queue of spans and gaps, in order of time. One thread gives, one task takes.

    A live cannot wait: when the queue is full the oldest goes, and a gap says so. A file can: its reader is held up.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, limit: int = LIMIT) -> None:
        self._loop = loop
        self._limit = limit
        self._items: deque[Span | Gap] = deque()
        self._lost: Gap | None = None
        self._closed = False
        self._error: Exception | None = None
        self._changed = threading.Condition()
        self._arrived = asyncio.Event()
        self.dropped = 0

    def give(self, item: Span | Gap) -> None:
        """Queue `item`; the oldest is dropped when there is no room."""
        with self._changed:
            while self._items and (len(self._items) >= self._limit or self._waiting() > LIMIT_SECONDS):
                oldest = self._items.popleft()
                self._lost = Gap(self._lost.start if self._lost else oldest.start, oldest.end, GapCause.OVERFLOW)
                self.dropped += isinstance(oldest, Span)
            self._items.append(item)
        self._wake()

    def give_patiently(self, item: Span | Gap, hurried: Callable[[], bool]) -> None:
        """Queue `item` once there is room, or at once (beyond the limit) when `hurried` says that nobody may be held up."""
        with self._changed:
            while len(self._items) >= self._limit and not hurried():
                self._changed.wait(POLL_SECONDS)
            self._items.append(item)
        self._wake()

    def close(self, error: Exception | None) -> None:
        """Nothing more comes; whoever takes gets `error` after the last item."""
        with self._changed:
            self._closed, self._error = True, error
        self._wake()

    async def items(self) -> AsyncIterator[Span | Gap]:
        """What was given, until `close`. Raises the error it was closed with."""
        while True:
            self._arrived.clear()
            while (item := self._take()) is not None:
                yield item
            if self._finished():
                break
            await self._arrived.wait()
        if self._error is not None:
            raise self._error

    def _take(self) -> Span | Gap | None:
        with self._changed:
            if self._lost is not None:
                item, self._lost = self._lost, None
                return item
            if not self._items:
                return None
            self._changed.notify_all()
            return self._items.popleft()

    def _waiting(self) -> float:
        """Seconds of speech that wait."""
        return sum(item.seconds for item in self._items if isinstance(item, Span))

    def _finished(self) -> bool:
        with self._changed:
            return self._closed and not self._items and self._lost is None

    def _wake(self) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody is there to take anything
            self._loop.call_soon_threadsafe(self._arrived.set)
