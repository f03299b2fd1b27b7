"""More than anybody would read: what is left out where too much waits for one address, and the post that says so."""

from datetime import datetime

from sqlalchemy import case, func, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.model.notice import DeliveryState, Notice, NoticeKind, facts_of, read
from core.model.tellable.house import Skipped
from core.ports.outbox import MOST_WAITING
from storage.slices import sliced
from storage.tables import WAITING_DELIVERY, DeliveryRow

POST, EDIT, URGENT_EDIT, URGENT_POST = 2, 3, 1, 0
LEAST_MISSED = {POST: 0, EDIT: 1, URGENT_EDIT: 2, URGENT_POST: 3}


async def make_room(session: AsyncSession, notice: Notice, now: datetime) -> Notice | None:
    """Replace what is too much at the address of `notice`. Gives the Skipped to be put there when it has none yet."""
    waiting = (WAITING_DELIVERY, col(DeliveryRow.address) == notice.address)
    count = (await session.exec(select(func.count()).select_from(DeliveryRow).where(*waiting))).one()
    if count <= MOST_WAITING:
        return None
    said = (await session.exec(select(DeliveryRow).where(*waiting, DeliveryRow.kind == NoticeKind.SKIPPED))).first()
    room = count - MOST_WAITING + (said is None)
    order = case(LEAST_MISSED, value=col(DeliveryRow.rank))
    query = select(DeliveryRow.id, DeliveryRow.edits, DeliveryRow.due).where(
        *waiting, DeliveryRow.kind != NoticeKind.SKIPPED
    )
    dropped = (await session.exec(query.order_by(order, col(DeliveryRow.id)).limit(room))).all()
    for some in sliced([number for number, _, _ in dropped]):
        await session.exec(
            update(DeliveryRow)
            .where(col(DeliveryRow.id).in_(some))
            .values(state=DeliveryState.REPLACED, settled=now)
            .execution_options(synchronize_session=False)
        )
    posts = [due for _, edits, due in dropped if not edits]
    if not posts:
        return None
    if said is None:
        return _skipped(notice, dropped[0][0] or 0, Skipped(len(posts), min(posts), max(posts)))
    before = read(NoticeKind.SKIPPED, said.facts)
    assert isinstance(before, Skipped)
    more = Skipped(before.count + len(posts), min(before.since, *posts), max(before.until, *posts))
    said.facts = facts_of(more)[1]
    await session.flush()
    return None


def _skipped(notice: Notice, first: int, skipped: Skipped) -> Notice:
    """Told before what is left, without a sound."""
    kind, facts = facts_of(skipped)
    name = f"skipped:{notice.address}:{first}"
    return Notice(kind, name, notice.place, notice.address, name, facts, silent=True, urgent=True)
