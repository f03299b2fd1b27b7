"""Whose turn it is at the queue of work: one query for what is claimed next, and for what people are told is ahead."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Subquery, and_, case, func, or_, select

from core.model.job import JobState
from storage.tables import METADATA, UNFINISHED_JOB

JOBS = METADATA.tables["job"]


def free(kinds: Sequence[str], now: datetime) -> ColumnElement[bool]:
    """Whether a job may be claimed."""
    waiting = and_(JOBS.c.state == JobState.WAITING, JOBS.c.due <= now)
    stale = and_(JOBS.c.state == JobState.RUNNING, JOBS.c.lease_until <= now)
    return and_(UNFINISHED_JOB, JOBS.c.kind.in_(kinds), or_(waiting, stale))


def in_turn(kinds: Sequence[str], now: datetime, also: int = 0) -> Subquery:
    """(id, busy: it is under way, turn from 0) of the jobs under way or due, and the job `also`.

    The second job of a place comes after the first of every other; among equals the place is first that has waited longest: since
    a job of its own was begun, or since its first waiting one is due. So nobody is begun twice while somebody else who has
    nothing under way waits, and nobody waits for ever behind newcomers.
    """
    row, other = JOBS.c, JOBS.alias().c
    busy = and_(row.state == JobState.RUNNING, row.lease_until > now)
    there = and_(UNFINISHED_JOB, row.kind.in_(kinds), or_(busy, free(kinds, now), row.id == also))
    last = select(func.max(other.begun)).where(other.place == row.place, other.kind.in_(kinds))
    since = func.min(case((~busy, row.due))).over(partition_by=row.place)
    rank = func.row_number().over(partition_by=row.place, order_by=(~busy, row.due, row.id))
    columns = (
        row.id,
        busy.label("busy"),
        rank.label("rank"),
        since.label("since"),
        last.scalar_subquery().label("last"),
    )
    one = select(*columns).where(there).subquery().c
    waited = case((one.last > one.since, one.last), else_=one.since)
    turn = func.row_number().over(order_by=(~one.busy, one.rank, waited, one.id)) - 1
    return select(one.id, one.busy, turn.label("turn")).subquery()
