"""A pause between two looks at a queue ends when its time is over, or at once when there is news from this process."""

import asyncio

from core.services.pausing import Pause
from storage.database import Database
from storage.news import News
from tests.doubles import BEGAN, HandClock
from tests.waiting import PATIENCE


async def test_a_pause_lasts_as_long_as_asked(clock: HandClock) -> None:
    resting = asyncio.create_task(Pause(clock).rest(0.5))
    await clock.advance(0.4)
    assert not resting.done()
    await clock.advance(0.2)
    assert resting.done()


async def test_news_ends_the_pause_that_is_on(clock: HandClock) -> None:
    pause = Pause(clock)
    resting = asyncio.create_task(pause.rest(0.5))
    await clock.settled()
    pause.soon()
    await clock.settled()
    assert resting.done()


async def test_news_that_came_between_two_pauses_ends_the_next_one_and_only_that(clock: HandClock) -> None:
    pause = Pause(clock)
    pause.soon()
    async with asyncio.timeout(PATIENCE):
        await pause.rest(0.5)
    resting = asyncio.create_task(pause.rest(0.5))
    await clock.settled()
    assert not resting.done()
    resting.cancel()


async def test_storage_gives_news_once_a_job_is_committed_and_not_before(database: Database) -> None:
    news: list[News] = []
    database.on = {News.ASKED: lambda: news.append(News.ASKED)}
    async with database.work() as work:
        await work.jobs.add("clip", "clip:1", {}, BEGAN)
        assert not news
    assert news == [News.ASKED]


async def test_storage_gives_no_news_of_what_was_rolled_back(database: Database) -> None:
    news: list[News] = []
    database.on = {News.ASKED: lambda: news.append(News.ASKED)}
    try:
        async with database.work() as work:
            await work.jobs.add("clip", "clip:1", {}, BEGAN)
            raise ValueError
    except ValueError:
        pass
    assert not news
