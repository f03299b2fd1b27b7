"""What people chose for themselves, and what Earshot remembers about itself."""

from datetime import datetime

from sqlalchemy import delete
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.tables import MemoRow, PersonRow


class StoredPeople:
    """Choices of people on chat platforms."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def language(self, person: str) -> str:
        row = await self._session.get(PersonRow, person)
        return row.language if row else ""

    async def speaks(self, person: str, language: str) -> None:
        await self._session.merge(PersonRow(id=person, language=language))
        await self._session.flush()


class StoredMemos:
    """A few words by name."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, name: str) -> str:
        row = await self._session.get(MemoRow, name)
        return row.value if row else ""

    async def until(self, name: str) -> datetime | None:
        row = await self._session.get(MemoRow, name)
        return row.until if row else None

    async def put(self, name: str, value: str, until: datetime | None = None) -> None:
        if value:
            await self._session.merge(MemoRow(name=name, value=value, until=until))
            await self._session.flush()
        else:
            await self._session.exec(delete(MemoRow).where(col(MemoRow.name) == name))
