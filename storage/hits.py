"""Hits as stored."""

from datetime import datetime

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.model.trigger import Hit
from storage.tables import HitRow
from storage.values import columns_of, value_of


class StoredHits:
    """Triggers that fired."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, hit: Hit) -> Hit:
        row = HitRow(**columns_of(hit, "id"))
        self._session.add(row)
        await self._session.flush()
        return value_of(Hit, row)

    async def of_live(self, place: str, live_id: int, *, start: float = 0.0, end: float | None = None) -> list[Hit]:
        until = float("inf") if end is None else end
        query = select(HitRow).where(
            HitRow.place == place, HitRow.live_id == live_id, HitRow.second >= start, HitRow.second <= until
        )
        query = query.order_by(col(HitRow.id))
        return [value_of(Hit, row) for row in await self._session.exec(query)]

    async def count(self, place: str, live_id: int, trigger_id: int, since: datetime) -> int:
        query = select(func.count()).where(
            HitRow.trigger_id == trigger_id, HitRow.live_id == live_id, HitRow.at >= since, HitRow.place == place
        )
        return (await self._session.exec(query)).one()
