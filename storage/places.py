"""Places as stored."""

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.model.person import Place
from storage.tables import PlaceRow
from storage.values import columns_of, value_of


class StoredPlaces:
    """Communities and their settings."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, place_id: str) -> Place | None:
        row = await self._session.get(PlaceRow, place_id)
        return value_of(Place, row) if row else None

    async def put(self, place: Place) -> Place:
        await self._session.merge(PlaceRow(**columns_of(place)))
        await self._session.flush()
        return place

    async def all(self) -> list[Place]:
        return [value_of(Place, row) for row in await self._session.exec(select(PlaceRow).order_by(PlaceRow.id))]
