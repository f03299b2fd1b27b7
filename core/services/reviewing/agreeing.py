"""Agreeing: how the judge and people agree, counted, drawn, and told once a week."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from core.errors import EarshotError
from core.model.agreement import Agreements, agreements
from core.model.person import Place
from core.model.risk import Verdict
from core.ports.clock import Clock
from core.ports.plotter import Bars, Plotter
from core.ports.store import Storage, Work

log = logging.getLogger(__name__)
USUAL = timedelta(days=30)
"""How far back is counted where nobody says."""
MOST_BARS = 12


@dataclass(frozen=True)
class Agreeing:
    """The agreement of all places; plots go to `folder`."""

    storage: Storage
    clock: Clock
    plotter: Plotter
    folder: Path

    async def of(self, place: Place, since: datetime | None, account_id: int | None) -> tuple[Agreements, datetime]:
        """What was decided of the alerts raised since then, and since when that is."""
        start = since or self.clock.now() - USUAL
        async with self.storage.reading() as work:
            return await counted(work, place.id, since=start, account_id=account_id), start

    async def plot(
        self, place: Place, found: Agreements, title: str, legend: tuple[str, str, str], named: Callable[[str], str]
    ) -> Path | None:
        """A picture of it, in the words of whoever asks; None when nothing was decided, or it cannot be drawn."""
        counted = [*found.categories, *found.labels][:MOST_BARS]
        path = self.folder / f"0-agreement-{place.id.replace(':', '-')}.png"
        rows = [(named(one.name), one.both, one.judge, one.people) for one in counted]
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if rows:
                await self.plotter.bars(Bars(title, rows, legend, place.dark), path)
        except (EarshotError, OSError) as error:
            log.warning("no plot of the agreement: %s", error)
            return None
        return path if rows else None


async def counted(
    work: Work,
    place: str,
    *,
    since: datetime | None = None,
    account_id: int | None = None,
    decided: tuple[datetime, datetime] | None = None,
) -> Agreements:
    """The agreement about alerts that were raised since then, or decided from one moment until before another."""
    numbers: list[int] = []
    for verdict in (Verdict.CONFIRMED, Verdict.DISMISSED):
        numbers += await work.alerts.find(place, verdict=verdict, account_id=account_id, since=since, decided=decided)
    return agreements(await work.alerts.several(place, numbers))
