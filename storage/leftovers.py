"""What is left over, as stored: one rule for each kind, asked for and let go by the same words."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Table,
    and_,
    case,
    cast,
    delete,
    exists,
    func,
    or_,
    select,
    true,
    tuple_,
    update,
)
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from core.model.job import JobState
from core.model.keep import Matter
from core.model.live import LiveStatus
from core.model.notice import DeliveryState, NoticeKind
from core.ports.stores.leftovers import Key, Leftover, Since
from storage.minors import AGED
from storage.search import remove_rows
from storage.slices import sliced
from storage.suspicions import SUSPICIONS
from storage.tables import (
    METADATA,
    UNFINISHED_JOB,
    WAITING_DELIVERY,
    AccountRow,
    AlertRow,
    ClosedRow,
    DeliveryRow,
    FeedRow,
    FollowRow,
    LinkRow,
    LiveRow,
    MemoRow,
    PlaceRow,
    TopicRow,
    UsageRow,
)
from storage.transcripts import let_age

NOT_OVER = (DeliveryState.NEW, DeliveryState.SENDING, DeliveryState.RETRY, DeliveryState.UNKNOWN)
CLIPS, JOBS, LIVES, SEEN, VIDEOS = (METADATA.tables[name] for name in ("clip", "job", "live", "live_place", "video"))
OF_PLACES = (
    "digest how ",
    "digest told ",
    "held ",
    "kept transcripts ",
    "kept chat ",
    "obs ",
    SUSPICIONS,
)  # memos with the id of a place behind
SEGMENTS, CHAT, EVENTS, HITS = (METADATA.tables[name] for name in ("segment", "chat_line", "live_event", "hit"))
AROUND = 60.0  # seconds before and after a hit of which the chat stays
CLIP_JOBS = ("clip", "replay")
SHUT_OUT = "SHUT_OUT"  # the reason of what waited for too long


@dataclass(frozen=True)
class Rule:
    """Which rows of a table are left over, and what becomes of them: `values`, or nothing at all when there are none."""

    table: Table
    which: ColumnElement[bool]
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> ColumnElement[Any]:
        """The primary key as one value."""
        return tuple_(*self.table.primary_key.columns)


class StoredLeftovers:
    """Of the whole installation."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def find(self, what: Leftover, since: Since, limit: int, after: Key = ()) -> list[Key]:
        rule = RULES[what](since)
        columns = list(rule.table.primary_key.columns)
        query = select(*columns).where(rule.which).order_by(*columns).limit(limit)
        query = query.where(rule.key > after) if after else query
        return [tuple(row) for row in await (await self._session.connection()).execute(query)]

    async def let_go(self, what: Leftover, since: Since, keys: Sequence[Key]) -> int:
        rule = RULES[what](since)
        connection, gone = await self._session.connection(), 0
        for some in sliced(keys):
            these = rule.key.in_(some), rule.which
            change = update(rule.table).values(rule.values) if rule.values else delete(rule.table)
            gone += (await connection.execute(change.where(*these))).rowcount
        self._session.expire_all()
        return gone

    async def clips(self) -> set[str]:
        paths = await self._column(select(CLIPS.c.path))
        jobs = await self._column(select(JOBS.c.id).where(UNFINISHED_JOB, JOBS.c.kind.in_(CLIP_JOBS)))
        return {path.name for path in paths} | {f"{number}.mp4" for number in jobs}

    async def needed(self, clips: Sequence[Path]) -> set[str]:
        numbers = [int(path.stem) for path in clips if path.stem.isdecimal()]
        needed: set[str] = set()
        for some in sliced(clips):
            paths = await self._column(select(CLIPS.c.path).where(CLIPS.c.path.in_(some)))
            needed |= {path.name for path in paths}
        for those in sliced(numbers):
            made = and_(UNFINISHED_JOB, JOBS.c.kind.in_(CLIP_JOBS), JOBS.c.id.in_(those))
            needed |= {f"{number}.mp4" for number in await self._column(select(JOBS.c.id).where(made))}
        return needed

    async def lives(self) -> set[int]:
        return set(await self._column(select(LIVES.c.id)))

    async def pictures(self) -> set[str]:
        paths = await self._column(select(VIDEOS.c.thumbnail).where(VIDEOS.c.thumbnail.is_not(None)))
        return {path.name for path in paths}

    async def spoken(
        self, matter: Matter, before: datetime, limit: int, after: int = 0, *, place: str = ""
    ) -> list[tuple[int, datetime]]:
        has = or_(*(exists().where(table.c.live_id == LIVES.c.id, _can_go(table)) for table in TABLES[matter]))
        over = and_(LIVES.c.status == LiveStatus.ENDED, LIVES.c.ended < before, LIVES.c.id > after)
        seen = exists().where(SEEN.c.live_id == LIVES.c.id, SEEN.c.place == place) if place else true()
        query = select(LIVES.c.id, LIVES.c.ended).where(over, seen, has).order_by(LIVES.c.id).limit(limit)
        return [(number, ended) for number, ended in await (await self._session.connection()).execute(query)]

    async def forget(self, matter: Matter, live_id: int, at_most: int) -> int:
        gone = 0
        for table in TABLES[matter]:
            these = select(table.c.id).where(table.c.live_id == live_id, _can_go(table))
            if table is SEGMENTS:  # `let_age` takes all between two; sorting the others would go through all there are
                these = these.order_by(table.c.id)
            ids, connection = await self._column(these.limit(at_most - gone)), await self._session.connection()
            if table is SEGMENTS:
                await let_age(connection, live_id, ids)
            else:
                await remove_rows(connection, table.name, ids)
            gone += len(ids)
        return gone

    async def _column(self, query: Select[Any]) -> Sequence[Any]:
        found: Sequence[Any] = (await (await self._session.connection()).execute(query)).scalars().all()
        return found


