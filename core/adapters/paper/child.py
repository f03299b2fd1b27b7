"""Starts the printing process and waits for its pages."""

import json
from dataclasses import asdict, dataclass

from core.adapters.child import ChildFailed, answer_of
from core.errors import Transient
from core.ports.printer import Sheet

DEADLINE = 120.0  # seconds; the words of twelve hours, 7,000 lines of Arabic, take under 30 on a machine that does nothing else


@dataclass(frozen=True)
class ChildPrinter:
    """One short process per PDF: the loop of this one goes on meanwhile, and its memory stays small."""

    deadline: float = DEADLINE

    async def print(self, sheet: Sheet) -> bytes:
        """See Printer."""
        given = json.dumps(asdict(sheet), default=str).encode()
        try:
            return await answer_of("core.adapters.paper.draw", given=given, deadline=self.deadline)
        except ChildFailed as error:
            raise Transient("PDF", reason=error) from error
