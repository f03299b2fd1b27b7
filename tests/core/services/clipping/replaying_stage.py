"""A staged OBS, and a live in front of it: what tests of replays stand on."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.errors import EarshotError
from core.model.clip import Cut, Source
from core.model.job import Job
from core.model.notice import NoticeKind
from core.model.trigger import Hit, Where
from core.ports.replays import Fetched, Pressed, Replay, ReplayState
from core.services.clipping import Clipping, serving
from core.services.clipping.replaying import ADOPT, Replaying
from core.services.clipping.serving import Mode
from core.services.lives.scene import Scene
from tests.builders import HERE, armed, at, rows, told
from tests.doubles import CountedStorage, HandClock


@dataclass
class StagedReplays:
    """An OBS that does as a test says: while `holds`, saves wait; a `fault` is raised instead of what it is for."""

    clock: HandClock
    state: ReplayState = field(default_factory=lambda: ReplayState("127.0.0.1:4455", connected=True))
    wanted: bool = True
    pressed: Pressed = None  # type: ignore[assignment]
    saves: int = 0
    fetches: list[tuple[str, float, float]] = field(default_factory=list)
    faults: dict[str, EarshotError] = field(default_factory=dict)
    length: float = 30.0
    holds: asyncio.Event | None = None
    _saving: "asyncio.Task[Replay] | None" = None

    async def connect(self) -> ReplayState:
        return self._do("connect")

    async def buffer(self, on: bool) -> ReplayState:
        return self._do("buffer")

    async def save(self) -> Replay:
        if self._saving is None or self._saving.done():
            self._saving = asyncio.create_task(self._save())
        return await asyncio.shield(self._saving)

    async def _save(self) -> Replay:
        self._do("save")
        self.saves += 1
        name, asked = f"/rec/Replay {self.saves}.mkv", self.clock.now()
        if self.holds is not None:
            await self.holds.wait()
        return Replay(name, asked)

    async def fetch(self, replay: Replay, to: Path, longest: float, back: float) -> Fetched:
        self._do("fetch")
        self.fetches.append((replay.name, longest, back))
        to.write_bytes(b"clip")
        return Fetched(Cut(to, 0.0, min(self.length, longest), 4, 640, 360), min(self.length, longest))

    async def run(self) -> None:
        await asyncio.Event().wait()

    async def close(self) -> None: ...

    def _do(self, what: str) -> ReplayState:
        if what in self.faults:
            raise self.faults[what]
        return self.state


@dataclass
class Stage:
    storage: CountedStorage
    clock: HandClock
    replays: StagedReplays
    replaying: Replaying
    scene: Scene
    folder: Path

    @property
    def clipping(self) -> Clipping:
        return self.replaying.clipping

    async def hit(self, second: float, place: str = HERE, word: str = "go", by: str = "juno", *wanted: Source) -> None:
        """A hit that wishes for a clip, `second` after the live began; the clock stands there then."""
        self.clock.at = max(self.clock.at, at(second))
        trigger = await armed(self.storage, word, place)
        async with self.storage.work() as work:
            hit = Hit(0, trigger.id, self.scene.live.id, place, word, Where.CHAT, at(second), second, "go!", 0, 2, by)
            await self.clipping.wish(work, self.scene, await work.hits.add(hit), *wanted)

    async def connect(self, place: str, mode: Mode = Mode.OBS) -> None:
        async with self.storage.work() as work:
            await serving.connect(work, place, mode)

    async def claim(self, *kinds: str) -> list[Job]:
        async with self.storage.work() as work:
            return await work.jobs.claim("w", kinds or ["replay", ADOPT, "obs"], at(1e5), at(60) - at(0), 99)

    async def finish(self, job: Job) -> None:
        handlers = {**self.replaying.handlers, "clip": self.clipping.save}
        effect = await handlers[job.kind](job)
        async with self.storage.work() as work:
            await work.jobs.finish(job, self.clock.now())
            await effect(work)

    async def work_off(self, *kinds: str) -> None:
        """Do every waiting job once, side by side: saves take longer than asking for them."""
        self.replays.holds = asyncio.Event()
        working = asyncio.gather(*[self.finish(job) for job in await self.claim(*kinds)])
        await self.clock.settled()
        self.replays.holds.set()
        await working

    def kinds(self) -> list[str]:
        return [row["kind"] for row in rows(self.folder, "select kind from job where state = 'waiting' order by id")]

    def posts(self) -> list[Any]:
        return [one.says for one in told(self.folder, NoticeKind.CLIP)]
