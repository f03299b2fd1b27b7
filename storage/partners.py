"""Linked places as stored."""

from sqlalchemy import delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.model.person import Place
from storage.tables import PartnerRow, PlaceRow
from storage.values import value_of


class StoredPartners:
    """Circles of places."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of(self, place: str) -> list[Place]:
        circle = select(PartnerRow.circle).where(PartnerRow.place == place).scalar_subquery()
        others = select(PlaceRow).join(PartnerRow).where(PartnerRow.circle == circle, PlaceRow.id != place)
        return [value_of(Place, row) for row in await self._session.exec(others.order_by(PlaceRow.id))]

    async def circle(self, place: str) -> str:
        row = await self._session.get(PartnerRow, place)
        return row.circle if row else ""

    async def join(self, place: str, circle: str) -> None:
        await self._session.merge(PartnerRow(place=place, circle=circle))
        await self._session.flush()

    async def leave(self, place: str) -> None:
        others = await self.of(place)
        gone = [place, *(other.id for other in others if len(others) == 1)]
        await self._session.exec(delete(PartnerRow).where(col(PartnerRow.place).in_(gone)))
