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
BEAT = 0.05  # seconds between two measurements of the loop's lag
WINDOW = 1200  # measurements kept: one minute
WRITTEN_EVERY = 1.0  # seconds between two writings of the vitals for other processes


@dataclass(frozen=True)
class Vitals:
    """One process at one moment. Lags in seconds over the last minute.

    `limited_until` (unix time, 0: not limited) is until when TikTok lets nobody look, `signs_left` how many chats may still be
    opened (None: nobody said). `chats` are the platforms it speaks on, each with the code of what is wrong, empty
    for nothing.
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
    judge: str = ""
    limited_until: float = 0.0
    signs_left: int | None = None
    chats: dict[str, str] = field(default_factory=dict)


@dataclass
class Diagnosing:
    """Measures this process, and reads another's vitals from the data folder. `extra` adds what other parts know."""

    path: Path
    extra: Callable[[], dict[str, Any]] = dict
    began: float = field(default_factory=time.time)
    _lags: deque[float] = field(default_factory=lambda: deque(maxlen=WINDOW))

    def now(self) -> Vitals:
        """This process now."""
        lags = sorted(self._lags)
        p99 = lags[min(len(lags) - 1, int(len(lags) * 0.99))] if lags else 0.0
        latest = self._lags[-1] if self._lags else 0.0
        return Vitals(os.getpid(), self.began, round(latest, 4), round(p99, 4), **self.extra())

    def of_running(self) -> Vitals | None:
        """The vitals of the process that runs on this data folder, None when none does."""
        try:
            said = Vitals(**json.loads(self.path.read_text(encoding="utf-8")))
            os.kill(said.pid, 0)
        except (OSError, ValueError, TypeError):
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
