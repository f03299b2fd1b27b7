"""Accounts that must not be watched, as stored: keyed hashes, so that the list names nobody."""

from datetime import datetime

from sqlmodel import col, delete, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.model.account import Handle
from storage.chatters import Chatters
from storage.tables import OptOutRow


class StoredOptOuts:
    """Opt-outs. Where nobody knew the account's number, the handle's hash stands in its place too."""

    def __init__(self, session: AsyncSession, chatters: Chatters) -> None:
        self._session = session
        self._hash = chatters.key_of

    async def add(self, handle: Handle, tiktok_id: str, at: datetime) -> None:
        name = self._hash(f"@{handle}")  # no number begins with @
        if tiktok_id:
            await self._session.exec(delete(OptOutRow).where(col(OptOutRow.who) == name))
        await self._session.merge(OptOutRow(who=self._hash(tiktok_id) or name, name=name, at=at))
        await self._session.flush()

    async def has(self, handle: Handle, tiktok_id: str) -> bool:
        name, who = self._hash(f"@{handle}"), self._hash(tiktok_id)
        query = select(OptOutRow).where(or_(col(OptOutRow.who) == who, col(OptOutRow.name) == name))
        rows = list(await self._session.exec(query))
        return any(row.who in (who, name) or not who for row in rows)
