"""Parts that run until a test is over."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager

import pytest

from tests.doubles import HandClock


class Running:
    """`async with running(part.run())`: it runs, and is cancelled at the end. Its errors fail the test."""

    def __init__(self, clock: HandClock) -> None:
        self.clock = clock

    @asynccontextmanager
    async def __call__(self, *runs: Awaitable[None]) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(_awaited(run)) for run in runs]
            await self.clock.settled()
            try:
                yield
                await self.clock.settled()
            finally:
                for task in tasks:
                    task.cancel()


async def _awaited(run: Awaitable[None]) -> None:
    await run


@pytest.fixture
def running(clock: HandClock) -> Running:
    return Running(clock)
