"""`ingest`: chat from a live's source to stored, searchable rows and matched triggers: events a second on one core.

The events come from a LiveSource and go through the real watch and its reactions: dedupe, seconds of the live, the batched
writer into SQLite, 1,000 triggers. One line in 500 has a hit, which is stored, told and wished a clip in a transaction of its
own. Beside it the same rows, one row a commit. `hits_per_second` is the rate when every line has a hit.
"""

import asyncio
import os
import random
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

from core.adapters.clips.ring import RingClipper
from core.adapters.clock import SystemClock
from core.adapters.media.arrivals import EVERY_SECONDS, KEPT, Arrivals
from core.errors import Transient
from core.matching.rules import TriggerIndex, compile_rule
from core.model.account import Account, Handle
from core.model.clip import Cut
from core.model.live import ChatMessage, Chatter, LiveEvent, Look
from core.model.transcript import Gap, Span
from core.model.trigger import MatchMode, Trigger
from core.ports.media import FreshAddress
from core.ports.tiktok import Purpose, StreamAddress
from core.services.clipping import Clipping
from core.services.listening import Listening
from core.services.lives.keeping import Keeping
from core.services.lives.watching import Watching
from core.services.metering import Metering
from core.services.triggering import Triggering
from storage.database import Database
from storage.hot import row_of, store
from storage.writer import BatchedWriter
from tests.bench.lives import PLACE, follow_all

EVENTS = 100_000
ONE_BY_ONE = 1_000
ALL_HITS = 1_000
TRIGGERS = 1_000
HIT_EVERY = 500
BURST = 100  # events between two turns of the event loop, as a read of the socket brings them
RUNS = 3
BEGAN = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
SYLLABLES = "ba be bi bo da de di do ka ke ki ko la le li lo ma me mi mo na ne ni no ra re ri ro sa se si so".split()


