"""Who waits for a transcription knows how many are ahead and how long it takes, from how long those before took."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.job import Job
from core.model.notice import NoticeKind
from core.model.tellable.videos import Transcribing
from core.services.videos.ordering import Order
from core.services.videos.queueing import Queueing
from core.services.videos.reckoning import Pace, Reckoning
from tests.builders import HERE, THERE, placed, told
from tests.core.services.conftest import Running
from tests.core.services.transcribing_desk import Desk, captioned, desk, forever
from tests.doubles import HandClock

__all__ = ["desk"]
LONG = 10.0  # seconds a video of a minute takes here


async def ask(desk: Desk, number: int, address: str = "console:here/1#r", place: str = HERE) -> Job:
    made = await desk.service.ask(place, "you", Order(f"74{number:02}", "chef", f"{address}{number}"))
    assert isinstance(made, Job)
    return made


def ahead(job: Job) -> int:
    return int(job.progress["ahead"])


def waiting(desk: Desk) -> list[Transcribing]:
    said = [one for one in desk.told(NoticeKind.TRANSCRIBING) if one.step == "waiting"]
    return [one for one in said if isinstance(one, Transcribing)]


@pytest.fixture
async def known(desk: Desk) -> Reckoning:
    """An installation that knows how long a video takes."""
    async with desk.storage.work() as work:
        await Reckoning().learn(work, "captions", LONG, 60.0)
        return await Reckoning.of(work)


async def test_as_long_as_there_is_room_nobody_is_ahead(desk: Desk, known: Reckoning):
    jobs = [await ask(desk, number) for number in range(4)]
    assert [ahead(job) for job in jobs] == [0, 0, 2, 3]
    assert [job.progress["left_seconds"] for job in jobs] == [LONG, LONG, 2 * LONG, 2 * LONG]


async def test_who_waits_is_told_in_their_answer_as_the_queue_moves(
    desk: Desk, clock: HandClock, running: Running, known: Reckoning
):
    desk.videos.does = forever
    for number in range(5):
        await ask(desk, number)
    async with running(desk.worker().run(), Queueing(desk.storage, clock).run()):
        await clock.advance(3)
        assert waiting(desk) == [], "nothing has moved"
        await desk.service.cancel(1, HERE, "you", any_of_place=False)
        await clock.advance(3)
        await clock.advance(3)
    assert [(one.job_id, one.ahead) for one in waiting(desk)] == [(3, 0), (4, 2), (5, 3)]
    assert all(one.notice.silent for one in told(desk.folder, NoticeKind.TRANSCRIBING))


async def test_another_place_is_told_that_it_is_next_and_the_others_that_they_are_one_further_back(
    desk: Desk, clock: HandClock, running: Running
):
    desk.videos.does = forever
    await placed(desk.storage, THERE)
    for number in range(4):
        await ask(desk, number)
    async with running(desk.worker().run(), Queueing(desk.storage, clock).run()):
        await clock.advance(3)
        assert ahead(await ask(desk, 9, "discord:7#i", THERE)) == 2
        await clock.advance(3)
    assert [(one.job_id, one.ahead) for one in waiting(desk)] == [(3, 3), (4, 4)]


async def test_what_is_no_answer_is_not_posted_only_to_say_that_it_waits(
    desk: Desk, clock: HandClock, running: Running
):
    desk.videos.does = forever
    for number in range(4):
        await ask(desk, number, "discord:901/")
    async with running(desk.worker().run(), Queueing(desk.storage, clock).run()):
        await clock.advance(1)
        await desk.service.cancel(1, HERE, "you", any_of_place=False)
        await clock.advance(6)
        said = await desk.service.state(4)
    assert waiting(desk) == []
    assert isinstance(said, Transcribing)
    assert said.ahead == 2, "whoever looks is told"


async def test_how_long_it_took_is_remembered_over_a_restart_and_shown_while_it_runs(
    desk: Desk, clock: HandClock, running: Running
):
    await ask(desk, 1)
    async with running(desk.worker().run()):
        await clock.advance(1)
        await clock.advance(1)
    async with desk.storage.reading() as work:
        learnt = await Reckoning.of(work)
    assert learnt.seconds("captions") is None, "it took no time on a clock that stands still"
    async with desk.storage.work() as work:
        await learnt.learn(work, "captions", 30.0, 60.0)
    desk.videos.does = forever
    job = await ask(desk, 2)
    assert job.progress["left_seconds"] == 30.0


async def test_a_running_one_says_what_is_left_of_the_time_it_usually_takes(
    desk: Desk, clock: HandClock, running: Running, known: Reckoning
):
    async def slow(folder, wish, watcher):  # type: ignore[no-untyped-def]
        fetched = await captioned(folder, wish, watcher)
        await clock.sleep(4)
        return fetched

    desk.videos.does = slow
    await ask(desk, 1)
    async with running(desk.worker().run()):
        for _ in range(8):
            await clock.advance(1)
    lefts = [one.left_seconds for one in desk.told(NoticeKind.TRANSCRIBING)]
    assert LONG in lefts
    async with desk.storage.reading() as work:
        pace = (await Reckoning.of(work)).paces["captions"]
    assert pace.count == 2
    assert (LONG + 4) / 120 <= pace.speed < LONG / 60


def test_without_anything_known_nobody_is_told_a_time() -> None:
    assert Reckoning().seconds("groq", 60.0) is None


@given(st.lists(st.tuples(st.floats(0.1, 1000), st.floats(1, 3600)), min_size=1, max_size=60))
def test_a_pace_stays_between_the_fastest_and_the_slowest(took: list[tuple[float, float]]) -> None:
    pace = Pace()
    for seconds, length in took:
        pace = pace.after(seconds, length)
    speeds = [seconds / length for seconds, length in took]
    assert min(speeds) - 1e-9 <= pace.speed <= max(speeds) + 1e-9
    assert min(length for _, length in took) - 1e-6 <= pace.length <= max(length for _, length in took) + 1e-6
