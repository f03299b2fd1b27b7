"""What engines heard for a place."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Usage:
    """By one engine on one day (UTC): seconds of speech, in so many pieces."""

    day: date
    engine: str
    seconds: float
    pieces: int


@dataclass(frozen=True)
class Used:
    """What a place has used: (engine, seconds today, seconds this month), the most used first; and what it may use a day and has
    left of it, in seconds; None where nothing limits it."""

    engines: tuple[tuple[str, float, float], ...] = ()
    most: float | None = None
    left: float | None = None
