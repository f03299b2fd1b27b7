"""The engine that was chosen at run time: kept, heeded by every process, and let go when the settings say something else."""

import asyncio

import pytest

from core.errors import Denied
from core.services.choosing import MEMO, Choice, Choosing, states_of
from core.services.listening import Listening
from tests.doubles import CountedStorage, HandClock, engine

START, LOCAL = Choice("auto", "base"), Choice("whisper", "small")


@pytest.fixture
def choosing(storage: CountedStorage, clock: HandClock) -> Choosing:
    return Choosing(storage, clock, START)


async def choose(choosing: Choosing, choice: Choice) -> None:
    async with choosing.storage.work() as work:
        await choosing.choose(work, choice)


async def test_the_settings_count_until_something_is_chosen(choosing: Choosing) -> None:
    assert choosing.now == START
    assert await choosing.look() == START
    await choose(choosing, LOCAL)
    assert choosing.now == START, "nobody has looked yet"
    assert await choosing.look() == LOCAL


async def test_another_process_heeds_it_within_half_a_second(choosing: Choosing, clock: HandClock) -> None:
    other = Choosing(choosing.storage, clock, START)
    task = asyncio.create_task(other.run())
    await clock.settled()
    await choose(choosing, LOCAL)
    await clock.advance(0.5)
    assert other.now == LOCAL
    task.cancel()


async def test_a_choice_counts_no_more_once_the_settings_say_something_else(choosing: Choosing) -> None:
    await choose(choosing, LOCAL)
    for start in (Choice("groq", "base"), Choice("auto", "tiny")):
        assert await Choosing(choosing.storage, choosing.clock, start).look() == start
    assert await Choosing(choosing.storage, choosing.clock, START).look() == LOCAL


async def test_another_engine_leaves_the_model_that_was_fetched_meanwhile(choosing: Choosing) -> None:
    other = Choosing(choosing.storage, choosing.clock, START)
    await choosing.look()
    await choose(other, LOCAL)
    async with choosing.storage.work() as work:
        await choosing.choose_engine(work, "groq")
    assert await choosing.look() == Choice("groq", LOCAL.model)


async def test_what_the_settings_say_anyway_leaves_no_note(choosing: Choosing) -> None:
    await choose(choosing, LOCAL)
    await choose(choosing, START)
    assert await choosing.look() == START
    async with choosing.storage.reading() as work:
        assert await work.memos.get(MEMO) == ""


@pytest.mark.parametrize("note", ["{", "[]", "null", '{"engine": "groq"}', '{"instead of": 7}'])
async def test_a_note_nobody_can_read_is_none(choosing: Choosing, note: str) -> None:
    async with choosing.storage.work() as work:
        await work.memos.put(MEMO, note)
    assert await choosing.look() == START


def test_every_engine_says_how_it_is_and_whether_it_is_tried() -> None:
    groq, whisper = engine("groq"), engine("whisper", ready=False)
    listening = Listening([groq, whisper], lambda: "whisper")
    listening.refuse("groq", Denied("ENGINE_KEY", engine="groq"))
    states = {state.name: state for state in states_of(listening)}
    assert (states["groq"].ready, states["groq"].tried, states["groq"].refused) == (False, False, True)
    assert (states["whisper"].ready, states["whisper"].tried, states["whisper"].refused) == (False, True, False)
