"""Transcripts as stored: segments and gaps.

Segments of a batch go in as one statement for each thousand, as chat does (hot.py): row by row it is 5,000 a second.
"""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from core.matching.fold import search_text
from core.model.transcript import Gap, Segment, SegmentState, Word, kept_back
from storage.minors import AGED, LASTING, LONGEST, withheld
from storage.search import index_after, last_id, remove_rows
from storage.slices import sliced
from storage.tables import GapRow, SegmentRow
from storage.values import columns_of, value_of

CHUNK = 1_000  # rows a statement; SQLite takes 32,766 values in one
THERE = "select id, start from segment where live_id = ? and start between ? and ?"
WITHHELD = f"""
select line.start, line."end" from segment as line
where line.live_id = :live and line.start between :since and :until and line."end" > :start and {withheld(":place")}
order by line.start
"""  # noqa: S608 (words of ours)
COLUMNS = ("live_id", "start", "end", "text", "language", "engine", "words", "state", "speaker", "search_text")


class StoredTranscripts:
    """Segments and gaps of lives."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, live_id: int, parts: Sequence[Segment | Gap]) -> None:
        segments = {part.start: part for part in parts if isinstance(part, Segment)}
        gaps = {part.start: part for part in parts if isinstance(part, Gap)}
        for some in sliced(list(gaps)):
            await self._session.exec(delete(GapRow).where(col(GapRow.live_id) == live_id, col(GapRow.start).in_(some)))
        if gaps:
            self._session.add_all(GapRow(live_id=live_id, **columns_of(gap)) for gap in gaps.values())
        if segments:
            await self._replace(live_id, segments)
        await self._session.flush()

    async def of_live(self, live_id: int, *, start: float = 0.0, end: float | None = None) -> list[Segment | Gap]:
        until = float("inf") if end is None else end
        segments = await self._session.exec(
            _with_words(live_id).where(SegmentRow.start >= start, SegmentRow.start <= until)
        )
        gaps = await self._session.exec(
            select(GapRow).where(GapRow.live_id == live_id, GapRow.start >= start, GapRow.start <= until)
        )
        parts: list[Segment | Gap] = [value_of(Segment, row, words=_words(row.words)) for row in segments]
        parts += [value_of(Gap, row) for row in gaps]
        return sorted(parts, key=lambda part: part.start)

    async def last(self, live_id: int, limit: int, *, skip: int = 0) -> list[Segment]:
        newest = _with_words(live_id).order_by(col(SegmentRow.start).desc())
        rows = await self._session.exec(newest.offset(skip).limit(limit))
        return [value_of(Segment, row, words=_words(row.words)) for row in rows]

    async def shown_to(
        self, place: str, live_id: int, *, start: float = 0.0, end: float | None = None
    ) -> list[Segment | Gap]:
        parts = await self.of_live(live_id, start=start, end=end)
        kept = {since for since, _ in await self.withheld(place, live_id, start=start, end=end)}
        return [kept_back(part) if isinstance(part, Segment) and part.start in kept else part for part in parts]

    async def withheld(
        self, place: str, live_id: int, *, start: float = 0.0, end: float | None = None
    ) -> list[tuple[float, float]]:
        until = float("inf") if end is None else end
        given = {"place": place, "live": live_id, "start": start, "since": start - LONGEST, "until": until}
        rows = await (await self._session.connection()).execute(text(WITHHELD), given)
        return [(since, to) for since, to in rows]

    async def _replace(self, live_id: int, segments: dict[float, Segment]) -> None:
        connection = await self._session.connection()
        between = (live_id, min(segments), max(segments))
        there = (await connection.exec_driver_sql(THERE, between)).all()
        await remove_rows(connection, "segment", [row.id for row in there if row.start in segments])
        await _insert(connection, [_values(live_id, segment) for segment in segments.values()])


async def let_age(connection: AsyncConnection, live_id: int, ids: Sequence[int]) -> None:
    """The words of these segments go: all there are of the live between the least and the greatest id, but for such as went before.
    Of what is withheld, or may come to be, it stays known when it was said (see minors.py)."""
    if not ids:
        return
    rows = await connection.execute(text(LASTING), {"live": live_id, "first": min(ids), "last": max(ids)})
    lasting: dict[tuple[float, float], list[str]] = {}
    for start, end, apart in rows:
        lasting.setdefault((start, end), []).extend([] if apart is None else [str(apart)])
    await remove_rows(connection, "segment", ids)
    bare = [
        (live_id, start, end, "", "", AGED, json.dumps(apart), SegmentState.SILENT.value, "", None)
        for (start, end), apart in lasting.items()
    ]
    await _insert(connection, bare)


async def _insert(connection: AsyncConnection, values: Sequence[tuple[Any, ...]]) -> None:
    """Rows in the order of `COLUMNS`; they are searchable."""
    before = await last_id(connection, "segment")
    for start in range(0, len(values), CHUNK):
        chunk = values[start : start + CHUNK]
        await connection.exec_driver_sql(_statement(len(chunk)), tuple(one for row in chunk for one in row))
    await index_after(connection, "segment", before)


def _with_words(live_id: int) -> SelectOfScalar[SegmentRow]:
    """The segments of a live but for those whose words are gone."""
    return select(SegmentRow).where(SegmentRow.live_id == live_id, SegmentRow.engine != AGED)


@lru_cache(maxsize=64)
def _statement(rows: int) -> str:
    names = ", ".join(f'"{name}"' for name in COLUMNS)
    one = f"({','.join('?' * len(COLUMNS))})"
    return f"insert into segment ({names}) values {','.join([one] * rows)}"  # noqa: S608 (names of ours)


def _values(live_id: int, segment: Segment) -> tuple[Any, ...]:
    """In the order of `COLUMNS`, as SegmentRow has them."""
    words = json.dumps([[word.start, word.end, word.text] for word in segment.words]) if segment.words else "[]"
    found_by = None if segment.text is None else search_text(segment.text)
    said = (segment.text, segment.language, segment.engine, words, segment.state.value, segment.speaker, found_by)
    return (live_id, segment.start, segment.end, *said)


def _words(stored: list[Any]) -> tuple[Word, ...]:
    return tuple(Word(start, end, text) for start, end, text in stored)
