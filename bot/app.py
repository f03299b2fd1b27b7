"""The composition root: settings → parts → reactions → one TaskGroup. The only place that knows every adapter."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from bot.couriers import courier_of
from bot.engines import listening_of, screens_of, shelf_of, start_of, summarizer_of
from bot.hands import working_of
from bot.house import House
from bot.judges import Judging, alone_of, assessing_of, judge_of, judging_of, trying_of
from bot.reactions import backfilling_of, react
from bot.recordings import showing_of, transcribing_of
from bot.replays import replaying_of
from bot.sources import looking_of, official_of, tiktok_of
from bot.together import together
from core.adapters.clips.ring import RingClipper
from core.adapters.clock import FastClock, SystemClock
from core.adapters.media.landing import sweep
from core.adapters.media.late import Closing, LateCapture, LateFitter, LatePictures
from core.adapters.plots.child import ChildPlotter
from core.adapters.speech.files import OpusFiles
from core.adapters.tiktok.pictures import TikTokPictures
from core.adapters.tiktok.scripted import Recording, ScriptedSource
from core.adapters.tiktok.source import TikTok
from core.model.person import Platform
from core.ports.clock import Clock
from core.ports.media import Capture, Fitter, LiveCapture
from core.ports.messenger import Messenger
from core.ports.summarizer import Summarizer
from core.ports.tiktok import LiveSource
from core.services.announcing import Announcing
from core.services.arming import Arming
from core.services.assessing.renewing import RESCREEN
from core.services.assessing.steps import Steps
from core.services.attending import Attending
from core.services.backfilling import KIND as LATE
from core.services.carrying import Carrying
from core.services.choosing import Choosing, states_of
from core.services.clipping import Clipping, Curating, Stills
from core.services.delivering import Delivering
from core.services.diagnosing import Diagnosing
from core.services.digesting import Digesting
from core.services.enacting import Enacting
from core.services.fetching import Fetching
from core.services.finding.checking import Checking
from core.services.finding.looking import Looking
from core.services.following import Following
from core.services.hurrying import COVER, FACE, Hurrying
from core.services.incidents import Incidents
from core.services.listening import LATEST, Listening
from core.services.lives.filing import Filing
from core.services.lives.keeping import Keeping
from core.services.lives.minding import Minding
from core.services.lives.recounting import Recounting
from core.services.lives.refreshing import Refreshing
from core.services.lives.reporting import Reporting
from core.services.lives.summarizing import Summarizing
from core.services.lives.watching import Watching
from core.services.moderating.texts import Texts
from core.services.offering import KIND as REGISTER
from core.services.offering import Offering
from core.services.own.linking import Linking
from core.services.own.objecting import Objecting
from core.services.own.syncing import Syncing
from core.services.picturing import Picturing
from core.services.probing import probes_of
from core.services.reviewing.deciding import Reviewing
from core.services.reviewing.learning import Learning
from core.services.reviewing.partnering import Partnering
from core.services.searching import Searching
from core.services.settling import Settling
from core.services.sparing import Sparing
from core.services.tidying import KIND as TIDY
from core.services.tidying import Tidying
from core.services.triggering import Triggering
from core.services.videos.posting import Posting
from core.services.videos.queueing import Queueing
from core.services.videos.transcribing import Transcribing
from core.services.working import Handler, Working
from core.settings import Settings
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
async def storage_of(settings: Settings) -> AsyncIterator[Database]:
    """The opened database of an installation."""
    database = Database(settings.DATABASE_URL, settings.DATA_DIR)
    await database.open()
    try:
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def storage_as_it_is(settings: Settings) -> AsyncIterator[tuple[Database, bool | None]]:
    """The database of an installation, neither made nor changed, and whether it is of this version (None: there is none yet).
    Raises what opening raises."""
    database = Database(settings.DATABASE_URL, settings.DATA_DIR)
    try:
        yield database, await database.compared()
    finally:
        await database.close()


def house_of(
    settings: Settings,
    clock: Clock,
    database: Database,
    clipping: Clipping,
    transcribing: Transcribing,
    listening: Listening,
    choosing: Choosing,
    judging: Judging,
    tiktok: TikTok | None,
    fitter: Fitter | None = None,
    summarizer: Summarizer | None = None,
) -> House:
    """The services commands need: all a console needs beside a running Earshot. Without `tiktok` it is never asked."""
    checking = Checking(tiktok, tiktok, database, clock) if tiktok else None
    linking = Linking(database, clock, official_of(settings), settings.sign_in_lacks)
    objecting = Objecting(database, clock, linking, tiktok)
    following = Following(database, clock, settings.MAX_ACCOUNTS, checking, objecting)
    arming = Arming(database)
    curating = Curating(database, clock, clipping.screens)
    summarizing = Summarizing(database, clock, summarizer) if summarizer else None
    reporting = Reporting(database, clock, ChildPlotter(), settings.DATA_DIR / "plots", summarizing)
    recounting = Recounting(database, clock, settings.RISK_RULE)
    texts = Texts.of(database, clock, judging.weighing)
    heeds = (curating.heed, texts.naming.heed, *transcribing.heeds)
    return House(
        settings=settings,
        clock=clock,
        storage=database,
        following=following,
        settling=Settling(database, clock, following),
        announcing=Announcing(database, clock),
        arming=arming,
        carrying=Carrying(database, clock, following, arming, Enacting(texts.ruling, judging.packs)),
        clipping=clipping,
        curating=curating,
        replaying=replaying_of(settings, clock, database, clipping),
        reviewing=Reviewing(database, clock, clipping.clipper.second_of, heeds),
        learning=Learning(database, clock, settings.zone, judging.heads),
        trying=trying_of(judging),
        texts=texts,
        partnering=Partnering(database, clock),
        reporting=reporting,
        exporting=transcribing.exporting,
        filing=Filing(transcribing.exporting, reporting, recounting),
        recounting=recounting,
        minding=Minding(database, clock, settings.MAX_ACCOUNTS, checking, objecting, clipping.clipper.second_of),
        searching=Searching(database, clock),
        linking=linking,
        syncing=Syncing(database, clock, linking, transcribing),
        objecting=objecting,
        diagnosing=Diagnosing(settings.DATA_DIR / "run.json"),
        digesting=Digesting(database, clock),
        transcribing=transcribing,
        tidying=Tidying(database, clock, settings.zone, settings.DATA_DIR, transcribing),
        offering=Offering(database, clock),
        listening=listening,
        choosing=choosing,
        fetching=Fetching(database, clock, shelf_of(settings), choosing),
        sharing=judging.sharing,
        judge=judge_of(judging.steps),
        packs=judging.packs,
        fitter=fitter,
        showing=showing_of(settings, clock, database),
    )


async def media_versions() -> tuple[str, str]:
    """PyAV's version, and that of the FFmpeg inside it. Raises ImportError where it cannot be loaded."""
    from core.adapters.media.versions import versions

    return await versions()


