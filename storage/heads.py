"""Which deliveries may go: the first waiting one of each address, found without looking at those behind it."""

from sqlalchemy import bindparam, text
from sqlmodel.ext.asyncio.session import AsyncSession

from core.ports.outbox import Head
from storage.columns import UtcDateTime

# Addresses are skipped through by the partial index, so that 100,000 deliveries waiting for one address cost the others
# nothing. All addresses of a platform lie between `platform:` and `platform;`.
HEADS = text(
    """
    with recursive address_waiting (address) as (
        select min(address) from delivery
        where state in ('new', 'retry') and address >= :low and address < :high
        union all
        select (select min(later.address) from delivery as later
                where later.state in ('new', 'retry')
                  and later.address > address_waiting.address and later.address < :high)
        from address_waiting where address_waiting.address is not null
    ), head (id) as (
        select (select first.id from delivery as first
                where first.state in ('new', 'retry') and first.address = address_waiting.address
                order by first.rank, first.id limit 1)
        from address_waiting
        where address is not null
          and not exists (select 1 from delivery as flying
                          where flying.state = 'sending' and flying.address = address_waiting.address)
          and not exists (select 1 from closed
                          where closed.address = address_waiting.address and closed.probe > :now)
    )
    select delivery.id, delivery.address, delivery.edits, case when delivery.rank = 1 then (
        select case when post.due <= :now then post.id end from delivery as post
        where post.state in ('new', 'retry') and post.address = delivery.address and post.rank = 2
        order by post.id limit 1) end as behind
    from head join delivery on delivery.id = head.id left join place on place.id = delivery.place
    where delivery.due <= :now and place."left" is null
    order by delivery.rank, delivery.due, delivery.id limit :limit
    """
).bindparams(bindparam("now", type_=UtcDateTime()))


async def heads(session: AsyncSession, platform: str, now: object, limit: int) -> list[Head]:
    """See the port: the most pressing first, a post behind an urgent edit after it."""
    given = {"now": now, "low": f"{platform}:", "high": f"{platform};", "limit": limit}
    connection = await session.connection()
    found = []
    for number, address, edits, behind in await connection.execute(HEADS, given):
        found.append(Head(number, address, bool(edits)))
        if behind is not None:
            found.append(Head(behind, address, False))
    return found
