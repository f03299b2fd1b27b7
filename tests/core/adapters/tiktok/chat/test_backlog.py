"""The backlog of a room: in order, bounded, and what goes first when it is full."""

import asyncio
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.adapters.tiktok.chat.backlog import MINOR, Backlog
from core.adapters.tiktok.chat.limits import Losses
from core.model.live import ChatMessage, Chatter, Joined, Liked, LiveEvent
from tests.waiting import PATIENCE

AT = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)


def event(kind: str, number: int) -> LiveEvent:
    if kind == "like":
        return Liked(AT, number)
    return Joined(AT, Chatter(str(number))) if kind == "join" else ChatMessage(str(number), AT, Chatter("bob"), "hi")


@given(some.lists(some.sampled_from(["chat", "like", "join"]), max_size=60), some.integers(1, 8))
def test_likes_and_joins_go_first_then_the_oldest_and_the_order_stays(kinds: list[str], most: int) -> None:
    losses = Losses()
    backlog, kept = Backlog(losses, most), list[LiveEvent]()
    for number, kind in enumerate(kinds):
        backlog.put(event(kind, number))
        if len(kept) == most:
            kept.remove(next((one for one in kept if isinstance(one, MINOR)), kept[0]))
        kept.append(event(kind, number))
    assert list(iter(backlog.take, None)) == kept
    assert losses.dropped == len(kinds) - len(kept)


async def test_who_waits_is_woken_by_an_event_and_by_the_end() -> None:
    backlog = Backlog(Losses())
    waiting = asyncio.create_task(backlog.more())
    await asyncio.sleep(0)
    assert not waiting.done()
    backlog.put(event("like", 1))
    await asyncio.wait_for(waiting, PATIENCE)
    assert backlog.take() is not None
    waiting = asyncio.create_task(backlog.more())
    await asyncio.sleep(0)
    backlog.close()
    await asyncio.wait_for(waiting, PATIENCE)
    assert backlog.take() is None


async def test_who_gives_up_waiting_misses_nothing() -> None:
    backlog = Backlog(Losses())
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await backlog.more()
    backlog.put(event("chat", 1))
    await backlog.more()
    assert backlog.take() == event("chat", 1)
