"""Full-text search over what was said and written, with SQLite's FTS5: everything of it that SQL must know is here.

`segment_fts`, `chat_line_fts` and `video_segment_fts` are external-content tables over `search_text`, in which words are parted
already (the tokenizer splits at spaces), and over the id of the live or transcript a line is of: a place that may see few of many
asks for those in the index itself. They are filled by one insert-select per batch; a row trigger costs four times as much. A
row leaves the index before it leaves its table.

Nothing is ranked here: bm25 reads through every line that has the word, 20 ms a term among a million (measured), to weigh
terms against each other that must all occur anyway. The newest are found in 1 ms and ranked by who asks.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Select, column, select, table, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel.ext.asyncio.session import AsyncSession

from core.model.account import Handle
from core.model.found import Found, Sought, Source
from core.model.video import VideoLink
from core.ports.stores.search import NEWEST
from storage.minors import among, withheld, withheld_lines

NAMED = 500  # lives or transcripts a query names (10 ms); with more, those of each line are looked up
LINES = ("segment", "chat_line", "live_event")
INDEXED = {"segment": "live_id", "chat_line": "live_id", "video_segment": "transcript_id"}
"""The tables that can be searched, and what each of their lines is of."""

TABLES = {Source.VIDEOS: "video_segment", Source.LIVES: "segment", Source.CHAT: "chat_line"}

LIVES = """
select live.id as id, account.handle as handle, live.title as title, live.started as began, '' as link
from live_place join live on live.id = live_place.live_id join account on account.id = live.account_id
where live_place.place = :place
"""
VIDEOS = """
select told.id as id, video.handle as handle, told.title as title, told.made as began, video.tiktok_id as link
from video_transcript as told join video on video.id = told.video_id
where told.place = :place and not told.removed and (told.public or told.by = :person)
"""
LINES_OF = """
select '{source}', own.id, own.handle, own.title, own.began, own.link, line.{second}, line.text, {by}
from {table}_fts cross join {table} as line on line.id = {table}_fts.rowid cross join ({owners}) as own on own.id = line.{owner}
where {table}_fts match :{owner}{since}{kept} order by {table}_fts.rowid desc limit {newest}
"""
KEPT = {
    Source.LIVES: f" and not {withheld(':place')}",
    Source.CHAT: f" and not {among(withheld_lines(':place', 'line.live_id'), 'line.text')}",
}
SAID_SINCE = " and julianday(own.began) + line.{second} / 86400.0 >= julianday(:since)"


class StoredSearch:
    """Search in what a place may see, in two statements: what that is, and its lines. Each costs turns of the connection's
    thread, which is more than the work itself on a busy machine."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def find(self, place: str, person: str, sought: Sought) -> list[Found]:
        if not sought.terms or not sought.sources:
            return []
        given = {"place": place, "person": person, "handle": sought.handle, "since": _stored(sought.since)}
        owners = {INDEXED[TABLES[source]]: _owners(source, sought) for source in sought.sources}
        listed = (
            f"select '{owner}', id from ({own}) order by id desc limit {NAMED + 1}"  # noqa: S608 (words of ours)
            for owner, own in owners.items()
        )
        ids: dict[str, list[int]] = {}
        for owner, number in await self._rows(listed, given):
            ids.setdefault(owner, []).append(number)
        queries = {
            owner: query_of(sought.terms, owner, these if len(these) <= NAMED else ()) for owner, these in ids.items()
        }
        kept = [source for source in sought.sources if INDEXED[TABLES[source]] in ids]
        lines = (_lines(source, sought, owners[INDEXED[TABLES[source]]]) for source in kept)
        return [_found(*row) for row in await self._rows(lines, given | queries)]

    async def _rows(self, parts: Iterable[str], given: dict[str, Any]) -> Sequence[Any]:
        """What several queries give, one after the other."""
        statement = " union all ".join(f"select * from ({part})" for part in parts)  # noqa: S608 (words of ours)
        if not statement:
            return ()
        used = {name: value for name, value in given.items() if re.search(rf":{name}\b", statement)}
        return (await (await self._session.connection()).execute(text(statement), used)).all()


