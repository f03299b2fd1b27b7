"""Processes that are ended after the test, whatever happens in it, and programs run to their end."""

import asyncio
import json
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import NOWHERE
from tests.journeys import forking
from tests.platforms.messenger_server import REMEMBERED, MessengerServer
from tests.waiting import until

ROOT = Path(__file__).parents[2]
QUIET = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "TMPDIR", "LANG")}


def environment(folder: Path, **more: str) -> dict[str, str]:
    """The environment of a program: nothing of this machine's settings, its data in `folder`, TikTok out of reach."""
    return {**QUIET, "PYTHONPATH": str(ROOT), "DATA_DIR": str(folder), "TIKTOK_PROXY": NOWHERE, **more}


@dataclass
class Ended:
    """A program that has ended."""

    code: int
    out: str
    err: str

    @property
    def line(self) -> str:
        """The one plain line it said on standard error."""
        assert "Traceback" not in self.err, self.err
        assert self.err.count("\n") == 1, self.err
        return self.err.strip()


def earshot(folder: Path, *words: str, seconds: float = 60.0, **more: str) -> Ended:
    """Run a program to its end, in a folder of its own."""
    return Ended(*forking.run(["-m", "bot", *words], environment(folder, **more), seconds))


def vitals(folder: Path) -> dict[str, Any]:
    """What the Earshot that runs on the data folder said of itself, within the last second or so; nothing before it did."""
    try:
        return dict(json.loads((folder / "run.json").read_text()))
    except FileNotFoundError:
        return {}


def both_ready(folder: Path) -> bool:
    """Whether it says that both chats are ready: only then owners have their commands."""
    chats = vitals(folder).get("chats", {})
    return len(chats) == 2 and all(chat["ready"] for chat in chats.values())


@dataclass
class Process:
    """A program under way; `said` are its lines so far."""

    child: forking.Forked
    said: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    reading: list["asyncio.Task[None]"] = field(default_factory=list)

    async def until(self, condition: Callable[[], bool], seconds: float = 40.0) -> float:
        """Wait for `condition`; how long it took. Fails when the process ends before, or the time is over."""
        began = time.monotonic()
        try:
            await until(condition, seconds, self._lives_on)
        except TimeoutError as error:
            error.add_note(f"{self.said[-5:]} {self.errors[-5:]}")
            raise
        return time.monotonic() - began

    async def _lives_on(self) -> None:
        assert self.child.returncode is None, "".join(self.errors)
        await asyncio.sleep(0.01)

    async def says(self, part: str, seconds: float = 40.0) -> float:
        """Wait until a line holds `part`."""
        return await self.until(lambda: any(part in line for line in self.said), seconds)

    async def kill(self, how: signal.Signals = signal.SIGKILL) -> int:
        """End it; its exit code. One that does not end says where it stands."""
        if self.child.returncode is None:
            self.child.send_signal(how)
        try:
            code = await asyncio.wait_for(self.child.wait(), 30)
        except TimeoutError as error:
            self.child.send_signal(signal.SIGABRT)
            await self.child.wait()
            await asyncio.gather(*self.reading)
            error.add_note("".join(self.errors[-80:]))
            raise
        await asyncio.gather(*self.reading)
        return code


@pytest.fixture(scope="session", autouse=True)
def _the_nursery_ends() -> Iterator[None]:
    yield
    forking.NURSERY.end()


Start = Callable[..., Any]


async def begin(folder: Path, *words: str, **more: str) -> Process:
    """Start Python with `words`. Whoever calls ends it: `kill`."""
    child = await forking.begin(words, environment(folder, **more) | {"PYTHONFAULTHANDLER": "1"})
    process = Process(child)
    process.reading = [
        asyncio.create_task(_collect(child.stdout, process.said)),
        asyncio.create_task(_collect(child.stderr, process.errors)),
    ]
    return process


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """`await start(folder, "-m", "bot", "run")`: as `begin`; what still runs at the end is killed."""
    started: list[Process] = []

    async def starting(folder: Path, *words: str, **more: str) -> Process:
        process = await begin(folder, *words, **more)
        started.append(process)
        return process

    yield starting
    for process in started:
        await process.kill()


async def _collect(stream: asyncio.StreamReader, lines: list[str]) -> None:
    async for line in stream:
        lines.append(line.decode(errors="replace"))


@pytest.fixture
async def messenger() -> AsyncIterator[MessengerServer]:
    async with MessengerServer() as server:
        server.remembers["discord"] = server.remembers["console"] = REMEMBERED
        yield server


@pytest.fixture
def whole(start: Start, messenger: MessengerServer, tmp_path: Path) -> Callable[..., Any]:
    """`await whole(zero=…, speed=…)`: a whole Earshot on `tmp_path / "data"` and the loopback messenger, ready."""

    async def starting(**given: Any) -> Process:
        folder = tmp_path / "data"
        facts = json.dumps({"folder": str(folder), "origin": messenger.origin, "speed": 1.0, **given})
        process: Process = await start(folder, "-m", "tests.journeys.process", facts)
        await process.says('"ready"')
        return process

    return starting


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"
