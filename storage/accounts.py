"""TikTok accounts as stored."""

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.errors import Missing
from core.model.account import Account, AccountStatus, Handle
from core.model.live import Look
from storage.tables import AccountRow
from storage.values import value_of


class StoredAccounts:
    """TikTok accounts, shared by all places."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def ensure(self, handle: Handle) -> Account:
        row = await self._by_handle(handle)
        if row is None:
            row = AccountRow(handle=handle)
            self._session.add(row)
            await self._session.flush()
        return value_of(Account, row)

    async def get(self, account_id: int) -> Account | None:
        row = await self._session.get(AccountRow, account_id)
        return value_of(Account, row) if row else None

    async def by_handle(self, handle: Handle) -> Account | None:
        row = await self._by_handle(handle)
        return value_of(Account, row) if row else None

    async def saw(self, account_id: int, look: Look, status: AccountStatus) -> Account:
        row = await self._session.get(AccountRow, account_id)
        if row is None:
            raise Missing("ACCOUNT_UNKNOWN", x=account_id)
        row.name = look.name or row.name
        row.tiktok_id = look.tiktok_id or row.tiktok_id
        row.followers = row.followers if look.followers is None else look.followers
        row.status = status
        row.looked_at = look.at
        await self._session.flush()
        return value_of(Account, row)

    async def _by_handle(self, handle: Handle) -> AccountRow | None:
        return (await self._session.exec(select(AccountRow).where(AccountRow.handle == handle))).first()
