"""Replies about triggers."""

from dataclasses import dataclass

from core.model.trigger import MatchMode, Trigger
from core.services.arming import Example


@dataclass(frozen=True)
class TriggerAdded:
    """A trigger listens now; what it would have fired on, to judge it by."""

    trigger: Trigger
    count: int
    examples: tuple[Example, ...]


@dataclass(frozen=True)
class TriggerRemoved:
    """A trigger is gone; it can be undone."""

    trigger: Trigger


@dataclass(frozen=True)
class TriggerBack:
    """A removal was undone."""

    trigger: Trigger


@dataclass(frozen=True)
class TriggerList:
    """The triggers of a place: one page of all."""

    rows: tuple[Trigger, ...]
    n: int
    page: int
    pages: int


@dataclass(frozen=True)
class TriggerTested:
    """What a word would have fired on."""

    word: str
    match: MatchMode
    count: int
    examples: tuple[Example, ...]
