"""Captures: one named thread per live, a fresh address before every open, an end only when the address says so."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import av.error

from core.adapters.media.arrivals import Arrivals
from core.adapters.media.clip import Note
from core.adapters.media.excerpt import excerpt
from core.adapters.media.faults import source_fault
from core.adapters.media.milestones import Milestones
from core.adapters.media.opening import Patience, open_source, seconds_of
from core.adapters.media.outlet import POLL_SECONDS, Outlet
from core.adapters.media.reader import CodecChangedError, Reader
from core.adapters.media.ring import Ring, Stretch
from core.adapters.media.segmenter import Segmenter
from core.adapters.media.shortness import Circumstances, never_came, why_short
from core.adapters.media.vad import Detector
from core.adapters.media.workshop import Workshop
from core.errors import Bug, Denied, EarshotError, Missing, Transient
from core.model.clip import Cut
from core.model.transcript import Gap, Span
from core.ports.media import FreshAddress
from core.ports.tiktok import StreamAddress

BACK_OFF = (0.2, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0)
HEALTHY_SECONDS = 5.0
"""New media after which the back-off begins anew."""

FIRST_TRIES = 4
"""Opens of a live that never gave a packet, before its capture gives up: 403 at a first open is common, four in 3 s are not."""

ADDRESS_SECONDS = 30.0
CLIP_PATIENCE = 30.0
"""How much later than due the end of a clip may arrive before what there is becomes the clip."""


class Phase(StrEnum):
    """`waiting`: between two connections."""

    OPENING = "opening"
    LIVE = "live"
    WAITING = "waiting"
    ENDED = "ended"


@dataclass(frozen=True)
class CaptureState:
    """How a capture is doing: `error` is the last thing that went wrong, empty when nothing did since it was healthy."""

    phase: Phase
    error: str = ""


@dataclass(frozen=True)
class Dropped:
    """What a capture let go of: spans nobody took in time, packets that came twice, packets that could not be decoded."""

    spans: int
    repeated: int
    broken: int


@dataclass(frozen=True)
class Manner:
    """How lives are captured. `patience`: how long a source may be silent. `longest`: the cap of a span in seconds.

    `now` is the clock arrivals are told by, `speed` how many times faster than real it runs.
    """

    ring_seconds: float = 90.0
    longest: float = 15.0
    patience: Patience = field(default_factory=Patience)
    back_off: tuple[float, ...] = BACK_OFF
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    speed: float = 1.0


class PyAvCapture:
    """Opens captures with PyAV. They share the voice detector's model and the threads that write clips."""

    def __init__(self, manner: Manner | None = None) -> None:
        self._manner = manner or Manner()
        self._workshop = Workshop(self._manner.patience)
        self._detector = Detector()

    def open(self, name: str, address: FreshAddress) -> "PyAvLiveCapture":
        """Start capturing; call it on the event loop on which `address` is to be asked."""
        return PyAvLiveCapture(name, address, self._manner, self._detector, self._workshop)

    def close(self) -> None:
        """End the threads; clips being written are finished first. Captures are stopped on their own."""
        self._workshop.close()


