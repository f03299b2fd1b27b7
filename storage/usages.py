"""What engines heard, and what models judged, for each place, as stored."""

from datetime import date

from sqlalchemy import update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.model.usage import Spending, Usage
from storage.tables import PlaceRow, SpendingRow, UsageRow
from storage.values import columns_of, value_of


class StoredUsages:
    """Counts by place, day and engine."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, place: str, usage: Usage) -> None:
        same = (
            col(UsageRow.place) == place,
            col(UsageRow.day) == usage.day,
            col(UsageRow.engine) == usage.engine,
        )
        more = {"seconds": UsageRow.seconds + usage.seconds, "pieces": UsageRow.pieces + usage.pieces}
        changed = await self._session.exec(update(UsageRow).where(*same).values(**more))
        if not changed.rowcount and await self._session.get(PlaceRow, place) is not None:
            self._session.add(UsageRow(place=place, **columns_of(usage)))
            await self._session.flush()

    async def of_place(self, place: str, since: date) -> list[Usage]:
        query = select(UsageRow).where(UsageRow.place == place, UsageRow.day >= since)
        rows = await self._session.exec(
            query.order_by(col(UsageRow.day).desc(), UsageRow.engine).execution_options(populate_existing=True)
        )
        return [value_of(Usage, row) for row in rows]

    async def spend(self, place: str, spending: Spending) -> None:
        same = (
            col(SpendingRow.place) == place,
            col(SpendingRow.day) == spending.day,
            col(SpendingRow.model) == spending.model,
        )
        more = {name: getattr(SpendingRow, name) + more for name, more in columns_of(spending, "day", "model").items()}
        changed = await self._session.exec(update(SpendingRow).where(*same).values(**more))
        if not changed.rowcount and await self._session.get(PlaceRow, place) is not None:
            self._session.add(SpendingRow(place=place, **columns_of(spending)))
            await self._session.flush()

    async def spent(self, place: str, since: date) -> list[Spending]:
        query = select(SpendingRow).where(SpendingRow.place == place, SpendingRow.day >= since)
        rows = await self._session.exec(
            query.order_by(col(SpendingRow.day).desc(), SpendingRow.model).execution_options(populate_existing=True)
        )
        return [value_of(Spending, row) for row in rows]
