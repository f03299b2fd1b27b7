"""OBS's replay buffer through obs-websocket: one thread owns the connection, all waiting is done here.

Time here is real: OBS knows no other.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar
from urllib.parse import urlsplit

from core.adapters.clips.obs_files import ReplayFiles
from core.adapters.clips.obs_link import Link, Refused
from core.errors import EarshotError, Missing, Transient
from core.ports.clock import Clock
from core.ports.replays import Fetched, Pressed, Replay, ReplayState

log = logging.getLogger(__name__)
T = TypeVar("T")
RUNS, RUNS_NOT, MEGA = 500, 501, 1_000_000
SETTLES, SOON = 5.0, 0.2  # seconds a buffer may take to start or stop, and between two looks at it
FRESH = 3.0  # seconds for which nobody tries to save after a connection failed
OUR_OWN = 60.0  # seconds for which an event may still come of what was asked for and given up


@dataclass(frozen=True)
class Manner:
    """Seconds: `timeout` of each answer, `look` between two looks, `back_off` between tries to connect, `save` until a replay has
    to be there, `glance` between two questions for it when no event comes."""

    timeout: float = 4.0
    look: float = 10.0
    back_off: tuple[float, ...] = (1.0, 2.0, 5.0, 10.0)
    save: float = 15.0
    glance: float = 1.0


async def nobody(replay: Replay) -> None:
    """Nobody wants replays that were not asked for."""


class ObsReplays:
    """Implements ports.replays.Replays. `url` is ws://host:port. Of one event loop."""

    def __init__(self, url: str, password: str, files: ReplayFiles, clock: Clock, manner: Manner | None = None) -> None:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 0
        self.pressed: Pressed = nobody
        self.wanted = True
        self.state = ReplayState(f"{host}:{port}")
        self._files, self._clock, self._manner = files, clock, manner or Manner()
        self._owner = ThreadPoolExecutor(1, thread_name_prefix="obs")
        self._link = Link(
            host, port, password, self._manner.timeout, self._from_thread(self._heard), self._from_thread(self._turned)
        )
        self._loop: asyncio.AbstractEventLoop | None = None
        self._connecting = asyncio.Lock()
        self._saving: asyncio.Task[Replay] | None = None
        self._event: asyncio.Future[str] | None = None
        self._failed: tuple[EarshotError, float] | None = None  # the last try to connect, and when that was
        self._owed: deque[float] = deque(maxlen=20)  # when we asked for what has not come
        self._late: deque[tuple[str, float]] = deque(maxlen=20)  # files found before their event came, and when
        self._telling: set[asyncio.Task[None]] = set()
        self._awake = asyncio.Event()
        self._starts = False  # the buffer is still to be started

    # ------------------------------------------------------------------ what people and jobs ask for

    async def connect(self) -> ReplayState:
        """See Replays."""
        async with self._connecting:
            try:
                said = await self._told(self._opened, 4)
            except EarshotError as error:
                self._failed = error, monotonic()
                self._lost(error.code)
                raise
            self._failed = None
            if not self.state.connected:
                log.log(logging.WARNING if self.state.trouble else logging.INFO, "OBS answers at %s", self.state.where)
            self.state = replace(self.state, connected=True, trouble="", **said)
            self._awake.set()
        self._starts = self.wanted and not self.state.buffer
        await self._start()
        return self.state

    async def buffer(self, on: bool) -> ReplayState:
        """See Replays."""
        await self._ready()
        until = monotonic() + SETTLES
        while await self._runs() is not on:
            try:
                await self._do(lambda: self._link.ask("StartReplayBuffer" if on else "StopReplayBuffer"))
            except Refused as refused:
                if refused.code not in (RUNS, RUNS_NOT):
                    raise Missing("OBS_BUFFER") from refused
            if monotonic() > until:
                raise Missing("OBS_BUFFER")
            await asyncio.sleep(0.0 if await self._runs() is on else SOON)
        self.state = replace(self.state, buffer=on)
        return self.state

    async def save(self) -> Replay:
        """See Replays."""
        if self._saving is None or self._saving.done():
            self._saving = asyncio.create_task(self._save(), name="obs save")
            self._saving.add_done_callback(lambda done: done.cancelled() or done.exception())
        return await asyncio.shield(self._saving)

    async def fetch(self, replay: Replay, to: Path, longest: float, back: float) -> Fetched:
        """See Replays."""
        return await self._files.fetch(replay, to, longest, back)

    async def run(self) -> None:
        """See Replays."""
        tries = 0
        try:
            while True:
                self._awake.clear()
                try:
                    await self._look()
                    tries = 0
                except EarshotError as error:
                    log.debug("OBS: %s", error)
                    tries += 1
                back_off = self._manner.back_off
                pause = back_off[min(tries, len(back_off)) - 1] if tries else self._manner.look
                with suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await self._awake.wait()
        finally:
            await self.close()

    async def close(self) -> None:
        """See Replays."""
        self._link.cut()
        self._files.close()
        for task in (*self._telling, *([self._saving] if self._saving else [])):
            task.cancel()
        self._owner.shutdown(wait=False, cancel_futures=True)

    # ------------------------------------------------------------------ one replay

    async def _save(self) -> Replay:
        """A connection that turns out to be dead is made anew, once."""
        if self._failed is not None and monotonic() - self._failed[1] < FRESH:
            raise self._failed[0]  # whoever waits has another buffer, which does not reach back for ever
        await self._ready()
        try:
            return await self._saved()
        except Transient as error:
            if error.code != "OBS_OFF":
                raise
            await self.connect()
            return await self._saved()

    async def _saved(self) -> Replay:
        before = await self._last()
        asked, self._event = self._clock.now(), asyncio.get_running_loop().create_future()
        self._owed.append(monotonic())
        try:
            await self._do(lambda: self._link.ask("SaveReplayBuffer"))
            return Replay(await self._written(self._event, before), asked)
        except Refused as refused:
            if self._owed:  # a replay somebody saved may have come in between
                self._owed.pop()
            if refused.code != RUNS_NOT:
                raise Transient("OBS_SILENT", x=self.state.where) from refused
            self.state = replace(self.state, buffer=False)
            if self.wanted:
                await self.buffer(on=True)
            raise Missing("OBS_BUFFER") from refused
        finally:
            self._event = None

    async def _written(self, event: "asyncio.Future[str]", before: str) -> str:
        """The file, as the event says; where none comes, as OBS says when it is asked."""
        until = monotonic() + self._manner.save
        while monotonic() < until:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._manner.glance):
                    return await asyncio.shield(event)
            last = await self._last()
            if last and last != before:
                self._late.append((last, monotonic()))
                self._note(last)
                return last
        raise Transient("OBS_SILENT", x=self.state.where)

    async def _last(self) -> str:
        """The file of the last replay; empty when there is none, or it is still being written."""
        try:
            return str(
                (await self._do(lambda: self._link.ask("GetLastReplayBufferReplay"))).get("savedReplayPath") or ""
            )
        except Refused:
            return ""

    async def _runs(self) -> bool:
        return await self._do(lambda: self._asked("GetReplayBufferStatus", "outputActive")) == "True"

    def _heard(self, path: str) -> None:
        """A replay was saved: asked for here, or by a person in OBS."""
        now = monotonic()
        if self._event is not None and not self._event.done():
            self._note(path)
            self._event.set_result(path)
            return
        ours = (path, True) in ((late, now - at < OUR_OWN) for late, at in self._late)
        ours = ours or any(now - at < OUR_OWN for at in self._owed)
        self._note(path)
        if not ours:
            task = asyncio.ensure_future(self._tell(Replay(path, self._clock.now())))
            self._telling.add(task)
            task.add_done_callback(self._telling.discard)

    def _note(self, path: str) -> None:
        """`path` is dealt with, and what was asked for has come."""
        self._owed.clear()
        self.state = replace(
            self.state, last=Replay(path, self._clock.now()).name, last_at=self._clock.now().timestamp()
        )

    async def _tell(self, replay: Replay) -> None:
        try:
            await self.pressed(replay)
        except EarshotError as error:
            log.warning("a replay that was saved in OBS could not be taken over: %s", error)

    def _turned(self, on: bool) -> None:
        self.state = replace(self.state, buffer=on)

    # ------------------------------------------------------------------ the connection

    async def _ready(self) -> None:
        if not self._link.alive:
            await self.connect()

    async def _look(self) -> None:
        """Whether both sockets live; what is dead is made anew."""
        if not self._link.alive:
            await self.connect()
            return
        try:
            said = await self._told(self._seen, 2)
        except EarshotError as error:
            self._lost(error.code)
            await self.connect()
            return
        self.state = replace(self.state, **said)
        await self._start()

    async def _start(self) -> None:
        """Start the buffer that was found off; what does not answer is asked again at the next look, and what OBS has not got, or
        somebody stops by hand, is left alone."""
        if self._starts:
            try:
                await self.buffer(on=True)
            except Missing:
                self._starts = False
                raise
            self._starts = False

    async def _told(self, call: Callable[[], dict[str, Any]], times: int) -> dict[str, Any]:
        """What OBS says of itself, and whether its folder is seen from here."""
        said = await self._do(call, times)
        return {**said, "here": await self._files.reaches(said["folder"])}

    def _opened(self) -> dict[str, Any]:
        """In the owner's thread: connect, and what OBS says of itself."""
        if self._link.alive:
            with suppress(EarshotError):  # it only seemed to be
                return self._described()
        self._link.open()
        return self._described()

    def _described(self) -> dict[str, Any]:
        return {"version": self._asked("GetVersion", "obsVersion"), **self._seen()}

    def _seen(self) -> dict[str, Any]:
        """In the owner's thread: what may change."""
        self._link.ping()
        folder = self._asked("GetRecordDirectory", "recordDirectory")
        free = self._asked("GetStats", "availableDiskSpace")
        return {
            "buffer": self._asked("GetReplayBufferStatus", "outputActive") == "True",
            "scene": self._asked("GetCurrentProgramScene", "currentProgramSceneName"),
            "folder": folder,
            "free": int(float(free) * MEGA) if free.replace(".", "", 1).isdigit() else 0,
        }

    def _asked(self, request: str, part: str) -> str:
        """One word of an answer; empty when OBS has none."""
        try:
            return str(self._link.ask(request).get(part, ""))
        except Refused:
            return ""

    def _lost(self, code: str) -> None:
        """Said once."""
        if self.state.connected or self.state.trouble != code:
            log.warning("OBS cannot be used at %s: %s", self.state.where, code)
        self.state = replace(self.state, connected=False, trouble=code, buffer=False)

    async def _do(self, call: Callable[[], T], times: int = 1) -> T:
        """`call` in the owner's thread, in at most `times` timeouts and one more: an answer that trickles is cut off."""
        self._loop = loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._manner.timeout * (times + 1)):
                return await loop.run_in_executor(self._owner, call)
        except TimeoutError as error:
            self._link.cut()
            raise Transient("OBS_OFF", x=self.state.where) from error
        except (RuntimeError, OSError) as error:  # it was closed meanwhile
            raise Transient("OBS_OFF", x=self.state.where) from error

    def _from_thread(self, call: Callable[[Any], None]) -> Callable[[Any], None]:
        """`call`, from the thread that hears events."""

        def later(value: Any) -> None:
            if self._loop is not None:
                self._loop.call_soon_threadsafe(call, value)

        return later
