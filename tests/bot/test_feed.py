"""The feed: one transcript at a time, only what the asker may see; above one's own what is still worked at."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.asked import Asked
from bot.card import Card
from bot.cards import draw
from bot.house import House
from bot.kernel import Kernel
from bot.replies.feed import FeedShown
from bot.replies.videos import VideosBegun
from bot.wording import plain
from core.model.account import Handle
from core.model.job import Job, JobState
from core.model.person import Person, Role
from core.model.tellable.videos import NotTranscribed, Transcribing
from core.model.transcript import Segment
from core.model.video import Video, VideoTranscript
from core.services.videos.ordering import KIND, Order
from tests.bot.conftest import HERE, THERE, Belongings

NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
Ask = Callable[..., Asked]


@pytest.fixture
def run(kernel: Kernel) -> Callable[..., Any]:
    async def running(asked: Asked, name: str, **raw: str) -> Any:
        command = kernel.named(name)
        assert command is not None
        return await kernel.run(command, raw, asked)

    return running


@pytest.fixture
async def filled(house: House, theirs: Belongings) -> None:
    """Three of Karim's in the kitchen, one of them private; two of Lina's, one of them private; one elsewhere."""
    for number, (place, by, handle, public) in enumerate(
        [
            (HERE, f"{HERE}:9", "chef", True),
            (HERE, "console:10", "chef", True),
            (HERE, f"{HERE}:9", "baker", False),
            (HERE, "console:10", "baker", False),
            (HERE, f"{HERE}:9", "baker", True),
            (THERE, f"{HERE}:9", "chef", True),
        ]
    ):
        video = Video(0, f"740000000000000000{number}", Handle(handle), handle, f"T{number}", "", 61.0, NOW)
        made = NOW + timedelta(minutes=number)
        async with house.storage.work() as work:
            kept = await work.videos.ensure(video)
            one = VideoTranscript(0, place, kept, "captions", "", "en", True, made, by, f"T{number}", public)
            await work.videos.add(one, [Segment(0.0, 1.0, f"line {number} " + "x " * 400, "en", "captions")])


def lina(asked: Asked) -> Asked:
    return replace(asked, person=Person("console:10", "Lina"), role=Role.VIEWER)


def keys(card: Card) -> list[str]:
    return [button.key for row in card.buttons for button in row]


def text(card: Card) -> str:
    return "\n".join(plain(line) for line in (card.title, *card.body, *(item.line for item in card.items)))


async def read(run: Any, kernel: Kernel, asked: Asked, **raw: str) -> list[str]:
    """The titles of all cards, by pressing ▶ as long as there is one."""
    shown, titles = await run(asked, "feed", **raw), []
    while True:
        assert isinstance(shown, FeedShown)
        card = draw(shown, asked.words)
        titles.append(plain(card.title))
        on = next((button.key for row in card.buttons for button in row if button.label == "▶"), None)
        if on is None:
            return titles
        shown = await kernel.press(on, asked)


async def test_newest_is_what_is_public_here_and_ones_own_newest_first(
    run: Any, kernel: Kernel, ask: Ask, filled: None
):
    assert await read(run, kernel, ask()) == ["T4", "T2", "T1", "T0"]
    assert await read(run, kernel, lina(ask())) == ["T4", "T3", "T1", "T0"]
    assert await read(run, kernel, ask(), account="@chef") == ["T1", "T0"]
    assert await read(run, kernel, ask(), view="mine") == ["T4", "T2", "T0"]
    assert await read(run, kernel, ask(), view="mine", account="baker") == ["T4", "T2"]


async def test_a_card_has_the_first_lines_and_what_can_be_done_with_it(run: Any, ask: Ask, filled: None):
    shown = await run(ask(), "feed", page="2")
    card = draw(shown, ask().words)
    assert card.private
    assert len(card.quotes[0].text) <= 300
    said = text(card)
    assert "@baker · 1:01" in said
    assert "written down 20 Nov 20:02 · only you see it" in said
    number = shown.transcript.number
    assert {f"transcript.open:{number}", f"transcript.download:{number};srt", f"transcript.delete:{number}"} <= set(
        keys(card)
    )
    assert {"feed:newest;page=1", "feed:newest;page=3", "feed:mine"} <= set(keys(card))


async def test_nothing_says_what_would_change_that(run: Any, ask: Ask, mine: Belongings):
    assert "/transcribe" in text(draw(await run(ask(), "feed"), ask().words))
    assert "@nobody" in text(draw(await run(ask(), "feed", account="nobody"), ask().words))


# ---------------------------------------------------------------- one's own


async def order(house: House, number: int, by: str = f"{HERE}:9") -> Job:
    made = await house.transcribing.ask(HERE, by, Order(f"75{number:02}", "chef"))
    assert isinstance(made, Job)
    return made


async def fail(house: House, *numbers: int) -> None:
    """Those jobs run, and fail for good."""
    now = house.clock.now()
    async with house.storage.work() as work:
        for job in await work.jobs.claim("w", [KIND], now, timedelta(minutes=1), 99):
            if job.id in numbers:
                await work.jobs.progress(job, {"failed": "PRIVATE", "values": {}, "title": f"Video {job.id}"})
                await work.jobs.finish(job, now, "PRIVATE")
            else:
                await work.jobs.give_back(job, now)


async def test_above_ones_own_stands_what_waits_and_what_failed(
    run: Any, ask: Ask, house: House, kernel: Kernel, filled: None
):
    jobs = [await order(house, number) for number in range(4)]
    await order(house, 9, "console:10")
    await fail(house, jobs[0].id)
    shown = await run(ask(), "feed", view="mine")
    assert dict(shown.counts) == {
        JobState.WAITING: 3,
        JobState.RUNNING: 0,
        JobState.DONE: 0,
        JobState.DEAD: 1,
    }
    card = draw(shown, ask().words)
    assert "Yours: waiting 3 · running 0 · done 0 · failed 1" in text(card)
    assert f"Video {jobs[0].id} · failed" in text(card)
    assert "2 jobs are ahead" in text(card)
    opened = {item.key: await kernel.press(item.key, ask()) for item in card.items}
    assert sum(isinstance(one, Transcribing) for one in opened.values()) == 3
    failed = opened[f"transcript.job:{jobs[0].id}"]
    assert isinstance(failed, NotTranscribed)
    assert f"transcript.retry:j{jobs[0].id}" in keys(draw(failed, ask().words))
    assert (await kernel.press(f"transcript.job:{jobs[0].id}", lina(ask()))).code == "NOT_FOUND"
    assert (await run(lina(ask()), "feed", view="mine")).rows[0].job.by == "console:10"


async def test_all_that_failed_is_tried_again_with_one_press(
    run: Any, ask: Ask, house: House, kernel: Kernel, filled: None
):
    jobs = [await order(house, number) for number in range(12)]
    await fail(house, *(job.id for job in jobs))
    card = draw(await run(ask(), "feed", view="mine"), ask().words)
    assert "feed.retry" in keys(card)
    begun = await kernel.press("feed.retry", ask())
    assert isinstance(begun, VideosBegun)
    assert (len(begun.rows), len(begun.left)) == (10, 2)
    async with house.storage.reading() as work:
        counts = await work.jobs.counts(place=HERE, kind=KIND)
    assert (counts[JobState.WAITING], counts[JobState.DEAD]) == (10, 2)
    await kernel.press("feed.retry", ask())
    assert (await kernel.press("feed.retry", ask())).code == "NOTHING_FAILED"


async def test_what_failed_and_has_its_words_since_is_not_counted_any_more(
    run: Any, ask: Ask, house: House, filled: None
):
    job = await order(house, 1)
    await fail(house, job.id)
    async with house.storage.work() as work:
        video = await work.videos.ensure(Video(0, "7501", Handle("chef"), "", "Late", "", 1.0))
        made = VideoTranscript(0, HERE, video, "groq", "", "en", False, NOW, f"{HERE}:9", "Late")
        await work.videos.add(made, [])
    shown = await run(ask(), "feed", view="mine")
    assert shown.failed == 0
    assert shown.rows == ()
