"""What has come from a room and has not been taken yet: bounded, so that a slow taker costs likes and joins and not memory."""

import asyncio
from collections import deque

from core.adapters.tiktok.chat.limits import Losses
from core.model.live import Joined, Liked, LiveEvent

MOST = 2_000  # events: seven seconds of a very busy room
MINOR = (Liked, Joined)


class Backlog:
    """Events in the order they came, at most `most`. When full, the oldest like or join goes, without any the oldest event;
    `losses` counts them."""

    def __init__(self, losses: Losses, most: int = MOST) -> None:
        self._losses, self._most = losses, most
        self._events: deque[LiveEvent] = deque()
        self._minor = 0
        self._news = asyncio.Event()
        self.closed = False

    def put(self, event: LiveEvent) -> None:
        """Add an event; never waits."""
        if len(self._events) >= self._most:
            self._make_room()
        self._events.append(event)
        self._minor += isinstance(event, MINOR)
        self._news.set()

    def take(self) -> LiveEvent | None:
        """The oldest event, None when there is none now."""
        if not self._events:
            return None
        event = self._events.popleft()
        self._minor -= isinstance(event, MINOR)
        return event

    def close(self) -> None:
        """Nothing more will come."""
        self.closed = True
        self._news.set()

    async def more(self) -> None:
        """Wait until there is something to take, or nothing will come any more."""
        while not self._events and not self.closed:
            self._news.clear()
            await self._news.wait()

    def _make_room(self) -> None:
        self._losses.dropped += 1
        if not self._minor:
            self._events.popleft()
            return
        self._minor -= 1
        del self._events[next(at for at, event in enumerate(self._events) if isinstance(event, MINOR))]
