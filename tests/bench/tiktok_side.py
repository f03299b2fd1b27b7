"""One side of the bench `tiktok`: python -m tests.bench.tiktok_side URL ours|bare mixed|comments, or latency, rooms, looks.

Prints its figures as JSON. CPU is that of this process from the moment it is connected.
"""

import asyncio
import gc
import json
import os
import sys
import tempfile
import time
import warnings
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from core.adapters.clips.ring import RingClipper
from core.adapters.clock import SystemClock
from core.adapters.tiktok.chat.chat import Chat
from core.adapters.tiktok.rooms import Rooms
from core.adapters.tiktok.web import Web
from core.errors import Transient
from core.model.account import Account, Handle
from core.model.live import ChatMessage, GiftSent, Joined, Liked, LiveEvent, Look, ViewerCount
from core.model.trigger import Trigger
from core.ports.tiktok import Purpose, StreamAddress
from core.services.clipping import Clipping
from core.services.listening import Listening
from core.services.lives.keeping import Keeping
from core.services.lives.scene import Scene
from core.services.lives.watching import Watching
from core.services.metering import Metering
from core.services.triggering import Triggering
from storage.database import Database
from storage.writer import BatchedWriter
from tests.bench.ingest import QuietCapture, vocabulary
from tests.bench.lives import PLACE, follow_all, percentile
from tests.platforms.tiktok import Control
from tests.waiting import until

NAME = "account0"
TRIGGERS = 1_000
EVENTS_EACH_SECOND = 600
SECONDS = 6
LATENCY_EVENTS_EACH_SECOND = 300
LATENCY_SECONDS = 20
HIT_EVERY = 4  # comments
ROOMS = 200
IDLE_SECONDS = 20.0
LOOKS = 1_000
STREAMS = {  # of the events of a second; comments come in frames of `batch`, likes and joins with them
    "mixed": {"comments": 0.2, "likes": 0.55, "joins": 0.25, "batch": 1},
    "comments": {"comments": 1.0, "likes": 0.0, "joins": 0.0, "batch": 5},
}
PATIENCE = 60.0


async def ours(control: Control, stream: str) -> dict[str, float]:
    """Earshot: from the socket to matched and stored."""
    comments, events = volume(stream, EVENTS_EACH_SECOND, SECONDS)
    async with earshot(control, vocabulary()[:TRIGGERS]) as side:
        began = time.process_time()
        await pour(control, stream, EVENTS_EACH_SECOND, SECONDS)
        await until(lambda: side.comments >= comments, PATIENCE, seldom)
        await side.writer.flush()
        used = time.process_time() - began
        stored = await side.stored()
    assert stored == comments, (stored, comments)
    return {"events_per_cpu_second": events / used}