def capture_of(settings: Settings, clock: Clock, speed: float) -> Closing:
    """The capture of lives. Its libraries take 0.2 s and 45 MB: they are imported here, not before they are needed."""
    from core.adapters.media.capture import Manner, PyAvCapture

    return PyAvCapture(Manner(settings.RING_SECONDS, settings.SEGMENT_SECONDS, now=clock.now, speed=speed))


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[House]:
    """A house in which nothing runs: commands act on storage, and whatever runs beside acts on their changes."""
    clock = SystemClock()
    capture, pictures = LateCapture(lambda: capture_of(settings, clock, 1.0)), LatePictures()
    async with (
        storage_of(settings) as database,
        listening_of(settings, lambda: choosing.now) as listening,
        tiktok_of(settings, clock) as tiktok,
        judging_of(settings, clock, database) as judging,
        screens_of(settings, clock, database, pictures) as screens,
    ):
        choosing = Choosing(database, clock, start_of(settings))
        await choosing.look()
        clips = settings.DATA_DIR / "clips"
        clipping = Clipping(database, clock, RingClipper(), clips, Sparing(clock, clips).short, screens)
        transcribing = transcribing_of(settings, clock, database, capture, listening, tiktok, screens)
        house = house_of(settings, clock, database, clipping, transcribing, listening, choosing, judging, tiktok)
        hands = working_of(house, {TIDY: house.tidying.tidy, **house.replaying.handlers})
        try:
            yield replace(house, worker=hands)
        finally:
            await transcribing.hearing.entrusting.settle()
            await house.replaying.close()
            capture.close()
            pictures.close()


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
    """Run everything until `front` returns. `source` stands in for TikTok, of which nothing is asked then; `speed` is how fast
    `clock` runs (a recording's minutes pass in seconds); `watched` may put something between the capture and who uses it."""
    clock, pictures = clock or SystemClock(), LatePictures()
    async with (
        storage_of(settings) as database,
        listening_of(settings, lambda: choosing.now) as listening,
        tiktok_of(settings, clock) as real,
        summarizer_of(settings) as summarizer,
        judging_of(settings, clock, database) as judging,
        screens_of(settings, clock, database, pictures) as screens,
    ):
        choosing = Choosing(database, clock, start_of(settings))
        tiktok = real if source is None else None
        rings, clips = RingClipper(), settings.DATA_DIR / "clips"
        sweep(clips)  # what a killed process was writing
        clipping = Clipping(database, clock, rings, clips, Sparing(clock, clips).short, screens)
        capture = LateCapture(lambda: capture_of(settings, clock, speed))
        transcribing = transcribing_of(settings, clock, database, capture, listening, real, screens)
        fitter = LateFitter()
        clipping.still = Stills(pictures).beside
        house = house_of(
            settings, clock, database, clipping, transcribing, listening, choosing, judging, tiktok, fitter, summarizer
        )
        writer = BatchedWriter(database)
        watching = Watching(source or real, database, clock, watched(capture), listening, rings.attach, rings.detach)
        watching.latest = LATEST * speed
        looking = looking_of(settings, database, clock, watching, source or real, tiktok)
        looking.read = house.portraying.read
        real.chat.first = watching.prefers
        if house.following.checking:
            house.following.checking.soon = looking.soon
            house.following.checking.read = house.portraying.read
        picturing = Picturing(TikTokPictures(settings.TIKTOK_PROXY), clock, settings.DATA_DIR / "pictures" / "covers")
        watching.cover = Hurrying(picturing, clock, COVER).of
        house.portraying.hurrying = Hurrying(picturing, clock, FACE)
        triggering = Triggering(database, clock, clipping)
        assessing = assessing_of(settings, database, judging, clock, house.sharing)
        keeping = Keeping(database, writer, transcribing.metering)
        react(watching, keeping, triggering, assessing, house.texts, Refreshing(database, clock, picturing))
        backfilling = backfilling_of(
            OpusFiles(),
            settings.DATA_DIR / "sounds",
            watching,
            triggering,
            assessing,
            house.reporting,
            house.curating,
            transcribing.metering,
        )
        made: dict[str, Handler] = {"clip": clipping.save, "report": house.reporting.report}
        made |= {RESCREEN: house.curating.judged, LATE: backfilling.completed}
        made |= {TIDY: house.tidying.tidy, REGISTER: house.offering.register, **house.replaying.handlers}
        working = working_of(house, made)
        messengers = connect(house)
        delivering, leaving = courier_of(house, messengers)
        platforms = tuple(str(platform) for platform in messengers)
        probes = probes_of(database, clock, platforms, settings.DATA_DIR, looking, writer, listening, judging.steps)
        incidents = Incidents(database, clock, probes, settings.owners, platforms)
        database.on = {News.TOLD: delivering.soon, News.ASKED: working.soon}
        house.diagnosing.chats = house.offering.states
        house.diagnosing.extra = lambda: state_of(house, real, writer, watching, working, looking, judging.steps)
        own = (writer, looking, watching, triggering, working, transcribing, transcribing.hearing.entrusting)
        telling = (delivering, leaving, picturing, incidents, choosing, house.replaying, judging.steps, house.texts)
        posting = Posting(database, clock, transcribing.hearing.source, settings.LOOK_EVERY)
        nightly = (house.digesting, house.tidying, house.learning)
        asking = (posting, Queueing(database, clock), house.linking, house.syncing) if tiktok else ()
        runs = [part.run() for part in (*own, *telling, backfilling, house.diagnosing, *nightly, *asking)]
        try:
            app = App(house, watching, delivering, asyncio.Event())
            await together(runs, app.ready, lambda: clipping.until_end(front(app)))
        finally:
            for part in (capture, fitter, pictures):
                part.close()


