"""Telling how far a transcription is: into its job for who looks, into its post for who waits."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from core.errors import EarshotError
from core.model.job import Job
from core.model.notice import Notice, Tellable, facts_of
from core.model.person import Address
from core.model.tellable.videos import Transcribed, Transcribing
from core.model.transcript import Segment, turns
from core.model.video import Video, VideoTranscript
from core.ports.clock import Clock
from core.ports.store import Storage, Work
from core.services.enduring import enduring
from core.services.videos.ordering import Order
from core.services.videos.reckoning import Reckoning

STORED_EVERY, POSTED_EVERY = 1.0, 3.0  # seconds
FIRST_LINES = 600  # characters on the card
STEPS = ("found", "downloaded", "speech to text", "posted")


@dataclass
class Telling:
    """One attempt of one job. `said` is what its post says; it may be changed at any time with `now`."""

    storage: Storage
    clock: Clock
    job: Job
    address: Address
    said: Transcribing
    reckoning: Reckoning = field(default_factory=Reckoning)
    _more: asyncio.Event = field(default_factory=asyncio.Event)
    _began: float = 0.0
    _since: datetime | None = None
    _posted: datetime | None = None
    _number: int = 0
    _start: datetime = field(init=False)

    def __post_init__(self) -> None:
        self._start = self.clock.now()

    @property
    def took(self) -> float:
        """The seconds since it was begun."""
        return (self.clock.now() - self._start).total_seconds()

    def found(self, video: Video) -> None:
        """Its page was read."""
        self.said = replace(self.said, handle=video.handle, title=video.title, seconds=video.seconds)
        self.now("downloaded")

    def loaded(self, count: int, total: int) -> None:
        """Bytes so far, and in all as far as it is known."""
        self.now("downloaded", count / total if total else None)

    def now(self, step: str, share: float | None = None) -> None:
        """It is at `step`, of which `share` is done. What is left is reckoned from how long such videos took before; in the last
        step from how fast it went so far."""
        at = self.clock.now()
        if step != self.said.step or self._since is None:
            self._since, self._began = at, share or 0.0
        left = self._left(share, (at - self._since).total_seconds()) if step == STEPS[2] else None
        self.said = replace(self.said, step=step, share=share, left_seconds=left or self._usual())
        self._more.set()

    def _left(self, share: float | None, took: float) -> float | None:
        done = (share or 0.0) - self._began
        return took * (1 - (share or 0.0)) / done if share and done > 0 and took >= 1 else None

    def _usual(self) -> float | None:
        """What is left of the time it usually takes; None: nobody knows, or it is over."""
        whole = self.reckoning.seconds(Order.of(self.job).engine, self.said.seconds) if self.said.seconds else None
        return whole - self.took if whole is not None and whole - self.took >= 1 else None

    async def run(self) -> None:
        """Tell what is new, until cancelled."""
        told = ""
        while True:
            await self._more.wait()
            self._more.clear()
            due = self._posted is None or (self.clock.now() - self._posted).total_seconds() >= POSTED_EVERY
            posting = due or self.said.step != told
            told = self.said.step
            with enduring(f"telling of {self.job.key}"):
                await self._store(posting)
            await self.clock.sleep(STORED_EVERY)

    async def _store(self, posting: bool) -> None:
        async with self.storage.work() as work:
            held = await work.jobs.progress(self.job, progress_of(self.said))
            if held and posting:
                self._posted, self._number = self.clock.now(), self._number + 1
                key = f"{self.job.epoch}:{self._number}"
                await post(work, self.job, self.address, self.said, key, self.clock.now(), silent=True)


async def post(
    work: Work, job: Job, address: Address, said: Tellable, key: str, now: datetime, *, silent: bool = False
) -> None:
    """Change the post of `job`, if it has a place to be told at."""
    if address:
        kind, facts = facts_of(said)
        subject = f"job:{job.id}"
        await work.outbox.put(
            Notice(kind, f"{subject}:{key}", job.place, address, subject, facts, edits=True, silent=silent), now
        )


def progress_of(said: Transcribing) -> dict[str, Any]:
    """What a job keeps of it."""
    return facts_of(said)[1]


def values_of(error: EarshotError) -> dict[str, Any]:
    """The values of an error as plain JSON."""
    return {name: _plain(value) for name, value in error.values.items()}


def _plain(value: object) -> int | float | str:
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, int | float | str) else str(value)


def transcribed(stored: VideoTranscript, segments: Sequence[Segment], *, only: str = "") -> Transcribed:
    """What a place is told of a transcript."""
    said = [f"{who}: {one.text}" if who else one.text for one, who in turns(segments) if one.text]
    text = " ".join(said)
    lines = text if len(text) <= FIRST_LINES else text[:FIRST_LINES].rsplit(" ", 1)[0] + " …"
    video = stored.video
    return Transcribed(
        stored.id,
        video.handle,
        stored.title,
        video.description,
        video.seconds,
        stored.language,
        stored.engine,
        stored.automatic,
        video.posted,
        lines,
        int(video.tiktok_id) if video.handle else 0,
        str(video.thumbnail or ""),
        only=only,
        passed=stored.passed,
    )
