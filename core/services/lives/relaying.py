"""Relaying: the words of a live into its followers' channels, as one post that grows and then rolls over. What has no words is
named with its reason, never skipped."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from core.model.feed import Event
from core.model.notice import Notice, Rolling, facts_of
from core.model.transcript import Gap, Segment, SegmentState
from core.ports.clock import Clock
from core.ports.store import Storage
from core.services.feeding import address_of
from core.services.lives.scene import Scene

EVERY = timedelta(seconds=15)  # between two edits of one post
ROLL_AFTER = timedelta(minutes=10)
ROLL_CHARACTERS = 1_800  # fits a Discord message
STAMP, GAP_LINE = 12, 50  # characters of a time, of a line that names a gap
SILENCE = timedelta(seconds=30)  # shorter pauses are breath
WORDLESS = {SegmentState.UNTOLD: "untold", SegmentState.FAILED: "failed"}
"""Why a segment has no words, as a gap says it."""


@dataclass
class Roll:
    """The post that is growing now. `news`: it has lines that were not told yet. `end`: until when it has come."""

    number: int = 0
    began: datetime | None = None
    told: datetime | None = None
    news: bool = False
    version: int = 0
    lines: list[tuple[datetime, str | None]] = field(default_factory=list)
    gaps: list[tuple[datetime, datetime, str]] = field(default_factory=list)
    first: datetime | None = None
    end: datetime | None = None
    engine: str = ""
    language: str = ""

    def full(self, now: datetime) -> bool:
        """Whether the next line opens a new post."""
        length = sum(len(text or "") + STAMP for _, text in self.lines) + GAP_LINE * len(self.gaps)
        return length >= ROLL_CHARACTERS or (self.began is not None and now - self.began >= ROLL_AFTER)

    def take(self, start: datetime, end: datetime, text: str | None, why: str) -> None:
        """Add a line, or a stretch without words; one that goes on for the same reason becomes longer."""
        if self.end is not None and start - self.end >= SILENCE:
            self.gaps.append((self.end, start, "silent"))
        last = self.gaps[-1] if self.gaps else None
        if text is not None:
            self.lines.append((start, text))
        elif last is not None and last[2] == why and last[1] == self.end:
            self.gaps[-1] = (last[0], end, why)
        else:
            self.gaps.append((start, end, why))
        self.first, self.end, self.news = self.first or start, end, True


@dataclass
class Relaying:
    """The rolling posts of all lives watched here."""

    storage: Storage
    clock: Clock
    _rolls: WeakKeyDictionary[Scene, Roll] = field(default_factory=WeakKeyDictionary)

    async def speech(self, scene: Scene, part: Segment | Gap) -> None:
        """Add a line; tell the places when 15 s have passed since the last time."""
        text = part.text if isinstance(part, Segment) else None
        if text == "":
            return
        roll, now = self._rolls.setdefault(scene, Roll()), self.clock.now()
        if roll.full(now):
            await self._tell(scene, roll, over=True)
            roll = self._rolls[scene] = Roll(roll.number + 1, end=roll.end)
        roll.began = roll.began or now
        why = WORDLESS.get(part.state, "failed") if isinstance(part, Segment) else str(part.cause)
        roll.take(scene.time_of(part.start), scene.time_of(part.end), text, why)
        if isinstance(part, Segment) and text is not None:
            roll.engine, roll.language = part.engine, part.language or roll.language
        if roll.told is None or now - roll.told >= EVERY:
            await self._tell(scene, roll)

    async def finish(self, scene: Scene) -> None:
        """The live is over: tell what was still held back, and that no more comes."""
        if roll := self._rolls.pop(scene, None):
            await self._tell(scene, roll, over=True)

    async def _tell(self, scene: Scene, roll: Roll, *, over: bool = False) -> None:
        if roll.first is None or not (roll.news or over):
            return
        roll.told, roll.news = self.clock.now(), False
        roll.version += 1
        live = scene.live
        said = Rolling(live.id, live.handle, roll.language, roll.engine, roll.lines, roll.gaps, over)
        kind, facts = facts_of(said)
        subject = f"rolling:{live.id}:{roll.first.timestamp():.0f}"
        async with self.storage.work() as work:
            for follow in scene.heard:
                address = await address_of(work, Event.LIVE, follow) if follow.transcript else None
                if address is not None:
                    key = f"{subject}:{roll.version}:{follow.place}"
                    notice = Notice(kind, key, follow.place, address, subject, facts, edits=True, silent=True)
                    await work.outbox.put(notice, roll.told)
