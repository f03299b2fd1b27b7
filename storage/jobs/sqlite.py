"""The queue of work, in SQLite: a claim is one `update … returning` inside a write transaction."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.model.job import Job, JobState
from storage.jobs.turns import free, in_turn
from storage.news import News
from storage.slices import sliced
from storage.tables import UNFINISHED_JOB, JobRow
from storage.values import value_of

FRESH = {"populate_existing": True, "synchronize_session": False}


class SqliteJobs:
    """Jobs of one installation."""

    def __init__(self, session: AsyncSession, news: set[News]) -> None:
        self._session, self._news = session, news

    async def add(
        self, kind: str, key: str, payload: dict[str, Any], due: datetime, *, place: str = "", by: str = ""
    ) -> Job:
        row = await self._unfinished(key)
        if row is None:
            row = JobRow(kind=kind, key=key, payload=payload, due=due, place=place, by=by, since=due)
            self._session.add(row)
            await self._session.flush()
            self._news.add(News.ASKED)
        return value_of(Job, row)

    async def get(self, job_id: int) -> Job | None:
        row = await self._row(job_id)
        return value_of(Job, row) if row else None

    async def of_place(
        self,
        place: str,
        kind: str,
        *,
        unfinished: bool = False,
        by: str = "",
        state: JobState | None = None,
        limit: int = 50,
    ) -> list[Job]:
        query = select(JobRow).where(JobRow.place == place, JobRow.kind == kind).execution_options(**FRESH)
        query = query.where(UNFINISHED_JOB) if unfinished else query
        query = query.where(JobRow.by == by) if by else query
        query = query.where(JobRow.state == state) if state is not None else query
        rows = await self._session.exec(query.order_by(col(JobRow.id).desc()).limit(limit))
        return [value_of(Job, row) for row in rows]

    async def ahead(self, job: Job, now: datetime) -> int:
        turns = in_turn([job.kind], now, also=job.id)
        return (await self._session.exec(select(turns.c.turn).where(turns.c.id == job.id))).first() or 0

    async def queue(self, kind: str, now: datetime, limit: int) -> list[Job]:
        turns = in_turn([kind], now)
        query = select(JobRow).join(turns, turns.c.id == JobRow.id).order_by(turns.c.turn).limit(limit)
        return [value_of(Job, row) for row in await self._session.exec(query.execution_options(**FRESH))]

    async def due(self, kinds: Sequence[str], now: datetime) -> bool:
        return (await self._session.exec(select(JobRow.id).where(free(kinds, now)).limit(1))).first() is not None

    async def next_due(self, kinds: Sequence[str]) -> datetime | None:
        waiting = UNFINISHED_JOB, col(JobRow.state) == JobState.WAITING, col(JobRow.kind).in_(kinds)
        return (await self._session.exec(select(JobRow.due).where(*waiting).order_by(col(JobRow.due)).limit(1))).first()

    async def hasten(self, job_ids: Sequence[int], now: datetime) -> None:
        untried = col(JobRow.state) == JobState.WAITING, col(JobRow.attempt) == 0, col(JobRow.due) > now
        for some in sliced(job_ids):
            these = update(JobRow).where(col(JobRow.id).in_(some), *untried)
            await self._session.exec(these.values(due=now).execution_options(**FRESH))
        self._news.add(News.ASKED)

    async def claim(
        self, worker: str, kinds: Sequence[str], now: datetime, lease: timedelta, limit: int, *, only: int | None = None
    ) -> list[Job]:
        turns = in_turn(kinds, now)
        first = select(turns.c.id).where(~turns.c.busy).order_by(turns.c.turn).limit(limit)
        ids = list(await self._session.exec(first)) if only is None else [only]
        claimed = (
            update(JobRow)
            .where(col(JobRow.id).in_(ids), free(kinds, now))
            .values(
                state=JobState.RUNNING,
                worker=worker,
                begun=now,
                lease_until=now + lease,
                attempt=JobRow.attempt + 1,
                epoch=JobRow.epoch + 1,
            )
            .returning(JobRow)
            .execution_options(**FRESH)
        )
        jobs = [value_of(Job, row) for row in (await self._session.exec(claimed)).scalars()]
        return sorted(jobs, key=lambda job: ids.index(job.id))

    async def finish(self, job: Job, now: datetime, error: str = "", retry_at: datetime | None = None) -> bool:
        if error and retry_at is not None:
            return await self._change(job, state=JobState.WAITING, error=error, due=retry_at)
        state = JobState.DEAD if error else JobState.DONE
        return await self._change(job, state=state, error=error, finished=now)

    async def give_back(self, job: Job, now: datetime) -> bool:
        return await self._change(job, state=JobState.WAITING, due=now, attempt=job.attempt - 1, lease_until=None)

    async def extend(self, job: Job, until: datetime) -> bool:
        return await self._change(job, lease_until=until)

    async def progress(self, job: Job, progress: dict[str, Any]) -> bool:
        held = update(JobRow).where(col(JobRow.id) == job.id, col(JobRow.epoch) == job.epoch)
        result = await self._session.exec(held.values(progress=progress).execution_options(**FRESH))
        return result.rowcount == 1

    async def lost(self, jobs: Sequence[Job]) -> set[int]:
        query = select(JobRow.id, JobRow.epoch).where(col(JobRow.id).in_([job.id for job in jobs]))
        held = {(job_id, epoch) for job_id, epoch in await self._session.exec(query)}
        return {job.id for job in jobs if (job.id, job.epoch) not in held}

    async def cancel(self, job_id: int, place: str) -> Job | None:
        row = await self._row(job_id)
        if row is None or row.place != place or row.state not in (JobState.WAITING, JobState.RUNNING):
            return None
        row.state, row.epoch = JobState.CANCELLED, row.epoch + 1
        await self._session.flush()
        return value_of(Job, row)

    async def again(self, job_id: int, place: str, due: datetime, payload: dict[str, Any] | None = None) -> Job | None:
        row = await self._row(job_id)
        if row is None or row.place != place or row.state not in (JobState.DEAD, JobState.CANCELLED):
            return None
        same = await self._unfinished(row.key)
        if same is not None:
            return value_of(Job, same)
        row.state, row.due, row.attempt, row.error, row.finished = JobState.WAITING, due, 0, "", None
        row.progress, row.payload, row.since = {}, row.payload if payload is None else payload, due
        await self._session.flush()
        self._news.add(News.ASKED)
        return value_of(Job, row)

    async def in_state(self, state: JobState, limit: int, skip: int = 0) -> list[Job]:
        query = select(JobRow).where(JobRow.state == state).order_by(col(JobRow.id).desc()).offset(skip).limit(limit)
        return [value_of(Job, row) for row in await self._session.exec(query.execution_options(**FRESH))]

    async def counts(self, *, place: str = "", by: str = "", kind: str = "") -> dict[JobState, int]:
        query = select(JobRow.state, func.count()).group_by(JobRow.state)
        for column, value in ((JobRow.place, place), (JobRow.by, by), (JobRow.kind, kind)):
            query = query.where(column == value) if value else query
        counted = dict((await self._session.exec(query)).all())
        return {state: counted.get(state, 0) for state in JobState}

    async def unfinished(self) -> int:
        return (await self._session.exec(select(func.count()).select_from(JobRow).where(UNFINISHED_JOB))).one()

    async def _row(self, job_id: int) -> JobRow | None:
        query = select(JobRow).where(JobRow.id == job_id).execution_options(**FRESH)
        return (await self._session.exec(query)).first()

    async def _unfinished(self, key: str) -> JobRow | None:
        query = select(JobRow).where(JobRow.key == key, UNFINISHED_JOB).execution_options(**FRESH)
        return (await self._session.exec(query)).first()

    async def _change(self, job: Job, **values: Any) -> bool:
        """Change the job if the claim still holds it."""
        held = update(JobRow).where(
            col(JobRow.id) == job.id, col(JobRow.epoch) == job.epoch, col(JobRow.state) == JobState.RUNNING
        )
        result = await self._session.exec(held.values(**values).execution_options(**FRESH))
        return result.rowcount == 1
