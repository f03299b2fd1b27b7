"""Starts the drawing process and waits for its picture."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from core.adapters.child import ChildFailed, answer_of
from core.errors import Transient
from core.ports.plotter import Bars, Timeline

DEADLINE = 60.0  # seconds; 0.2 s of drawing, but the import of matplotlib takes over a second on a busy machine


@dataclass(frozen=True)
class ChildPlotter:
    """One short process per picture: the loop of this one goes on meanwhile, and its memory stays small."""

    async def draw(self, timeline: Timeline, path: Path) -> None:
        """A PNG at `path`. Raises Transient PLOT when the process fails or takes too long."""
        await _drawn("core.adapters.plots.draw", timeline, path)

    async def bars(self, bars: Bars, path: Path) -> None:
        """A PNG at `path`. Raises Transient PLOT when the process fails or takes too long."""
        await _drawn("core.adapters.plots.counts", bars, path)


async def _drawn(module: str, given: Timeline | Bars, path: Path) -> None:
    try:
        await answer_of(module, str(path), given=json.dumps(asdict(given)).encode(), deadline=DEADLINE)
    except ChildFailed as error:
        raise Transient("PLOT", reason=error) from error
