"""TikTok accounts as stored."""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.errors import Missing
from core.model.account import Account, AccountStatus, Handle
from core.model.live import Look
from core.ports.tiktok import Profile
from storage.revisions import StoredRevisions
from storage.tables import AccountRow, FeedRow, FollowRow, LiveRow, TriggerRow
from storage.values import value_of

TOPICS = ("follows", "triggers")  # both speak of accounts by their handles
LASTING = frozenset({AccountStatus.LIVE, AccountStatus.ENDING, AccountStatus.RESTRICTED, AccountStatus.GONE})
"""What an error on the way does not make unknown: only another reading ends it."""


class StoredAccounts:
    """TikTok accounts, shared by all places."""

    def __init__(self, session: AsyncSession, revisions: StoredRevisions) -> None:
        self._session = session
        self._revisions = revisions

    async def ensure(self, handle: Handle) -> Account:
        row = await self._by_handle(handle)
        if row is None:
            row = AccountRow(handle=handle)
            self._session.add(row)
        return await self._stored(row)

    async def get(self, account_id: int) -> Account | None:
        row = await self._session.get(AccountRow, account_id)
        return value_of(Account, row) if row else None

    async def by_handle(self, handle: Handle) -> Account | None:
        row = await self._by_handle(handle)
        return value_of(Account, row) if row else None

    async def saw(self, account_id: int, look: Look, status: AccountStatus) -> Account:
        row = await self._must(account_id)
        row.name = look.name or row.name
        row.tiktok_id = look.tiktok_id or row.tiktok_id
        row.followers = row.followers if look.followers is None else look.followers
        row.status = status
        row.looked_at = row.tried_at = look.at
        row.why, row.missing_since = "", None
        return await self._stored(row)

    async def failed(self, account_id: int, at: datetime, why: str, *, missing: bool = False) -> Account:
        row = await self._must(account_id)
        row.tried_at, row.why = at, why
        if missing:
            row.missing_since = row.missing_since or at
        if row.status not in LASTING:
            row.status = AccountStatus.UNKNOWN
        return await self._stored(row)

    async def met(self, account_id: int, profile: Profile) -> Account:
        row = await self._must(account_id)
        row.name, row.tiktok_id = profile.name or row.name, profile.tiktok_id
        row.followers = row.followers if profile.followers is None else profile.followers
        return await self._stored(row)

    async def gone(self, account_id: int) -> Account:
        row = await self._must(account_id)
        row.status = AccountStatus.GONE
        return await self._stored(row)

    async def posted(self, account_id: int, video_id: str, at: datetime | None) -> Account:
        row = await self._must(account_id)
        row.posted_id, row.posted_at = video_id, at
        return await self._stored(row)

    async def rename(self, account_id: int, handle: Handle) -> Account:
        row = await self._must(account_id)
        if row.handle == handle:
            return value_of(Account, row)
        other = await self._by_handle(handle)
        if other is not None and other.tiktok_id in ("", row.tiktok_id):
            row = await self._merge(row, other)
        else:
            if other is not None:  # whoever had the name has left it; the next look at them finds their new one
                await self._free(other)
            row.was = row.was if value_of(Account, row).nameless else row.handle
            row.handle = handle
        row.why, row.missing_since = "", None
        if row.status not in LASTING or row.status is AccountStatus.GONE:
            row.status = AccountStatus.UNKNOWN
        renamed = await self._stored(row)
        for topic in TOPICS:
            await self._revisions.bump(topic)
        return renamed

    async def _merge(self, old: AccountRow, new: AccountRow) -> AccountRow:
        """Everything of `old` goes to `new`, which has the name and goes on for both. `old` stays, nameless and unfollowed:
        a watch may still write to it."""
        kept = {row.place: row for row in await self._follows(new)}
        for follow in await self._follows(old):
            there = kept.get(follow.place)
            if there is not None and there.removed:
                await self._session.delete(there)
                await self._session.flush()
            elif there is not None:
                follow.removed = True
                continue
            follow.account_id = new.id or 0
        for table in (LiveRow, TriggerRow):
            await self._session.exec(update(table).where(col(table.account_id) == old.id).values(account_id=new.id))
        await self._merge_feeds(old, new)
        new.was, new.tiktok_id = old.handle, old.tiktok_id
        new.name, new.followers = new.name or old.name, old.followers if new.followers is None else new.followers
        await self._free(old)
        return new

    async def _merge_feeds(self, old: AccountRow, new: AccountRow) -> None:
        """Where events of `old` went alone, those of `new` go, unless they have an address of their own."""
        feeds = list(await self._session.exec(select(FeedRow).where(col(FeedRow.account_id).in_((old.id, new.id)))))
        taken = {(feed.place, feed.event) for feed in feeds if feed.account_id == new.id}
        for feed in (feed for feed in feeds if feed.account_id == old.id):
            await self._session.delete(feed)
            if (feed.place, feed.event) not in taken:
                moved = FeedRow(place=feed.place, event=feed.event, account_id=new.id or 0, address=feed.address)
                self._session.add(moved)
        await self._session.flush()

    async def _free(self, row: AccountRow) -> None:
        """Somebody else has this name now."""
        row.was, row.handle = row.handle, Handle(f"{row.id}.")
        await self._session.flush()

    async def _follows(self, row: AccountRow) -> list[FollowRow]:
        return list(await self._session.exec(select(FollowRow).where(FollowRow.account_id == row.id)))

    async def _by_handle(self, handle: Handle) -> AccountRow | None:
        return (await self._session.exec(select(AccountRow).where(AccountRow.handle == handle))).first()

    async def _must(self, account_id: int) -> AccountRow:
        row = await self._session.get(AccountRow, account_id)
        if row is None:
            raise Missing("ACCOUNT_UNKNOWN", x=account_id)
        return row

    async def _stored(self, row: AccountRow) -> Account:
        await self._session.flush()
        return value_of(Account, row)
