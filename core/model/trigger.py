"""Triggers: what to listen for, what to do, and what was found."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.model.account import Handle


class Where(StrEnum):
    """In what a trigger listens."""

    CHAT = "chat"
    SPEECH = "speech"
    BOTH = "both"

    def covers(self, source: "Where") -> bool:
        """Whether a trigger here hears `source` (chat or speech)."""
        return self in (Where.BOTH, source)


class MatchMode(StrEnum):
    """How a trigger's word is compared."""

    WHOLE_WORD = "whole word"
    CONTAINS = "contains"
    PATTERN = "pattern"
    DISGUISED = "disguised"


class Then(StrEnum):
    """What a hit does. `both`: a post and a clip; `replay`: OBS saves its replay; `mark`: a mark in the live, and no post."""

    ALERT = "alert"
    CLIP = "clip"
    BOTH = "both"
    REPLAY = "replay"
    MARK = "mark"

    @property
    def alerts(self) -> bool:
        """Whether a hit is posted."""
        return self in (Then.ALERT, Then.BOTH)

    @property
    def clips(self) -> bool:
        """Whether a hit is saved as a clip, from wherever the clips of its place come."""
        return self in (Then.CLIP, Then.BOTH)


DEFAULT_COOLDOWN = timedelta(seconds=30)


@dataclass(frozen=True)
class Trigger:
    """A rule of one place. `account_id` None: every followed account."""

    id: int
    place: str
    word: str
    account_id: int | None = None
    handle: Handle | None = None
    where: Where = Where.BOTH
    match: MatchMode = MatchMode.WHOLE_WORD
    then: Then = Then.BOTH
    cooldown: timedelta = DEFAULT_COOLDOWN
    hits: int = 0


@dataclass(frozen=True)
class Hit:
    """A trigger that fired. `second` is on the live's clock, `quote` the whole line as written or said;
    the matched part is quote[start:end]. `by` is the chatter's handle, empty for speech."""

    id: int
    trigger_id: int
    live_id: int
    place: str
    word: str
    source: Where
    at: datetime
    second: float
    quote: str
    start: int
    end: int
    by: str = ""
