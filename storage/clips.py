"""Clips as stored."""

from collections.abc import Sequence
from datetime import datetime
from itertools import count
from pathlib import PurePath
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.model.clip import Clip, Cut, Source, findable
from storage.slices import sliced
from storage.tables import ClipRow, LiveRow
from storage.values import columns_of, value_of


class StoredClips:
    """Saved clips."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(
        self,
        live_id: int,
        place: str,
        shown: str,
        cut: Cut,
        made: datetime,
        why: str,
        wish: str,
        source: Source = Source.OWN,
    ) -> Clip:
        there = select(ClipRow).where(ClipRow.place == place, ClipRow.wish == wish)
        row = (await self._session.exec(there)).first()
        if row is None:
            name = await self._free_name(place, shown)
            facts = columns_of(cut, "short")
            row = ClipRow(
                live_id=live_id, place=place, shown=name, made=made, why=why, wish=wish, source=source, **facts
            )
            self._session.add(row)
            await self._session.flush()
        return value_of(Clip, row)

    async def get(self, place: str, clip_id: int) -> Clip | None:
        row = await self._session.get(ClipRow, clip_id)
        return value_of(Clip, row) if row and row.place == place else None

    async def of_place(
        self, place: str, *, live_id: int | None = None, since: datetime | None = None, limit: int = 50
    ) -> list[Clip]:
        query = select(ClipRow).where(ClipRow.place == place)
        if live_id is not None:
            query = query.where(ClipRow.live_id == live_id)
        if since is not None:
            query = query.where(ClipRow.made >= since)
        newest = query.order_by(col(ClipRow.made).desc(), col(ClipRow.id).desc()).limit(limit)
        return [value_of(Clip, row) for row in await self._session.exec(newest)]

    async def named(self, place: str, shown: str) -> Clip | None:
        query = select(ClipRow).where(ClipRow.place == place, ClipRow.shown == shown)
        row = (await self._session.exec(query)).first()
        return value_of(Clip, row) if row else None

    async def find(self, place: str, *, account_id: int | None, since: datetime | None, words: str) -> list[int]:
        query = select(col(ClipRow.id), col(ClipRow.shown)).where(ClipRow.place == place)
        if account_id is not None:
            lives = select(LiveRow.id).where(LiveRow.account_id == account_id)
            query = query.where(col(ClipRow.live_id).in_(lives))
        if since is not None:
            query = query.where(ClipRow.made >= since)
        newest = query.order_by(col(ClipRow.made).desc(), col(ClipRow.id).desc())
        wanted = [findable(word) for word in words.split()]
        rows = await self._session.exec(newest)
        return [number for number, shown in rows if number and all(word in findable(shown) for word in wanted)]

    async def several(self, place: str, numbers: Sequence[int]) -> list[Clip]:
        found: dict[int | None, Clip] = {}
        for some in sliced(numbers):
            query = select(ClipRow).where(ClipRow.place == place, col(ClipRow.id).in_(some))
            found |= {row.id: value_of(Clip, row) for row in await self._session.exec(query)}
        return [found[number] for number in numbers if number in found]

    async def rename(self, place: str, clip_id: int, shown: str) -> Clip | None:
        row = await self._row(place, clip_id)
        if row is None:
            return None
        if shown != row.shown:
            row.shown = await self._free_name(place, shown, besides=row.shown)
            await self._session.flush()
        return value_of(Clip, row)

    async def keep(self, place: str, clip_id: int, *, kept: bool) -> Clip | None:
        row = await self._row(place, clip_id)
        if row is None:
            return None
        row.kept = kept
        await self._session.flush()
        return value_of(Clip, row)

    async def delete(self, place: str, clip_id: int) -> Clip | None:
        row = await self._row(place, clip_id)
        if row is None:
            return None
        clip = value_of(Clip, row)
        await self._session.delete(row)
        await self._session.flush()
        return clip

    async def _row(self, place: str, clip_id: int) -> ClipRow | None:
        row = await self._session.get(ClipRow, clip_id)
        return row if row and row.place == place else None

    async def _free_name(self, place: str, shown: str, besides: str = "") -> str:
        """`shown`, or the first of `shown_2`, `shown_3`… that no clip of the place has; `besides` the one that is named anew."""
        path = PurePath(shown)
        begins = col(ClipRow.shown).startswith(path.stem, autoescape=True)
        taken = set(await self._session.exec(select(ClipRow.shown).where(ClipRow.place == place, begins))) - {besides}
        if shown not in taken:
            return shown
        return next(name for n in count(2) if (name := f"{path.stem}_{n}{path.suffix}") not in taken)

    async def expiring(self, place: str, before: datetime) -> int:
        query = select(func.count()).select_from(ClipRow).where(*_expired(place, before))
        return (await self._session.exec(query)).one()

    async def expire(self, place: str, before: datetime, at_most: int) -> list[Clip]:
        query = select(ClipRow).where(*_expired(place, before)).order_by(col(ClipRow.id)).limit(at_most)
        rows = list(await self._session.exec(query))
        clips = [value_of(Clip, row) for row in rows]
        for row in rows:
            await self._session.delete(row)
        await self._session.flush()
        return clips

    async def weight(self, place: str) -> tuple[int, int]:
        query = select(func.count(), func.coalesce(func.sum(ClipRow.size), 0)).where(ClipRow.place == place)
        return (await self._session.exec(query)).one()


def _expired(place: str, before: datetime) -> tuple[Any, ...]:
    return ClipRow.place == place, col(ClipRow.made) < before, col(ClipRow.kept).is_(False)
