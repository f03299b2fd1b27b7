"""A house at work: it says how it is, and takes up what is asked of it, as `earshot run` does."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager

from bot.house import House
from core.services.offering import KIND as REGISTER
from core.services.reviewing.learning import KIND as LEARN
from core.services.tidying import KIND as TIDY
from core.services.working import Handler, Working
from tests.waiting import until


@asynccontextmanager
async def at_work(house: House, handlers: Mapping[str, Handler] | None = None) -> AsyncIterator[None]:
    """Until the block ends; `handlers` instead of those for what `/admin` asks."""
    usual = {REGISTER: house.offering.register, TIDY: house.tidying.tidy, LEARN: house.learning.learn}
    house.diagnosing.chats = house.offering.states
    working = Working(house.storage, house.clock, usual if handlers is None else handlers)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_awaited(run)) for run in (house.diagnosing.run(), working.run())]
        try:
            await until(house.diagnosing.path.exists)
            yield
        finally:
            for task in tasks:
                task.cancel()


async def _awaited(run: Awaitable[None]) -> None:
    await run