def run() -> dict[str, Any]:
    """Goal: 20,000 events a second."""
    words = vocabulary()
    spoken, wanted = words[TRIGGERS:], words[:TRIGGERS]
    calm, all_hits = chat(spoken, EVENTS, wanted), chat(spoken, ALL_HITS, wanted, hit_every=1)
    with one_core():
        rates = sorted(asyncio.run(_through_the_watch(calm, wanted, EVENTS // HIT_EVERY)) for _ in range(RUNS))
        hit_rate = asyncio.run(_through_the_watch(all_hits, wanted, ALL_HITS))
        one_by_one = asyncio.run(_one_row_a_commit(calm[:ONE_BY_ONE], wanted))
    rate = rates[RUNS // 2]
    return {
        "figures": {
            "events_per_second": round(rate),
            "slowest_events_per_second": round(rates[0]),
            "hits_per_second": round(hit_rate),
            "events": EVENTS,
            "triggers": TRIGGERS,
            "hits": EVENTS // HIT_EVERY,
        },
        "beside": {"one row a commit": {"events_per_second": round(one_by_one)}},
        "ratio": round(rate / one_by_one, 1),
    }


@contextmanager
def one_core() -> Iterator[None]:
    """This process and its threads on one core, where the system lets us choose."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(allowed)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


def vocabulary() -> list[str]:
    """20,000 made-up words, in no order."""
    return ["".join(syllables) for syllables in random.Random(1).sample([*product(SYLLABLES, repeat=4)], 20_000)]


def chat(
    words: list[str], count: int, wanted: list[str] | None = None, hit_every: int = HIT_EVERY
) -> list[ChatMessage]:
    """`count` lines of 3 to 12 of `words`, one in ten with accents, one in ten in Chinese; every so often one of `wanted`."""
    chance = random.Random(2)
    lines = []
    for number in range(count):
        text = " ".join(chance.choices(words, k=chance.randint(3, 12)))
        if number % 10 == 0:
            text = text.replace("e", "é")
        elif number % 10 == 1:
            text = f"大家好 {text[:20]} 谢谢"
        if wanted and number % hit_every == hit_every - 1:
            text = f"{chance.choice(wanted)} {text}"
        chatter = Chatter(f"viewer{chance.randrange(2_000)}", str(number))
        lines.append(ChatMessage(str(7_000_000_000 + number), BEGAN + timedelta(milliseconds=number), chatter, text))
    return lines


@dataclass
class Socket:
    """A LiveSource whose chat comes as fast as it is taken, `BURST` lines a read, while the writer keeps up."""

    lines: list[ChatMessage]
    writer: BatchedWriter
    read: asyncio.Event = field(default_factory=asyncio.Event)

    async def look(self, handle: Handle) -> Look:
        """Live."""
        return Look(BEGAN, True, "room", started=BEGAN)

    async def confirm(self, room: str) -> bool:
        """Live."""
        return True

    async def stream(self, room: str, purpose: Purpose) -> StreamAddress:
        """There is none: chat is what counts here."""
        raise Transient("NO_STREAM")

    async def events(self, room: str) -> AsyncIterator[LiveEvent]:
        """All lines, once."""
        for number, line in enumerate(self.lines):
            yield line
            if number % BURST == 0:
                await asyncio.sleep(0)
                while self.writer.waiting > 5_000:  # the reader of a socket is slowed down by it in the same way
                    await asyncio.sleep(0.001)
        self.read.set()
        await asyncio.Event().wait()


@dataclass
class QuietCapture:
    """A capture in which nobody speaks, a quarter of an hour old; its clock is the real one."""

    length: float | None = None
    second: float = 900.0
    arrivals: Arrivals = field(default_factory=Arrivals)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        for number in range(KEPT):
            second = number * EVERY_SECONDS
            self.arrivals.mark(BEGAN - timedelta(seconds=KEPT * EVERY_SECONDS - second), second)

    def open(self, name: str, address: FreshAddress) -> "QuietCapture":
        """See Capture."""
        return self

    async def spans(self) -> AsyncIterator[Span | Gap]:
        """None."""
        nothing: tuple[Span, ...] = ()
        for span in nothing:
            yield span
        await self.over.wait()

    def second_of(self, at: datetime) -> float:
        """See LiveCapture."""
        return self.arrivals.second_of(at, 1.0)

    @property
    def first(self) -> float | None:
        """See LiveCapture."""
        return None

    async def cut(self, start: float, end: float, path: Path) -> Cut:
        """Nobody asks."""
        raise NotImplementedError

    def hurry(self) -> None:
        """Nobody waits."""

    async def stop(self) -> None:
        """See LiveCapture."""
        self.over.set()


async def _through_the_watch(lines: list[ChatMessage], wanted: list[str], hits: int) -> float:
    """Events a second until the last one is stored and matched (checked: all of them, and `hits`)."""
    with tempfile.TemporaryDirectory() as folder:
        database, clock = Database("", Path(folder)), SystemClock()
        await database.open()
        try:
            await follow_all(database, BEGAN, 1, [Trigger(0, PLACE, word) for word in wanted])
            writer = BatchedWriter(database)
            source = Socket(lines, writer)
            rings = RingClipper()
            watching = Watching(source, database, clock, QuietCapture(), Listening(()), rings.attach, rings.detach)
            triggering = Triggering(database, clock, Clipping(database, clock, rings, Path(folder)))
            watching.reactions = {
                ChatMessage: (triggering.chat, Keeping(database, writer, Metering(database, clock)).event)
            }
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(run()) for run in (writer.run, watching.run)]
                await asyncio.sleep(0)
                account = Account(1, Handle("account0"))
                began = time.perf_counter()
                await watching.read(account, await source.look(account.handle))
                await source.read.wait()
                await writer.flush()
                seconds = time.perf_counter() - began
                for task in tasks:
                    task.cancel()
            async with database.reading() as work:
                stored, found = (await work.chats.counts(1))["chat"], len(await work.hits.of_live(PLACE, 1))
        finally:
            await database.close()
    assert (stored, writer.dropped, found) == (len(lines), 0, hits), (stored, writer.dropped, found)
    return len(lines) / seconds


async def _one_row_a_commit(lines: list[ChatMessage], wanted: list[str]) -> float:
    index = TriggerIndex((word, compile_rule(word, MatchMode.WHOLE_WORD)) for word in wanted)
    with tempfile.TemporaryDirectory() as folder:
        database = Database("", Path(folder))
        await database.open()
        try:
            async with database.work() as work:
                account = await work.accounts.ensure(Handle("bench"))
                live, _ = await work.lives.begin(account, Look(BEGAN, True, "1"), [])
            began = time.perf_counter()
            for number, line in enumerate(lines):
                index.find(line.text)
                row = row_of(live.id, number / 1000, line, database.chatters.key_of)
                assert row is not None
                table, values = row
                async with database.writing() as connection:
                    await store(connection, {table: [values]})
            return len(lines) / (time.perf_counter() - began)
        finally:
            await database.close()
