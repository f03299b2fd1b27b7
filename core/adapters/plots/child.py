"""Starts the drawing process and waits for its picture."""

import asyncio
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from core.errors import Transient
from core.ports.plotter import Timeline

DEADLINE = 60.0  # seconds; 0.2 s of drawing, but the import of matplotlib takes over a second on a busy machine


@dataclass(frozen=True)
class ChildPlotter:
    """One short process per picture: the loop of this one goes on meanwhile, and its memory stays small."""

    async def draw(self, timeline: Timeline, path: Path) -> None:
        """A PNG at `path`. Raises Transient PLOT when the process fails or takes too long."""
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "core.adapters.plots.draw",
            str(path),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(DEADLINE):
                _, said = await child.communicate(json.dumps(asdict(timeline)).encode())
        except TimeoutError as error:
            raise Transient("PLOT", reason="it took too long") from error
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
        if child.returncode:
            last = said.decode(errors="replace").strip().splitlines()[-1:]
            raise Transient("PLOT", reason=last[0] if last else f"exit {child.returncode}")