def state_of(
    house: House,
    tiktok: TikTok,
    writer: BatchedWriter,
    watching: Watching,
    working: Working,
    looking: Looking,
    steps: Steps,
) -> dict[str, Any]:
    """How this process is, for whoever asks from another one."""
    return {
        "writer_wait_seconds": round(writer.writer_wait_seconds, 3),
        "dropped": writer.dropped + tiktok.chat.losses.dropped,
        "lives": len(watching.watches),
        "jobs": len(working.running),
        "obs": house.replaying.said,
        "engine": house.engine,
        "judge": house.judge,
        "engines": {state.name: asdict(state) for state in states_of(house.listening)},
        "texts": {"unread": house.texts.combing.unread, "trouble": house.texts.weighing.trouble},
        "judges": [asdict(state) for state in steps.states],
        "limited_until": looking.limited_until.timestamp() if looking.limited_until else 0.0,
        "signs_left": tiktok.chat.signs_left,
        "behind": {scene.live.handle: round(scene.lag.behind, 1) for scene in watching.scenes()},
    }


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
    folder = settings.DATA_DIR / "clips" / "listen"
    try:
        async with listening_of(settings, lambda: start_of(settings)) as listening, alone_of(settings) as judging:
            yield Attending(listening, judging, folder, settings.zone), opened
    finally:
        await opened.stop()
        capture.close()
