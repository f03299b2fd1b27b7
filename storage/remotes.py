"""Recordings heard by services elsewhere, as stored."""

from datetime import datetime

from sqlmodel import col, delete, or_, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from core.model.recording import Remote
from storage.tables import RemoteRow
from storage.values import columns_of, value_of


class StoredRemotes:
    """Of all places."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, remote: Remote) -> Remote:
        known = None if remote.over else await self.waiting(remote.key, remote.engine)
        if known is not None:
            return known
        row = RemoteRow(**columns_of(remote, "id", "pieces"), pieces=[list(piece) for piece in remote.pieces])
        self._session.add(row)
        await self._session.flush()
        return _value(row)

    async def waiting(self, key: str, engine: str) -> Remote | None:
        query = select(RemoteRow).where(
            RemoteRow.key == key, RemoteRow.engine == engine, col(RemoteRow.over).is_(False)
        )
        row = (await self._session.exec(query.order_by(col(RemoteRow.id)))).first()
        return _value(row) if row else None

    async def of_number(self, external: str) -> list[Remote]:
        if not external:
            return []
        query = select(RemoteRow).where(col(RemoteRow.external).in_([external, ""]))
        rows = (await self._session.exec(query.order_by(col(RemoteRow.id)))).all()
        return [_value(row) for row in rows if row.external] or [_value(row) for row in rows]

    async def submitted(self, remote_id: int, external: str) -> None:
        await self._session.exec(update(RemoteRow).where(col(RemoteRow.id) == remote_id).values(external=external))

    async def over(self, key: str) -> None:
        await self._session.exec(update(RemoteRow).where(col(RemoteRow.key) == key).values(over=True))

    async def left(self, before: datetime, limit: int) -> list[Remote]:
        query = select(RemoteRow).where(or_(col(RemoteRow.over).is_(True), col(RemoteRow.since) < before))
        return [_value(row) for row in await self._session.exec(query.order_by(col(RemoteRow.id)).limit(limit))]

    async def remove(self, remote_id: int) -> None:
        await self._session.exec(delete(RemoteRow).where(col(RemoteRow.id) == remote_id))


def _value(row: RemoteRow) -> Remote:
    return value_of(Remote, row, pieces=tuple((start, end) for start, end in row.pieces))