def _can_go(table: Table) -> ColumnElement[bool]:
    """What was written close to a hit stays: it says how the hit came about. So does a segment whose words are gone already."""
    if table is SEGMENTS:
        return SEGMENTS.c.engine != AGED
    near = and_(HITS.c.second > table.c.second - AROUND, HITS.c.second < table.c.second + AROUND)
    return ~exists().where(HITS.c.live_id == table.c.live_id, near)


def _told(since: Since) -> Rule:
    row = DeliveryRow
    live_id, alert_id = (col(row.facts)[name].as_integer() for name in ("live_id", "alert_id"))
    running = exists().where(col(LiveRow.id) == live_id, col(LiveRow.status) != LiveStatus.ENDED)
    alert = and_(col(row.kind) == NoticeKind.RISK, exists().where(col(AlertRow.id) == alert_id))
    over = col(row.state).not_in(NOT_OVER)  # said like this no index is of use, and rows come in the order of their ids
    return Rule(_table(row), and_(over, col(row.settled) < since.old, ~running, ~alert))


def _shut_out(since: Since) -> Rule:
    row = DeliveryRow
    closed = exists().where(col(ClosedRow.address) == row.address, col(ClosedRow.since) < since.shut)
    left = exists().where(col(PlaceRow.id) == row.place, col(PlaceRow.left) < since.shut)
    dead = {"state": DeliveryState.DEAD, "reason": SHUT_OUT, "settled": since.now}
    return Rule(_table(row), and_(WAITING_DELIVERY, or_(closed, left)), dead)


def _topics(since: Since) -> Rule:
    about: ColumnElement[str] = _table(TopicRow).c.about
    live_id, account_id = _number(about, "live:", "closed:live:"), _number(about, "account:")
    live = exists().where(
        col(LiveRow.id) == live_id, or_(col(LiveRow.ended).is_(None), col(LiveRow.ended) >= since.old)
    )
    account = exists().where(col(AccountRow.id) == account_id)
    return Rule(_table(TopicRow), or_(and_(live_id > 0, ~live), and_(account_id > 0, ~account), ~_spoken_of()))


def _number(about: ColumnElement[str], *words: str) -> ColumnElement[int]:
    """The id behind the first of `words` it begins with; 0 for none, and for what is no id (`account:@amina`)."""
    found = [(about.like(f"{word}%"), cast(func.substr(about, len(word) + 1), Integer)) for word in words]
    return case((about.like("%:@%"), 0), *found, else_=0)


def _spoken_of() -> ColumnElement[bool]:
    """Whether anything is, or was, told at the address of a topic."""
    address = TopicRow.address
    columns = (DeliveryRow.address, FollowRow.address, FeedRow.address, PlaceRow.address, PlaceRow.id, LinkRow.address)
    return or_(*(exists().where(col(column) == address) for column in columns))


def _memos(since: Since) -> Rule:
    name = col(MemoRow.name)
    of_gone = [
        and_(name.like(f"{word}%"), ~exists().where(col(PlaceRow.id) == func.substr(name, len(word) + 1)))
        for word in OF_PLACES
    ]
    return Rule(_table(MemoRow), or_(col(MemoRow.until) < since.now, *of_gone))


def _jobs(since: Since) -> Rule:
    over = func.coalesce(JOBS.c.finished, JOBS.c.due)  # what was cancelled has no end of its own
    done = and_(JOBS.c.state.in_((JobState.DONE, JobState.CANCELLED)), over < since.done)
    return Rule(JOBS, or_(done, and_(JOBS.c.state == JobState.DEAD, over < since.old)))


def _usage(since: Since) -> Rule:
    return Rule(_table(UsageRow), col(UsageRow.day) < since.used.date())


def _table(row: Any) -> Table:
    return METADATA.tables[row.__tablename__]


RULES = {
    Leftover.TOLD: _told,
    Leftover.SHUT_OUT: _shut_out,
    Leftover.TOPICS: _topics,
    Leftover.MEMOS: _memos,
    Leftover.JOBS: _jobs,
    Leftover.USAGE: _usage,
}
TABLES: dict[Matter, tuple[Table, ...]] = {
    Matter.CLIPS: (),
    Matter.TRANSCRIPTS: (SEGMENTS,),
    Matter.CHAT: (CHAT, EVENTS),
}
"""Where the lines of lives stand."""
