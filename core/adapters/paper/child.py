"""Starts the printing process and waits for its pages."""

import asyncio
import json
import sys
from dataclasses import asdict, dataclass

from core.errors import Transient
from core.ports.printer import Sheet

DEADLINE = 120.0  # seconds; the words of twelve hours, 7,000 lines of Arabic, take under 30 on a machine that does nothing else


@dataclass(frozen=True)
class ChildPrinter:
    """One short process per PDF: the loop of this one goes on meanwhile, and its memory stays small."""

    deadline: float = DEADLINE

    async def print(self, sheet: Sheet) -> bytes:
        """See Printer."""
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "core.adapters.paper.draw",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(self.deadline):
                pages, said = await child.communicate(json.dumps(asdict(sheet), default=str).encode())
        except TimeoutError as error:
            raise Transient("PDF", reason="it took too long") from error
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
        if child.returncode:
            last = said.decode(errors="replace").strip().splitlines()[-1:]
            raise Transient("PDF", reason=last[0] if last else f"exit {child.returncode}")
        return pages
