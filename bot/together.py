"""One group for everything that runs: it begins and ends together."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any


async def together(
    runs: Sequence[Coroutine[Any, Any, None]], begun: asyncio.Event, front: Callable[[], Awaitable[None]]
) -> None:
    """Run all parts until `front` returns; then they are asked to stop, and finish what they must. Sets `begun` before it."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(run) for run in runs]
        begun.set()
        try:
            await front()
        finally:
            for task in tasks:
                task.cancel()
