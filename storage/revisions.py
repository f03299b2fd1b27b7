"""Counters that say "something changed"."""

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.tables import RevisionRow

BUMP = text(
    "insert into revision (topic, number) values (:topic, 1)"
    " on conflict (topic) do update set number = revision.number + 1"
)


class StoredRevisions:
    """Counters that say "something changed"."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of(self, topic: str) -> int:
        row = await self._session.get(RevisionRow, topic, populate_existing=True)
        return row.number if row else 0

    async def bump(self, topic: str) -> None:
        connection = await self._session.connection()
        await connection.execute(BUMP, {"topic": topic})
