"""Probing: what the incidents look at: limits of TikTok, posts that wait, room on the disk, the database, the engines."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from core.ports.clock import Clock
from core.ports.store import Storage
from core.services.assessing.steps import Standing, Steps
from core.services.finding.looking import Looking
from core.services.incidents import ENGINE_KEY, JUDGE_DOWN, JUDGE_KEY, JUDGE_MODEL, LATE, WAITS, Probe
from core.services.listening import Listening
from core.services.sparing import space_of

SLOW_SECONDS = 10.0  # rows of chat that wait so long to be stored
LIMITED_FOR = timedelta(minutes=3)  # shorter limits are everyday
FAILURES, WORDLESS_FOR = 3, timedelta(minutes=5)
UNHEARD = 3  # pieces of speech in a row
SILENT_FOR = timedelta(minutes=5)  # a limit of a minute, or a hiccup, is everyday


class Writer(Protocol):
    """The writer of chat, as far as it is measured."""

    @property
    def writer_wait_seconds(self) -> float: ...


def probes_of(
    storage: Storage,
    clock: Clock,
    platforms: Sequence[str],
    folder: Path,
    looking: Looking,
    writer: Writer,
    listening: Listening,
    steps: Steps,
) -> tuple[Probe, ...]:
    """Everything that is looked at in a process that runs."""
    return (
        limited(lambda: looking.limited_until, clock),
        late(storage, clock, platforms),
        room(folder),
        slow(lambda: writer.writer_wait_seconds),
        wordless(lambda: listening.failures, clock),
        unheard(lambda: listening.unheard),
        *(refused(engine.name, listening, clock) for engine in listening.engines),
        *(probe for model in steps.models for probe in judging(model, clock)),
    )


def limited(until: Callable[[], datetime | None], clock: Clock) -> Probe:
    """Whether TikTok lets nobody look."""

    async def measure() -> float | None:
        at = until()
        return max(0.0, (at - clock.now()).total_seconds()) if at is not None else None

    return Probe("TIKTOK_LIMIT", measure, LIMITED_FOR)


def late(storage: Storage, clock: Clock, platforms: Sequence[str]) -> Probe:
    """Whether a post for one of `platforms` has been waiting for longer than it should."""

    async def measure() -> float | None:
        now = clock.now()
        async with storage.reading() as work:
            oldest = min((await work.outbox.late(platforms, now - WAITS)).values(), default=None)
        return (now - oldest).total_seconds() if oldest is not None else None

    return Probe(LATE, measure)


def room(folder: Path) -> Probe:
    """Whether the disk is nearly full; how many bytes are free."""

    async def measure() -> float | None:
        space = await asyncio.to_thread(space_of, folder)
        return float(space.free) if space.short else None

    return Probe("DISK_LOW", measure)


def slow(waits: Callable[[], float]) -> Probe:
    """Whether rows wait too long to be stored; `waits` gives for how many seconds the oldest does."""

    async def measure() -> float | None:
        seconds = waits()
        return seconds if seconds >= SLOW_SECONDS else None

    return Probe("STORE_SLOW", measure, timedelta(seconds=30))


def refused(name: str, listening: Listening, clock: Clock) -> Probe:
    """Whether the engine `name` refuses its key, its model or its address; for how many seconds."""
    since: list[datetime] = []

    async def measure() -> float | None:
        if name not in listening.refused:
            since.clear()
            return None
        since[:] = since or [clock.now()]
        return (clock.now() - since[0]).total_seconds()

    return Probe(f"{ENGINE_KEY}:{name}", measure)


def judging(model: Standing, clock: Clock) -> tuple[Probe, ...]:
    """Whether a model that judges is gone, refuses its key, or has given no answer for a while; for how many seconds."""

    def probe(what: str, codes: Callable[[str], bool], after: timedelta = timedelta(0)) -> Probe:
        async def measure() -> float | None:
            if model.error is None or model.since is None or not codes(model.error.code):
                return None
            return (clock.now() - model.since).total_seconds()

        return Probe(f"{what}:{model.model.name}", measure, after)

    return (
        probe(JUDGE_KEY, lambda code: code == "ENGINE_KEY"),
        probe(JUDGE_MODEL, lambda code: code == "ENGINE_MODEL"),
        probe(JUDGE_DOWN, lambda code: code not in ("ENGINE_KEY", "ENGINE_MODEL"), SILENT_FOR),
    )


def wordless(failures: Callable[[], int], clock: Clock) -> Probe:
    """Whether the engines have failed for a while; `failures` gives how many pieces of speech in a row stayed without words."""
    since: list[datetime] = []

    async def measure() -> float | None:
        if failures() < FAILURES:
            since.clear()
            return None
        since[:] = since or [clock.now()]
        return (clock.now() - since[0]).total_seconds()

    return Probe("NO_WORDS", measure, WORDLESS_FOR)


def unheard(pieces: Callable[[], int]) -> Probe:
    """Whether speech is heard that no engine is there for; `pieces` gives how many in a row."""

    async def measure() -> float | None:
        return float(pieces()) if pieces() >= UNHEARD else None

    return Probe("NO_ENGINE", measure)
