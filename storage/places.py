"""Places as stored."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.model.person import Place
from storage.forgetting import files, forget
from storage.moving import move
from storage.revisions import StoredRevisions
from storage.tables import PlaceRow
from storage.values import columns_of, value_of


class StoredPlaces:
    """Communities and their settings."""

    def __init__(self, session: AsyncSession, revisions: StoredRevisions) -> None:
        self._session = session
        self._revisions = revisions

    async def get(self, place_id: str) -> Place | None:
        row = await self._session.get(PlaceRow, place_id)
        return value_of(Place, row) if row else None

    async def put(self, place: Place) -> Place:
        await self._session.merge(PlaceRow(**columns_of(place)))
        await self._session.flush()
        return place

    async def ensure(self, place: Place) -> Place:
        known = await self.get(place.id)
        if known is None:
            return await self.put(place)
        return known if known.name == place.name else await self.put(replace(known, name=place.name))

    async def all(self) -> list[Place]:
        rows = await self._session.exec(select(PlaceRow).order_by(PlaceRow.id))
        return [value_of(Place, row) for row in rows]

    async def left_before(self, at: datetime) -> list[Place]:
        query = select(PlaceRow).where(col(PlaceRow.left) < at).order_by(col(PlaceRow.left), PlaceRow.id)
        return [value_of(Place, row) for row in await self._session.exec(query)]

    async def move(self, old: str, new: str) -> bool:
        moved = await move(self._session, old, new)
        await self._bump()
        return moved

    async def files(self, place: str) -> list[Path]:
        return await files(self._session, place)

    async def forget(self, place: str, at_most: int = 500) -> bool:
        done = await forget(self._session, place, at_most)
        await self._bump()
        return done

    async def _bump(self) -> None:
        """Who follows whom where is another matter now, whose triggers listen, and whose words are looked for."""
        for topic in ("follows", "triggers", "policies"):
            await self._revisions.bump(topic)
