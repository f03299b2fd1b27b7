"""What engines heard, and what models judged, for a place."""

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


@dataclass(frozen=True)
class Spending:
    """By one model on one day (UTC): requests, tokens of the questions (of which `cached` were cheaper) and of the answers, and
    dollars; of a live that several places see each has its share. `seconds` of live it went through, for each of them in full."""

    day: date
    model: str
    requests: float
    asked: float
    cached: float
    answered: float
    dollars: float
    seconds: float = 0.0


@dataclass(frozen=True)
class Cost:
    """What models cost a place: (model, dollars today), the dearest first; dollars of `today`, of an `hour` of live (of those of
    today, None: there was none), and what it may cost a day (None: nothing limits it)."""

    models: tuple[tuple[str, float], ...] = ()
    today: float = 0.0
    hour: float | None = None
    most: float | None = None
