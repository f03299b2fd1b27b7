"""Hot rows: stored in batches, once, searchable, and never at the cost of memory."""

import asyncio
import sqlite3
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from core.errors import Transient
from core.model.found import Sought
from core.model.live import (
    CaptionShown,
    ChatMessage,
    Chatter,
    GiftSent,
    HostEnded,
    HostPaused,
    Joined,
    Liked,
    ViewerCount,
)
from storage.database import Database
from storage.writer import MOST_WAITING, BatchedWriter
from tests.waiting import PATIENCE, until

BOB = Chatter("bob", "7001")


def _line(stage, number: int, words: str = "hello") -> ChatMessage:
    return ChatMessage(f"m{number}", stage.now + timedelta(seconds=number), BOB, words)


async def _stored(database: Database, live_id: int) -> int:
    async with database.reading() as work:
        return (await work.chats.counts(live_id))["chat"]


async def _limit_pages(database: Database, pages: int) -> None:
    async with database.writing() as connection:
        await connection.execute(text(f"pragma max_page_count = {pages}"))


async def test_everything_of_a_chat_comes_back_in_order_without_numbers_of_people(database: Database, stage):
    events = [
        (0.5, Joined(stage.now, Chatter("bob"), "join")),
        (1.0, ChatMessage("m1", stage.now, Chatter("bob"), "¡Hóla! 世界 \U0001f389")),
        (1.5, GiftSent("g1", stage.now, Chatter("ann"), "Rose", 12)),
        (2.0, Liked(stage.now, 15)),
        (2.5, Joined(stage.now, Chatter("ann"), "follow")),
        (3.0, Joined(stage.now, Chatter("ann"), "share")),
    ]
    writer = BatchedWriter(database)
    writer.put(stage.live.id, 1.0, ChatMessage("m1", stage.now, Chatter("bob", "7001"), "¡Hóla! 世界 \U0001f389"))
    for second, event in events:
        writer.put(stage.live.id, second, event)
    await writer.flush()
    async with database.reading() as work:
        assert await work.chats.of_live(stage.live.id) == events
        assert await work.chats.of_live(stage.live.id, start=1.0, end=2.0) == events[1:4]
        counts = await work.chats.counts(stage.live.id)
    assert counts == {"chat": 1, "gift": 1, "like": 1, "join": 1, "follow": 1, "share": 1}
    assert b"7001" not in database.path.read_bytes()


async def test_what_is_no_chat_is_not_kept(database: Database, stage):
    writer = BatchedWriter(database)
    for event in (
        CaptionShown(stage.now, stage.now, "words"),
        HostPaused(stage.now, True),
        HostEnded(stage.now),
    ):
        writer.put(stage.live.id, 1.0, event)
    assert writer.waiting == 0


async def test_a_message_that_comes_again_is_one_row(database: Database, stage):
    writer = BatchedWriter(database)
    for number in (1, 2, 1, 1):
        writer.put(stage.live.id, 1.0, _line(stage, number))
    await writer.flush()
    writer.put(stage.live.id, 9.0, _line(stage, 2))
    writer.put(stage.live.id, 9.0, GiftSent("g", stage.now, BOB, "Rose", 1))
    writer.put(stage.live.id, 9.0, GiftSent("g", stage.now, BOB, "Rose", 1))
    await writer.flush()
    async with database.reading() as work:
        counts = await work.chats.counts(stage.live.id)
        assert (counts["chat"], counts["gift"]) == (2, 1)
        assert len(await work.search.find(stage.here, "", Sought(("hello",)))) == 2


async def test_messages_without_an_id_are_all_kept(database: Database, stage):
    writer = BatchedWriter(database)
    for words in ("one", "two"):
        writer.put(stage.live.id, 1.0, ChatMessage("", stage.now, BOB, words))
    await writer.flush()
    async with database.reading() as work:
        assert [event.text for _, event in await work.chats.of_live(stage.live.id)] == ["one", "two"]


async def test_viewers_are_kept_with_their_peak_and_mean(database: Database, stage):
    writer = BatchedWriter(database)
    for second, count in ((1.0, 10), (2.0, 40)):
        writer.put(stage.live.id, second, ViewerCount(stage.now, count))
    await writer.flush()
    writer.put(stage.live.id, 3.0, ViewerCount(stage.now, 10))
    await writer.flush()
    async with database.reading() as work:
        assert await work.lives.viewers(stage.live.id) == [(1.0, 10), (2.0, 40), (3.0, 10)]
        live = await work.lives.get(stage.live.id)
    assert (live.viewers_peak, live.viewers_mean) == (40, 20.0)


