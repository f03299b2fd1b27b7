"""The diary of a live: what happened to its watch, and the marks people put in it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class DiaryKind(StrEnum):
    """What an entry tells. `mark` is a person's note; all others are Earshot's own. `muted`: somebody asked for it of the live
    itself; `alert muted`: with one of its alerts."""

    STARTED = "started"
    ENDED = "ended"
    LOST = "lost"
    FOUND = "found"
    TITLE = "title"
    ROOM = "room"
    PAUSED = "paused"
    RESUMED = "resumed"
    CHAT_WAITS = "chat waits"
    CHAT_BACK = "chat back"
    WORDS_LATE = "words late"
    WORDS_BACK = "words back"
    STOPPED = "stopped"
    GOES_ON = "goes on"
    MUTED = "muted"
    ALERT_MUTED = "alert muted"
    MARK = "mark"
    ERROR = "error"


@dataclass(frozen=True)
class Entry:
    """One entry. `second` is on the live's clock; `place` empty: for every place that may see the live; `by` a person's name."""

    live_id: int
    at: datetime
    second: float
    kind: DiaryKind
    text: str = ""
    by: str = ""
    place: str = ""
    id: int = 0
