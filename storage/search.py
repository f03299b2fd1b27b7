"""Full-text search over what was said and written, with SQLite's FTS5: everything of it that SQL must know is here.

`segment_fts` and `chat_line_fts` are external-content tables over the columns `search_text`. They are filled by one
insert-select per batch; a row trigger costs four times as much. A row leaves the index before it leaves its table.
"""

import re
from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel.ext.asyncio.session import AsyncSession

from core.matching.fold import search_text
from core.model.trigger import Where
from core.ports.stores.search import Found

NEWEST = 200  # ranked by bm25 are the newest hits of each kind only: ranking all of a common word takes too long
TERM = re.compile(r'"([^"]+)"|([^\s"]+)')
LINES = ("segment", "chat_line", "live_event")
INDEXED = ("segment", "chat_line")

HITS = """
select live_id, second, said, by, score from (
    select line.live_id, {second} as second, line.text as said, {by} as by, bm25({table}_fts) as score
    from {table}_fts join {table} as line on line.id = {table}_fts.rowid
    where {table}_fts match :query
      and exists (select 1 from live_place where live_place.place = :place and live_place.live_id = line.live_id)
    order by {table}_fts.rowid desc limit :newest
) order by score limit :limit
"""
SPOKEN = text(HITS.format(table="segment", second="line.start", by="''"))
WRITTEN = text(HITS.format(table="chat_line", second="line.second", by="line.chatter"))


def query_of(words: str) -> str:
    """`words` as an FTS5 query: each word, and each "quoted phrase", is one phrase; all must occur. Empty: nothing to find.

    Everything is quoted, so `NEAR`, `*`, `:` and the like are words or nothing, never syntax.
    """
    terms = (search_text(quoted or bare) for quoted, bare in TERM.findall(words.replace("\0", " ")))
    return " ".join(f'"{term.replace(chr(34), " ")}"' for term in terms if any(c.isalnum() for c in term))


class StoredSearch:
    """Search in the lives a place may see."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def find(self, place: str, words: str, limit: int = 20) -> list[Found]:
        query = query_of(words)
        if not query:
            return []
        connection = await self._session.connection()
        given = {"query": query, "place": place, "newest": NEWEST, "limit": limit}
        found: list[tuple[float, Found]] = []
        for source, statement in ((Where.SPEECH, SPOKEN), (Where.CHAT, WRITTEN)):
            for live_id, second, said, by, score in await connection.execute(statement, given):
                found.append((score, Found(live_id, source, second, said, by)))
        found.sort(key=lambda scored: scored[0])  # bm25: lower is better
        return [hit for _, hit in found[:limit]]


async def last_id(connection: AsyncConnection, table: str) -> int:
    """The highest id in `table` (of `INDEXED`), 0 when it is empty."""
    statement = f"select coalesce(max(id), 0) from {table}"  # noqa: S608 (a name of ours)
    return int((await connection.execute(text(statement))).scalar_one())


async def index_after(connection: AsyncConnection, table: str, before: int) -> None:
    """Make the rows of `table` above id `before` searchable."""
    statement = (
        f"insert into {table}_fts (rowid, search_text)"  # noqa: S608 (a name of ours)
        f" select id, search_text from {table} where id > :before"
    )
    await connection.execute(text(statement), {"before": before})


async def remove_rows(connection: AsyncConnection, table: str, ids: Sequence[int]) -> None:
    """Delete rows of one of `LINES`, and their part of the index."""
    for start in range(0, len(ids), 500):
        chosen = ",".join(str(int(i)) for i in ids[start : start + 500])
        if table in INDEXED:
            statement = (
                f"insert into {table}_fts ({table}_fts, rowid, search_text)"  # noqa: S608 (a name and numbers of ours)
                f" select 'delete', id, search_text from {table} where id in ({chosen})"
            )
            await connection.execute(text(statement))
        await connection.execute(text(f"delete from {table} where id in ({chosen})"))  # noqa: S608


async def remove_lines(session: AsyncSession, live_id: int, at_most: int) -> bool:
    """Delete up to `at_most` lines of a live. Whether it may have more."""
    connection = await session.connection()
    for table in LINES:
        statement = text(f"select id from {table} where live_id = :live_id limit :at_most")  # noqa: S608
        ids = list((await connection.execute(statement, {"live_id": live_id, "at_most": at_most})).scalars())
        await remove_rows(connection, table, ids)
        at_most -= len(ids)
        if at_most <= 0:
            return True
    return False
