"""Replies about lives and their transcripts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from core.model.live import Live
from core.model.tellable.lives import LiveEnded
from core.model.transcript import Segment
from core.services.exporting import Exported
from core.services.lives.filing import What
from core.services.lives.recounting import Stretch


@dataclass(frozen=True)
class LiveList:
    """Lives: one page of all. `running`: only those running now; `behind`: by how many seconds the words of an account's come
    late."""

    rows: tuple[Live, ...]
    page: int
    pages: int
    running: bool
    now: datetime
    behind: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class LiveShown:
    """One live; `report` is drawn as the end post is, also while it runs."""

    report: LiveEnded
    running: bool


@dataclass(frozen=True)
class LiveTimeline:
    """A page of what happened in a live, on its own clock."""

    live: Live
    stretch: Stretch


@dataclass(frozen=True)
class LiveFile:
    """A part of a live as a file."""

    live: Live
    what: What
    file: Exported


@dataclass(frozen=True)
class TranscriptShown:
    """What was said in a live: one page of all segments."""

    live: Live
    segments: tuple[Segment, ...]
    page: int
    pages: int


@dataclass(frozen=True)
class TranscriptFile:
    """A transcript as a file."""

    live: Live
    file: Exported
