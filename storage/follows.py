"""Follows as stored."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from core.model.account import Account, Follow
from storage.revisions import StoredRevisions
from storage.tables import AccountRow, FollowRow, PlaceRow
from storage.values import columns_of, value_of

TOPIC = "follows"
WITH_HANDLE = select(FollowRow, AccountRow.handle).join(AccountRow)
IN_FORCE = col(FollowRow.place).not_in(select(PlaceRow.id).where(col(PlaceRow.left).is_not(None)))


class StoredFollows:
    """Who follows whom where."""

    def __init__(self, session: AsyncSession, revisions: StoredRevisions) -> None:
        self._session = session
        self._revisions = revisions

    async def add(self, follow: Follow) -> Follow:
        row = await self._one(follow.place, follow.account_id)
        if row is not None and not row.removed and (follow.once or not row.once):
            return await self._value(row)
        again = FollowRow(id=row.id if row else None, **columns_of(follow, "id", "handle"))
        row = await self._session.merge(again)
        return await self._changed(row)

    async def remove(self, place: str, account_id: int) -> Follow | None:
        row = await self._one(place, account_id)
        if row is None or row.removed:
            return None
        row.removed = True
        return await self._changed(row)

    async def restore(self, place: str, follow_id: int) -> Follow | None:
        row = await self._session.get(FollowRow, follow_id)
        if row is None or row.place != place or not row.removed:
            return None
        row.removed = False
        return await self._changed(row)

    async def change(self, follow: Follow) -> Follow | None:
        row = await self._session.get(FollowRow, follow.id)
        if row is None or row.place != follow.place or row.removed:
            return None
        for name, value in columns_of(follow, "id", "place", "account_id", "handle", "since").items():
            setattr(row, name, value)
        return await self._changed(row)

    async def of_place(self, place: str) -> list[Follow]:
        return await self._list(WITH_HANDLE.where(FollowRow.place == place))

    async def of_account(self, account_id: int) -> list[Follow]:
        return await self._list(WITH_HANDLE.where(FollowRow.account_id == account_id, IN_FORCE))

    async def all(self) -> list[Follow]:
        return await self._list(WITH_HANDLE.where(IN_FORCE))

    async def followed(self) -> list[Account]:
        follows = select(FollowRow.account_id).where(col(FollowRow.removed).is_(False), IN_FORCE)
        query = select(AccountRow).where(col(AccountRow.id).in_(follows)).order_by(AccountRow.handle)
        return [value_of(Account, row) for row in await self._session.exec(query)]

    async def _one(self, place: str, account_id: int) -> FollowRow | None:
        query = select(FollowRow).where(FollowRow.place == place, FollowRow.account_id == account_id)
        return (await self._session.exec(query)).first()

    async def _value(self, row: FollowRow) -> Follow:
        handle = await self._session.exec(select(AccountRow.handle).where(AccountRow.id == row.account_id))
        return value_of(Follow, row, handle=handle.one())

    async def _list(self, query: Select[FollowRow, str]) -> list[Follow]:
        """With their handles, by handle and place."""
        joined = query.where(col(FollowRow.removed).is_(False)).order_by(AccountRow.handle, FollowRow.place)
        return [value_of(Follow, row, handle=handle) for row, handle in await self._session.exec(joined)]

    async def _changed(self, row: FollowRow) -> Follow:
        await self._session.flush()
        await self._revisions.bump(TOPIC)
        return await self._value(row)
