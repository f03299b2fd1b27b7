"""Notices waiting to be told, as stored."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, exists, func, literal, or_, update
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.model.notice import Delivery, DeliveryState, Notice
from core.ports.outbox import Head
from storage.closures import StoredClosures
from storage.columns import UtcDateTime
from storage.crowding import make_room
from storage.heads import heads
from storage.news import News
from storage.slices import sliced
from storage.tables import WAITING_DELIVERY, ClosedRow, DeliveryRow
from storage.values import columns_of, value_of

FRESH = {"populate_existing": True, "synchronize_session": False}
DELETED = "POST_GONE"  # the reason of what was sent, and deleted by somebody


class StoredOutbox:
    """Deliveries of one installation."""

    def __init__(self, session: AsyncSession, news: set[News]) -> None:
        self._session, self._news = session, news
        closures = StoredClosures(session)
        self.close, self.reopen, self.try_closed = closures.close, closures.reopen, closures.try_again
        self.closed, self.closed_of, self.count_closed = closures.get, closures.of_place, closures.count

    async def put(self, notice: Notice, now: datetime) -> bool:
        known = await self._session.exec(select(DeliveryRow.id).where(DeliveryRow.key == notice.key))
        if known.first() is not None:
            return False
        due = max(now, await self._replace_edits(notice, now)) if notice.edits else now
        await self._add(notice, due)
        skipped = await make_room(self._session, notice, now)
        if skipped is not None:
            await self._add(skipped, now)
        self._news.add(News.TOLD)
        return True

    async def get(self, key: str) -> Delivery | None:
        query = select(DeliveryRow).where(DeliveryRow.key == key).execution_options(**FRESH)
        row = (await self._session.exec(query)).first()
        return _delivery(row) if row is not None else None

    async def heads(self, platforms: Sequence[str], now: datetime, limit: int) -> list[Head]:
        return [head for platform in platforms for head in await heads(self._session, platform, now, limit)]

    async def claim(
        self,
        courier: str,
        platforms: Sequence[str],
        now: datetime,
        lease: timedelta,
        limit: int,
        *,
        only: Sequence[Head] | None = None,
    ) -> list[Delivery]:
        wanted = await self.heads(platforms, now, limit) if only is None else only
        first = {head.address: head.id for head in reversed(wanted)}
        order = [head.id for head in wanted if first[head.address] == head.id][:limit]
        if not order:
            return []
        flying = aliased(DeliveryRow)
        sending = (
            update(DeliveryRow)
            .where(
                col(DeliveryRow.id).in_(order),
                WAITING_DELIVERY,
                ~exists().where(col(flying.address) == DeliveryRow.address, col(flying.state) == DeliveryState.SENDING),
            )
            .values(
                state=DeliveryState.SENDING,
                courier=courier,
                lease_until=now + lease,
                first_tried=func.coalesce(DeliveryRow.first_tried, literal(now, UtcDateTime())),
                attempt=DeliveryRow.attempt + 1,
                epoch=DeliveryRow.epoch + 1,
            )
            .returning(DeliveryRow)
            .execution_options(**FRESH)
        )
        claimed = {row.id: _delivery(row) for row in (await self._session.exec(sending)).scalars()}
        return [claimed[number] for number in order if number in claimed]

    async def settle(
        self,
        delivery: Delivery,
        state: DeliveryState,
        now: datetime,
        *,
        external: str = "",
        reason: str = "",
        due: datetime | None = None,
        untried: bool = False,
    ) -> bool:
        values: dict[str, Any] = {"state": state, "reason": reason, "settled": now, "due": due or now}
        if untried:
            values["first_tried"] = None
        if external:
            values["external"] = external
        held = update(DeliveryRow).where(
            col(DeliveryRow.id) == delivery.id,
            col(DeliveryRow.epoch) == delivery.epoch,
            col(DeliveryRow.state).in_((DeliveryState.SENDING, DeliveryState.UNKNOWN)),
        )
        result = await self._session.exec(held.values(**values).execution_options(**FRESH))
        return result.rowcount == 1

    async def post_of(self, address: str, subject: str) -> str:
        """The newest edit tells (it may have had to become a new message), else the first post."""
        query = (
            select(DeliveryRow.external)
            .where(*_sent(address, subject), DeliveryRow.external != "")
            .order_by(
                col(DeliveryRow.edits).desc(),
                case((col(DeliveryRow.edits), -col(DeliveryRow.id)), else_=col(DeliveryRow.id)),
            )
            .limit(1)
        )
        return (await self._session.exec(query)).first() or ""

    async def told_at(self, place: str, subject: str) -> list[str]:
        query = select(DeliveryRow.address).where(DeliveryRow.place == place, DeliveryRow.subject == subject)
        return list(await self._session.exec(query.distinct().order_by(DeliveryRow.address)))

    async def post_with(self, place: str, number: str) -> Notice | None:
        query = select(DeliveryRow).where(
            DeliveryRow.place == place,
            DeliveryRow.state == DeliveryState.SENT,
            col(DeliveryRow.external).regexp_match(rf"(^|/){re.escape(number)}(/|[a-z]|$)"),
        )
        row = (await self._session.exec(query.order_by(col(DeliveryRow.id).desc()).limit(1))).first()
        return value_of(Notice, row) if row and number.isdecimal() else None

    async def lose_post(self, address: str, subject: str) -> None:
        lost = update(DeliveryRow).where(*_sent(address, subject), col(DeliveryRow.external) != "")
        await self._session.exec(lost.values(external="", reason=DELETED).execution_options(**FRESH))

    async def lost_post(self, address: str, subject: str) -> bool:
        query = select(DeliveryRow.id).where(*_sent(address, subject), DeliveryRow.reason == DELETED).limit(1)
        return (await self._session.exec(query)).first() is not None

    async def stale(self, platform: str, now: datetime) -> list[Delivery]:
        """Oldest first."""
        query = select(DeliveryRow).where(
            DeliveryRow.state == DeliveryState.SENDING,
            DeliveryRow.platform == platform,
            col(DeliveryRow.lease_until) <= now,
        )
        rows = await self._session.exec(query.order_by(col(DeliveryRow.id)).execution_options(**FRESH))
        return [_delivery(row) for row in rows]

    async def doubtful(self, chat: str) -> list[Delivery]:
        at = col(DeliveryRow.address)
        query = select(DeliveryRow).where(
            col(DeliveryRow.state).in_((DeliveryState.UNKNOWN, DeliveryState.SENDING)),
            or_(at == chat, *(at.startswith(chat + sign, autoescape=True) for sign in "/#")),
        )
        rows = await self._session.exec(query.order_by(col(DeliveryRow.id)).execution_options(**FRESH))
        return [_delivery(row) for row in rows]

    async def withdraw(self, key: str, now: datetime) -> bool:
        waiting = update(DeliveryRow).where(WAITING_DELIVERY, col(DeliveryRow.key) == key)
        values = {"state": DeliveryState.REPLACED, "settled": now}
        return (await self._session.exec(waiting.values(**values).execution_options(**FRESH))).rowcount == 1

    async def newest(self, address: str, subject: str) -> Notice | None:
        query = select(DeliveryRow).where(DeliveryRow.address == address, DeliveryRow.subject == subject)
        row = (await self._session.exec(query.order_by(col(DeliveryRow.id).desc()).limit(1))).first()
        return value_of(Notice, row) if row is not None else None

    async def latest(self, place: str, beginning: str) -> Notice | None:
        subject = col(DeliveryRow.subject)
        query = select(DeliveryRow).where(DeliveryRow.place == place, subject.startswith(beginning, autoescape=True))
        row = (await self._session.exec(query.order_by(col(DeliveryRow.id).desc()).limit(1))).first()
        return value_of(Notice, row) if row is not None else None

    async def posts_of(self, place: str, subjects: Sequence[str]) -> list[Notice]:
        subject = col(DeliveryRow.subject)
        return [one for some in sliced(subjects) for one in await self._last(place, subject.in_(some))]

    async def posts(self, place: str, beginning: str) -> list[Notice]:
        return await self._last(place, col(DeliveryRow.subject).startswith(beginning, autoescape=True))

    async def _last(self, place: str, about: ColumnElement[bool]) -> list[Notice]:
        there = (col(DeliveryRow.place) == place, about)
        last = select(func.max(DeliveryRow.id)).where(*there).group_by(DeliveryRow.address, col(DeliveryRow.subject))
        query = select(DeliveryRow).where(col(DeliveryRow.id).in_(last)).order_by(col(DeliveryRow.id))
        return [value_of(Notice, row) for row in await self._session.exec(query.execution_options(**FRESH))]

    async def late(self, platforms: Sequence[str], before: datetime) -> dict[str, datetime]:
        since = func.coalesce(DeliveryRow.first_tried, DeliveryRow.due, type_=UtcDateTime())
        query = (
            select(DeliveryRow.place, func.min(since, type_=UtcDateTime()))
            .where(
                WAITING_DELIVERY,
                col(DeliveryRow.platform).in_(platforms),
                col(DeliveryRow.edits).is_(False),
                since < before,
                ~exists().where(col(ClosedRow.address) == DeliveryRow.address),
            )
            .group_by(DeliveryRow.place)
        )
        return dict((await self._session.exec(query)).all())

    async def addresses(self, subject: str) -> list[tuple[str, str]]:
        query = select(DeliveryRow.place, DeliveryRow.address).where(DeliveryRow.subject == subject).distinct()
        return list((await self._session.exec(query)).all())

    async def counts(self) -> dict[DeliveryState, int]:
        query = select(DeliveryRow.state, func.count()).group_by(DeliveryRow.state)
        counted = dict((await self._session.exec(query)).all())
        return {state: counted.get(state, 0) for state in DeliveryState}

    async def _add(self, notice: Notice, due: datetime) -> None:
        platform = notice.address.partition(":")[0]
        rank = (0 if notice.urgent else 2) + notice.edits
        self._session.add(DeliveryRow(platform=platform, due=due, rank=rank, **columns_of(notice)))
        await self._session.flush()

    async def _replace_edits(self, notice: Notice, now: datetime) -> datetime:
        """Take waiting edits of the same subject out of the way; gives the time the platform asked them to wait until."""
        older = (
            update(DeliveryRow)
            .where(
                WAITING_DELIVERY,
                col(DeliveryRow.address) == notice.address,
                col(DeliveryRow.edits).is_(True),
                col(DeliveryRow.subject) == notice.subject,
            )
            .values(state=DeliveryState.REPLACED, settled=now)
            .returning(col(DeliveryRow.due))
            .execution_options(synchronize_session=False)
        )
        return max((await self._session.exec(older)).scalars(), default=now)


def _delivery(row: DeliveryRow) -> Delivery:
    return value_of(Delivery, row, notice=value_of(Notice, row))


def _sent(address: str, subject: str) -> tuple[Any, ...]:
    """What was sent about `subject` to `address`."""
    row = DeliveryRow
    return col(row.address) == address, col(row.subject) == subject, col(row.state) == DeliveryState.SENT
