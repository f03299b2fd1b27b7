"""Diagnosing: how this process is, measured from its first second: loop lag, writer wait, lives, queues, engines."""

import asyncio
import json
import logging
import os
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)
BEAT = 0.1  # seconds between two measurements of the loop's lag
WINDOW = 600  # measurements kept: one minute
WRITTEN_EVERY = 1.0  # seconds between two writings of the vitals for other processes


@dataclass(frozen=True)
class Connection:
    """How a chat platform is: `ready`, or `trouble` with the code of what is wrong, or neither while it is being connected; so
    `since` (unix time)."""

    ready: bool
    trouble: str
    since: float


@dataclass(frozen=True)
class Vitals:
    """One process at one moment. Lags in seconds over the last minute; `behind`: by how many seconds the words of each live come
    late, by its account.

    `limited_until` (unix time, 0: not limited) is until when TikTok lets nobody look, `signs_left` how many chats may still be
    opened (None: nobody said). `chats` are the platforms it speaks on, `engines` its engines, each as a State (choosing);
    `judge` has the last word on risk, `judges` are the models that are asked, each as a JudgeState (assessing);
    `texts`: how many lines of chats were not read (`unread`), and the code of why the model elsewhere puts no labels on texts;
    `obs` as a ReplayState (core/ports/replays), empty when none is set up.
    """

    pid: int = 0
    since: float = 0.0
    loop_lag_seconds: float = 0.0
    loop_lag_p99_seconds: float = 0.0
    writer_wait_seconds: float = 0.0
    dropped: int = 0
    lives: int = 0
    jobs: int = 0
    engine: str = ""
    engines: dict[str, dict[str, Any]] = field(default_factory=dict)
    judge: str = ""
    judges: list[dict[str, Any]] = field(default_factory=list)
    texts: dict[str, Any] = field(default_factory=dict)
    obs: dict[str, Any] = field(default_factory=dict)
    limited_until: float = 0.0
    signs_left: int | None = None
    behind: dict[str, float] = field(default_factory=dict)
    chats: dict[str, Connection] = field(default_factory=dict)


@dataclass
class Diagnosing:
    """Measures this process, and reads another's vitals from the data folder. `extra` adds what other parts know; `chats` gives
    of each platform whether it is ready, and its trouble."""

    path: Path
    extra: Callable[[], dict[str, Any]] = dict
    chats: Callable[[], dict[str, tuple[bool, str]]] = dict
    began: float = field(default_factory=time.time)
    _chats: dict[str, Connection] = field(default_factory=dict)
    _lags: deque[float] = field(default_factory=lambda: deque(maxlen=WINDOW))

    def now(self) -> Vitals:
        """This process now."""
        lags = sorted(self._lags)
        p99 = lags[min(len(lags) - 1, int(len(lags) * 0.99))] if lags else 0.0
        latest = self._lags[-1] if self._lags else 0.0
        self._chats = {name: self._seen(name, *state) for name, state in self.chats().items()}
        return Vitals(os.getpid(), self.began, round(latest, 4), round(p99, 4), chats=self._chats, **self.extra())

    def _seen(self, name: str, ready: bool, trouble: str) -> Connection:
        """How a platform is, and since when it has been so."""
        known = self._chats.get(name)
        same = known is not None and (known.ready, known.trouble) == (ready, trouble)
        return known if known is not None and same else Connection(ready, trouble, time.time())

    def of_running(self) -> Vitals | None:
        """The vitals of the process that runs on this data folder, None when none does."""
        try:
            read = json.loads(self.path.read_text(encoding="utf-8"))
            chats = {name: Connection(**said) for name, said in read.pop("chats", {}).items()}
            said = Vitals(**read, chats=chats)
            os.kill(said.pid, 0)
        except (OSError, ValueError, TypeError, AttributeError):
            return None
        return said

    async def run(self) -> None:
        """Measure and write down, until cancelled. Real time: the lag of the loop has nothing to do with any other clock."""
        written = 0.0
        try:
            while True:
                before = time.monotonic()
                await asyncio.sleep(BEAT)
                after = time.monotonic()
                self._lags.append(max(0.0, after - before - BEAT))
                if after - written >= WRITTEN_EVERY:
                    written = after
                    self._write()
        finally:
            with suppress(OSError):
                self.path.unlink(missing_ok=True)

    def _write(self) -> None:
        beside = self.path.with_suffix(".new")
        try:
            beside.write_text(json.dumps(asdict(self.now())), encoding="utf-8")
            beside.replace(self.path)
        except OSError as error:  # a full disk must not end what is being watched
            log.info("vitals: %s", error)
