"""A live's chat as stored. The hot writer (writer.py) puts it there."""

from sqlalchemy import func, text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.model.live import ChatMessage, Chatter, GiftSent, Joined, Liked, LiveEvent
from storage.chatters import Chatters
from storage.minors import withheld_lines
from storage.tables import ChatLineRow, LiveEventRow

WITHHELD = withheld_lines(":place", ":live")


class StoredChats:
    """What happened in a live's chat."""

    def __init__(self, session: AsyncSession, chatters: Chatters) -> None:
        self._session = session
        self._chatters = chatters

    async def of_live(
        self, live_id: int, *, start: float = 0.0, end: float | None = None, place: str = "", lines: bool = True
    ) -> list[tuple[float, LiveEvent]]:
        until = float("inf") if end is None else end
        found: list[tuple[float, LiveEvent]] = [*await self._lines(live_id, start, until, place)] if lines else []
        events = select(LiveEventRow).where(
            LiveEventRow.live_id == live_id, LiveEventRow.second >= start, LiveEventRow.second <= until
        )
        found += [
            (row.second, _event(row, self._chatters.shown(row.chatter, row.chatter_key, place)))
            for row in await self._session.exec(events.order_by(col(LiveEventRow.second), col(LiveEventRow.id)))
        ]
        return sorted(found, key=lambda at: at[0])

    async def _lines(self, live_id: int, start: float, until: float, place: str) -> list[tuple[float, ChatMessage]]:
        """As columns: a busy minute is two thousand lines, and rows of a table take three times as long."""
        row = ChatLineRow
        columns = select(row.second, row.msg_id, row.at, row.chatter, row.chatter_key, row.text)  # type: ignore[call-overload]
        wanted = columns.where(row.live_id == live_id, row.second >= start, row.second <= until)
        return [
            (second, ChatMessage(msg_id or "", at, self._chatters.shown(chatter, key, place), said))
            for second, msg_id, at, chatter, key, said in await self._session.exec(
                wanted.order_by(col(row.second), col(row.id))
            )
        ]

    async def last(
        self, live_id: int, limit: int, *, place: str = "", skip: int = 0
    ) -> list[tuple[float, ChatMessage]]:
        newest = select(ChatLineRow).where(ChatLineRow.live_id == live_id)
        newest = newest.order_by(col(ChatLineRow.second).desc(), col(ChatLineRow.id).desc()).offset(skip).limit(limit)
        return [self._line(row, place) for row in await self._session.exec(newest)]

    async def withheld(self, place: str, live_id: int) -> list[str]:
        rows = await (await self._session.connection()).execute(text(WITHHELD), {"place": place, "live": live_id})
        return list(dict.fromkeys(quote for (quote,) in rows))

    async def counts(self, live_id: int) -> dict[str, int]:
        kinds = (
            select(LiveEventRow.kind, func.count()).where(LiveEventRow.live_id == live_id).group_by(LiveEventRow.kind)
        )
        lines = await self._session.exec(select(func.count()).where(ChatLineRow.live_id == live_id))
        counts = dict.fromkeys(("chat", "gift", "like", "join", "follow", "share"), 0)
        return counts | dict((await self._session.exec(kinds)).all()) | {"chat": lines.one()}

    def _line(self, row: ChatLineRow, place: str) -> tuple[float, ChatMessage]:
        who = self._chatters.shown(row.chatter, row.chatter_key, place)
        return row.second, ChatMessage(row.msg_id or "", row.at, who, row.text)


def _event(row: LiveEventRow, who: Chatter) -> LiveEvent:
    if row.kind == "gift":
        return GiftSent(row.msg_id or "", row.at, who, row.name, row.count)
    if row.kind == "like":
        return Liked(row.at, row.count)
    return Joined(row.at, who, row.kind)
