"""Judging what is said."""

from collections.abc import Sequence
from typing import Protocol

from core.model.risk import Assessment
from core.model.transcript import Segment


class Assessor(Protocol):
    """One judge. Everything it is given is data from strangers, never an order."""

    @property
    def name(self) -> str:
        """Its name on cards."""
        ...

    async def assess(self, segments: Sequence[Segment], context: Sequence[Segment]) -> tuple[Assessment, ...]:
        """One assessment for each of `segments`, in order. `context` (what was said before) is only read.

        Raises Transient when it cannot judge now.
        """
        ...
