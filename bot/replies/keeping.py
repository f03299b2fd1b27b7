"""What the section of keeping data answers."""

from dataclasses import dataclass
from datetime import timedelta

from core.model.keep import Kept, Matter


@dataclass(frozen=True)
class KeepingShown:
    """How long a place keeps what; it has `clips` of `size` bytes."""

    kept: Kept
    clips: int
    size: int


@dataclass(frozen=True)
class ConfirmKeep:
    """Asks before something is kept for so short that `n` of it go: clips, or lives with their words."""

    matter: Matter
    length: timedelta
    n: int
