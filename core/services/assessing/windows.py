"""Windows: the segments of a live that wait for a model, and when they are sent.

A window is sent when a minute has gathered, or at once with a segment that is flagged: by its local score, its local labels or a
trigger. Segments end where somebody takes a breath, often after a few seconds: neighbours are put together to pieces of a quarter
of a minute, since every piece costs an answer. What is flagged is a piece of its own.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from core.model.reconciling import cited, reconciled, stood_in
from core.model.risk import Assessment, Label
from core.model.transcript import Segment
from core.services.assessing.rationing import RESERVE, Ration, judgings, screenings

FLAGGED = 0.6
"""The local score from which on a segment is sent at once; the probability of a local label that does the same."""
GATHERED = timedelta(seconds=60)
ENOUGH_SECONDS = 55.0  # of speech: about four times SEGMENT_SECONDS
PIECE_SECONDS = (15.0, 20.0, 30.0, 45.0, 60.0)
"""How long a piece may be: longer when there are too many for a window."""

PIECE_TEXT = 1_100
"""Characters of a piece: what is longer than a model is shown (cleaning.LONGEST) would take a person."""

CONTEXT_SECONDS = 180.0
MOST_PIECES = 4  # of one window
LONGEST_SECONDS = 120.0  # of a live that one window stands for
MOST_WAITING = 48
"""Segments of one live that wait for a model. With more the oldest are left to the judge inside."""


@dataclass(eq=False)
class Heard:
    """A segment, what the judge inside says of it, when it came and the number of its stored assessment. `alerts`: in which alert
    of each place it counts already; `told`: the word that was told of early. `settled`: the last
    word on it is stored."""

    segment: Segment
    local: Assessment
    at: datetime
    number: int = 0
    hit: bool = False
    alerts: dict[str, int] = field(default_factory=dict)
    told: Assessment | None = None
    settled: bool = False
    piece: "Piece | None" = None

    @property
    def flagged(self) -> bool:
        """Whether somebody should have a look at once."""
        one = self.local
        sure = any(share >= FLAGGED for share in one.labels.values())
        return self.hit or one.score >= FLAGGED or one.hateful or one.doubtful or one.injection or sure

    @property
    def word(self) -> Assessment:
        """The best there is up to now; the judge inside stands in for a model that has not answered."""
        said = self.piece.word if self.piece is not None else None
        return said or stood_in(self.local)


@dataclass(eq=False)
class Piece:
    """What gets one answer: a segment, or neighbours together. `screened` and `judged` are what models said of it."""

    heard: tuple[Heard, ...]
    screened: Assessment | None = None
    judged: Assessment | None = None

    def __post_init__(self) -> None:
        for one in self.heard:
            one.piece = self

    @property
    def segment(self) -> Segment:
        """Its words as one segment."""
        parts = [one.segment for one in self.heard]
        if len(parts) == 1:
            return parts[0]
        words = tuple(word for part in parts for word in part.words) if all(part.words for part in parts) else ()
        text = " ".join(part.text or "" for part in parts)
        return replace(parts[0], end=parts[-1].end, text=text, words=words)

    @property
    def local(self) -> Assessment:
        """The worst the judge inside says of any of it; what keeps any of it back as perhaps about minors keeps all of it."""
        worst = max((one.local for one in self.heard), key=badness)
        minors = max((one.local.labels.get(Label.S3, 0.0) for one in self.heard if one.local.about_minors), default=0.0)
        if minors <= worst.labels.get(Label.S3, 0.0):
            return worst
        return replace(worst, labels={**worst.labels, Label.S3: minors})

    @property
    def word(self) -> Assessment | None:
        """What stands: the judging model's word, else the screening one's, never below what the judge inside is sure of. None: no
        model has said anything."""
        said = self.judged or self.screened
        return cited(reconciled(self.local, said), self.segment.text or "") if said is not None else None

    def of(self, second: float) -> Heard:
        """Which of its segments was being said at `second`."""
        return next((one for one in reversed(self.heard) if one.segment.start <= second), self.heard[0])


def badness(assessment: Assessment) -> tuple[bool, float, float]:
    """What makes one assessment worse than another."""
    worst = max(assessment.labels.values(), default=0.0)
    return assessment.doubtful or bool(assessment.severe()), assessment.score, worst


def grouped(heard: Sequence[Heard], seconds: float) -> list[list[Heard]]:
    """Put together to pieces of at most so many seconds and PIECE_TEXT, oldest first."""
    groups: list[list[Heard]] = []
    for one in sorted(heard, key=lambda one: one.segment.start):
        last = groups[-1] if groups else []
        apart = not last or one.flagged or last[-1].flagged or one.segment.language != last[0].segment.language
        if apart or one.segment.end - last[0].segment.start > seconds or _length(*last, one) > PIECE_TEXT:
            groups.append([one])
        else:
            last.append(one)
    return groups


def _length(*heard: Heard) -> int:
    return sum(len(one.segment.text or "") + 1 for one in heard)


def window_of(heard: Sequence[Heard]) -> list[list[Heard]]:
    """At most MOST_PIECES: the newest flagged ones first of all, then the oldest, in the order they were said."""
    groups: list[list[Heard]] = []
    for seconds in PIECE_SECONDS:
        groups = grouped(heard, seconds)
        if len(groups) <= MOST_PIECES:
            return groups
    urgent = [group for group in groups if group[0].flagged][-MOST_PIECES:]
    others = [group for group in groups if not group[0].flagged][: MOST_PIECES - len(urgent)]
    return sorted([*urgent, *others], key=lambda group: group[0].segment.start)


@dataclass(eq=False)
class Desk:
    """What waits for a model in one live. `said`: what was said lately; `summary`: of what came before, as the model put it.
    `flying`: what a model is being asked about; `alarming`: what somebody must be told of soon, whatever a model does. `recovered`:
    the starts of what was judged when the desk was made. `until`: the second of the live that windows have come to. `over`: the
    last window has been asked."""

    waiting: deque[Heard] = field(default_factory=deque)
    flying: list[Piece] = field(default_factory=list)
    alarming: deque[Heard] = field(default_factory=deque)
    said: deque[Segment] = field(default_factory=deque)
    recovered: set[float] = field(default_factory=set)
    over: bool = False
    summary: str = ""
    until: float | None = None
    screenings: Ration = field(default_factory=screenings)
    judgings: Ration = field(default_factory=judgings)
    came: asyncio.Event = field(default_factory=asyncio.Event)
    alarmed: asyncio.Event = field(default_factory=asyncio.Event)
    storing: asyncio.Lock = field(default_factory=asyncio.Lock)

    def hear(self, segment: Segment) -> None:
        """Remember it for a while."""
        self.said.append(segment)
        newest = max(one.end for one in self.said)
        while self.said[0].end < newest - CONTEXT_SECONDS - GATHERED.total_seconds():
            self.said.popleft()

    def add(self, heard: Heard, *, alarming: bool) -> list[Heard]:
        """It waits; gives the oldest ones, for which there is no room any more."""
        self.waiting.append(heard)
        if alarming:
            self.alarming.append(heard)
            self.alarmed.set()
        self.came.set()
        return [self.waiting.popleft() for _ in range(len(self.waiting) - MOST_WAITING)]

    def empty(self) -> list[Heard]:
        """Everything that waits, and waits no more."""
        left, self.waiting = list(self.waiting), deque()
        return left

    def covered(self, pieces: Sequence[Piece]) -> float:
        """Seconds of the live that a window goes through: since the last one, silence included, but not more than a while."""
        start, end = pieces[0].segment.start, pieces[-1].segment.end
        since = self.until if self.until is not None and self.until <= start else start
        self.until = max(end, self.until or 0.0)
        return min(end - since, LONGEST_SECONDS)

    def due(self, now: datetime) -> float | None:
        """In how many seconds the next window is to be sent; None: nothing waits."""
        if not self.waiting:
            return None
        if any(one.flagged for one in self.waiting):
            return self.screenings.opens(now)
        seconds = sum(one.segment.end - one.segment.start for one in self.waiting)
        oldest = self.waiting[0].at
        gathered = 0.0 if seconds >= ENOUGH_SECONDS else (oldest + GATHERED - now).total_seconds()
        return max(0.0, gathered, self.screenings.opens(now, 1 + RESERVE))

    def take(self) -> list[Piece]:
        """The next window."""
        groups = window_of(self.waiting)
        taken = {one for group in groups for one in group}
        self.waiting = deque(one for one in self.waiting if one not in taken)
        self.flying = [Piece(tuple(group)) for group in groups]
        return self.flying

    def back(self) -> None:
        """What was taken and has no last word waits again."""
        left = [one for piece in self.flying for one in piece.heard if not one.settled]
        self.waiting.extendleft(reversed(left))
        self.flying = []

    def context(self, pieces: Sequence[Piece]) -> tuple[Segment, ...]:
        """What was said in the three minutes before a window, without what is in it."""
        first = pieces[0].segment.start
        inside = {one.segment.start for piece in pieces for one in piece.heard}
        near = (one for one in self.said if first - CONTEXT_SECONDS <= one.start and one.start not in inside)
        return tuple(sorted((one for one in near if one.start < pieces[-1].segment.end), key=lambda one: one.start))
