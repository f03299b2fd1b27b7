"""Clips: a piece of a live as a playable file, and the name people see."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path, PurePath
from zoneinfo import ZoneInfo

from core.model.filename import FORBIDDEN
from core.model.filename import clean as clean

BEFORE_SECONDS = 30.0
AFTER_SECONDS = 10.0
NAMELESS = "clip"
"""What a clip is called that somebody asked for without a name."""
LONGEST_NAME = 120  # bytes of a name somebody gives, before its ending


class Source(StrEnum):
    """Where a clip comes from: Earshot's own buffer, or the replay buffer of OBS."""

    OWN = "own"
    OBS = "obs"


class Short(StrEnum):
    """Why a clip is shorter than was asked: the live was over, the buffer did not reach so far back, it began only then (after a
    restart), its picture or sound changed their format, the stream stood still, or Earshot was stopped meanwhile."""

    ENDED = "ended"
    BUFFER = "buffer"
    BEGUN = "begun"
    FORMAT = "format"
    STALLED = "stalled"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Clip:
    """A saved clip. The file on disk is named by id; `shown` is what people see. Times are seconds of the live. One that is `kept`
    stays when the others of its age go. `wish` is what it was made for: `job:12`."""

    id: int
    live_id: int
    place: str
    shown: str
    path: Path
    start: float
    seconds: float
    size: int
    width: int
    height: int
    made: datetime
    why: str = ""
    source: Source = Source.OWN
    kept: bool = False
    wish: str = ""

    @property
    def subject(self) -> str:
        """What its post is about, as the outbox has it."""
        return f"clip:{self.wish.removeprefix('job:')}"

    @property
    def still(self) -> Path:
        """Its still beside it; it may not be there."""
        return self.path.with_suffix(".jpg")


@dataclass(frozen=True)
class Cut:
    """What cutting gave: the real start (a keyframe at or before the asked second), length and picture size (0 without), and why
    it is shorter than was asked, if it is."""

    path: Path
    start: float
    seconds: float
    size: int
    width: int
    height: int
    short: Short | None = None


def stamp(at: datetime, zone: ZoneInfo) -> str:
    """`2026-11-20_08-23-04_PM`, the Live Chat Detector's form in the place's time zone."""
    return at.astimezone(zone).strftime("%Y-%m-%d_%I-%M-%S_%p")


def shown_name(who: str, word: str, at: datetime, zone: ZoneInfo) -> str:
    """The seed's name: `{chatter}_{trigger}_{YYYY-MM-DD_hh-mm-ss_AM/PM}.mp4`."""
    return f"{clean(who)}_{clean(word)}_{stamp(at, zone)}.mp4"


def renamed(shown: str, name: str) -> str:
    """What a clip that people call `shown` is called when they name it `name`: cleaned, with the ending it had. Raises ValueError
    when nothing is left of the name."""
    ending = PurePath(shown).suffix
    bare = name.strip()
    if ending and bare.lower().endswith(ending.lower()):
        bare = bare[: -len(ending)]
    cleaned = clean(bare, LONGEST_NAME)
    if cleaned == "_" and "_" not in bare.translate(FORBIDDEN):
        raise ValueError("no name")
    return f"{cleaned}{ending}"


def findable(name: str) -> str:
    """`name` as it is searched: without case and accents."""
    parted = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in parted if not unicodedata.combining(c))