class PyAvLiveCapture:
    """One live, from its first packet until its address says that it is over, a file until its end."""

    def __init__(
        self, name: str, address: FreshAddress, manner: Manner, detector: Detector, workshop: Workshop
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._name, self._ask, self._manner, self._workshop = name, address, manner, workshop
        self._address: StreamAddress | None = None
        self._length: float | None = None
        self._ring = Ring(manner.ring_seconds)
        self._outlet = Outlet(self._loop)
        self._arrivals = Arrivals()
        self._milestones = Milestones(self._loop)
        segmenter = Segmenter(detector.stream(), manner.longest)
        self._reader = Reader(self._ring, segmenter, self._give, self._arrivals, self._milestones, manner.now)
        self._state = CaptureState(Phase.OPENING)
        self._stopping = threading.Event()
        self._gone = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name=f"capture-{name}", daemon=True)
        self._thread.start()

    @property
    def state(self) -> CaptureState:
        """How it is doing now."""
        return self._state

    @property
    def dropped(self) -> Dropped:
        """What it let go of so far."""
        return Dropped(self._outlet.dropped, self._reader.repeated, self._reader.broken)

    @property
    def length(self) -> float | None:
        """See LiveCapture."""
        return self._length

    @property
    def second(self) -> float:
        """See LiveCapture."""
        return self._reader.timeline.now

    @property
    def first(self) -> float | None:
        """See LiveCapture."""
        return self._ring.first()

    @property
    def ring_bytes(self) -> int:
        """The memory its packets take."""
        return self._ring.size

    def spans(self) -> AsyncIterator[Span | Gap]:
        """See LiveCapture. One taker only."""
        return self._outlet.items()

    def second_of(self, at: datetime) -> float:
        """See LiveCapture."""
        address = self._address
        pace = 1.0 if address is None or address.live else address.pace / self._manner.speed
        return self._arrivals.second_of(at, pace)

    async def cut(self, start: float, end: float, path: Path) -> Cut:
        """See LiveCapture. A file whose ring has moved on is read again."""
        patience = max(0.0, end - self.second) + CLIP_PATIENCE
        await self._milestones.reach(end, patience)
        over, hurried = self._state.phase is Phase.ENDED, self._milestones.hurried
        how = Circumstances(self._ring.moved_on, over, hurried)
        stretch = await self._workshop.copying(lambda: self._stretch(start, end))
        if stretch is None and never_came(self.first, end, how):
            raise Missing("CLIP_EARLY", x=self._name)
        if stretch is None:
            raise Missing("CLIP_GONE", x=self._name)
        return await self._workshop.make(
            stretch, path, Note(stretch.start - start, why_short(stretch, start, end, how))
        )

    def hurry(self) -> None:
        """See LiveCapture."""
        self._milestones.hurry()

    async def stop(self) -> None:
        """See LiveCapture. Takes as long as a silent source is waited for (5 s), else a moment."""
        self._stopping.set()
        await self._gone.wait()
        self._thread.join(POLL_SECONDS)

    def _stretch(self, start: float, end: float) -> Stretch | None:
        """In a thread that copies."""
        first = self._ring.first()
        address = self._address
        if address is not None and not address.live and (first is None or first > start):
            return excerpt(address, self._manner.patience, start, end)
        return self._ring.between(start, end)

    def _give(self, item: Span | Gap) -> None:
        """In the thread: a file is held up while nobody takes its spans, unless it is stopped or a clip waits for more."""
        if self._address is None or self._address.live:
            self._outlet.give(item)
        else:
            self._outlet.give_patiently(
                item, lambda: self._stopping.is_set() or self._milestones.furthest > self.second
            )

    def _run(self) -> None:
        """The thread. Whatever happens in it ends `spans`."""
        error: Exception | None = None
        try:
            self._capture()
        except EarshotError as known:
            error = known
        except Exception as unknown:  # noqa: BLE001 - the supervision point of the thread
            error = Bug("CAPTURE", x=self._name)
            error.__cause__ = unknown
        self._state = CaptureState(Phase.ENDED, str(error or ""))
        self._milestones.close()
        self._outlet.close(error)
        with suppress(RuntimeError):  # the loop is closed: nobody waits
            self._loop.call_soon_threadsafe(self._gone.set)

    def _capture(self) -> None:
        """Connection after connection, until the address says Missing, a file ends, or `stop`."""
        failures, opened = 0, False
        try:
            while not self._stopping.is_set():
                before = self.second
                fault: EarshotError | None
                try:
                    self._address = self._fresh_address()
                except Missing:
                    if opened or before:
                        return
                    raise
                except (Transient, Denied) as refused:
                    fault = refused
                else:
                    opened = True
                    fault = self._connect(self._address)
                    if self._is_over(self._address, fault, failures):
                        return
                failures = 0 if self.second - before >= HEALTHY_SECONDS else failures + 1
                self._wait(failures, fault)
        finally:
            self._reader.finish()

    def _connect(self, address: StreamAddress) -> EarshotError | None:
        """Read one connection to its end; what was wrong with it, None for a plain end."""
        self._state = CaptureState(Phase.OPENING, self._state.error)
        try:
            source = open_source(address, self._manner.patience)
        except EarshotError as fault:
            return fault
        self._state = CaptureState(Phase.LIVE)
        self._length = None if address.live else seconds_of(source)
        try:
            self._reader.read(source, None if address.live else address.pace, self._stopping)
        except CodecChangedError:
            return None
        except (av.error.FFmpegError, OSError) as error:
            return source_fault(error, address.url)
        finally:
            source.close()
        return None

    def _is_over(self, address: StreamAddress, fault: EarshotError | None, failures: int) -> bool:
        """Whether this was the last connection. Raises `fault` when there is nothing to hope for."""
        hopeless = not address.live or (not self.second and failures + 1 >= FIRST_TRIES)
        if fault is not None and hopeless:
            raise fault
        return not address.live

    def _fresh_address(self) -> StreamAddress:
        """Ask on the event loop, wait here."""

        async def ask() -> StreamAddress:
            return await self._ask()

        try:
            asked: Future[StreamAddress] = asyncio.run_coroutine_threadsafe(ask(), self._loop)
        except RuntimeError as closed:
            raise Missing("CAPTURE_STOPPED", x=self._name) from closed
        for _ in range(round(ADDRESS_SECONDS / POLL_SECONDS)):
            with suppress(FutureTimeout):
                return asked.result(POLL_SECONDS)
            if self._stopping.is_set():
                break
        asked.cancel()
        raise Transient("SOURCE_UNREADABLE", x=self._name, reason="its address could not be asked")

    def _wait(self, failures: int, fault: EarshotError | None) -> None:
        """Between two connections: longer after every failure; at once after a healthy one."""
        self._state = CaptureState(Phase.WAITING, str(fault or self._state.error))
        delays = self._manner.back_off
        asked = fault.retry_after if isinstance(fault, Transient) else None
        self._stopping.wait(max(delays[min(failures, len(delays) - 1)] if failures else delays[0], asked or 0.0))
