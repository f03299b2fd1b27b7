"""Addresses where Earshot may not post, as stored."""

from datetime import datetime

from sqlalchemy import delete, exists, func, or_, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.ports.outbox import Closed
from storage.tables import WAITING_DELIVERY, ClosedRow, DeliveryRow
from storage.values import value_of


class StoredClosures:
    """What waits for these addresses is kept; it is in the outbox."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def close(self, address: str, place: str, why: str, now: datetime, probe: datetime) -> bool:
        row = await self._session.get(ClosedRow, address, populate_existing=True)
        if row is None:
            self._session.add(ClosedRow(address=address, place=place, since=now, why=why, probe=probe))
        else:
            row.why, row.probe = why, probe
        await self._session.flush()
        return row is None

    async def reopen(self, address: str) -> bool:
        gone = await self._session.exec(delete(ClosedRow).where(col(ClosedRow.address) == address))
        return gone.rowcount > 0

    async def try_again(self, where: str, now: datetime) -> None:
        here = or_(col(ClosedRow.address) == where, col(ClosedRow.place) == where)
        sooner = update(ClosedRow).where(here, col(ClosedRow.probe) > now).values(probe=now)
        await self._session.exec(sooner.execution_options(synchronize_session=False))

    async def get(self, address: str) -> Closed | None:
        row = await self._session.get(ClosedRow, address, populate_existing=True)
        return value_of(Closed, row) if row else None

    async def count(self) -> tuple[int, int]:
        closed = (await self._session.exec(select(func.count()).select_from(ClosedRow))).one()
        there = exists().where(col(ClosedRow.address) == DeliveryRow.address)
        waiting = select(func.count()).select_from(DeliveryRow).where(WAITING_DELIVERY, there)
        return closed, (await self._session.exec(waiting)).one()

    async def of_place(self, place: str) -> list[Closed]:
        query = select(ClosedRow).where(ClosedRow.place == place).order_by(col(ClosedRow.since), ClosedRow.address)
        return [value_of(Closed, row) for row in await self._session.exec(query)]
