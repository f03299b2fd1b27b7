"""What engines heard, and what models judged, for each place."""

from datetime import date
from typing import Protocol

from core.model.usage import Spending, Usage


class Usages(Protocol):
    """Counts by place, day and engine."""

    async def add(self, place: str, usage: Usage) -> None:
        """Add it to what there is of the place on that day by that engine. Nothing for a place that is not stored."""
        ...

    async def of_place(self, place: str, since: date) -> list[Usage]:
        """That of the days from `since` on, newest first."""
        ...

    async def spend(self, place: str, spending: Spending) -> None:
        """Add it to what there is of the place on that day by that model. Nothing for a place that is not stored."""
        ...

    async def spent(self, place: str, since: date) -> list[Spending]:
        """That of the days from `since` on, newest first."""
        ...
