"""Drawing the picture of a live."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class Timeline:
    """What a plot shows, in seconds of the live: (second, viewers), chat lines, hits (second, word), the line of the risk (second,
    risk from 0 to 1), alerts (second, score); and whether it is `dark`."""

    title: str
    seconds: float
    viewers: list[tuple[float, int]]
    chats: list[float]
    hits: list[tuple[float, str]]
    risks: list[tuple[float, float]]
    dark: bool = False
    alerts: list[tuple[float, float]] = field(default_factory=list)


@dataclass(frozen=True)
class Bars:
    """What a plot of counts shows: rows of (name, a, b, c), drawn beside each other in that order; `legend` names the three."""

    title: str
    rows: list[tuple[str, int, int, int]]
    legend: tuple[str, str, str]
    dark: bool = False


class Plotter(Protocol):
    """Draws outside this process: a plot must not hold up the chat."""

    async def bars(self, bars: Bars, path: Path) -> None:
        """A PNG at `path`. Raises Transient when it could not be drawn in time."""
        ...

    async def draw(self, timeline: Timeline, path: Path) -> None:
        """A PNG at `path`. Raises Transient when it could not be drawn in time."""
        ...
