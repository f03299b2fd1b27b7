"""Chatting: the chat of a live is read as long as somebody wants it, and connected again whenever it is lost.

Connecting takes a signature from a server with a quota. When that has none to give only the chat waits: the live goes on
being heard, judged and clipped, and nothing that happens here says anything about whether it is live.
"""

import asyncio
import logging
import random
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from core.errors import EarshotError, Transient
from core.model.diary import DiaryKind
from core.model.live import LiveEvent
from core.ports.clock import Clock
from core.ports.store import Storage
from core.ports.tiktok import LiveSource
from core.services.enduring import enduring
from core.services.lives.noting import note
from core.services.lives.scene import Scene
from core.services.lives.watch import Watch

log = logging.getLogger(__name__)
FIRST, MOST = 5.0, 300.0  # seconds: the longest first wait, and the longest of all
LEAST = 0.5  # seconds: a chat that ends as soon as it is opened is not opened in a busy loop
HEALTHY = timedelta(minutes=5)  # a connection that held so long begins the waits anew
QUIET = timedelta(minutes=3)  # without any event: perhaps the live is over
GLANCE = 0.5  # seconds: how soon a wish for the chat is acted on
LISTEN = 10.0  # seconds between two looks whether it is quiet
SIGNS = frozenset({"SIGN_LIMIT", "SIGN_DOWN", "SIGN_KEY"})
"""No signature: nothing is wrong with the live."""


@dataclass
class Backoff:
    """Waits between attempts: 5, 10, 20 … 300 s at most, with full jitter, so that five lives do not come back in step."""

    attempts: int = 0

    def next(self, error: EarshotError | None) -> float:
        """Seconds until the next attempt. What the other side said is kept to, and is no reason to wait longer next time."""
        if isinstance(error, Transient) and error.retry_after is not None:
            return max(LEAST, error.retry_after)  # whoever said so has spread it already
        most = min(MOST, FIRST * 2.0 ** min(self.attempts, 10))
        self.attempts += 1
        return random.uniform(LEAST, most)


@dataclass(frozen=True)
class Chatting:
    """The chats of all lives watched here. `react` gets every event once; `look_now` asks for an early look at an account."""

    source: LiveSource
    storage: Storage
    clock: Clock
    react: Callable[[Scene, Any], Awaitable[None]]
    look_now: Callable[[int], None]

    async def run(self, watch: Watch) -> None:
        """Read the chat of one live until it is over."""
        scene, backoff = watch.scene, Backoff()
        while not watch.over.is_set():
            if not scene.wants_chat:
                await self.clock.sleep(GLANCE)
                continue
            room, opened = scene.live.room, self.clock.now()
            error = await self._read(watch, room)
            if room != scene.live.room or not scene.wants_chat:
                continue  # hung up by ourselves
            heard = scene.reach.heard
            if heard is not None and heard - opened >= HEALTHY:
                backoff.attempts = 0
            await self._lost(scene, error, opened)
            await self.clock.sleep(backoff.next(error))

    async def mind(self, watch: Watch) -> None:
        """A chat that falls silent may mean that the live is over, though nobody said so: a look tells. Until cancelled."""
        scene, asked = watch.scene, self.clock.now()
        while True:
            await self.clock.sleep(LISTEN)
            heard = max(asked, scene.reach.heard or asked)
            if self.clock.now() - heard >= QUIET:
                asked = self.clock.now()
                self.look_now(scene.account.id)

    async def _read(self, watch: Watch, room: str) -> EarshotError | None:
        """What happens in `room` until the connection ends; the error that ended it."""
        events = cast("AsyncGenerator[LiveEvent, None]", self.source.events(room))
        try:
            async with asyncio.timeout(None) as watch.line, aclosing(events):
                async for event in events:
                    watch.scene.reach.hears(self.clock.now())
                    if not watch.repeated(event):
                        await self.react(watch.scene, event)
        except TimeoutError:  # the watch hung up
            return None
        except EarshotError as error:
            return error
        finally:
            watch.line = None
        return None

    async def _lost(self, scene: Scene, error: EarshotError | None, opened: datetime) -> None:
        """A connection ended by itself, or was never made: perhaps the live is over, so a look comes first."""
        log.info("chat of %s: %s", scene.live.handle, error or "closed")
        if error is not None and error.code in SIGNS:
            scene.reach.waits(self.clock.now(), error.code)
            return
        self.look_now(scene.account.id)
        if error is not None and scene.reach.heard is not None and scene.reach.heard >= opened:
            with enduring("noting a broken chat"):
                async with self.storage.work() as work:
                    await note(work, scene, DiaryKind.ERROR, self.clock.now(), "chat")
