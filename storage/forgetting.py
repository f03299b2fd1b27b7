"""A place forgotten for good: every row of it, asked from the metadata, a few at a time."""

from pathlib import Path
from typing import Any

from sqlalchemy import Column, Table, delete, false, not_, or_, select, tuple_, update
from sqlmodel.ext.asyncio.session import AsyncSession

from core.model.notice import NoticeKind
from storage.moving import PLACES, speakers, speaking
from storage.search import remove_words
from storage.tables import METADATA, ClipRow, DeliveryRow, RemoteRow, TopicRow, VideoTranscriptRow

CLIPS: Table = METADATA.tables[str(ClipRow.__tablename__)]
TOLD: Table = METADATA.tables[str(VideoTranscriptRow.__tablename__)]
DELIVERIES: Table = METADATA.tables[str(DeliveryRow.__tablename__)]
REMOTES: Table = METADATA.tables[str(RemoteRow.__tablename__)]
TOPICS: Table = METADATA.tables[str(TopicRow.__tablename__)]


async def files(session: AsyncSession, place: str) -> list[Path]:
    """The files of its clips."""
    paths = await (await session.connection()).execute(select(CLIPS.c.path).where(CLIPS.c.place == place))
    return list(paths.scalars())


async def forget(session: AsyncSession, place: str, at_most: int) -> bool:
    """See the port. Its topics go first: which ones are its own is known by what else it has. What lies at services elsewhere is
    nobody's from now on, and goes from there."""
    await session.flush()
    connection = await session.connection()
    nobodys = update(REMOTES).where(REMOTES.c.place == place)
    await connection.execute(nobodys.values(place="", key="", over=True))
    await _forget_topics(session, place)
    at_most -= await _forget_words(session, place, at_most)
    if at_most <= 0:
        return False
    for table in reversed(METADATA.sorted_tables):
        if "place" in table.c:
            at_most -= await _delete(session, table, place, at_most)
            if at_most <= 0:
                return False
    for table in METADATA.sorted_tables:
        for column in speaking(table):
            await _forget_mentions(session, table, column, place)
    await connection.execute(delete(PLACES).where(PLACES.c.id == place))
    session.expunge_all()
    return True


async def _forget_topics(session: AsyncSession, place: str) -> None:
    """Topics of its addresses, and of the chat that is the place."""
    own = [
        select(table.c.address).where(table.c.place == place)
        for table in METADATA.sorted_tables
        if {"place", "address"} <= set(table.c.keys())
    ]
    own.append(select(PLACES.c.address).where(PLACES.c.id == place))
    inside = (TOPICS.c.address == place, TOPICS.c.address.startswith(place + "/", autoescape=True))
    which = or_(*inside, *(TOPICS.c.address.in_(query) for query in own))
    await (await session.connection()).execute(delete(TOPICS).where(which))


async def _forget_words(session: AsyncSession, place: str, at_most: int) -> int:
    """Words of its videos leave the index before they leave their table; how many did."""
    return await remove_words(session, select(TOLD.c.id).where(TOLD.c.place == place), at_most)


async def _delete(session: AsyncSession, table: Table, place: str, at_most: int) -> int:
    """How many of its rows went."""
    key = tuple_(*table.primary_key.columns)
    some = select(*table.primary_key.columns).where(table.c.place == place).limit(at_most)
    return (await (await session.connection()).execute(delete(table).where(key.in_(some)))).rowcount


async def _forget_mentions(session: AsyncSession, table: Table, column: Column[Any], place: str) -> None:
    """Rows that are nobody's or somebody else's and speak of the place: that it was lost, jobs, memos. What else others were
    told is theirs."""
    connection = await session.connection()
    told_others = table.c.kind != NoticeKind.PLACE_LOST if table is DELIVERIES else false()
    for where, said, after in await speakers(session, table, column, place, ""):
        if said != after:
            await connection.execute(delete(table).where(*where, not_(told_others)))
