"""Replies about triggers."""

from dataclasses import dataclass

from bot.replies.common import Failed
from core.model.account import Handle
from core.model.trigger import MatchMode, Trigger
from core.services.rehearsing import Rehearsal


@dataclass(frozen=True)
class TriggerAdded:
    """A trigger listens now; what it would have fired on, to judge it by."""

    trigger: Trigger
    tried: Rehearsal


@dataclass(frozen=True)
class TriggersAdded:
    """A list of words became triggers, each its own; `refused` are the other words, and why. `first` and `last`: the numbers of
    those made, by which they can be taken back."""

    made: tuple[Trigger, ...]
    refused: tuple[tuple[str, Failed], ...]
    first: int = 0
    last: int = 0


@dataclass(frozen=True)
class TriggersGone:
    """What came of a list was taken back."""

    n: int


@dataclass(frozen=True)
class TriggerShown:
    """One trigger, and how it can be changed."""

    trigger: Trigger


@dataclass(frozen=True)
class TriggerEdited:
    """A trigger listens otherwise now."""

    before: Trigger
    after: Trigger


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
    """The triggers of a place, or those that listen to one account: one page of all."""

    rows: tuple[Trigger, ...]
    n: int
    page: int
    pages: int
    account: Handle | None = None


@dataclass(frozen=True)
class TriggerTested:
    """What a word would have fired on."""

    word: str
    match: MatchMode
    tried: Rehearsal
