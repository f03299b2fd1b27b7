"""The replay buffer of OBS: it keeps the last minute of a screen, and writes it to a file when it is told to."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from core.model.clip import Cut


@dataclass(frozen=True)
class ReplayState:
    """How OBS is, as far as it was seen last. `where` is its host and port; while it is not `connected`, `trouble` is the code of
    why (empty: nobody has tried yet). `buffer`: the replay buffer runs. `folder` is where it writes as its own machine calls that,
    and `here` whether this machine can read there. `free`: bytes of its disk, 0 when it does not say. `last`: the file of the last
    replay, saved at `last_at` (unix time)."""

    where: str = ""
    connected: bool = False
    trouble: str = ""
    version: str = ""
    buffer: bool = False
    scene: str = ""
    folder: str = ""
    here: bool = False
    free: int = 0
    last: str = ""
    last_at: float = 0.0


@dataclass(frozen=True)
class Replay:
    """A replay that OBS has saved. `path` is its file as OBS's machine calls it; it ends at `at`."""

    path: str
    at: datetime

    @property
    def name(self) -> str:
        """The file without its folders, whatever system wrote it."""
        return self.path.replace("\\", "/").rpartition("/")[2]


@dataclass(frozen=True)
class Fetched:
    """A replay, or a part of it, as a clip (whose own start is 0). It begins `before` seconds before the end of the replay."""

    cut: Cut
    before: float


Pressed = Callable[[Replay], Awaitable[None]]


class Replays(Protocol):
    """One OBS. Whoever is not connected yet connects, so that every method may be called at any time.

    They raise Transient OBS_OFF (x: host and port), Denied OBS_PASSWORD.
    """

    pressed: Pressed
    """Told of every replay that nobody asked for here: somebody pressed the key in OBS."""

    wanted: bool
    """Whether the replay buffer is started when it does not run."""

    @property
    def state(self) -> ReplayState: ...

    async def connect(self) -> ReplayState:
        """Look anew, whatever was seen before; the buffer is started when it is wanted.

        Raises Missing OBS_BUFFER when OBS has none."""
        ...

    async def buffer(self, on: bool) -> ReplayState:
        """Start or stop the replay buffer. Raises Missing OBS_BUFFER when OBS has none."""
        ...

    async def save(self) -> Replay:
        """Save a replay. All who ask while one is being saved get the same.

        Raises Missing OBS_BUFFER when the buffer did not run (it is started then, if wanted), Transient OBS_SILENT when OBS does
        not say that it has saved anything.
        """
        ...

    async def fetch(self, replay: Replay, to: Path, longest: float, back: float) -> Fetched:
        """The last `longest` seconds of a replay as an MP4 at `to` that every chat plays, from a key picture on; where what was
        `back` seconds before its end would not be in it, the part around that.

        Raises Missing OBS_ELSEWHERE when its folder cannot be reached from here, OBS_GONE when the file is not in it, OBS_LOCKED
        while somebody else holds it; Invalid OBS_UNREADABLE; what writing raises.
        """
        ...

    async def run(self) -> None:
        """Keep connected, until cancelled."""
        ...

    async def close(self) -> None:
        """Let go of OBS; the buffer runs on."""
        ...
