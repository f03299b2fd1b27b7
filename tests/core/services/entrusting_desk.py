"""A service that hears recordings as a test wants it, and a desk whose only engine it is."""

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from core.errors import Missing
from core.model.recording import Recorded, Said
from core.model.transcript import Heard, Span, Word
from core.ports.speech import About, Check, Hint, Hook, Readiness
from core.services.videos.entrusting import Entrusting
from tests.builders import placed, rows, span
from tests.core.services.transcribing_desk import Desk, silent
from tests.doubles import CountedStorage, HandClock

TALK = Recorded((Said(Word(0.0, 1.0, "Hello."), "A"), Said(Word(4.5, 5.0, "Bye."), "B")), "en")
ABOUT = About("a key", False, True, "all", "0")
HOOK = "https://earshot.example.com/hooks/assemblyai"


@dataclass
class StagedElsewhere:
    """A service that hears recordings. `does` holds what the next calls of a method raise; `heard` is what it has heard, None while
    it works; mute, it begins and never says so. It keeps what it was given until it is told to delete it."""

    name: str = "assemblyai"
    about: About = ABOUT
    heard: Recorded | None = TALK
    is_ready: bool = True
    is_mute: bool = False
    does: dict[str, deque[Exception]] = field(default_factory=lambda: defaultdict(deque))
    uploads: list[bytes] = field(default_factory=list)
    works: dict[str, tuple[str, str, bool, Hook | None]] = field(default_factory=dict)
    looks: int = 0

    async def check(self) -> Check:
        return Check(True, "ready")

    def readiness(self) -> Readiness:
        return Readiness(self.is_ready)

    async def hear(self, span: Span, hint: Hint) -> Heard:
        raise AssertionError("whole recordings only")

    async def pack(self, spoken: AsyncIterator[bytes], to: Path) -> None:
        to.write_bytes(b"".join([pcm async for pcm in spoken]))

    async def upload(self, path: Path) -> str:
        self._raise("upload")
        self.uploads.append(path.read_bytes())
        return f"https://there/{len(self.uploads)}"

    async def submit(self, upload: str, language: str, speakers: bool, hook: Hook | None) -> str:
        self._raise("submit")
        number = f"n{len(self.works) + 1}"
        self.works[number] = (upload, language, speakers, hook)
        self._raise("answered")
        if self.is_mute:
            await asyncio.Event().wait()
        return number

    async def submitted(self, upload: str) -> str:
        return next((number for number, work in self.works.items() if work[0] == upload), "")

    async def result(self, external: str) -> Recorded | None:
        self.looks += 1
        self._raise("result")
        return self.heard

    async def forget(self, external: str) -> None:
        self._raise("forget")
        if self.works.pop(external, None) is None:
            raise Missing("REMOTE_GONE", engine=self.name)

    def _raise(self, method: str) -> None:
        if self.does[method]:
            raise self.does[method].popleft()


@pytest.fixture
def there() -> StagedElsewhere:
    return StagedElsewhere()


@pytest.fixture
async def desk(storage: CountedStorage, clock: HandClock, tmp_path: Path, there: StagedElsewhere) -> Desk:
    await placed(storage)
    made = Desk(storage, clock, tmp_path, engines=[there])  # type: ignore[list-item]
    made.videos.does = silent
    return made


@pytest.fixture
def entrusting(desk: Desk) -> Entrusting:
    return desk.service.hearing.entrusting


async def handed_over(desk: Desk, clock: HandClock, **wish: Any) -> None:
    """A job whose sound was read and handed over."""
    await desk.job(**wish)
    await clock.advance(1)
    await desk.says(span(10.0, 14.0), span(30.0, 31.0))
    await clock.advance(0)


def left(desk: Desk) -> list[dict[str, Any]]:
    return [dict(row) for row in rows(desk.folder, "select external, over from remote")]
