"""The audit log as stored: rows are added at its end and leave at its front; nothing changes one."""

import asyncio
from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from core.model.audit import Chain, Deed, Follower, hash_of
from storage.tables import AuditRow, ChainRow
from storage.values import columns_of, value_of

AT_ONCE = 200  # rows that are checked at a time: a busy place has many, and all else goes on beside it


class StoredAudit:
    """The deeds of all places."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def log(self, place: str, deed: Deed) -> Deed:
        chain = await self._session.get(ChainRow, place) or ChainRow(place=place)
        numbered = replace(deed, number=chain.number + 1, previous=chain.hash)
        made = replace(numbered, hash=hash_of(numbered))
        self._session.add(AuditRow(place=place, by=made.name, **columns_of(made, "name")))
        chain.number, chain.hash = made.number, made.hash
        self._session.add(chain)
        await self._session.flush()
        return made

    async def of_place(
        self, place: str, *, person: str = "", since: datetime | None = None, offset: int = 0, limit: int = 50
    ) -> list[Deed]:
        query = select(AuditRow).where(AuditRow.place == place)
        if person:
            query = query.where(AuditRow.person == person)
        if since is not None:
            query = query.where(AuditRow.at >= since)
        return await self._deeds(query.order_by(col(AuditRow.number).desc()).offset(offset).limit(limit))

    async def people(self, place: str) -> list[tuple[str, str]]:
        query = select(AuditRow.person, AuditRow.by).where(AuditRow.place == place).order_by(col(AuditRow.number))
        return list(dict((await self._session.exec(query)).all()).items())

    async def broken(self, place: str) -> int | None:
        row = await self._session.get(ChainRow, place)
        chain = value_of(Chain, row) if row else Chain()
        follower = Follower(chain.anchor, chain.anchor_hash)
        while True:
            query = select(AuditRow).where(AuditRow.place == place, AuditRow.number > follower.number)
            deeds = await self._deeds(query.order_by(col(AuditRow.number)).limit(AT_ONCE))
            if not deeds:
                return follower.short(chain)
            if (wrong := await asyncio.to_thread(follower.wrong, deeds)) is not None:
                return wrong

    async def cut(self, before: datetime, at_most: int) -> int:
        gone = 0
        for chain in await self._session.exec(select(ChainRow)):
            old = select(AuditRow).where(AuditRow.place == chain.place, AuditRow.at < before)
            rows = list(await self._session.exec(old.order_by(col(AuditRow.number)).limit(at_most - gone)))
            front = [row for at, row in enumerate(rows, chain.anchor + 1) if row.number == at]
            if front:
                chain.anchor, chain.anchor_hash = front[-1].number, front[-1].hash
                which = (col(AuditRow.place) == chain.place, col(AuditRow.number) <= chain.anchor)
                await self._session.exec(delete(AuditRow).where(*which))
                self._session.add(chain)
            gone += len(front)
            if gone >= at_most:
                break
        await self._session.flush()
        return gone

    async def _deeds(self, query: SelectOfScalar[AuditRow]) -> list[Deed]:
        rows = await self._session.exec(query.execution_options(populate_existing=True))
        return [value_of(Deed, row, name=row.by) for row in rows]
