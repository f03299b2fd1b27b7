"""Auditing: what people did in a place, and whether the record of it is whole."""

import csv
import io
from dataclasses import dataclass
from datetime import datetime

from core.model.audit import KEPT, Deed, Verb
from core.model.person import Person, Place
from core.ports.clock import Clock
from core.ports.store import Storage, Work
from core.services.disarming import disarmed
from core.services.exporting import Exported

AT_ONCE = 500  # rows of one transaction
EVERY = 1_000_000  # rows: more than two years have
COLUMNS = ("number", "at", "person", "name", "verb", "about", "before", "after", "reason", "previous", "hash")


async def log(
    work: Work,
    place: str,
    by: Person,
    verb: Verb,
    about: str,
    at: datetime,
    *,
    before: str = "",
    after: str = "",
    reason: str = "",
) -> None:
    """Write down what `by` did, in the transaction that does it."""
    await work.audit.log(place, Deed(at, by.id, by.name, verb, about, before, after, reason))


@dataclass(frozen=True)
class Auditing:
    """The audit logs of all places."""

    storage: Storage
    clock: Clock

    async def page(
        self, place: Place, person: str, since: datetime | None, page: int, size: int
    ) -> tuple[tuple[Deed, ...], bool]:
        """(one page, newest first; whether there are older ones)."""
        async with self.storage.reading() as work:
            rows = await work.audit.of_place(
                place.id, person=person, since=since, offset=(page - 1) * size, limit=size + 1
            )
        return tuple(rows[:size]), len(rows) > size

    async def table(self, place: Place, person: str, since: datetime | None) -> Exported:
        """The same as a table for a spreadsheet, oldest first."""
        async with self.storage.reading() as work:
            rows = await work.audit.of_place(place.id, person=person, since=since, limit=EVERY)
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(COLUMNS)
        for deed in reversed(rows):
            told = (deed.number, deed.at.isoformat(), *(str(getattr(deed, name)) for name in COLUMNS[2:]))
            writer.writerow([disarmed(one) for one in told])
        return Exported("audit.csv", text.getvalue().encode("utf-8-sig"))

    async def broken(self, place: Place) -> int | None:
        """The number of the first row that is missing or changed; None when the record is whole."""
        async with self.storage.reading() as work:
            return await work.audit.broken(place.id)

    async def tidy(self) -> int:
        """Rows past their time leave the front of each chain; how many."""
        gone, some = 0, AT_ONCE
        while some == AT_ONCE:
            async with self.storage.work() as work:
                some = await work.audit.cut(self.clock.now() - KEPT, AT_ONCE)
            gone += some
        return gone
