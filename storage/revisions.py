"""Counters that say "something changed"."""

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

READ = text("select number from revision where topic = :topic")  # every watch asks twice a second
BUMP = text(
    "insert into revision (topic, number) values (:topic, 1)"
    " on conflict (topic) do update set number = revision.number + 1"
)


class StoredRevisions:
    """Counters that say "something changed"."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of(self, topic: str) -> int:
        connection = await self._session.connection()
        return (await connection.execute(READ, {"topic": topic})).scalar() or 0

    async def bump(self, topic: str) -> None:
        connection = await self._session.connection()
        await connection.execute(BUMP, {"topic": topic})
