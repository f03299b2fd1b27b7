"""The address of something a person names: a file, or a stream that stays where it is."""

import asyncio
import time
from dataclasses import dataclass

from core.adapters.media.opening import Patience, open_source, seconds_of
from core.errors import Missing
from core.ports.tiktok import StreamAddress

SOON = 10.0  # seconds: a connection that ends sooner has not brought the live back
TRIES = 3  # of those in a row mean that it is over


@dataclass
class OneAddress:
    """Always the same address. A file, here or on a server, ends by itself; a stream is over when it does not come back."""

    url: str
    proxy: str
    pace: float
    start: float
    _known: StreamAddress | None = None
    _asked: float = 0.0
    _short: int = 0

    async def fresh(self) -> StreamAddress:
        """See FreshAddress."""
        if self._known is None:
            self._known = await asyncio.to_thread(self._look)
        elif time.monotonic() - self._asked < SOON:
            self._short += 1
        else:
            self._short = 0
        if self._short >= TRIES:
            raise Missing("SOURCE_OVER", x=self.url)
        self._asked = time.monotonic()
        return self._known

    def _look(self) -> StreamAddress:
        """What says how long it is ends by itself. Raises what opening it raises."""
        finite = StreamAddress(self.url, self.proxy, live=False, pace=self.pace, start=self.start)
        if "://" not in self.url:
            return finite
        source = open_source(StreamAddress(self.url, self.proxy), Patience())
        try:
            return finite if seconds_of(source) else StreamAddress(self.url, self.proxy)
        finally:
            source.close()
