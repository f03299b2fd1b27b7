"""Diaries of lives as stored."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from core.model.diary import DiaryKind, Entry
from storage.tables import DiaryRow
from storage.values import columns_of, value_of


class StoredDiary:
    """What happened to watches, and the marks people put in them."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, entry: Entry) -> Entry:
        row = DiaryRow(**columns_of(entry, "id"))
        self._session.add(row)
        await self._session.flush()
        return value_of(Entry, row)

    async def of_live(self, place: str, live_id: int, limit: int = 500) -> list[Entry]:
        return await self._newest(_seen(place, live_id), limit)

    async def of_kinds(self, place: str, live_id: int, *kinds: DiaryKind) -> list[Entry]:
        return await self._newest(_seen(place, live_id).where(col(DiaryRow.kind).in_(kinds)))

    async def last(self, live_id: int, *kinds: DiaryKind) -> Entry | None:
        one = select(DiaryRow).where(DiaryRow.live_id == live_id, col(DiaryRow.kind).in_(kinds))
        return next(iter(await self._newest(one, 1)), None)

    async def _newest(self, query: SelectOfScalar[DiaryRow], limit: int | None = None) -> list[Entry]:
        newest = query.order_by(col(DiaryRow.at).desc(), col(DiaryRow.id).desc()).limit(limit)
        return [value_of(Entry, row) for row in await self._session.exec(newest)]


def _seen(place: str, live_id: int) -> SelectOfScalar[DiaryRow]:
    return select(DiaryRow).where(DiaryRow.live_id == live_id, col(DiaryRow.place).in_(("", place)))
