"""Relaying: the words of a live into its followers' channels, as one post that grows and then rolls over. What has no words is
named with its reason, never skipped."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import inf
from weakref import WeakKeyDictionary

from core.model.feed import Event
from core.model.notice import Notice, facts_of
from core.model.risk import AlertRule, Assessment
from core.model.tellable.lives import Rolling
from core.model.transcript import Gap, Segment, SegmentState
from core.ports.clock import Clock
from core.ports.store import Storage
from core.services.assessing import threshold_of
from core.services.feeding import address_of
from core.services.lives.scene import Scene

EVERY = timedelta(seconds=15)  # between two edits of one post
ROLL_AFTER = timedelta(minutes=10)
ROLL_CHARACTERS = 1_800  # fits a Discord message
STAMP, GAP_LINE = 12, 50  # characters of a time, of a line that names a gap
SILENCE = timedelta(seconds=30)  # shorter pauses are breath
ROUNDING = timedelta(milliseconds=1)  # a second of the live is a float, a time is not
WORDLESS = {SegmentState.UNTOLD: "untold", SegmentState.LATE: "late", SegmentState.FAILED: "failed"}
"""Why a segment has no words, as a gap says it."""


@dataclass
class Roll:
    """The post that is growing now. `news`: it has lines that were not told yet. `end`: until when it has come.

    Where one post ends and the next begins depends on what was said alone. After a restart it goes on as it was told: what has
    got words since then would move the ends of the posts, and their lines be told again.
    """

    told: datetime | None = None
    news: bool = False
    lines: list[tuple[datetime, str | None]] = field(default_factory=list)
    gaps: list[tuple[datetime, datetime, str]] = field(default_factory=list)
    first: datetime | None = None
    end: datetime | None = None
    engine: str = ""
    language: str = ""

    def full(self, at: datetime) -> bool:
        """Whether what begins `at` opens a new post."""
        length = sum(len(text or "") + STAMP for _, text in self.lines) + GAP_LINE * len(self.gaps)
        return length >= ROLL_CHARACTERS or (self.first is not None and at - self.first >= ROLL_AFTER)

    def add(self, part: Segment | Gap, start: datetime, end: datetime) -> None:
        """Add a line, or a stretch without words."""
        if isinstance(part, Gap):
            self._take(start, end, None, str(part.cause))
            return
        self._take(start, end, part.text, WORDLESS.get(part.state, "failed"))
        if part.text is not None:
            self.engine, self.language = part.engine, part.language or self.language

    def _take(self, start: datetime, end: datetime, text: str | None, why: str) -> None:
        """A stretch that goes on without words for the same reason becomes longer."""
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
    """The rolling posts of all lives watched here. What a process that died had told goes on in the same post. `rule` says what a
    place is alerted of: such lines are marked."""

    storage: Storage
    clock: Clock
    rule: AlertRule = AlertRule.EARSHOT
    _rolls: WeakKeyDictionary[Scene, Roll] = field(default_factory=WeakKeyDictionary)

    async def speech(self, scene: Scene, part: Segment | Gap) -> None:
        """Add a line; tell the places when 15 s have passed since the last time."""
        if _says_nothing(part):
            return
        roll = self._rolls.get(scene) or await self._stored(scene, part.start)
        start = scene.time_of(part.start)
        if roll.full(start):
            await self._tell(scene, roll, over=True)
            roll = Roll(end=roll.end)
        roll.add(part, start, scene.time_of(part.end))
        self._rolls[scene], now = roll, self.clock.now()
        if roll.told is None or now - roll.told >= EVERY:
            await self._tell(scene, roll)

    async def finish(self, scene: Scene) -> None:
        """The live is over: tell what was still held back, and that no more comes."""
        roll = self._rolls.get(scene) or await self._stored(scene)
        self._rolls.pop(scene, roll)
        await self._tell(scene, roll, over=True)

    async def _stored(self, scene: Scene, until: float = inf) -> Roll:
        """The post that had been growing, of what is stored of the live before second `until`. The one before it may have
        been left without its last lines."""
        async with self.storage.reading() as work:
            parts = await work.transcripts.of_live(scene.live.id)
            last = [await work.outbox.latest(follow.place, f"rolling:{scene.live.id}:") for follow in scene.heard]
        spoken = [part for part in parts if part.start < until and not _says_nothing(part)]
        roll, complete = _as_told([notice.tells() for notice in last if notice is not None], spoken, scene), None
        told = roll.end
        for part in spoken:
            start = scene.time_of(part.start)
            if told is not None and start <= told - ROUNDING:
                continue
            if roll.full(start):
                complete, roll = roll, Roll(end=roll.end)
            roll.add(part, start, scene.time_of(part.end))
        if complete:
            await self._tell(scene, complete, over=True, known=True)
        return roll

    async def _tell(self, scene: Scene, roll: Roll, *, over: bool = False, known: bool = False) -> None:
        """`known`: only those who have this post already."""
        if roll.first is None or roll.end is None or not (roll.news or over):
            return
        roll.told, roll.news = self.clock.now(), False
        live = scene.live
        said = Rolling(live.id, live.handle, roll.language, roll.engine, roll.lines, roll.gaps, over)
        subject = f"rolling:{live.id}:{roll.first.timestamp():.0f}"
        version = f"{roll.end.timestamp():.1f}{':over' * over}"  # what was told before a crash is not told again
        async with self.storage.work() as work:
            judged = await work.alerts.of_live(live.id, scene.second_at(roll.first))
            for follow in scene.heard:
                address = await address_of(work, Event.LIVE, follow) if follow.transcript else None
                if address is not None and (not known or await work.outbox.told_at(follow.place, subject)):
                    threshold = await threshold_of(work, follow)
                    limits = (await work.policies.get(follow.place)).severe
                    alarming = [one for one in judged if one.alarming(threshold, self.rule, limits)]
                    kind, facts = facts_of(replace(said, risky=_lines_of(alarming, scene, roll)))
                    key = f"{subject}:{version}:{follow.place}"
                    notice = Notice(kind, key, follow.place, address, subject, facts, edits=True, silent=True)
                    await work.outbox.put(notice, roll.told)


def _as_told(said: Sequence[object], spoken: Sequence[Segment | Gap], scene: Scene) -> Roll:
    """The newest of the posts that were told, or what comes after it when it is over; empty when nothing was told."""
    known = [one for one in said if isinstance(one, Rolling) and (one.lines or one.gaps)]
    if not known:
        return Roll()
    newest = max(known, key=_reaches)
    until = _reaches(newest)
    ends = [scene.time_of(part.end) for part in spoken if scene.time_of(part.start) <= until + ROUNDING]
    end = max([until, *ends])
    if newest.over:
        return Roll(end=end)
    lines, gaps = list(newest.lines), list(newest.gaps)
    first = min([at for at, _ in lines] + [at for at, _, why in gaps if why != "silent"])
    return Roll(lines=lines, gaps=gaps, first=first, end=end, engine=newest.engine, language=newest.language)


def _reaches(said: Rolling) -> datetime:
    return max([at for at, _ in said.lines] + [until for _, until, _ in said.gaps])


def _lines_of(alarming: list[Assessment], scene: Scene, roll: Roll) -> list[datetime]:
    """When the lines began in which these were said."""
    began = [at for at, text in roll.lines if text]
    said = [bisect_right(began, scene.time_of(one.second) + ROUNDING) for one in alarming]
    return sorted({began[n - 1] for n in said if n})


def _says_nothing(part: Segment | Gap) -> bool:
    """Sound in which an engine found no words."""
    return isinstance(part, Segment) and part.text == ""
