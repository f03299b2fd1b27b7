"""Replies about clips."""

from dataclasses import dataclass

from core.model.clip import Clip
from core.model.live import Live


@dataclass(frozen=True)
class ClipAsked:
    """A clip is being cut; it will be posted where the live is told."""

    live: Live
    seconds: float


@dataclass(frozen=True)
class ClipList:
    """Saved clips: one page of all."""

    rows: tuple[Clip, ...]
    page: int
    pages: int
