"""A desk for tests of transcribing: TikTok's videos as a test wants them, the service and its worker."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from core.errors import EarshotError
from core.model.account import Handle
from core.model.job import Job, JobState
from core.model.notice import NoticeKind
from core.model.transcript import Word
from core.model.video import Video, VideoLink, VideoTranscript
from core.ports.video import Captions, Fetched, Newest, Watcher, Wish
from core.services.exporting import Exporting
from core.services.listening import Listening
from core.services.metering import Metering
from core.services.videos.entrusting import Entrusting
from core.services.videos.hearing import Hearing
from core.services.videos.ordering import KIND, Order
from core.services.videos.transcribing import Transcribing as Service
from core.services.working import Working
from tests.builders import HERE, outbox, placed
from tests.doubles import CountedStorage, HandClock, StagedCapture, StagedEngine, StagedPrinter, engine

ID = "7400000000000000001"
VIDEO = Video(0, ID, Handle("chef"), "Chef", "How to boil an egg", "Six minutes", 60.0)
CAPTIONS = Captions((Word(1.0, 2.0, "Hello {you}"), Word(3.0, 4.0, "bye")), "en")
Does = Callable[[Path, Wish, Watcher], Awaitable[Fetched]]


async def captioned(folder: Path, wish: Wish, watcher: Watcher) -> Fetched:
    """A page with captions, which are taken when they are wished."""
    watcher.found(VIDEO)
    return Fetched(VIDEO, CAPTIONS) if wish.captions else await silent(folder, wish, watcher)


async def silent(folder: Path, wish: Wish, watcher: Watcher) -> Fetched:
    """A page without captions: its sound."""
    watcher.found(VIDEO)
    if not wish.sound:
        return Fetched(VIDEO)
    (folder / "v.mp4").write_bytes(b"video")
    watcher.loaded(5, 5)
    return Fetched(VIDEO, None, folder / "v.mp4")


async def forever(folder: Path, wish: Wish, watcher: Watcher) -> Fetched:
    """It never comes."""
    (folder / "v.mp4.part").write_bytes(b"half")
    await asyncio.Event().wait()
    raise AssertionError


def failing(error: EarshotError) -> Does:
    """Always this."""

    async def fail(folder: Path, wish: Wish, watcher: Watcher) -> Fetched:
        raise error

    return fail


@dataclass
class StagedVideos:
    """TikTok's videos as a test wants them."""

    does: Does = captioned
    wishes: list[Wish] = field(default_factory=list)

    async def resolve(self, text: str) -> VideoLink:
        return VideoLink(ID, "chef")

    async def fetch(self, link: VideoLink, folder: Path, wish: Wish, watcher: Watcher) -> Fetched:
        self.wishes.append(wish)
        return await self.does(folder, wish, watcher)

    async def newest(self, handles: Sequence[Handle], count: int) -> AsyncIterator[Newest]:
        raise NotImplementedError
        yield


@dataclass
class Desk:
    """The service, its worker, and what outlives them."""

    storage: CountedStorage
    clock: HandClock
    folder: Path
    videos: StagedVideos = field(default_factory=StagedVideos)
    engines: list[StagedEngine] = field(default_factory=list)
    printer: StagedPrinter = field(default_factory=StagedPrinter)
    minutes: float = 0

    def __post_init__(self) -> None:
        self.capture = StagedCapture(self.clock)
        listening = Listening(self.engines)
        entrusting = Entrusting(self.storage, self.clock, self.engines)
        hearing = Hearing(self.videos, self.capture, listening, self.clock, entrusting)
        exporting, metering = Exporting(self.storage, self.printer), Metering(self.storage, self.clock, self.minutes)
        folders = self.folder / "videos", self.folder / "pictures"
        self.service = Service(self.storage, self.clock, hearing, *folders, exporting, metering)

    def worker(self) -> Working:
        return Working(
            self.storage,
            self.clock,
            {KIND: self.service.transcribe},
            failing={KIND: self.service.failed},
            over={KIND: self.service.over},
            most={KIND: 2},
        )

    async def ask(self, by: str = "you", place: str = HERE, **wish: Any) -> Job | VideoTranscript:
        return await self.service.ask(place, by, Order(ID, "chef", "console:here/1", **wish))

    async def job(self, **wish: Any) -> Job:
        made = await self.ask(**wish)
        assert isinstance(made, Job)
        return made

    async def state(self, number: int = 1) -> JobState:
        async with self.storage.reading() as work:
            job = await work.jobs.get(number)
        assert job is not None
        return job.state

    async def says(self, *parts: Any) -> None:
        """What the sound of the file is."""
        await self.clock.settled()
        self.capture.opened[-1].length = 60.0
        self.capture.opened[-1].give(*parts, None)
        await self.clock.settled()

    def told(self, kind: NoticeKind) -> list[Any]:
        return [one.says for one in outbox(self.folder) if one.notice.kind is kind]

    def last(self) -> Any:
        return outbox(self.folder)[-1].says

    def left(self) -> list[str]:
        """Files under the folder for media."""
        return sorted(str(path.relative_to(self.folder / "videos")) for path in self.folder.glob("videos/**/*.*"))


@pytest.fixture
async def desk(storage: CountedStorage, clock: HandClock, tmp_path: Path) -> Desk:
    await placed(storage)
    return Desk(storage, clock, tmp_path, engines=[engine("groq", "Hello from the sound.")])
