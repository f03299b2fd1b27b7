"""Waiting on the event loop until a capture's clock has passed a second."""

import asyncio
import threading
from contextlib import suppress


class Milestones:
    """Tasks wait, the capture's thread passes them. Cheap to pass when nobody waits: asked for every packet."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: list[tuple[float, asyncio.Event]] = []
        self._lock = threading.Lock()
        self._reached = 0.0
        self._closed = False
        self.hurried = False
        """Whether nobody waits any more, though the clock may go on."""

    @property
    def furthest(self) -> float:
        """The furthest second anybody waits for, 0 when nobody does."""
        with self._lock:
            return max((second for second, _ in self._waiting), default=0.0)

    async def reach(self, second: float, patience: float) -> bool:
        """Wait until `second` has passed or the capture is over; False when `patience` seconds ran out before, or somebody is in
        a hurry."""
        event = asyncio.Event()
        entry = (second, event)
        with self._lock:
            if self._closed or self.hurried or self._reached >= second:
                return self._closed or self._reached >= second
            self._waiting.append(entry)
        try:
            async with asyncio.timeout(patience):
                await event.wait()
        except TimeoutError:
            return False
        finally:
            with self._lock:
                if entry in self._waiting:
                    self._waiting.remove(entry)
        return self._closed or self._reached >= second

    def passed(self, second: float) -> None:
        """The clock is at `second`."""
        self._reached = second
        if self._waiting:
            self._release(second)

    def close(self) -> None:
        """The clock will not move any more."""
        with self._lock:
            self._closed = True
        self._release(float("inf"))

    def hurry(self) -> None:
        """From now on nobody waits."""
        with self._lock:
            self.hurried = True
        self._release(float("inf"))

    def _release(self, second: float) -> None:
        with self._lock:
            due = [entry for entry in self._waiting if entry[0] <= second]
            self._waiting = [entry for entry in self._waiting if entry[0] > second]
        for _, event in due:
            with suppress(RuntimeError):  # the loop is closed
                self._loop.call_soon_threadsafe(event.set)
