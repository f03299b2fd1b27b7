"""Videos and their transcripts, as stored."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import exists, func, update
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from core.matching.fold import search_text
from core.model.transcript import Segment, Word
from core.model.video import Video, VideoTranscript
from storage.search import index_after, last_id, remove_rows
from storage.tables import VideoRow, VideoSegmentRow, VideoTranscriptRow
from storage.values import columns_of, value_of


class StoredVideos:
    """Videos of all places, and the transcripts of each."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def ensure(self, video: Video) -> Video:
        query = select(VideoRow).where(VideoRow.tiktok_id == video.tiktok_id)
        known = (await self._session.exec(query)).first()
        kept = video.thumbnail or (known.thumbnail if known else None)
        row = await self._session.merge(
            VideoRow(id=known.id if known else None, **columns_of(replace(video, thumbnail=kept), "id"))
        )
        await self._session.flush()
        return value_of(Video, row)

    async def add(self, transcript: VideoTranscript, segments: Sequence[Segment]) -> VideoTranscript:
        same = select(VideoTranscriptRow.id).where(
            VideoTranscriptRow.place == transcript.place,
            VideoTranscriptRow.video_id == transcript.video.id,
            VideoTranscriptRow.engine == transcript.engine,
            VideoTranscriptRow.asked_language == transcript.asked_language,
            VideoTranscriptRow.by == transcript.by,
        )
        number = (await self._session.exec(same)).first()
        row = await self._session.merge(
            VideoTranscriptRow(id=number, video_id=transcript.video.id, **columns_of(transcript, "id", "video"))
        )
        await self._session.flush()
        assert row.id is not None
        connection = await self._session.connection()
        spoken = select(VideoSegmentRow.id).where(VideoSegmentRow.transcript_id == row.id)
        await remove_rows(connection, "video_segment", [i for i in await self._session.exec(spoken) if i is not None])
        before = await last_id(connection, "video_segment")
        self._session.add_all(_row(row.id, segment) for segment in {one.start: one for one in segments}.values())
        await self._session.flush()
        await index_after(connection, "video_segment", before)
        return value_of(VideoTranscript, row, video=transcript.video)

    async def get(self, place: str, transcript_id: int) -> VideoTranscript | None:
        row = await self._one(place, transcript_id)
        return await self._value(row) if row is not None and not row.removed else None

    async def find(
        self, place: str, person: str, tiktok_id: str, engine: str, asked_language: str, *, speakers: bool = False
    ) -> VideoTranscript | None:
        query = _kept(place, person).where(
            VideoRow.tiktok_id == tiktok_id, VideoTranscriptRow.asked_language == asked_language
        )
        if engine:
            query = query.where(VideoTranscriptRow.engine == engine)
        if speakers:
            told = exists().where(
                col(VideoSegmentRow.transcript_id) == col(VideoTranscriptRow.id), col(VideoSegmentRow.speaker) != ""
            )
            query = query.where(told)
        found = (await self._session.exec(query)).first()
        return value_of(VideoTranscript, found[0], video=value_of(Video, found[1])) if found else None

    async def of_place(
        self, place: str, person: str, limit: int = 50, skip: int = 0, *, handle: str = "", own: bool = False
    ) -> list[VideoTranscript]:
        rows = await self._session.exec(_some(place, person, handle, own=own).offset(skip).limit(limit))
        return [value_of(VideoTranscript, row, video=value_of(Video, video)) for row, video in rows]

    async def count(self, place: str, person: str, *, handle: str = "", own: bool = False) -> int:
        some = _some(place, person, handle, own=own).order_by(None).subquery()
        return (await self._session.exec(select(func.count()).select_from(some))).one()

    async def segments(self, place: str, transcript_id: int) -> list[Segment]:
        row = await self._one(place, transcript_id)
        if row is None:
            return []
        query = select(VideoSegmentRow).where(VideoSegmentRow.transcript_id == transcript_id)
        parts = await self._session.exec(query.order_by(col(VideoSegmentRow.start)))
        return [
            Segment(
                one.start,
                one.end,
                one.text,
                row.language,
                row.engine,
                tuple(Word(*word) for word in one.words),
                speaker=one.speaker,
            )
            for one in parts
        ]

    async def change(
        self,
        place: str,
        transcript_id: int,
        *,
        by: str = "",
        titled: str | None = None,
        title: str | None = None,
        public: bool | None = None,
    ) -> VideoTranscript | None:
        told = VideoTranscriptRow
        this = [col(told.place) == place, col(told.id) == transcript_id, col(told.removed).is_(False)]
        this += [col(told.by) == by] if by else []
        this += [col(told.title) == titled] if titled is not None else []
        given: dict[str, object] = {"title": title, "public": public}
        wanted = {name: value for name, value in given.items() if value is not None} or {"id": transcript_id}
        changed = update(told).where(*this).values(**wanted).returning(told).execution_options(populate_existing=True)
        row = (await self._session.exec(changed)).scalars().first()
        return await self._value(row) if row is not None else None

    async def remove(self, place: str, transcript_id: int, *, removed: bool = True) -> VideoTranscript | None:
        row = await self._one(place, transcript_id)
        if row is None or row.removed is removed:
            return None
        row.removed = removed
        await self._session.flush()
        return await self._value(row)

    async def _one(self, place: str, transcript_id: int) -> VideoTranscriptRow | None:
        row = await self._session.get(VideoTranscriptRow, transcript_id)
        return row if row is not None and row.place == place else None

    async def _value(self, row: VideoTranscriptRow) -> VideoTranscript:
        video = (await self._session.exec(select(VideoRow).where(VideoRow.id == row.video_id))).one()
        return value_of(VideoTranscript, row, video=value_of(Video, video))


def _kept(place: str, person: str) -> Select[VideoTranscriptRow, VideoRow]:
    """What is kept in a place and its person may see, newest first."""
    return (
        select(VideoTranscriptRow, VideoRow)
        .join(VideoRow)
        .where(
            VideoTranscriptRow.place == place,
            col(VideoTranscriptRow.removed).is_(False),
            or_(col(VideoTranscriptRow.public).is_(True), col(VideoTranscriptRow.by) == person),
        )
        .order_by(col(VideoTranscriptRow.made).desc(), col(VideoTranscriptRow.id).desc())
    )


def _some(place: str, person: str, handle: str, *, own: bool) -> Select[VideoTranscriptRow, VideoRow]:
    """The same of one account, or of what the person asked for."""
    query = _kept(place, person)
    query = query.where(VideoRow.handle == handle) if handle else query
    return query.where(VideoTranscriptRow.by == person) if own else query


def _row(transcript_id: int, segment: Segment) -> VideoSegmentRow:
    text = segment.text or ""
    words = [[word.start, word.end, word.text] for word in segment.words]
    return VideoSegmentRow(
        transcript_id=transcript_id,
        start=segment.start,
        end=segment.end,
        text=text,
        words=words,
        speaker=segment.speaker,
        search_text=search_text(text),
    )
