"""What places have taught the judge inside: a head of its own for each, made from what its people decided, beside the others."""

import asyncio
import logging
import shutil
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import Transient
from core.ports.training import Lesson

log = logging.getLogger(__name__)
EACH = 8
"""Of so many exemplars one is held: the head of a place goes on saying of it what the one below says."""


@dataclass(frozen=True)
class PlaceHeads:
    """The Trainer: heads in folders below `own`, where an installation keeps those it trained itself. All work is done in threads,
    numpy is imported there, too."""

    own: Path

    async def stamp(self, place: str) -> str:
        """See Trainer."""
        return await asyncio.to_thread(self._stamp, place)

    async def train(self, place: str, lessons: Sequence[Lesson]) -> bool:
        """See Trainer."""
        try:
            return await asyncio.to_thread(self._train, place, lessons)
        except OSError as error:
            raise Transient("DISK") from error

    async def keep(self, places: Collection[str]) -> None:
        """See Trainer."""
        await asyncio.to_thread(self._keep, places)

    async def moved(self, old: str, new: str) -> None:
        """See Trainer."""
        await asyncio.to_thread(self._moved, old, new)

    def folder(self, place: str) -> Path:
        """All that is kept of a place."""
        from core.adapters.risk.linear.shelf import shelf_of

        return shelf_of(self.own, place)

    def _stamp(self, place: str) -> str:
        from core.adapters.risk.linear.heads import Heads
        from core.adapters.risk.linear.shelf import HeadShelf

        below, own = Heads(self.own).head, HeadShelf(self.folder(place)).newest()
        return f"{below.card.version if below else ''}/{own.card.version if own else ''}"

    def _train(self, place: str, lessons: Sequence[Lesson]) -> bool:
        from core.adapters.risk.linear.fitting import fit
        from core.adapters.risk.linear.heads import Heads
        from core.adapters.risk.linear.rows import Row, exemplars
        from core.adapters.risk.linear.shelf import HeadShelf

        rows = [Row(one.text, dict(one.labels)) for one in lessons if one.labels]
        below, shelf = Heads(self.own).head, HeadShelf(self.folder(place))
        if below is None or not rows:
            shelf.clear()
            return False
        held = [row.text for row in exemplars()[::EACH]]
        note = f"{len(rows)} decisions of a place on top of head {below.card.version}"
        shelf.put(fit(rows, below, held).carded(languages=below.card.languages, note=note))
        return True

    def _keep(self, places: Collection[str]) -> None:
        from core.adapters.risk.linear.shelf import PLACES

        known = {self.folder(place) for place in places}
        for folder in (self.own / PLACES).glob("*"):
            if folder not in known:
                shutil.rmtree(folder, ignore_errors=True)

    def _moved(self, old: str, new: str) -> None:
        """A place that is there already keeps its own."""
        before, after = self.folder(old), self.folder(new)
        try:
            if before.exists() and not after.exists():
                before.rename(after)
        except OSError as error:  # it is made anew in the night
            log.warning("what a place taught the judge could not move with it: %s", error)


def broken(own: Path) -> list[tuple[Path, str]]:
    """The folders of heads, shipped ones and all others, whose newest one cannot be used, and why."""
    from core.adapters.risk.linear.shelf import PLACES, SHIPPED, HeadShelf, opened
    from core.errors import Invalid, Missing

    found = []
    try:
        opened(SHIPPED)
    except (Invalid, Missing) as error:
        found.append((SHIPPED, str(error.values.get("reason", "its files are not all there"))))
    shelves = [own, *sorted((own / PLACES).glob("*"))]
    return found + [(shelf, why) for shelf in shelves if (why := HeadShelf(shelf).broken())]