async def test_rows_of_a_live_that_is_gone_do_not_hold_up_the_others(database: Database, stage):
    writer = BatchedWriter(database)
    writer.put(999, 1.0, _line(stage, 1))
    writer.put(stage.live.id, 1.0, _line(stage, 1))
    await writer.flush()
    assert (await _stored(database, 999), await _stored(database, stage.live.id)) == (0, 1)


@pytest.mark.parametrize("words", ["half \ud83d of a pair", "nul \0 inside", "", "a" * 100_000, '"; drop table live'])
async def test_whatever_people_write_is_stored(database: Database, stage, words: str):
    writer = BatchedWriter(database)
    writer.put(stage.live.id, 1.0, _line(stage, 1, words))
    writer.put(stage.live.id, 1.0, Liked(stage.now, 2**70))
    await writer.flush()
    async with database.reading() as work:
        ((_, line), (_, like)) = await work.chats.of_live(stage.live.id)
    assert line.text == words.replace("\ud83d", "?")
    assert like.count == 2**31 - 1


async def test_a_naive_time_is_refused_at_once(database: Database, stage):
    writer = BatchedWriter(database)
    with pytest.raises(ValueError, match="naive"):
        writer.put(stage.live.id, 1.0, ChatMessage("m", datetime(2026, 1, 1), BOB, "x"))
    assert writer.waiting == 0


async def test_a_running_writer_stores_soon_and_once_more_at_its_end(database: Database, stage):
    writer = BatchedWriter(database)
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        running = group.create_task(writer.run())
        writer.put(stage.live.id, 1.0, _line(stage, 1))
        assert writer.writer_wait_seconds >= 0
        await until(lambda: _stored(database, stage.live.id))
        writer.put(stage.live.id, 2.0, _line(stage, 2))
        running.cancel()
    assert await _stored(database, stage.live.id) == 2
    assert (writer.waiting, writer.writer_wait_seconds) == (0, 0.0)


async def test_an_overflow_drops_the_oldest_likes_and_joins_first_and_counts_them(database: Database, stage):
    writer = BatchedWriter(database)
    writer.put(stage.live.id, 0.0, Joined(stage.now, BOB, "join"))
    writer.put(stage.live.id, 0.5, Liked(stage.now, 1))
    for number in range(MOST_WAITING - 1):
        writer.put(stage.live.id, float(number), _line(stage, number))
    assert (writer.waiting, writer.dropped) == (MOST_WAITING, 1)
    writer.put(stage.live.id, 1.0, GiftSent("g", stage.now, BOB, "Rose", 1))
    assert writer.dropped == 2
    writer.put(stage.live.id, 1.0, ViewerCount(stage.now, 5))
    assert (writer.waiting, writer.dropped) == (MOST_WAITING, 3)
    await writer.flush()
    async with database.reading() as work:
        counts = await work.chats.counts(stage.live.id)
        first = (await work.chats.of_live(stage.live.id, end=0.9))[:1]
    assert (counts["chat"], counts["gift"], counts["like"], counts["join"]) == (MOST_WAITING - 2, 1, 0, 0)
    assert first == []  # the oldest line went when there was nothing lighter left


async def test_rows_wait_while_the_disk_is_full_and_are_stored_when_it_is_not(database: Database, stage):
    writer = BatchedWriter(database)
    await _limit_pages(database, 1)
    for number in range(3_000):
        writer.put(stage.live.id, 1.0, _line(stage, number, f"word{number} " * 20))
    with pytest.raises(Transient, match="DISK"):
        await writer.flush()
    assert (writer.waiting, writer.dropped, await _stored(database, stage.live.id)) == (3_000, 0, 0)
    await _limit_pages(database, 1_000_000)
    await writer.flush()
    assert await _stored(database, stage.live.id) == 3_000


async def test_a_running_writer_survives_a_locked_database(database: Database, stage, monkeypatch):
    monkeypatch.setattr("storage.writer.AGAIN_SECONDS", 0.01)
    async with database.writing() as connection:
        await connection.execute(text("pragma busy_timeout = 10"))
    other = sqlite3.connect(database.path, isolation_level=None)
    other.execute("begin immediate")
    writer = BatchedWriter(database)
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        running = group.create_task(writer.run())
        writer.put(stage.live.id, 1.0, _line(stage, 1))
        await until(lambda: writer.writer_wait_seconds >= 0.3)  # it has failed at least once by then
        other.execute("rollback")
        other.close()
        await until(lambda: _stored(database, stage.live.id))
        running.cancel()


async def test_a_flush_beside_a_running_writer_waits_for_the_batch_under_way(database: Database, stage):
    writer = BatchedWriter(database)
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        running = group.create_task(writer.run())
        for number in range(2_000):
            writer.put(stage.live.id, 1.0, _line(stage, number))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await writer.flush()
        assert await _stored(database, stage.live.id) == 2_000
        running.cancel()
