"""What is remembered of what was screened before it was posted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from core.model.screening import Matter, Screening, State, Step


class Screenings(Protocol):
    """How each clip and video of a place stands, and every move it made."""

    async def begin(self, screening: Screening, received: datetime) -> Screening:
        """Store one that has been screened, with the moves it made: received then, screened, and what came of it. `screening.id` is
        ignored. The same item twice is one screening: the first."""
        ...

    async def of(self, place: str, matter: Matter, item: int) -> Screening | None: ...

    async def several(self, place: str, matter: Matter, items: Sequence[int]) -> dict[int, Screening]:
        """Those there are, by item."""
        ...

    async def waited(self, place: str, alert_id: int, number: int) -> Screening | None:
        """Store which alert the screening `number` waits with."""
        ...

    async def amend(self, screening: Screening) -> Screening | None:
        """Store what was found after all: labels, what keeps it away, and the words that say so. How it stands does not change."""
        ...

    async def move(
        self, place: str, number: int, to: State, at: datetime, by: str, reason: str = "", *, undone: bool = False
    ) -> Screening | None:
        """Move it, and keep the move as a row of its own. `undone`: nobody has decided it any more. Raises ValueError for a move
        that is none (see `moved`)."""
        ...

    async def steps(self, place: str, number: int) -> list[Step]:
        """Every move, oldest first."""
        ...

    async def rejected(self, place: str) -> list[Screening]:
        """Newest first, those whose frames are known: what the place rejected, and of every place what is restricted."""
        ...
