"""Small working stand-ins for what lies outside: a clock moved by hand, a TikTok and engines that do what a test says."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from core.errors import EarshotError, Missing, Transient
from core.model.account import Handle
from core.model.clip import Cut
from core.model.live import Live, Look
from core.model.notice import Notice
from core.model.transcript import Gap, Heard, Span
from core.ports.media import FreshAddress
from core.ports.messenger import Pace
from core.ports.plotter import Bars, Timeline
from core.ports.printer import Sheet
from core.ports.speech import About, Check, Hint, Readiness
from core.ports.store import Work
from core.ports.tiktok import Purpose, StreamAddress
from storage.database import Database
from tests.judges import StagedJudge as StagedJudge
from tests.judges import harmless as harmless
from tests.waiting import PATIENCE

BEGAN = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)


@dataclass
class CountedStorage:
    """The real database; `open` is how many transactions are under way. `busy` transactions of the next ones fail."""

    database: Database
    open: int = 0
    busy: int = 0
    _ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def ended(self) -> None:
        """Until one of them has ended."""
        self._ended.clear()
        await self._ended.wait()

    @asynccontextmanager
    async def _counted(self, context: AbstractAsyncContextManager[Work]) -> AsyncIterator[Work]:
        self.open += 1
        try:
            if self.busy:
                self.busy -= 1
                raise Transient("STORE_BUSY")
            async with context as work:
                yield work
        finally:
            self.open -= 1
            self._ended.set()

    def work(self) -> AbstractAsyncContextManager[Work]:
        return self._counted(self.database.work())

    def reading(self) -> AbstractAsyncContextManager[Work]:
        return self._counted(self.database.reading())


@dataclass
class HandClock:
    """Stands still until a test moves it. `storage` tells when what woke up has done its work."""

    storage: CountedStorage
    at: datetime = BEGAN
    _asleep: list[tuple[datetime, asyncio.Event]] = field(default_factory=list)

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        woken = asyncio.Event()
        one = (self.at + timedelta(seconds=seconds), woken)
        self._asleep.append(one)
        try:
            await woken.wait()
        finally:
            if one in self._asleep:
                self._asleep.remove(one)

    async def advance(self, seconds: float) -> None:
        """Let `seconds` pass at once, and wait until whoever woke up waits again."""
        await self.settled()
        self.at += timedelta(seconds=seconds)
        for one in [one for one in self._asleep if one[0] <= self.at]:
            one[1].set()
        await self.settled()

    async def settled(self) -> None:
        """Until nothing is under way: no transaction, nothing in a thread, and nothing left that the loop could run at once."""
        calm = 0
        async with asyncio.timeout(PATIENCE):
            while calm < 30:
                if self.storage.open:
                    await self.storage.ended()
                    calm = 0
                await asyncio.sleep(0 if calm else 0.0005)
                calm = 0 if self.storage.open or _threads_work() else calm + 1


def _threads_work() -> bool:
    """Whether a thread is at something the loop waits for (`asyncio.to_thread`)."""
    pool: Any = getattr(asyncio.get_running_loop(), "_default_executor", None)
    return pool is not None and (pool._work_queue.qsize() > 0 or pool._idle_semaphore._value < len(pool._threads))


@dataclass
class StagedTikTok:
    """TikTok as a test wants it: who is live in which room, which looks fail, what happens in a room. While there is an
    `unsigned`, no chat can be opened and it is raised instead."""

    clock: HandClock
    rooms: dict[str, str] = field(default_factory=dict)
    faults: dict[str, Exception] = field(default_factory=dict)
    doubted: set[str] = field(default_factory=set)
    looks: list[tuple[str, datetime]] = field(default_factory=list)
    confirmed: list[str] = field(default_factory=list)
    chats: dict[str, "asyncio.Queue[Any]"] = field(default_factory=dict)
    joined: list[str] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=dict)
    covers: dict[str, str] = field(default_factory=dict)
    unsigned: Exception | None = None
    purposes: list[Purpose] = field(default_factory=list)

    async def look(self, handle: Handle) -> Look:
        self.looks.append((handle, self.clock.now()))
        if handle in self.faults:
            raise self.faults[handle]
        room = self.rooms.get(handle, "")
        title = self.titles.get(handle, "Sunday kitchen")
        now, cover = self.clock.now(), self.covers.get(handle, "") if room else ""
        return Look(now, bool(room), room, title, handle.title(), "71", 10, 180, now, cover)

    async def confirm(self, room: str) -> bool:
        self.confirmed.append(room)
        if "confirm" in self.faults:
            raise self.faults["confirm"]
        return room in self.rooms.values() and room not in self.doubted

    async def events(self, room: str) -> AsyncIterator[Any]:
        self.joined.append(room)
        if self.unsigned is not None:
            raise self.unsigned
        chat = self.chats.setdefault(room, asyncio.Queue())
        while (event := await chat.get()) is not None:
            if isinstance(event, Exception):
                raise event
            yield event

    async def stream(self, room: str, purpose: Purpose) -> StreamAddress:
        self.purposes.append(purpose)
        if room not in self.rooms.values():
            raise Missing("ROOM_OVER", x=room)
        return StreamAddress(f"staged://{room}")

    def says(self, room: str, *events: Any) -> None:
        """What happens in `room`; an exception breaks the connection, None ends it."""
        chat = self.chats.setdefault(room, asyncio.Queue())
        for event in events:
            chat.put_nowait(event)


@dataclass(eq=False)
class StagedLiveCapture:
    """A capture whose spans a test gives."""

    name: str
    address: FreshAddress
    length: float | None = None
    second: float = 0.0
    stopped: bool = False
    began: datetime = BEGAN
    _parts: "asyncio.Queue[Any]" = field(default_factory=asyncio.Queue)

    def give(self, *parts: Any) -> None:
        """Spans and gaps; an exception breaks the capture, None ends it."""
        for part in parts:
            self._parts.put_nowait(part)

    async def spans(self) -> AsyncIterator[Span | Gap]:
        while (part := await self._parts.get()) is not None:
            if isinstance(part, Exception):
                raise part
            self.second = part.end
            yield part

    def second_of(self, at: datetime) -> float:
        return max(0.0, (at - self.began).total_seconds())

    @property
    def first(self) -> float | None:
        return 0.0

    async def cut(self, start: float, end: float, path: Path) -> Cut:
        path.write_bytes(b"clip")
        return Cut(path, start, end - start, 4, 360, 640)

    def hurry(self) -> None:
        """Nobody waits here."""

    async def stop(self) -> None:
        if not self.stopped:
            self.stopped = True
            self._parts.put_nowait(None)


@dataclass
class StagedCapture:
    """Opens captures, and remembers them."""

    clock: HandClock
    opened: list[StagedLiveCapture] = field(default_factory=list)

    def open(self, name: str, address: FreshAddress) -> StagedLiveCapture:
        capture = StagedLiveCapture(name, address, began=self.clock.now())
        self.opened.append(capture)
        return capture


ANYWHERE = About("nothing", True, False, "all", "0")


@dataclass
class StagedEngine:
    """A speech engine that answers one thing after the other: a text, a Heard, or an error; then always the last."""

    name: str
    answers: deque[Any]
    is_ready: bool = True
    asked: list[tuple[Span, Hint]] = field(default_factory=list)
    about: About = ANYWHERE

    async def check(self) -> Check:
        return Check(self.is_ready, "ready" if self.is_ready else "a key")

    def readiness(self) -> Readiness:
        return Readiness(self.is_ready, "" if self.is_ready else "a key")

    async def hear(self, span: Span, hint: Hint) -> Heard:
        self.asked.append((span, hint))
        answer = self.answers.popleft() if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, Heard) else Heard(answer, "en")


def engine(name: str, *answers: Any, ready: bool = True) -> StagedEngine:
    """An engine that gives `answers` in turn."""
    return StagedEngine(name, deque(answers), ready)


@dataclass
class StagedMessenger:
    """A platform that writes down its posts, and by `now` when they came. `faults` are raised by the next posts, those of
    `shut` by every post to their address; `gate` shut holds posts in flight. `found` is what it says of a post it is asked
    for: raised when it is an error."""

    repeats_for: float = 0.0
    posts: list[tuple[Notice, str, str]] = field(default_factory=list)
    faults: deque[Exception] = field(default_factory=deque)
    shut: dict[str, Exception] = field(default_factory=dict)
    tried: list[str] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    in_flight: list[str] = field(default_factory=list)
    per_second: float = 1000.0
    paces: dict[str, Pace] = field(default_factory=dict)
    found: str | Exception | None = None
    asked: list[tuple[str, str, datetime]] = field(default_factory=list)
    now: Callable[[], datetime] = lambda: BEGAN
    times: list[datetime] = field(default_factory=list)

    def pace(self, address: str) -> Pace:
        return self.paces.get(address, Pace(address))

    async def find(self, notice: Notice, nonce: str, since: datetime) -> str | None:
        self.asked.append((notice.key, nonce, since))
        if isinstance(self.found, Exception):
            raise self.found
        return self.found

    def __post_init__(self) -> None:
        self.gate.set()

    @property
    def keys(self) -> list[str]:
        return [notice.key for notice, _, _ in self.posts]

    async def post(self, notice: Notice, nonce: str, external: str) -> str:
        self.in_flight.append(notice.key)
        try:
            await self.gate.wait()
            self.tried.append(notice.key)
            if notice.address in self.shut:
                raise self.shut[notice.address]
            if self.faults:
                raise self.faults.popleft()
            self.times.append(self.now())
            self.posts.append((notice, nonce, external))
            return external or f"post{len(self.posts)}"
        finally:
            self.in_flight.remove(notice.key)


@dataclass
class StagedClipper:
    """Writes clips of nothing."""

    saved: list[tuple[int, float, float]] = field(default_factory=list)
    fault: EarshotError | None = None
    away: set[int] = field(default_factory=set)  # lives that are not captured here
    begins: float = 0.0
    hurried: bool = False

    def second_of(self, live: Live, at: datetime) -> float:
        return live.second_of(at)

    def keeps(self, live_id: int) -> bool:
        return live_id not in self.away

    def first(self, live_id: int) -> float | None:
        return self.begins if self.keeps(live_id) else None

    async def found(self, path: Path, start: float) -> Cut | None:
        return Cut(path, start, 40.0, 4, 360, 640) if path.exists() else None

    def hurry(self) -> None:
        self.hurried = True

    async def save(self, live_id: int, start: float, end: float, path: Path) -> Cut:
        if self.fault:
            raise self.fault
        self.saved.append((live_id, start, end))
        path.write_bytes(b"clip")
        return Cut(path, start, end - start, 4, 360, 640)


@dataclass
class StagedPlotter:
    """Writes down what it should draw."""

    drawn: list[Timeline] = field(default_factory=list)
    paths: list[Path] = field(default_factory=list)
    fault: EarshotError | None = None

    async def draw(self, timeline: Timeline, path: Path) -> None:
        if self.fault:
            raise self.fault
        self.drawn.append(timeline)
        self.paths.append(path)
        path.write_bytes(b"\x89PNG")

    async def bars(self, bars: Bars, path: Path) -> None:
        path.write_bytes(b"\x89PNG")


@dataclass
class StagedPrinter:
    """Writes down what it should print."""

    printed: list[Sheet] = field(default_factory=list)
    fault: EarshotError | None = None

    async def print(self, sheet: Sheet) -> bytes:
        if self.fault:
            raise self.fault
        self.printed.append(sheet)
        return b"%PDF-"


@dataclass
class StagedStills:
    """TikTok's pictures: always the same one. `there` False: none can be had; `gate` shut holds them back."""

    there: bool = True
    asked: list[str] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    async def fetch(self, address: str, folder: Path, name: str = "cover") -> Path | None:
        self.asked.append(address)
        await self.gate.wait()
        if not self.there:
            return None
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}.jpg"
        path.write_bytes(b"picture")
        return path
