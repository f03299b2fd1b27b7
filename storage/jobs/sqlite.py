"""The queue of work, in SQLite: a claim is one `update … returning` inside a write transaction."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from core.model.job import Job, JobState
from storage.news import News
from storage.tables import UNFINISHED_JOB, JobRow
from storage.values import value_of

FRESH = {"populate_existing": True, "synchronize_session": False}


class SqliteJobs:
    """Jobs of one installation."""

    def __init__(self, session: AsyncSession, news: set[News]) -> None:
        self._session, self._news = session, news

    async def add(self, kind: str, key: str, payload: dict[str, Any], due: datetime) -> Job:
        unfinished = select(JobRow).where(JobRow.key == key, UNFINISHED_JOB).execution_options(**FRESH)
        row = (await self._session.exec(unfinished)).first()
        if row is None:
            row = JobRow(kind=kind, key=key, payload=payload, due=due)
            self._session.add(row)
            await self._session.flush()
            self._news.add(News.ASKED)
        return value_of(Job, row)

    async def due(self, kinds: Sequence[str], now: datetime) -> bool:
        return (await self._session.exec(_free(kinds, now).limit(1))).first() is not None

    async def claim(self, worker: str, kinds: Sequence[str], now: datetime, lease: timedelta, limit: int) -> list[Job]:
        claimed = (
            update(JobRow)
            .where(col(JobRow.id).in_(_free(kinds, now).limit(limit)))
            .values(
                state=JobState.RUNNING,
                worker=worker,
                lease_until=now + lease,
                attempt=JobRow.attempt + 1,
                epoch=JobRow.epoch + 1,
            )
            .returning(JobRow)
            .execution_options(**FRESH)
        )
        jobs = [value_of(Job, row) for row in (await self._session.exec(claimed)).scalars()]
        return sorted(jobs, key=lambda job: (job.due, job.id))

    async def finish(self, job: Job, now: datetime, error: str = "", retry_at: datetime | None = None) -> bool:
        if error and retry_at is not None:
            return await self._change(job, state=JobState.WAITING, error=error, due=retry_at)
        state = JobState.DEAD if error else JobState.DONE
        return await self._change(job, state=state, error=error, finished=now)

    async def extend(self, job: Job, until: datetime) -> bool:
        return await self._change(job, lease_until=until)

    async def unfinished(self) -> int:
        return (await self._session.exec(select(func.count()).select_from(JobRow).where(UNFINISHED_JOB))).one()

    async def _change(self, job: Job, **values: Any) -> bool:
        """Change the job if the claim still holds it."""
        held = update(JobRow).where(
            col(JobRow.id) == job.id, col(JobRow.epoch) == job.epoch, col(JobRow.state) == JobState.RUNNING
        )
        result = await self._session.exec(held.values(**values).execution_options(**FRESH))
        return result.rowcount == 1


def _free(kinds: Sequence[str], now: datetime) -> SelectOfScalar[int | None]:
    """The ids of jobs that may be claimed, oldest due first."""
    waiting = and_(col(JobRow.state) == JobState.WAITING, col(JobRow.due) <= now)
    stale = and_(col(JobRow.state) == JobState.RUNNING, col(JobRow.lease_until) <= now)
    free = select(col(JobRow.id)).where(UNFINISHED_JOB, col(JobRow.kind).in_(kinds), or_(waiting, stale))
    return free.order_by(col(JobRow.due), col(JobRow.id))
