"""A live's chat as stored. The hot writer (writer.py) puts it there."""

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.model.live import ChatMessage, Chatter, GiftSent, Joined, Liked, LiveEvent
from storage.tables import ChatLineRow, LiveEventRow


class StoredChats:
    """What happened in a live's chat."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of_live(
        self, live_id: int, *, start: float = 0.0, end: float | None = None
    ) -> list[tuple[float, LiveEvent]]:
        until = float("inf") if end is None else end
        lines = select(ChatLineRow).where(
            ChatLineRow.live_id == live_id, ChatLineRow.second >= start, ChatLineRow.second <= until
        )
        events = select(LiveEventRow).where(
            LiveEventRow.live_id == live_id, LiveEventRow.second >= start, LiveEventRow.second <= until
        )
        found: list[tuple[float, LiveEvent]] = [
            (row.second, ChatMessage(row.msg_id or "", row.at, Chatter(row.chatter), row.text))
            for row in await self._session.exec(lines.order_by(col(ChatLineRow.second), col(ChatLineRow.id)))
        ]
        found += [
            (row.second, _event(row))
            for row in await self._session.exec(events.order_by(col(LiveEventRow.second), col(LiveEventRow.id)))
        ]
        return sorted(found, key=lambda at: at[0])

    async def counts(self, live_id: int) -> dict[str, int]:
        kinds = (
            select(LiveEventRow.kind, func.count()).where(LiveEventRow.live_id == live_id).group_by(LiveEventRow.kind)
        )
        lines = await self._session.exec(select(func.count()).where(ChatLineRow.live_id == live_id))
        counts = dict.fromkeys(("chat", "gift", "like", "join", "follow", "share"), 0)
        return counts | dict((await self._session.exec(kinds)).all()) | {"chat": lines.one()}


def _event(row: LiveEventRow) -> LiveEvent:
    if row.kind == "gift":
        return GiftSent(row.msg_id or "", row.at, Chatter(row.chatter), row.name, row.count)
    if row.kind == "like":
        return Liked(row.at, row.count)
    return Joined(row.at, Chatter(row.chatter), row.kind)
