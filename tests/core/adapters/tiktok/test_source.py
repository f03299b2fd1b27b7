"""TikTok as one source, over its web and its chat, on the loopback TikTok."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from core.adapters.clock import SystemClock
from core.adapters.tiktok.source import TikTok as Source
from core.model.account import Handle
from core.model.live import ChatMessage
from core.ports.tiktok import Purpose
from tests.platforms.tiktok import Comment, TikTok
from tests.platforms.tiktok.fixtures import tiktok, tiktok_media
from tests.waiting import PATIENCE

__all__ = ["tiktok", "tiktok_media"]
ALICE = Handle("alice")


@pytest.fixture
async def source(tiktok: TikTok) -> AsyncIterator[Source]:
    source = Source(tiktok.proxy, "", tiktok.url, SystemClock())
    yield source
    await source.close()


async def test_a_live_is_found_confirmed_read_and_opened_through_one_source(tiktok: TikTok, source: Source) -> None:
    tiktok.live("alice", title="Cooking")
    look = await source.look(ALICE)
    assert (look.live, look.title) == (True, "Cooking")
    assert await source.confirm(look.room)
    assert await source.alive([look.room]) == {look.room}
    assert (await source.stream(look.room, Purpose.CLIPS)).proxy == tiktok.proxy
    assert (await source.profile(ALICE)).tiktok_id == look.tiktok_id
    assert await source.handle_of(look.tiktok_id) == ALICE
    events = source.events(look.room)
    async with asyncio.timeout(PATIENCE):
        first = asyncio.ensure_future(anext(events))
        while not first.done():
            await tiktok.emit("alice", Comment("bob", "wow"))
            await asyncio.wait((first,), timeout=0.1)
    assert isinstance(first.result(), ChatMessage)
    await events.aclose()  # type: ignore[attr-defined]


async def test_a_source_nobody_asks_costs_nothing_and_can_be_closed() -> None:
    source = Source("", "", "http://127.0.0.1:1", SystemClock())
    await source.close()
    await source.close()
