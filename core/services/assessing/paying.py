"""Paying: what models cost beside live speech, for texts and pictures, comes out of the same budget of a place."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.ports.assessor import Spent
from core.ports.store import Storage
from core.services.assessing.sharing import Sharing


@dataclass(frozen=True)
class Purse:
    """The budgets of all places, for those who ask models in no transaction."""

    storage: Storage
    sharing: Sharing

    async def payers(self, places: Sequence[str]) -> tuple[str, ...]:
        """Which of `places` have something left of today: nobody asks a model for the others."""
        async with self.storage.reading() as work:
            return tuple([place for place in places if not await self.sharing.over(work, place)])

    async def pay(self, places: Sequence[str], model: str, spent: Spent) -> None:
        """Count what asking `model` cost, an equal share for each of `places`."""
        if spent.requests and places:
            async with self.storage.work() as work:
                await self.sharing.pay(work, places, [(model, spent)], 0.0)
