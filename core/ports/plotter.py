"""Drawing the picture of a live."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class Timeline:
    """What a plot shows, in seconds of the live: (second, viewers), chat lines, hits (second, word), risk (second, score); and
    whether it is `dark`."""

    title: str
    seconds: float
    viewers: list[tuple[float, int]]
    chats: list[float]
    hits: list[tuple[float, str]]
    risks: list[tuple[float, float]]
    dark: bool = False


class Plotter(Protocol):
    """Draws outside this process: a plot must not hold up the chat."""

    async def draw(self, timeline: Timeline, path: Path) -> None:
        """A PNG at `path`. Raises Transient when it could not be drawn in time."""
        ...
