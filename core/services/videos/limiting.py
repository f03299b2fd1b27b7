"""Limiting: nothing is waited for longer than it may take, by the installation's own clock."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from core.ports.clock import Clock

T = TypeVar("T")
GRACE = 5.0  # real seconds something that was told to stop may take for it


async def within(clock: Clock, seconds: float, doing: Awaitable[T]) -> T:
    """What `doing` gives. Raises TimeoutError after `seconds` of `clock`; however this ends, `doing` was told to stop before."""
    task = asyncio.ensure_future(doing)
    late = asyncio.ensure_future(clock.sleep(seconds))
    try:
        await asyncio.wait((task, late), return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise TimeoutError
        return task.result()
    finally:
        late.cancel()
        if not task.done():
            task.cancel()
            await asyncio.wait((task,), timeout=GRACE)
