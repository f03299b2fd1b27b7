"""Triggers as stored."""

from sqlalchemy import func, literal, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from core.model.trigger import Trigger
from storage.follows import IN_FORCE
from storage.revisions import StoredRevisions
from storage.tables import AccountRow, FollowRow, HitRow, TriggerRow
from storage.values import columns_of, value_of

TOPIC = "triggers"
HITS = select(func.count()).where(HitRow.trigger_id == TriggerRow.id).correlate(TriggerRow).scalar_subquery()
WITH_HITS = select(TriggerRow, AccountRow.handle, HITS).join(AccountRow, isouter=True)
WITHOUT_HITS = select(TriggerRow, AccountRow.handle, literal(0)).join(AccountRow, isouter=True)


class StoredTriggers:
    """Triggers of places."""

    def __init__(self, session: AsyncSession, revisions: StoredRevisions) -> None:
        self._session = session
        self._revisions = revisions

    async def add(self, trigger: Trigger) -> Trigger:
        row = TriggerRow(**columns_of(trigger, "id", "handle", "hits"))
        self._session.add(row)
        return await self._changed(row)

    async def remove(self, place: str, trigger_id: int) -> Trigger | None:
        return await self._set_removed(place, trigger_id, True)

    async def restore(self, place: str, trigger_id: int) -> Trigger | None:
        return await self._set_removed(place, trigger_id, False)

    async def change(self, trigger: Trigger) -> Trigger | None:
        row = await self._session.get(TriggerRow, trigger.id)
        if row is None or row.place != trigger.place or row.removed:
            return None
        for name in ("account_id", "where", "match", "then", "cooldown"):
            setattr(row, name, getattr(trigger, name))
        return await self._changed(row)

    async def of_place(self, place: str, account_id: int | None = None) -> list[Trigger]:
        query = WITH_HITS.where(TriggerRow.place == place)
        if account_id is not None:
            query = query.where(or_(col(TriggerRow.account_id).is_(None), col(TriggerRow.account_id) == account_id))
        return await self._list(query)

    async def of_account(self, account_id: int) -> list[Trigger]:
        places = select(FollowRow.place).where(FollowRow.account_id == account_id, IN_FORCE)
        listens = or_(col(TriggerRow.account_id).is_(None), col(TriggerRow.account_id) == account_id)
        return await self._list(WITHOUT_HITS.where(col(TriggerRow.place).in_(places), listens))

    async def _set_removed(self, place: str, trigger_id: int, removed: bool) -> Trigger | None:
        row = await self._session.get(TriggerRow, trigger_id)
        if row is None or row.place != place or row.removed is removed:
            return None
        row.removed = removed
        return await self._changed(row)

    async def _changed(self, row: TriggerRow) -> Trigger:
        await self._session.flush()
        await self._revisions.bump(TOPIC)
        return (await self._values(WITH_HITS.where(TriggerRow.id == row.id)))[0]

    async def _list(self, query: Select[TriggerRow, str, int]) -> list[Trigger]:
        """Those not removed, oldest first."""
        return await self._values(query.where(col(TriggerRow.removed).is_(False)).order_by(col(TriggerRow.id)))

    async def _values(self, query: Select[TriggerRow, str, int]) -> list[Trigger]:
        rows = await self._session.exec(query)
        return [value_of(Trigger, row, handle=handle, hits=hits) for row, handle, hits in rows]
