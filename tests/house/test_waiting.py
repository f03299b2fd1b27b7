"""Waiting in tests: what comes is given, what does not come is said."""

import asyncio

import pytest

from tests.waiting import Changing, listening, until


async def test_the_first_truth_is_given_of_what_answers_at_once_and_of_what_is_awaited() -> None:
    answers = iter([0, [], "there"])

    async def later() -> str:
        return next(answers)

    assert await until(later) == "there"
    assert await until(lambda: 7) == 7


async def test_who_waits_in_vain_reads_what_was_waited_for_and_what_was_there_instead() -> None:
    posts, word = ["one"], "two"
    with pytest.raises(TimeoutError) as caught:
        await until(lambda: word in posts, 0.05)
    said = str(caught.value)
    assert "waited 0.05 s for await until(lambda: word in posts, 0.05)" in said
    assert "posts = ['one']" in said
    assert "word = 'two'" in said
    assert "last it gave False" in said


async def test_a_wait_inside_a_wait_says_what_both_were_for() -> None:
    def wanted(number: int) -> bool:
        return number == 2

    with pytest.raises(TimeoutError, match="return number == 2"):
        await Changing().until(lambda: wanted(1), 0.05)


async def test_a_timeout_of_the_condition_itself_is_not_taken_for_the_waits() -> None:
    async def broken() -> None:
        raise TimeoutError("mine")

    with pytest.raises(TimeoutError, match=r"^mine$"):
        await until(broken)


async def test_a_condition_that_never_answers_is_waited_for_no_longer() -> None:
    with pytest.raises(TimeoutError, match=r"waited 0\.05 s for <bound method Event.wait"):
        await until(asyncio.Event().wait, 0.05)


async def test_a_change_that_is_told_is_seen_at_once() -> None:
    changing, there = Changing(), list[int]()

    async def change() -> None:
        there.append(1)
        changing.tell()

    async with asyncio.timeout(0.2), asyncio.TaskGroup() as group:  # sooner than a glance
        waiting = group.create_task(changing.until(lambda: there, 5.0))
        group.create_task(change())
    assert waiting.result() == [1]


async def test_a_port_is_waited_for_until_somebody_takes_connections() -> None:
    server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", start_serving=False)
    port = server.sockets[0].getsockname()[1]
    waiting = asyncio.create_task(listening(port))
    async with server:
        await server.start_serving()
        await waiting
