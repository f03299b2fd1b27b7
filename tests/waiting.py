"""Waiting for what is to come, without a fixed sleep. Who waited in vain says for what."""

import asyncio
import inspect
import reprlib
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Self

PATIENCE = 40.0  # seconds, on a busy machine too
SOON, LATER = 0.01, 0.05
"""Seconds between two looks, at first and when it takes longer: a look may open a database, or ask a server."""
GLANCE = 0.25  # seconds after which a look is taken though nobody has told of a change
TICK = 0.01  # seconds between two looks whether this process stood still
BRIEF = reprlib.Repr()
BRIEF.maxother = BRIEF.maxstring = 200  # characters of a value in a message


async def until(
    condition: Callable[[], Any], seconds: float = PATIENCE, pause: Callable[[], Awaitable[object]] | None = None
) -> Any:
    """The first truth `condition` gives, itself or awaited; between two looks `pause` happens, or a moment that grows a little.

    Raises TimeoutError, which shows the condition, what its names stood for, and what it gave last.
    """
    found, moment = None, SOON
    try:
        async with asyncio.timeout(seconds) as limit:
            while not (found := await _look(condition)):
                await (pause() if pause else asyncio.sleep(moment))
                moment = min(moment + SOON / 10, LATER)
            return found
    except TimeoutError:
        if not limit.expired():
            raise
        raise TimeoutError(f"waited {seconds:g} s for {_described(condition)}\nlast it gave {found!r}") from None


async def listening(port: int) -> None:
    """Wait until somebody takes connections at `port` of this machine."""

    async def taken() -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except ConnectionError:
            return False
        writer.close()
        await writer.wait_closed()
        return True

    await until(taken)


class Changing:
    """What changes, and tells those who wait for it."""

    def __init__(self) -> None:
        self._changed = asyncio.Event()

    def tell(self) -> None:
        """It has changed: they look again."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def until(self, condition: Callable[[], Any], seconds: float) -> Any:
        """As `until`, looking after each change."""
        return await until(condition, seconds, self._told)

    async def _told(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._changed.wait(), GLANCE)


class Standstill:
    """For how many `seconds` this process stood still until the block ends, as a thread sees it that does nothing else: what takes
    longer for that is nobody's fault. One task that keeps the others waiting does not count."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._over = threading.Event()
        self._watching = threading.Thread(target=self._watch, name="standstill", daemon=True)

    def __enter__(self) -> Self:
        self._watching.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._watching.join()

    def _watch(self) -> None:
        over, before = False, time.monotonic()
        while not over:
            over, now = self._over.wait(TICK), time.monotonic()  # in this order
            self.seconds += max(0.0, now - before - TICK)
            before = now


async def _look(condition: Callable[[], Any]) -> Any:
    found = condition()
    return await found if inspect.isawaitable(found) else found


def _described(condition: Callable[[], Any]) -> str:
    """The condition as it is written, and what stood around it."""
    about = inspect.getclosurevars(condition).nonlocals if inspect.isfunction(condition) else {}
    return "\n  ".join([_written(condition), *(f"{name} = {_written(value)}" for name, value in about.items())])


def _written(value: Any) -> str:
    return inspect.cleandoc(inspect.getsource(value)) if inspect.isfunction(value) else BRIEF.repr(value)