def query_of(terms: Sequence[str], owner: str, owners: Sequence[int] = ()) -> str:
    """An FTS5 query: every term is a phrase, all must occur, in lines of one of `owners` (none named: whoever's).

    Everything is quoted, and terms hold letters, digits and spaces only: `NEAR`, `*`, `:` and the like are words or nothing.
    """
    words = " ".join(f'"{term}"' for term in terms)
    whose = " OR ".join(f'"{number}"' for number in owners)
    return f"{{search_text}} : ({words})" + (f" AND {{{owner}}} : ({whose})" if whose else "")


def _owners(source: Source, sought: Sought) -> str:
    """The lives or transcripts that may be looked in."""
    if source is Source.VIDEOS:
        handle, since = " and video.handle = :handle", " and told.made >= :since"
    else:
        handle, since = " and account.handle = :handle", " and (live.ended is null or live.ended >= :since)"
    every = VIDEOS if source is Source.VIDEOS else LIVES
    return every + (handle if sought.handle else "") + (since if sought.since else "")


def _lines(source: Source, sought: Sought, owners: str) -> str:
    second = "second" if source is Source.CHAT else "start"
    return LINES_OF.format(
        source=source.value,
        second=second,
        by="line.chatter" if source is Source.CHAT else "''",
        table=TABLES[source],
        owners=owners,
        owner=INDEXED[TABLES[source]],
        since=SAID_SINCE.format(second=second) if sought.since and source is not Source.VIDEOS else "",
        kept=KEPT.get(source, "") if not sought.whole else "",
        newest=NEWEST,
    )


def _stored(at: datetime | None) -> str | None:
    """As UtcDateTime writes it."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds") if at else None


def _found(
    source: str, number: int, handle: str, title: str, began: str, link: str, second: float, said: str, by: str
) -> Found:
    at = datetime.fromisoformat(began).replace(tzinfo=UTC)
    if source != Source.VIDEOS:
        at += timedelta(seconds=second)
    address = VideoLink(link, handle).address if link and handle else ""
    return Found(Source(source), number, Handle(handle), title, at, second, said, by, address)


async def last_id(connection: AsyncConnection, of: str) -> int:
    """The highest id in `of` (of `INDEXED`), 0 when it is empty."""
    statement = f"select coalesce(max(id), 0) from {of}"  # noqa: S608 (a name of ours)
    return int((await connection.execute(text(statement))).scalar_one())


async def index_after(connection: AsyncConnection, of: str, before: int) -> None:
    """Make the rows of `of` above id `before` searchable."""
    columns = f"search_text, {INDEXED[of]}"
    statement = (
        f"insert into {of}_fts (rowid, {columns})"  # noqa: S608 (a name of ours)
        f" select id, {columns} from {of} where id > :before"
    )
    await connection.execute(text(statement), {"before": before})


async def remove_rows(connection: AsyncConnection, of: str, ids: Sequence[int]) -> None:
    """Delete rows of `INDEXED` or `LINES`, and their part of the index."""
    for start in range(0, len(ids), 500):
        chosen = ",".join(str(int(i)) for i in ids[start : start + 500])
        if of in INDEXED:
            columns = f"search_text, {INDEXED[of]}"
            statement = (
                f"insert into {of}_fts ({of}_fts, rowid, {columns})"  # noqa: S608 (a name and numbers of ours)
                f" select 'delete', id, {columns} from {of} where id in ({chosen})"
            )
            await connection.execute(text(statement))
        await connection.execute(text(f"delete from {of} where id in ({chosen})"))  # noqa: S608


async def remove_words(session: AsyncSession, transcripts: Select[Any], at_most: int) -> int:
    """Delete up to `at_most` lines of videos, of `transcripts`; how many it were. A cascade would leave the index behind."""
    connection = await session.connection()
    lines = table("video_segment", column("id"), column("transcript_id"))
    spoken = select(lines.c.id).where(lines.c.transcript_id.in_(transcripts)).limit(at_most)
    ids = (await connection.execute(spoken)).scalars().all()
    await remove_rows(connection, "video_segment", ids)
    return len(ids)


async def remove_lines(session: AsyncSession, live_id: int, at_most: int) -> bool:
    """Delete up to `at_most` lines of a live. Whether it may have more."""
    connection = await session.connection()
    for of in LINES:
        statement = text(f"select id from {of} where live_id = :live_id limit :at_most")  # noqa: S608
        ids = list((await connection.execute(statement, {"live_id": live_id, "at_most": at_most})).scalars())
        await remove_rows(connection, of, ids)
        at_most -= len(ids)
        if at_most <= 0:
            return True
    return False
