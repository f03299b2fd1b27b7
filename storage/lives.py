"""Lives as stored: their rooms, who may see them, how many watched."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.errors import Bug, Missing
from core.model.account import Account
from core.model.live import Live, LiveStatus, Look, Standing
from storage.revisions import StoredRevisions
from storage.search import remove_lines
from storage.slices import sliced
from storage.tables import AccountRow, LivePlaceRow, LiveRoomRow, LiveRow, MemoRow, ViewerSampleRow
from storage.values import value_of

RUNNING = (LiveStatus.LIVE, LiveStatus.LOST)
TOPIC = "follows"  # who is told of a live is part of who follows whom


class StoredLives:
    """Lives, and which places may see them."""

    def __init__(self, session: AsyncSession, revisions: StoredRevisions) -> None:
        self._session = session
        self._revisions = revisions

    async def begin(self, account: Account, look: Look, places: Sequence[str]) -> tuple[Live, tuple[str, ...]]:
        if not look.room:
            raise Bug("LIVE_WITHOUT_ROOM", x=account.handle)
        live_id = await self._of_room(look.room) or await self._create(account, look)
        already = await self.places_of(live_id)
        new = tuple(place for place in dict.fromkeys(places) if place not in already)
        self._session.add_all(LivePlaceRow(place=place, live_id=live_id) for place in new)
        await self._session.flush()
        return await self._must(live_id), new

    async def add_room(self, live_id: int, room: str) -> Live:
        rooms = (await self._must(live_id)).rooms
        if room not in rooms:
            self._session.add(LiveRoomRow(room=room, live_id=live_id))
            await self._session.flush()
        return await self._must(live_id)

    async def in_room(self, room: str) -> Live | None:
        live_id = await self._of_room(room)
        return await self._must(live_id) if live_id else None

    async def set_title(self, live_id: int, title: str) -> Live:
        row = await self._session.get(LiveRow, live_id)
        if row is None:
            raise Missing("LIVE_UNKNOWN", x=live_id)
        row.title = title
        await self._session.flush()
        return await self._must(live_id)

    async def set_status(self, live_id: int, status: LiveStatus, ended: datetime | None = None) -> Live:
        row = await self._session.get(LiveRow, live_id)
        if row is None:
            raise Missing("LIVE_UNKNOWN", x=live_id)
        row.status, row.ended = status, ended
        await self._session.flush()
        return await self._must(live_id)

    async def get(self, live_id: int) -> Live | None:
        return next(iter(await self._values(live_id=live_id)), None)

    async def seen_by(self, place: str, live_id: int) -> Live | None:
        return next(iter(await self._values(place=place, live_id=live_id)), None)

    async def running(self) -> list[Live]:
        return await self._values(running=True)

    async def of_place(
        self,
        place: str,
        *,
        account_id: int | None = None,
        since: datetime | None = None,
        running: bool = False,
        limit: int = 50,
    ) -> list[Live]:
        return await self._values(place=place, account_id=account_id, since=since, running=running, limit=limit)

    async def places_of(self, live_id: int) -> list[str]:
        query = select(LivePlaceRow.place).where(LivePlaceRow.live_id == live_id).order_by(LivePlaceRow.place)
        return list(await self._session.exec(query))

    async def standings(self, live_id: int) -> list[Standing]:
        query = select(LivePlaceRow).where(LivePlaceRow.live_id == live_id).order_by(LivePlaceRow.place)
        return [value_of(Standing, row) for row in await self._session.exec(query)]

    async def stand(self, live_id: int, standing: Standing) -> bool:
        row = await self._session.get(LivePlaceRow, (standing.place, live_id))
        if row is None:
            return False
        row.stopped, row.muted_until = standing.stopped, standing.muted_until
        await self._session.flush()
        await self._revisions.bump(TOPIC)
        return True

    async def begun(self, account_ids: Sequence[int], since: datetime) -> list[tuple[int, datetime, str]]:
        query = select(LiveRoomRow.id, LiveRow.account_id, LiveRow.started, LiveRoomRow.room).join(LiveRoomRow)
        began: list[tuple[int | None, int, datetime, str]] = []
        for some in sliced(account_ids):
            theirs = query.where(col(LiveRow.account_id).in_(some), LiveRow.started >= since)
            began += (await self._session.exec(theirs)).all()
        return [
            (account_id, started, room) for _, account_id, started, room in sorted(began, key=lambda one: one[0] or 0)
        ]

    async def viewers(self, live_id: int, *, start: float = 0.0, end: float | None = None) -> list[tuple[float, int]]:
        until = float("inf") if end is None else end
        query = (
            select(ViewerSampleRow.second, ViewerSampleRow.viewers)
            .where(ViewerSampleRow.live_id == live_id, ViewerSampleRow.second >= start, ViewerSampleRow.second <= until)
            .order_by(col(ViewerSampleRow.second))
        )
        return [(second, viewers) for second, viewers in await self._session.exec(query)]

    async def remove(self, live_id: int, at_most: int = 2000) -> bool:
        if await remove_lines(self._session, live_id, at_most):
            return False
        row = await self._session.get(LiveRow, live_id)
        if row is not None:
            await self._session.delete(row)
            await self._session.exec(delete(MemoRow).where(col(MemoRow.name).like(f"summary:{live_id}:%")))
            await self._session.flush()
        return True

    async def _of_room(self, room: str) -> int | None:
        return (await self._session.exec(select(LiveRoomRow.live_id).where(LiveRoomRow.room == room))).first()

    async def _create(self, account: Account, look: Look) -> int:
        row = LiveRow(account_id=account.id, title=look.title, started=look.started or look.at)
        self._session.add(row)
        await self._session.flush()
        assert row.id is not None
        self._session.add(LiveRoomRow(room=look.room, live_id=row.id))
        await self._session.flush()
        return row.id

    async def _must(self, live_id: int) -> Live:
        live = await self.get(live_id)
        if live is None:
            raise Missing("LIVE_UNKNOWN", x=live_id)
        return live

    async def _values(
        self,
        *,
        live_id: int | None = None,
        place: str | None = None,
        account_id: int | None = None,
        since: datetime | None = None,
        running: bool = False,
        limit: int | None = None,
    ) -> list[Live]:
        """The lives that all given conditions hold for, newest first."""
        query = select(LiveRow, AccountRow.handle).join(AccountRow)
        if live_id is not None:
            query = query.where(LiveRow.id == live_id)
        if place is not None:
            query = query.join(LivePlaceRow).where(LivePlaceRow.place == place)
        if account_id is not None:
            query = query.where(LiveRow.account_id == account_id)
        if since is not None:
            query = query.where(LiveRow.started >= since)
        if running:
            query = query.where(col(LiveRow.status).in_(RUNNING))
        query = query.order_by(col(LiveRow.started).desc(), col(LiveRow.id).desc()).limit(limit)
        fresh = query.execution_options(populate_existing=True)  # the hot writer counts viewers beside the session
        return await self._with_rooms([(row, handle) for row, handle in await self._session.exec(fresh)])

    async def _with_rooms(self, found: list[tuple[LiveRow, str]]) -> list[Live]:
        rooms: dict[int, list[str]] = {row.id: [] for row, _ in found if row.id is not None}
        for some in sliced(list(rooms)):
            query = select(LiveRoomRow).where(col(LiveRoomRow.live_id).in_(some)).order_by(col(LiveRoomRow.id))
            for room in await self._session.exec(query):
                rooms[room.live_id].append(room.room)
        return [
            value_of(
                Live,
                row,
                handle=handle,
                rooms=tuple(rooms[row.id or 0]),
                viewers_mean=row.viewers_sum / row.viewers_samples if row.viewers_samples else 0.0,
            )
            for row, handle in found
        ]
