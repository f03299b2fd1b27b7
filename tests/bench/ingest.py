"""Chat from a live to stored, searchable rows: how many events one process takes a second.

Each event goes through 1,000 triggers and the batched writer into SQLite; beside it the same rows, one row a commit.
"""

import asyncio
import random
import tempfile
import time
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

from core.matching.rules import TriggerIndex, compile_rule
from core.model.account import Handle
from core.model.live import ChatMessage, Chatter, Look
from core.model.trigger import MatchMode
from storage.database import Database
from storage.hot import row_of, store
from storage.writer import BatchedWriter

EVENTS = 100_000
ONE_BY_ONE = 1_000
TRIGGERS = 1_000
BURST = 100  # events between two turns of the event loop, as a read of the socket brings them
BEGAN = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
SYLLABLES = "ba be bi bo da de di do ka ke ki ko la le li lo ma me mi mo na ne ni no ra re ri ro sa se si so".split()


def run() -> dict[str, Any]:
    """The figures of the benchmark `ingest`."""
    return asyncio.run(_measure())


async def _measure() -> dict[str, Any]:
    words = vocabulary()
    events, wanted = chat(words, EVENTS), words[:: len(words) // TRIGGERS]
    with tempfile.TemporaryDirectory() as folder:
        database = Database("", Path(folder))
        await database.open()
        try:
            live_id = await _begin(database, "1")
            batched, hits = await _ingest(database, live_id, events, wanted)
            one_by_one = await _one_row_a_commit(database, await _begin(database, "2"), events[:ONE_BY_ONE], wanted)
        finally:
            await database.close()
    return {
        "figures": {"events_per_second": round(batched), "events": EVENTS, "triggers": len(wanted), "hits": hits},
        "beside": {"one row a commit": {"events_per_second": round(one_by_one)}},
        "ratio": round(batched / one_by_one, 1),
    }


def vocabulary() -> list[str]:
    """20,000 made-up words, in no order."""
    return ["".join(syllables) for syllables in random.Random(1).sample([*product(SYLLABLES, repeat=4)], 20_000)]


def chat(words: list[str], count: int) -> list[ChatMessage]:
    """`count` lines of 3 to 12 of `words`, one in ten with accents, one in ten in Chinese."""
    chance = random.Random(2)
    lines = []
    for number in range(count):
        text = " ".join(chance.choices(words, k=chance.randint(3, 12)))
        if number % 10 == 0:
            text = text.replace("e", "é")
        elif number % 10 == 1:
            text = f"大家好 {text[:20]} 谢谢"
        chatter = Chatter(f"viewer{chance.randrange(2_000)}", str(number))
        lines.append(ChatMessage(str(7_000_000_000 + number), BEGAN + timedelta(milliseconds=number), chatter, text))
    return lines


async def _begin(database: Database, room: str) -> int:
    async with database.work() as work:
        account = await work.accounts.ensure(Handle("bench"))
        live, _ = await work.lives.begin(account, Look(BEGAN, True, room), [])
    return live.id


async def _ingest(database: Database, live_id: int, events: list[ChatMessage], wanted: list[str]) -> tuple[float, int]:
    """Events a second until the last one is stored (checked: all of them), and how many hits there were."""
    index = TriggerIndex((word, compile_rule(word, MatchMode.WHOLE_WORD)) for word in wanted)
    writer = BatchedWriter(database)
    hits = 0
    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        running = group.create_task(writer.run())
        for number, event in enumerate(events):
            hits += len(index.find(event.text))
            writer.put(live_id, number / 1000, event)
            if number % BURST == 0:
                await asyncio.sleep(0)
                while writer.waiting > 5_000:  # the reader of a socket is slowed down by it in the same way
                    await asyncio.sleep(0.001)
        await writer.flush()
        seconds = time.perf_counter() - began
        running.cancel()
    async with database.reading() as work:
        stored = (await work.chats.counts(live_id))["chat"]
    assert (stored, writer.dropped) == (len(events), 0), (stored, writer.dropped)
    return len(events) / seconds, hits


async def _one_row_a_commit(database: Database, live_id: int, events: list[ChatMessage], wanted: list[str]) -> float:
    index = TriggerIndex((word, compile_rule(word, MatchMode.WHOLE_WORD)) for word in wanted)
    began = time.perf_counter()
    for number, event in enumerate(events):
        index.find(event.text)
        row = row_of(live_id, number / 1000, event)
        assert row is not None
        table, values = row
        async with database.writing() as connection:
            await store(connection, {table: [values]})
    return len(events) / (time.perf_counter() - began)
