"""Relaying: the words of a live into its followers' channels, as one post that grows and then rolls over."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from core.model.feed import Event
from core.model.notice import Notice, Rolling, facts_of
from core.model.transcript import Gap, Segment
from core.ports.clock import Clock
from core.ports.store import Storage
from core.services.feeding import address_of
from core.services.lives.scene import Scene

EVERY = timedelta(seconds=15)  # between two edits of one post
ROLL_AFTER = timedelta(minutes=10)
ROLL_CHARACTERS = 1_800  # fits a Discord message


@dataclass
class Roll:
    """The post that is growing now. `news`: it has lines that were not told yet."""

    number: int = 0
    began: datetime | None = None
    told: datetime | None = None
    news: bool = False
    version: int = 0
    lines: list[tuple[datetime, str | None]] = field(default_factory=list)
    engine: str = ""
    language: str = ""

    def full(self, now: datetime) -> bool:
        """Whether the next line opens a new post."""
        length = sum(len(text or "") + 12 for _, text in self.lines)
        return length >= ROLL_CHARACTERS or (self.began is not None and now - self.began >= ROLL_AFTER)


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
            await self._tell(scene, roll)
            roll = self._rolls[scene] = Roll(roll.number + 1)
        roll.began = roll.began or now
        roll.lines.append((scene.time_of(part.start), text))
        roll.news = True
        if isinstance(part, Segment):
            roll.engine, roll.language = part.engine, part.language or roll.language
        if roll.told is None or now - roll.told >= EVERY:
            await self._tell(scene, roll)

    async def finish(self, scene: Scene) -> None:
        """The live is over: tell what was still held back."""
        if roll := self._rolls.pop(scene, None):
            await self._tell(scene, roll)

    async def _tell(self, scene: Scene, roll: Roll) -> None:
        if not roll.news:
            return
        roll.told, roll.news = self.clock.now(), False
        roll.version += 1
        kind, facts = facts_of(Rolling(scene.live.id, scene.live.handle, roll.language, roll.engine, roll.lines))
        subject = f"rolling:{scene.live.id}:{roll.lines[0][0].timestamp():.0f}"
        async with self.storage.work() as work:
            for follow in scene.heard:
                address = await address_of(work, Event.LIVE, follow) if follow.transcript else None
                if address is not None:
                    key = f"{subject}:{roll.version}:{follow.place}"
                    notice = Notice(kind, key, follow.place, address, subject, facts, edits=True, silent=True)
                    await work.outbox.put(notice, roll.told)
