"""Transcripts as stored: segments and gaps."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.matching.fold import search_text
from core.model.transcript import Gap, Segment, Word
from storage.search import index_after, last_id, remove_rows
from storage.tables import GapRow, SegmentRow
from storage.values import columns_of, value_of


class StoredTranscripts:
    """Segments and gaps of lives."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, live_id: int, parts: Sequence[Segment | Gap]) -> None:
        segments = {part.start: part for part in parts if isinstance(part, Segment)}
        gaps = {part.start: part for part in parts if isinstance(part, Gap)}
        if gaps:
            same = delete(GapRow).where(col(GapRow.live_id) == live_id, col(GapRow.start).in_(gaps))
            await self._session.exec(same)
            self._session.add_all(GapRow(live_id=live_id, **columns_of(gap)) for gap in gaps.values())
        if segments:
            await self._replace(live_id, segments)
        await self._session.flush()

    async def of_live(self, live_id: int, *, start: float = 0.0, end: float | None = None) -> list[Segment | Gap]:
        until = float("inf") if end is None else end
        segments = await self._session.exec(
            select(SegmentRow).where(
                SegmentRow.live_id == live_id, SegmentRow.start >= start, SegmentRow.start <= until
            )
        )
        gaps = await self._session.exec(
            select(GapRow).where(GapRow.live_id == live_id, GapRow.start >= start, GapRow.start <= until)
        )
        parts: list[Segment | Gap] = [value_of(Segment, row, words=_words(row.words)) for row in segments]
        parts += [value_of(Gap, row) for row in gaps]
        return sorted(parts, key=lambda part: part.start)

    async def _replace(self, live_id: int, segments: dict[float, Segment]) -> None:
        connection = await self._session.connection()
        same = select(SegmentRow.id).where(SegmentRow.live_id == live_id, col(SegmentRow.start).in_(segments))
        await remove_rows(connection, "segment", [i for i in await self._session.exec(same) if i is not None])
        before = await last_id(connection, "segment")
        for segment in segments.values():
            words = [[word.start, word.end, word.text] for word in segment.words]
            found_by = None if segment.text is None else search_text(segment.text)
            columns = columns_of(segment, "words")
            self._session.add(SegmentRow(live_id=live_id, words=words, search_text=found_by, **columns))
        await self._session.flush()
        await index_after(connection, "segment", before)


def _words(stored: list[Any]) -> tuple[Word, ...]:
    return tuple(Word(start, end, text) for start, end, text in stored)
