"""Which notices go where, and the threads and topics made for them, as stored."""

from sqlalchemy import delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.model.feed import Event, Feed
from storage.tables import FeedRow, TopicRow
from storage.values import columns_of, value_of


class StoredFeeds:
    """The matrix of every place."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of_place(self, place: str) -> list[Feed]:
        query = select(FeedRow).where(FeedRow.place == place).order_by(FeedRow.event, col(FeedRow.account_id))
        return [value_of(Feed, row) for row in await self._session.exec(query)]

    async def address(self, place: str, event: Event, account_id: int) -> str:
        query = (
            select(FeedRow.address)
            .where(FeedRow.place == place, FeedRow.event == event, col(FeedRow.account_id).in_((0, account_id)))
            .order_by(col(FeedRow.account_id).desc())
            .limit(1)
        )
        return (await self._session.exec(query)).first() or ""

    async def put(self, feed: Feed) -> None:
        await self._session.merge(FeedRow(**columns_of(feed)))
        await self._session.flush()

    async def remove(self, place: str, event: Event, account_id: int = 0) -> None:
        row = delete(FeedRow).where(
            col(FeedRow.place) == place, col(FeedRow.event) == event, col(FeedRow.account_id) == account_id
        )
        await self._session.exec(row)


class StoredTopics:
    """Threads and topics Earshot made."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of(self, address: str, about: str) -> str:
        row = await self._session.get(TopicRow, (address, about))
        return row.external if row else ""

    async def put(self, address: str, about: str, external: str) -> None:
        await self._session.merge(TopicRow(address=address, about=about, external=external))
        await self._session.flush()

    async def remove(self, address: str, about: str) -> None:
        await self._session.exec(delete(TopicRow).where(col(TopicRow.address) == address, col(TopicRow.about) == about))
