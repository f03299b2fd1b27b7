"""Notices waiting to be told, as stored."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, case, exists, func, literal, text, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.model.notice import Delivery, DeliveryState, Notice
from storage.columns import UtcDateTime
from storage.news import News
from storage.tables import WAITING_DELIVERY, ClosedRow, DeliveryRow
from storage.values import columns_of, value_of

FRESH = {"populate_existing": True, "synchronize_session": False}

# The first waiting delivery of each address that has none in flight. Addresses are skipped through by the partial index,
# so that 100,000 deliveries waiting for one address cost the others nothing.
HEADS = text(
    """
    with recursive address_waiting (address) as (
        select min(address) from delivery where state in ('new', 'retry')
        union all
        select (select min(later.address) from delivery as later
                where later.state in ('new', 'retry') and later.address > address_waiting.address)
        from address_waiting where address_waiting.address is not null
    ), head (id) as (
        select (select first.id from delivery as first
                where first.state in ('new', 'retry') and first.address = address_waiting.address
                order by first.rank, first.id limit 1)
        from address_waiting
        where address is not null and not exists (
            select 1 from delivery as flying where flying.state = 'sending' and flying.address = address_waiting.address)
    )
    select delivery.id from head join delivery on delivery.id = head.id
    where delivery.due <= :now and delivery.platform in :platforms
    order by delivery.rank, delivery.due, delivery.id limit :limit
    """
).bindparams(bindparam("now", type_=UtcDateTime()), bindparam("platforms", expanding=True))


class StoredOutbox:
    """Deliveries of one installation."""

    def __init__(self, session: AsyncSession, news: set[News]) -> None:
        self._session, self._news = session, news

    async def put(self, notice: Notice, now: datetime) -> bool:
        known = await self._session.exec(select(DeliveryRow.id).where(DeliveryRow.key == notice.key))
        if known.first() is not None:
            return False
        due = max(now, await self._replace_edits(notice, now)) if notice.edits else now
        platform = notice.address.partition(":")[0]
        rank = (0 if notice.urgent else 2) + notice.edits
        self._session.add(DeliveryRow(platform=platform, due=due, rank=rank, **columns_of(notice)))
        await self._session.flush()
        self._news.add(News.TOLD)
        return True

    async def get(self, key: str) -> Delivery | None:
        query = select(DeliveryRow).where(DeliveryRow.key == key).execution_options(**FRESH)
        row = (await self._session.exec(query)).first()
        return _delivery(row) if row is not None else None

    async def due(self, platforms: Sequence[str], now: datetime) -> bool:
        return bool(await self._heads(platforms, now, 1))

    async def claim(
        self, courier: str, platforms: Sequence[str], now: datetime, lease: timedelta, limit: int
    ) -> list[Delivery]:
        heads = await self._heads(platforms, now, limit)
        if not heads:
            return []
        sending = (
            update(DeliveryRow)
            .where(col(DeliveryRow.id).in_(heads))
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
        return [claimed[head] for head in heads]

    async def settle(
        self,
        delivery: Delivery,
        state: DeliveryState,
        now: datetime,
        *,
        external: str = "",
        reason: str = "",
        due: datetime | None = None,
    ) -> bool:
        values: dict[str, Any] = {"state": state, "reason": reason, "settled": now, "due": due or now}
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
            .where(
                DeliveryRow.address == address,
                DeliveryRow.subject == subject,
                DeliveryRow.state == DeliveryState.SENT,
                DeliveryRow.external != "",
            )
            .order_by(
                col(DeliveryRow.edits).desc(),
                case((col(DeliveryRow.edits), -col(DeliveryRow.id)), else_=col(DeliveryRow.id)),
            )
            .limit(1)
        )
        return (await self._session.exec(query)).first() or ""

    async def stale(self, platform: str, now: datetime) -> list[Delivery]:
        """Oldest first."""
        query = select(DeliveryRow).where(
            DeliveryRow.state == DeliveryState.SENDING,
            DeliveryRow.platform == platform,
            col(DeliveryRow.lease_until) <= now,
        )
        rows = await self._session.exec(query.order_by(col(DeliveryRow.id)).execution_options(**FRESH))
        return [_delivery(row) for row in rows]

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

    async def _heads(self, platforms: Sequence[str], now: datetime, limit: int) -> list[int]:
        connection = await self._session.connection()
        given = {"now": now, "platforms": [str(platform) for platform in platforms], "limit": limit}
        return list((await connection.execute(HEADS, given)).scalars())

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
