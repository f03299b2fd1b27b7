"""Comments on transcripts, as stored; where the alert of one stands is read from the alert itself."""

from datetime import datetime

from sqlalchemy import Boolean, ColumnElement, and_, delete, false, func, literal_column, not_, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from core.model.discussion import Comment
from core.model.risk import Verdict
from storage.minors import called_so
from storage.tables import AlertRow, CommentRow, VideoTranscriptRow
from storage.values import columns_of, value_of

ABOUT_MINORS: ColumnElement[bool] = func.coalesce(literal_column(called_so("alert.labels"), Boolean()), false())
WITH_VERDICT = select(CommentRow, AlertRow.verdict, ABOUT_MINORS).join(
    AlertRow,
    and_(col(AlertRow.id) == col(CommentRow.alert_id), col(AlertRow.place) == col(CommentRow.place)),
    isouter=True,
)
SHOWN = and_(
    col(CommentRow.removed).is_(None),
    or_(
        col(AlertRow.verdict) == Verdict.DISMISSED,
        and_(
            col(CommentRow.held).is_(False),
            not_(ABOUT_MINORS),
            func.coalesce(AlertRow.verdict, "") != Verdict.CONFIRMED,
        ),
    ),
)
"""Comment.shown, as the database says it; a test compares the two."""


class StoredComments:
    """What people write about transcripts."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, comment: Comment) -> Comment:
        row = CommentRow(**columns_of(comment, "id", "verdict", "about_minors"))
        self._session.add(row)
        await self._session.flush()
        return value_of(Comment, row, verdict=None, about_minors=False)

    async def change(self, comment: Comment) -> Comment | None:
        row = await self._session.get(CommentRow, comment.id)
        if row is None or row.place != comment.place:
            return None
        for name in ("text", "held", "alert_id", "removed"):
            setattr(row, name, getattr(comment, name))
        await self._session.flush()
        return await self.get(comment.place, comment.id)

    async def get(self, place: str, comment_id: int) -> Comment | None:
        found = await self._list(WITH_VERDICT.where(CommentRow.place == place, CommentRow.id == comment_id))
        return next(iter(found), None)

    async def of_transcript(self, place: str, transcript_id: int, person: str) -> list[Comment]:
        own = and_(col(CommentRow.by) == person, col(CommentRow.removed).is_(None))
        query = WITH_VERDICT.where(CommentRow.place == place, CommentRow.transcript_id == transcript_id)
        return await self._list(query.where(or_(SHOWN, own)).order_by(col(CommentRow.id)))

    async def newest(self, place: str, person: str, limit: int = 25) -> list[Comment]:
        told = select(VideoTranscriptRow.id).where(
            VideoTranscriptRow.place == place,
            col(VideoTranscriptRow.removed).is_(False),
            or_(col(VideoTranscriptRow.public), col(VideoTranscriptRow.by) == person),
        )
        own = and_(col(CommentRow.by) == person, col(CommentRow.removed).is_(None))
        query = WITH_VERDICT.where(CommentRow.place == place, or_(SHOWN, own), col(CommentRow.transcript_id).in_(told))
        return await self._list(query.order_by(col(CommentRow.id).desc()).limit(limit))

    async def count(self, place: str, transcript_id: int) -> int:
        some = WITH_VERDICT.where(CommentRow.place == place, CommentRow.transcript_id == transcript_id, SHOWN)
        return (await self._session.exec(select(func.count()).select_from(some.subquery()))).one()

    async def untold(self, limit: int = 50) -> list[Comment]:
        news = and_(col(CommentRow.removed).is_(None), col(AlertRow.verdict) != col(CommentRow.told))
        return await self._list(WITH_VERDICT.where(news).order_by(col(CommentRow.id)).limit(limit))

    async def told(self, comment: Comment) -> None:
        row = await self._session.get(CommentRow, comment.id)
        if row is not None and row.place == comment.place:
            row.told = comment.verdict or Verdict.WAITING
            await self._session.flush()

    async def expired(self, before: datetime) -> bool:
        gone = select(CommentRow.id).where(col(CommentRow.removed) < before).limit(1)
        return (await self._session.exec(gone)).first() is not None

    async def expire(self, before: datetime) -> None:
        await self._session.exec(delete(CommentRow).where(col(CommentRow.removed) < before))

    async def _list(self, query: Select[CommentRow, str, bool]) -> list[Comment]:
        rows = await self._session.exec(query.execution_options(populate_existing=True))
        return [
            value_of(Comment, row, verdict=Verdict(verdict) if verdict else None, about_minors=bool(minors))
            for row, verdict, minors in rows
        ]
