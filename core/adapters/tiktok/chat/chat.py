"""The chat of lives: each room read by TikTokLive over one supervised connection, as often as somebody asks for its events."""

import asyncio
import importlib
from collections.abc import AsyncGenerator, Callable
from typing import TYPE_CHECKING

from core.adapters.tiktok.chat.backlog import Backlog
from core.adapters.tiktok.chat.limits import Limits, Losses
from core.adapters.tiktok.web import Web
from core.model.live import LiveEvent
from core.ports.clock import Clock

if TYPE_CHECKING:
    from core.adapters.tiktok.chat.connection import Line


class Chat:
    """All chats of one process, read with the trust and the proxy of `web`. `losses` counts over all of them.

    `first` says which rooms come before others when the sign server's quota is short; without a preference all come together.
    """

    def __init__(
        self, web: Web, sign_api_key: str, sign_api_url: str, clock: Clock, limits: Limits | None = None
    ) -> None:
        self.first: Callable[[str], bool] = lambda room: True
        self.losses = Losses()
        self._web, self._key, self._url, self._clock = web, sign_api_key, sign_api_url, clock
        self._limits = limits or Limits()
        self._opened: Line | None = None
        self._opening = asyncio.Lock()

    @property
    def signs_left(self) -> int | None:
        """How many chats the sign server would open now; None when nobody knows."""
        return self._opened.signing.left if self._opened else None

    async def signs(self) -> int:
        """The same as the sign server itself says, asked now; opens nothing. Raises Denied SIGN_KEY, Transient SIGN_DOWN."""
        module = await asyncio.to_thread(importlib.import_module, "core.adapters.tiktok.chat.signing")
        trust = await self._web.trust()
        said: int = await module.Signing(self._url, self._key, self._web.proxy, trust, self._clock).told()
        return said

    async def events(self, room: str) -> AsyncGenerator[LiveEvent, None]:
        """What happens in `room`, in order, until the connection ends; at its beginning the last comments come once more.

        Ends when the host does or TikTok closes the connection. Raises Transient SIGN_LIMIT (`retry_after` says when to come
        again), SIGN_DOWN, CHAT_BLOCKED, CHAT_LOST, TIKTOK_DOWN, TIKTOK_LIMIT; Denied SIGN_KEY; Missing ROOM_OVER.
        """
        line = await self._line()
        connection = line.connection(room, Backlog(self.losses), self.losses)
        try:
            await connection.begin(self.first(room))
            async for event in connection.events():
                yield event
        finally:
            await connection.end()

    async def _line(self) -> "Line":
        async with self._opening:
            if self._opened is None:
                # TikTokLive takes 2 s and 60 MB to import: in a thread, when the first chat is read.
                module = await asyncio.to_thread(importlib.import_module, "core.adapters.tiktok.chat.connection")
                trust = await self._web.trust()
                self._opened = module.line(self._url, self._key, self._web.proxy, trust, self._clock, self._limits)
            return self._opened
