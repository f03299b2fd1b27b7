"""More values than a statement has room for: what is asked about so many is answered, in the order it always is."""

import sqlite3
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from core.model.account import Handle
from core.model.clip import Cut
from core.model.job import JobState
from core.model.live import Look
from core.model.notice import Notice, NoticeKind
from core.model.screening import Matter, Screening, State
from core.ports.outbox import MOST_WAITING
from core.ports.stores.leftovers import Leftover, Since
from storage.database import Database
from storage.slices import sliced
from storage.tables import METADATA
from tests.builders import rows
from tests.storage.conftest import NOW, Stage

ROOM = 32_766
"""Values of one statement, where SQLite was not built otherwise; here it may have been."""
MANY = 33_100
ALL = range(1, MANY + 1)


@pytest.fixture
def usual(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every connection has as much room as SQLite gives."""
    connect = sqlite3.connect

    def usually(*args: object, **more: object) -> sqlite3.Connection:
        made: sqlite3.Connection = connect(*args, **more)  # type: ignore[call-overload]
        made.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, ROOM)
        return made

    monkeypatch.setattr(sqlite3, "connect", usually)


@pytest.fixture
async def stage(usual: None, stage: Stage) -> Stage:
    """The same, with such connections."""
    return stage


async def filled(database: Database, table: str, values: Sequence[dict[str, object]]) -> None:
    """Rows of a table, as many as there are."""
    async with database.writing() as connection:
        await connection.execute(insert(METADATA.tables[table]), list(values))


def test_slices_have_everything_once_in_order():
    for many in (0, 1, 4, 5, 6, 11):
        parts = list(sliced(range(many), 5))
        assert [one for part in parts for one in part] == list(range(many))
        assert all(len(part) <= 5 for part in parts)


async def test_beginnings_of_lives_are_told_of_any_number_of_accounts(database: Database, stage: Stage):
    await filled(
        database,
        "account",
        [
            {"id": n, "handle": Handle(f"fan{n}"), "name": "", "tiktok_id": "", "status": "offline"}
            for n in range(2, MANY + 1)
        ],
    )
    async with database.work() as work:
        for number in (MANY, 2):
            account = await work.accounts.get(number)
            assert account is not None
            await work.lives.begin(account, Look(NOW, True, f"room of {number}", started=NOW), [])
        begun = await work.lives.begun(list(ALL), NOW - timedelta(days=1))
    assert [(number, room) for number, _, room in begun] == [
        (stage.account.id, "room1"),
        (MANY, f"room of {MANY}"),
        (2, "room of 2"),
    ]


async def test_a_place_may_have_any_number_of_lives(database: Database, stage: Stage):
    """All of them are asked for when it is forgotten."""
    of = {"account_id": stage.account.id, "title": "", "status": "ended"}
    started = [NOW + timedelta(seconds=n) for n in ALL]
    await filled(database, "live", [{"id": n, "started": started[n - 1], **of} for n in ALL[1:]])
    await filled(database, "live_room", [{"room": f"r{n}", "live_id": n} for n in ALL[1:]])
    await filled(database, "live_place", [{"place": stage.here, "live_id": n} for n in ALL[1:]])
    async with database.reading() as work:
        lives = await work.lives.of_place(stage.here, limit=1_000_000)
    assert len(lives) == MANY
    assert [(live.id, live.rooms) for live in (lives[0], lives[-1])] == [(MANY, (f"r{MANY}",)), (1, ("room1",))]


async def test_a_place_may_follow_any_number_of_accounts(database: Database, stage: Stage):
    new = ALL[1:]
    account = {"name": "", "tiktok_id": "", "status": "offline"}
    await filled(database, "account", [{"id": n, "handle": Handle(f"fan{n:05}"), **account} for n in reversed(new)])
    follow = {"place": stage.here, "address": stage.here, "since": NOW, "language": "", "transcript": False, "ping": ""}
    await filled(database, "follow", [{"account_id": n, **follow} for n in new])
    async with database.reading() as work:
        tallies = await work.tallies.of_place(stage.here, NOW, NOW + timedelta(hours=1))
    assert [one.handle for one in tallies] == [*(f"fan{n:05}" for n in new), stage.account.handle]
    assert [one.lives for one in tallies] == [*([0] * len(new)), 1]


async def test_posts_clips_and_screenings_are_found_among_any_number(database: Database, stage: Stage, tmp_path: Path):
    async with database.work() as work:
        for subject in ("hit:1", f"hit:{MANY}"):
            notice = Notice(NoticeKind.HIT, subject, stage.here, stage.here, subject, {})
            await work.outbox.put(notice, NOW)
        cut = Cut(tmp_path / "1.mp4", 0, 30, 4, 9, 16)
        clip = await work.clips.add(stage.live.id, stage.here, "a.mp4", cut, NOW, "", "job:1")
        for number in (clip.id, MANY):
            held = Screening(0, stage.here, Matter.CLIP, number, State.HELD, NOW)
            await work.screenings.begin(held, NOW)
        posts = await work.outbox.posts_of(stage.here, [f"hit:{n}" for n in ALL])
        assert [one.subject for one in posts] == ["hit:1", f"hit:{MANY}"]
        assert await work.clips.several(stage.here, list(reversed(ALL))) == [clip]
        assert set(await work.screenings.several(stage.here, Matter.CLIP, list(ALL))) == {clip.id, MANY}
        needed = await work.leftovers.needed([*(tmp_path / f"{n}.mp4" for n in reversed(ALL)), tmp_path / "x.mp4"])
        assert needed == {"1.mp4"}


async def test_jobs_and_what_is_left_over_of_them_are_changed_in_any_number(database: Database, stage: Stage):
    due = NOW + timedelta(hours=1)
    jobs = [{"kind": "clip", "key": f"clip:{n}", "payload": {}, "state": JobState.WAITING, "due": due} for n in ALL]
    await filled(database, "job", jobs)
    async with database.work() as work:
        await work.jobs.hasten(list(ALL), NOW)
        assert await work.leftovers.let_go(Leftover.JOBS, SINCE, [(n,) for n in ALL]) == 0
    async with database.reading() as work:
        assert await work.jobs.next_due(["clip"]) == NOW
    async with database.writing() as connection:
        await connection.exec_driver_sql("update job set state = 'done', finished = '2020-01-01 00:00:00.000000'")
    async with database.work() as work:
        assert await work.leftovers.let_go(Leftover.JOBS, SINCE, [(n,) for n in ALL]) == MANY


async def test_any_number_of_posts_too_many_gives_way(database: Database, stage: Stage, tmp_path: Path):
    one = {"kind": NoticeKind.HIT, "place": stage.here, "address": stage.here, "platform": "console", "subject": "s"}
    more = {"facts": {}, "edits": False, "silent": False, "state": "new", "attempt": 0, "epoch": 0, "due": NOW}
    waiting = [{"key": f"k{n}", **one, **more} for n in range(MANY + MOST_WAITING)]
    await filled(database, "delivery", waiting)
    async with database.work() as work:
        await work.outbox.put(Notice(NoticeKind.HIT, "last", stage.here, stage.here, "s", {}), NOW)
    assert len(rows(tmp_path, "select 1 from delivery where state = 'new'")) == MOST_WAITING


SINCE = Since(NOW, NOW, NOW, NOW, NOW)
"""Everything is old."""
