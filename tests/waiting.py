"""Waiting for what is to come, without a fixed sleep. Who waited in vain says for what."""

import asyncio
import inspect
import reprlib
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

PATIENCE = 40.0  # seconds, on a busy machine too
GLANCE = 0.25  # seconds after which a look is taken though nobody has told of a change
BRIEF = reprlib.Repr()
BRIEF.maxother = BRIEF.maxstring = 200  # characters of a value in a message


async def _moment() -> None:
    await asyncio.sleep(0.01)


async def until(
    condition: Callable[[], Any], seconds: float = PATIENCE, pause: Callable[[], Awaitable[object]] = _moment
) -> Any:
    """The first truth `condition` gives, itself or awaited; between two looks `pause` happens.

    Raises TimeoutError, which shows the condition, what its names stood for, and what it gave last.
    """
    found: Any = None
    try:
        async with asyncio.timeout(seconds) as limit:
            while not (found := await _look(condition)):
                await pause()
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


async def _look(condition: Callable[[], Any]) -> Any:
    found = condition()
    return await found if inspect.isawaitable(found) else found


def _described(condition: Callable[[], Any]) -> str:
    """The condition as it is written, and what stood around it."""
    about = inspect.getclosurevars(condition).nonlocals if inspect.isfunction(condition) else {}
    return "\n  ".join([_written(condition), *(f"{name} = {_written(value)}" for name, value in about.items())])


def _written(value: Any) -> str:
    return inspect.cleandoc(inspect.getsource(value)) if inspect.isfunction(value) else BRIEF.repr(value)
