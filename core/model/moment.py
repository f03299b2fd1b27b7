"""Moments: all that happened in a live, of whatever kind, on one clock."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.model.diary import DiaryKind


class MomentKind(StrEnum):
    """What a moment is, in the order of those that come in the same instant. `watch` is what happened to our watch of the live,
    `mark` a person's note."""

    WATCH = "watch"
    GAP = "gap"
    SPEECH = "speech"
    CHAT = "chat"
    GIFT = "gift"
    LIKE = "like"
    JOIN = "join"
    FOLLOW = "follow"
    SHARE = "share"
    VIEWERS = "viewers"
    HIT = "hit"
    ALERT = "alert"
    CLIP = "clip"
    MARK = "mark"


@dataclass(frozen=True)
class Moment:
    """One thing that happened. `second` is of the recording, where the live's own clock has it; `at` is when that was.

    `text` is what was said, written or noted; of a gift its name, of a hit the trigger's word, of an alert the words that raised
    it, of a clip its shown name, of a gap its cause. What happened to the watch is `noted` so in the diary. `who` is a handle, a
    speaker or a person's name, `person` what the place knows a chatter by. `count` is a number of gifts, likes or viewers; `score`
    an alert's. `until` is the second at which what lasts is over. `risky`: an alarming thing was said in it.
    """

    second: float
    at: datetime
    kind: MomentKind
    text: str = ""
    who: str = ""
    person: str = ""
    count: int = 1
    until: float | None = None
    score: float | None = None
    risky: bool = False
    noted: DiaryKind | None = None


@dataclass(frozen=True)
class Crowd:
    """What many did within a minute, counted. `lines` are the first of what they wrote; `viewers` None when nobody counted."""

    second: float
    chats: int = 0
    gifts: int = 0
    likes: int = 0
    joins: int = 0
    follows: int = 0
    shares: int = 0
    viewers: int | None = None
    lines: tuple[Moment, ...] = ()
