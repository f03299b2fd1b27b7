"""Judging one source for one listener, without storage: the same windows and steps as for a live, by the clock of the source."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from core.errors import Denied, EarshotError
from core.model.reconciling import stood_in
from core.model.risk import AlertRule, Assessment
from core.model.transcript import Segment
from core.ports.assessor import LocalAssessor, Window
from core.services.assessing.steps import RULES, Steps
from core.services.assessing.windows import Desk, Heard, Piece

BEGAN = datetime(2000, 1, 1, tzinfo=UTC)  # of the source's clock: only differences count
AT_ONCE = 3
"""Windows on their way: a file that is read faster than it is judged waits."""


@dataclass
class Alone:
    """What a listener is alerted of: scores over `threshold`, by `rule`. Without models the judge inside has the only word."""

    local: LocalAssessor
    steps: Steps
    threshold: float
    rule: AlertRule
    _desk: Desk = field(default_factory=Desk)
    _asking: list[asyncio.Task[None]] = field(default_factory=list)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _words: list[Assessment] = field(default_factory=list)

    async def hear(self, segment: Segment, *, hit: bool) -> None:
        """A segment with words was said; a trigger `hit` it or not."""
        now = BEGAN + timedelta(seconds=segment.end)
        heard = Heard(segment, self.local.judged(segment), now, hit=hit)
        self._desk.hear(segment)
        if not self.steps.able:
            self._words.append(stood_in(heard.local) if self.steps.models else heard.local)
            return
        for left in self._desk.add(heard, alarming=False):
            self._words.append(left.word)
        if self._desk.due(now) == 0:
            self._desk.screenings.take(now)
            await self._ask(self._desk.take(), now)

    def alarming(self) -> list[Assessment]:
        """What is over the threshold of what was judged since the last time."""
        words, self._words = self._words, []
        return [word for word in words if word.alarming(self.threshold, self.rule)]

    async def over(self) -> None:
        """The source has ended: everything is judged when this returns."""
        while self._desk.waiting:
            last = max(one.at for one in self._desk.waiting)
            await self._ask(self._desk.take(), last)
        while self._asking:
            await self._asking.pop(0)

    @property
    def judge(self) -> str:
        """Who has the last word."""
        return self.steps.models[-1].model.name if self.steps.models else RULES

    @property
    def refused(self) -> Denied | None:
        """What somebody has to mend before any model judges: the key, or where it is asked."""
        errors = (error for error in self.troubles if error.code != "ENGINE_MODEL")
        return next((error for error in errors if isinstance(error, Denied)), None)

    @property
    def troubles(self) -> list[EarshotError]:
        """Why models do not judge at present; the judge inside stands in for them."""
        return [one.error for one in self.steps.models if one.error is not None]

    async def _ask(self, pieces: Sequence[Piece], now: datetime) -> None:
        self._asking.append(asyncio.create_task(self._judge(pieces, now)))
        while len(self._asking) > AT_ONCE:
            await self._asking.pop(0)

    async def _judge(self, pieces: Sequence[Piece], now: datetime) -> None:
        """One window after the other: each is told what the one before was about."""
        async with self._turn:
            desk, segments = self._desk, tuple(piece.segment for piece in pieces)
            window = Window(segments, desk.context(pieces), desk.summary, segments[-1].language)
            summary = await self.steps.go(window, pieces, self.threshold, desk, lambda: now, [])
            desk.summary = summary or desk.summary
            self._words += [piece.word or stood_in(piece.local) for piece in pieces]
