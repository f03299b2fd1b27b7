"""Everything that runs begins and ends together."""

import asyncio
import gc
import warnings

from bot.together import together


async def test_parts_end_with_the_front_and_say_nothing_when_they_had_not_begun() -> None:
    begun, ended = asyncio.Event(), list[str]()

    async def part() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            ended.append("part")

    async def at_once() -> None:
        assert begun.is_set()

    async def a_moment() -> None:
        await asyncio.sleep(0)

    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        await together([part()], begun, at_once)
        await together([part()], begun, a_moment)
        gc.collect()
    assert ended == ["part"]
    assert said == []
