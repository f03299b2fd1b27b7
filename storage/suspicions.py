"""How often something of a place was taken for being about minors: whoever remembers what may be shown asks that. Ids would not
do: those of what goes with a live come again."""

from sqlmodel.ext.asyncio.session import AsyncSession

from storage.tables import MemoRow

SUSPICIONS = "suspicions "
"""The memos of that; the id of the place is behind."""


async def suspicions(session: AsyncSession, place: str) -> int:
    """How often it was so far."""
    row = await session.get(MemoRow, SUSPICIONS + place)
    return int(row.value) if row is not None else 0


async def suspect(session: AsyncSession, *places: str) -> None:
    """Something of each of these was."""
    for place in places:
        await session.merge(MemoRow(name=SUSPICIONS + place, value=str(await suspicions(session, place) + 1)))
    await session.flush()