async def bare(control: Control, stream: str) -> dict[str, float]:
    """TikTokLive as its readme shows it, counting comments."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from TikTokLive import TikTokLiveClient
        from TikTokLive.events import CommentEvent
    comments, events = volume(stream, EVENTS_EACH_SECOND, SECONDS)
    room, seen = await live(control), 0

    async def count(event: CommentEvent) -> None:
        nonlocal seen
        seen += bool(event.comment)

    client = TikTokLiveClient(f"@{NAME}")
    client.add_listener(CommentEvent, count)
    await client.start(room_id=int(room), fetch_live_check=False)
    await there(control, 1)
    began = time.process_time()
    await pour(control, stream, EVENTS_EACH_SECOND, SECONDS)
    await until(lambda: seen >= comments, PATIENCE, seldom)
    used = time.process_time() - began
    await client.disconnect()
    return {"events_per_cpu_second": events / used}


async def latency(control: Control) -> dict[str, float]:
    """From the moment a comment is sent to its hit being stored, at 300 events a second."""
    comments, _ = volume("mixed", LATENCY_EVENTS_EACH_SECOND, LATENCY_SECONDS)
    wanted = {str(number) for number in range(HIT_EVERY, comments + 1, HIT_EVERY)}
    took: list[float] = []

    async def hit(scene: Scene, event: ChatMessage) -> None:
        _, number, stamp = event.text.split()
        if number in wanted:
            took.append(time.time() - int(stamp.removeprefix("@")) / 1e9)

    async with earshot(control, [*vocabulary()[: TRIGGERS - len(wanted)], *wanted], hit) as side:
        await pour(control, "mixed", LATENCY_EVENTS_EACH_SECOND, LATENCY_SECONDS)
        await until(lambda: side.comments >= comments, PATIENCE, seldom)
        hits = await side.hits()
    assert hits == len(wanted) == len(took), (hits, len(wanted), len(took))
    return {
        "event_to_hit_p50_seconds": round(percentile(took, 0.5), 4),
        "event_to_hit_p99_seconds": round(percentile(took, 0.99), 4),
        "hits": len(took),
    }


async def rooms(control: Control) -> dict[str, float]:
    """What a connected room takes when nothing happens but heartbeats. The first one loads the library and is not counted."""
    web = Web()
    chat = Chat(web, "", control.url, SystemClock())
    numbers = [await live(control, f"room{number}") for number in range(ROOMS + 1)]

    async def stay(number: str) -> None:
        async for _ in chat.events(number):
            pass

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(stay(numbers[0]))]
        await there(control, 1)
        before = resident()
        connecting = time.process_time()
        tasks += [group.create_task(stay(number)) for number in numbers[1:]]
        await there(control, ROOMS + 1)
        connected, after = time.process_time(), resident()
        await asyncio.sleep(IDLE_SECONDS)
        idle = time.process_time() - connected
        for task in tasks:
            task.cancel()
    await web.close()
    return {
        "rss_mb_per_room": round((after - before) / ROOMS, 3),
        "cpu_percent_per_room_idle": round(idle / IDLE_SECONDS / ROOMS * 100, 4),
        "connect_cpu_ms": round((connected - connecting) / ROOMS * 1000, 2),
        "rooms": ROOMS,
    }


async def looks(control: Control) -> dict[str, float]:
    """A thousand accounts looked at, ten at a time, through the proxy over TLS; a twentieth of them is live."""
    web = Web(looks_per_second=1e6, at_once=10)
    source = Rooms(web, SystemClock())
    names = [f"looked{number}" for number in range(LOOKS)]
    for number, name in enumerate(names):
        await control.ask("live" if number % 20 == 0 else "account", unique_id=name)
    await source.look(Handle(names[0]))
    began, clock = time.process_time(), time.perf_counter()
    found = await asyncio.gather(*(source.look(Handle(name)) for name in names))
    used, passed = time.process_time() - began, time.perf_counter() - clock
    await web.close()
    assert sum(look.live for look in found) == LOOKS // 20
    return {"look_cpu_ms": round(used / LOOKS * 1000, 2), "looks_seconds": round(passed, 2), "looks": LOOKS}


@dataclass
class Side:
    """Earshot on one live. `comments` counts those it has decided about."""

    database: Database
    writer: BatchedWriter
    comments: int = 0

    async def count(self, scene: Scene, event: ChatMessage) -> None:
        """A reaction."""
        self.comments += 1

    async def stored(self) -> int:
        """Comments in storage."""
        async with self.database.reading() as work:
            return int((await work.chats.counts(1))["chat"])

    async def hits(self) -> int:
        """Hits in storage."""
        async with self.database.reading() as work:
            return len(await work.hits.of_live(PLACE, 1))


@dataclass(frozen=True)
class Source:
    """A LiveSource whose chat is the real one; its only live has no picture."""

    chat: Chat

    async def look(self, handle: Handle) -> Look:
        """Not asked."""
        raise Transient("TIKTOK_DOWN")

    async def confirm(self, room: str) -> bool:
        """Live."""
        return True

    async def stream(self, room: str, purpose: Purpose) -> StreamAddress:
        """None: chat is what counts here."""
        raise Transient("STREAM_DOWN")

    def events(self, room: str) -> AsyncGenerator[LiveEvent, None]:
        """The chat."""
        return self.chat.events(room)


@asynccontextmanager
async def earshot(
    control: Control, words: list[str], also: Callable[[Scene, ChatMessage], object] | None = None
) -> AsyncIterator[Side]:
    """Watching one live with `words` as triggers; connected when the block begins. `also` is a last reaction to comments."""
    with tempfile.TemporaryDirectory() as folder:
        database, clock, web = Database("", Path(folder)), SystemClock(), Web()
        await database.open()
        await follow_all(database, clock.now(), 1, [Trigger(0, PLACE, word) for word in words])
        chat, writer, rings = Chat(web, "", control.url, clock), BatchedWriter(database), RingClipper()
        side, keeping = Side(database, writer), Keeping(database, writer, Metering(database, clock))
        watching = Watching(Source(chat), database, clock, QuietCapture(), Listening(()), rings.attach, rings.detach)
        triggering = Triggering(database, clock, Clipping(database, clock, rings, Path(folder)))
        counted = (triggering.chat, keeping.event, *((also,) if also else ()), side.count)
        watching.reactions = {ChatMessage: counted} | dict.fromkeys(
            (GiftSent, Liked, Joined, ViewerCount), (keeping.event,)
        )
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(run()) for run in (writer.run, watching.run)]
            await asyncio.sleep(0)
            room = await live(control)
            await watching.read(Account(1, Handle(NAME)), Look(clock.now(), True, room, started=clock.now()))
            await there(control, 1)
            gc.freeze()  # as `earshot run` does
            yield side
            for task in tasks:
                task.cancel()
        await web.close()
        await database.close()


async def live(control: Control, name: str = NAME) -> str:
    """`name` goes live; the room."""
    return str((await control.ask("live", unique_id=name))["room_id"])


async def there(control: Control, sockets: int) -> None:
    """Wait until so many rooms are being read."""

    async def read() -> bool:
        told = await control.ask("stats")
        return sum(room["sockets"] for room in told["rooms"].values()) >= sockets

    await until(read, PATIENCE, seldom)


def volume(stream: str, each_second: int, seconds: int) -> tuple[int, int]:
    """How many comments and how many events `pour` sends."""
    mix = STREAMS[stream]
    return round(each_second * seconds * mix["comments"]), each_second * seconds


async def pour(control: Control, stream: str, each_second: int, seconds: int) -> None:
    """Let a stream come."""
    mix = STREAMS[stream]
    amounts = {
        name: each_second * mix[key] for name, key in (("rate", "comments"), ("likes", "likes"), ("joins", "joins"))
    }
    await control.ask("load", seconds=seconds, rooms=[NAME], batch=mix["batch"], text="line", **amounts)


async def seldom() -> None:
    """Between two looks: looking costs as well."""
    await asyncio.sleep(0.05)


def resident() -> float:
    """MB."""
    gc.collect()
    return psutil.Process().memory_info().rss / 1e6


SIDES = {"ours": ours, "bare": bare, "latency": latency, "rooms": rooms, "looks": looks}

if __name__ == "__main__":
    url, what, *more = sys.argv[1:]
    os.environ["SIGN_API_URL"] = url
    sys.stdout.write(json.dumps(asyncio.run(SIDES[what](Control(url), *more))) + "\n")
