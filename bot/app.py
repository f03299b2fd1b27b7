"""The composition root: settings → parts → reactions → one TaskGroup. The only place that knows every adapter."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.house import House
from core.adapters.clips.ring import RingClipper
from core.adapters.clock import FastClock, SystemClock
from core.adapters.media.landing import sweep
from core.adapters.media.late import Closing, LateCapture
from core.adapters.plots.child import ChildPlotter
from core.adapters.risk.rules import RulesAssessor
from core.adapters.speech.captions import CaptionsSpeech
from core.adapters.speech.groq import GroqSpeech
from core.adapters.tiktok.absent import AbsentTikTok
from core.adapters.tiktok.scripted import Recording, ScriptedSource
from core.model.live import CaptionShown, ChatMessage, GiftSent, HostEnded, Joined, Liked, ViewerCount
from core.model.person import Platform
from core.model.transcript import Gap, Segment
from core.ports.clock import Clock
from core.ports.media import Capture, LiveCapture
from core.ports.messenger import Messenger
from core.ports.speech import SpeechToText
from core.ports.tiktok import LiveSource
from core.services.arming import Arming
from core.services.assessing import Assessing
from core.services.attending import Attending
from core.services.clipping import Clipping
from core.services.delivering import Delivering
from core.services.diagnosing import Diagnosing
from core.services.exporting import Exporting
from core.services.following import Following
from core.services.keeping import Keeping
from core.services.listening import Listening
from core.services.looking import Looking
from core.services.relaying import Relaying
from core.services.reporting import Reporting
from core.services.reviewing import Reviewing
from core.services.sighting import Sighting
from core.services.triggering import Triggering
from core.services.watching import Watching
from core.services.working import Working
from core.settings import Settings, Speech
from storage.database import Database
from storage.news import News
from storage.writer import BatchedWriter

Connect = Callable[[House], Mapping[Platform, Messenger]]


@dataclass(frozen=True)
class App:
    """A running Earshot, as its surfaces see it. `ready` is set when storage is open and everything has been started."""

    house: House
    watching: Watching
    delivering: Delivering
    ready: asyncio.Event


@asynccontextmanager
async def engines(settings: Settings) -> AsyncIterator[list[SpeechToText]]:
    """The speech engines in the order they are tried; their connections are closed at the end."""
    key = settings.GROQ_API_KEY.get_secret_value() if settings.GROQ_API_KEY else ""
    captions = CaptionsSpeech()
    groq = GroqSpeech(key, settings.GROQ_BASE_URL, settings.GROQ_PATH_PREFIX, settings.GROQ_STT_MODEL)
    chosen: Mapping[Speech, list[SpeechToText]] = {
        Speech.AUTO: [captions, groq],
        Speech.CAPTIONS: [captions],
        Speech.GROQ: [groq],
        Speech.NONE: [],
    }
    try:
        yield chosen[settings.SPEECH]
    finally:
        await groq.close()


@asynccontextmanager
async def storage_of(settings: Settings) -> AsyncIterator[Database]:
    """The opened database of an installation."""
    database = Database(settings.DATABASE_URL, settings.DATA_DIR)
    await database.open()
    try:
        yield database
    finally:
        await database.close()


def house_of(
    settings: Settings, clock: Clock, database: Database, clipping: Clipping, heard_by: Sequence[SpeechToText]
) -> House:
    """The services commands need: all a console needs beside a running Earshot."""
    ready = [engine.name for engine in heard_by if engine.readiness().ready]
    return House(
        settings=settings,
        clock=clock,
        storage=database,
        following=Following(database, clock, settings.MAX_ACCOUNTS),
        arming=Arming(database),
        clipping=clipping,
        reviewing=Reviewing(database, clock),
        reporting=Reporting(database, clock, ChildPlotter(), settings.DATA_DIR / "plots"),
        exporting=Exporting(database),
        diagnosing=Diagnosing(settings.DATA_DIR / "run.json"),
        engine=", ".join(ready),
        judge=RulesAssessor().name,
    )


def capture_of(settings: Settings, clock: Clock, speed: float) -> Closing:
    """The capture of lives. Its libraries take 0.2 s and 45 MB: they are imported here, not before they are needed."""
    from core.adapters.media.capture import Manner, PyAvCapture

    return PyAvCapture(Manner(settings.RING_SECONDS, settings.SEGMENT_SECONDS, now=clock.now, speed=speed))


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[House]:
    """A house in which nothing runs: commands act on storage, and whatever runs beside acts on their changes."""
    clock = SystemClock()
    async with storage_of(settings) as database, engines(settings) as heard_by:
        clipping = Clipping(database, clock, RingClipper(), settings.DATA_DIR / "clips")
        yield house_of(settings, clock, database, clipping, heard_by)


async def serve(
    settings: Settings,
    connect: Connect,
    front: Callable[[App], Awaitable[None]],
    *,
    source: LiveSource | None = None,
    clock: Clock | None = None,
    speed: float = 1.0,
    watched: Callable[[Capture], Capture] = lambda capture: capture,
) -> None:
    """Run everything until `front` returns. `speed` is how fast `clock` runs (a recording's minutes pass in seconds);
    `watched` may put something between the capture and who uses it."""
    source, clock = source or AbsentTikTok(), clock or SystemClock()
    async with storage_of(settings) as database, engines(settings) as heard_by:
        rings, clips = RingClipper(), settings.DATA_DIR / "clips"
        sweep(clips)  # what a killed process was writing
        clipping = Clipping(database, clock, rings, clips)
        house = house_of(settings, clock, database, clipping, heard_by)
        writer = BatchedWriter(database)
        keeping = Keeping(database, writer)
        listening = Listening(heard_by)
        triggering = Triggering(database, clock, clipping)
        assessing = Assessing(database, clock, RulesAssessor(), settings.RISK_RULE)
        relaying = Relaying(database, clock)
        capture = LateCapture(lambda: capture_of(settings, clock, speed))
        watching = Watching(source, database, clock, watched(capture), listening, rings.attach, rings.detach)
        looking = Looking(source, database, clock, settings.LOOK_EVERY, watching.read, watching.unknown)
        watching.look_now = looking.soon
        watching.beside = Sighting(database, clock).run
        watching.at_end = (keeping.finish, relaying.finish)
        watching.reactions = {
            ChatMessage: (keeping.event, triggering.chat),
            GiftSent: (keeping.event,),
            Liked: (keeping.event,),
            Joined: (keeping.event,),
            ViewerCount: (keeping.event,),
            CaptionShown: (listening.caption,),
            HostEnded: (watching.host_ended,),
            Segment: (keeping.speech, triggering.speech, assessing.speech, relaying.speech),
            Gap: (keeping.speech, relaying.speech),
        }
        working = Working(database, clock, {"clip": clipping.save, "report": house.reporting.report})
        delivering = Delivering(database, clock, connect(house))
        database.on = {News.TOLD: delivering.soon, News.ASKED: working.soon}
        app = App(house, watching, delivering, asyncio.Event())
        house.diagnosing.extra = lambda: {
            "writer_wait_seconds": round(writer.writer_wait_seconds, 3),
            "dropped": writer.dropped,
            "lives": len(watching.watches),
            "jobs": len(working.running),
            "engine": house.engine,
            "judge": house.judge,
        }
        runs = (writer, looking, watching, triggering, working, delivering, house.diagnosing)
        try:
            await _together([part.run() for part in runs], app, front)
        finally:
            capture.close()


async def play(
    settings: Settings, video: Path, speed: float, connect: Connect, front: Callable[[App], Awaitable[None]]
) -> None:
    """Run everything on a recorded live, `speed` times faster than real."""
    clock = FastClock(speed)
    source = ScriptedSource(Recording.read(video), clock, speed)
    await serve(settings, connect, front, source=source, clock=clock, speed=speed, watched=source.watched)


@asynccontextmanager
async def attending(
    settings: Settings, source: str, pace: float, start: float
) -> AsyncIterator[tuple[Attending, LiveCapture]]:
    """One file or stream being attended: nothing is stored, clips go to the data folder. `pace` 0: as fast as it goes;
    a file is begun at second `start`."""
    from core.adapters.media.address import OneAddress  # imports what capture_of does

    address = OneAddress(source, settings.TIKTOK_PROXY, pace, start)
    await address.fresh()  # what cannot be opened at all is said at once, not waited for
    capture = capture_of(settings, SystemClock(), 1.0)
    opened = capture.open("listen", address.fresh)
    rule, threshold = settings.RISK_RULE, settings.RISK_THRESHOLD
    folder = settings.DATA_DIR / "clips" / "listen"
    try:
        async with engines(settings) as heard_by:
            yield Attending(Listening(heard_by), RulesAssessor(), folder, settings.zone, threshold, rule), opened
    finally:
        await opened.stop()
        capture.close()


async def _together(runs: list[Awaitable[None]], app: App, front: Callable[[App], Awaitable[None]]) -> None:
    """All parts in one group; when the front returns the others are asked to stop and finish what they must."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_run(run)) for run in runs]
        app.ready.set()
        try:
            await front(app)
        finally:
            for task in tasks:
                task.cancel()


async def _run(run: Awaitable[None]) -> None:
    await run
