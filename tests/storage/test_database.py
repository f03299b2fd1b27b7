"""Transactions: whole or not at all, one writer after the other, times aware, and what disks and files do to them."""

import asyncio
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from core.errors import Bug, Denied, Invalid, Transient
from core.model.account import Account, AccountStatus, Follow, Handle
from core.model.found import Sought
from core.model.live import Look
from core.model.person import Place
from core.model.transcript import Segment
from core.model.trigger import Trigger
from storage.database import Database
from storage.faults import mapped
from tests.waiting import PATIENCE


async def _limit_pages(database: Database, more: int | None) -> None:
    """Let the file grow by `more` pages only; None: as far as it likes. (The writing connection is always the same.)"""
    async with database.writing() as connection:
        pages = (await connection.execute(text("pragma page_count"))).scalar_one()
        await connection.execute(text(f"pragma max_page_count = {pages + more if more is not None else 1_000_000_000}"))


async def _count(database: Database, table: str) -> int:
    async with database.writing() as connection:
        return (await connection.execute(text(f"select count(*) from {table}"))).scalar_one()


async def test_a_block_that_raises_stores_nothing(database: Database):
    async def write_and_fail() -> None:
        async with database.work() as work:
            await work.places.put(Place("console:1", "one"))
            await work.jobs.add("clip", "k", {}, datetime(2026, 1, 1, tzinfo=UTC))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await write_and_fail()
    async with database.reading() as work:
        assert await work.places.get("console:1") is None
    assert await _count(database, "job") == 0


async def test_a_cancelled_block_stores_nothing_and_blocks_nobody(database: Database):
    inside = asyncio.Event()

    async def hang() -> None:
        async with database.work() as work:
            await work.places.put(Place("console:1", "one"))
            inside.set()
            await asyncio.Event().wait()

    hanging = asyncio.create_task(hang())
    async with asyncio.timeout(PATIENCE):
        await inside.wait()
        hanging.cancel()
        await asyncio.wait([hanging])
        async with database.work() as work:
            assert await work.places.get("console:1") is None
            await work.places.put(Place("console:2", "two"))


async def test_wherever_in_a_transaction_a_task_is_cancelled_the_next_writer_need_not_wait(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("storage.database.BUSY_SECONDS", 2 * PATIENCE)
    database = Database("", tmp_path)
    now, lease = datetime(2026, 1, 1, tzinfo=UTC), timedelta(minutes=1)

    async def write(name: str) -> None:
        async with database.work() as work:
            for number in range(3):
                await work.jobs.add(name, f"{name}{number}", {}, now)
            await work.jobs.claim("w", (name,), now, lease, 2)

    for steps in range(0, 240, 3):
        task = asyncio.create_task(write(f"cancelled{steps}"))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        async with asyncio.timeout(PATIENCE):  # a lock that is left behind is waited for longer
            await write(f"next{steps}")
    await database.close()


async def test_a_statement_is_one_visit_to_the_thread_of_its_connection(
    database: Database, caplog: pytest.LogCaptureFixture
):
    async with database.work() as work:
        await work.places.put(Place("console:1", "one"))
    caplog.set_level("DEBUG", "aiosqlite")

    def visits() -> int:
        made = sum(record.message.startswith("executing ") for record in caplog.records)
        caplog.clear()
        return made

    async with database.reading() as work:
        assert await work.revisions.of("x") == 0  # connects
    visits()
    async with database.reading() as work:
        assert await work.revisions.of("x") == 0
        assert await work.places.get("console:1") == Place("console:1", "one")
    assert visits() == 4, "begin, two statements, rollback"
    async with database.work() as work:
        await work.revisions.bump("x")
    assert visits() == 3, "begin, a statement, commit, and nothing to roll back"


async def test_a_view_to_read_from_is_consistent_and_refuses_to_write(database: Database):
    async with database.reading() as view:
        assert await view.places.get("console:1") is None
        async with database.work() as work:
            await work.places.put(Place("console:1", "one"))
        assert await view.accounts.by_handle(Handle("x")) is None
        assert await view.places.get("console:1") is None
    with pytest.raises(Denied, match="DATA_READONLY"):
        async with database.reading() as view:
            await view.places.put(Place("console:2", "two"))


async def test_times_come_back_aware_and_in_utc_whatever_zone_they_had(database: Database):
    given = datetime(2026, 3, 29, 2, 30, 0, 123456, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    async with database.work() as work:
        account = await work.accounts.ensure(Handle("a"))
        await work.accounts.saw(account.id, Look(given, True), AccountStatus.LIVE)
    async with database.reading() as work:
        stored = (await work.accounts.get(account.id)).looked_at
    assert stored == given
    assert stored.tzinfo is UTC


async def test_a_naive_time_is_refused(database: Database):
    async def look_at_a_naive_time() -> None:
        async with database.work() as work:
            account = await work.accounts.ensure(Handle("a"))
            await work.accounts.saw(account.id, Look(datetime(2026, 1, 1), True), AccountStatus.LIVE)

    with pytest.raises(Bug, match="naive datetime"):
        await look_at_a_naive_time()


async def test_halves_of_surrogate_pairs_are_stored_as_question_marks(database: Database, stage):
    async with database.work() as work:
        await work.triggers.add(Trigger(0, stage.here, "a\ud83d é"))
    async with database.reading() as work:
        assert [t.word for t in await work.triggers.of_place(stage.here)] == ["a? é"]


async def test_something_that_points_to_nothing_is_a_bug(database: Database):
    now = datetime(2026, 1, 1, tzinfo=UTC)
    with pytest.raises(Bug, match="FOREIGN KEY"):
        async with database.work() as work:
            await work.follows.add(Follow(0, "console:nowhere", 99, Handle("a"), "console:1", now))


async def test_eight_writers_that_read_first_lose_nothing(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Two programs on one file, four tasks each; every one reads a number and writes the next."""
    for limit in ("BUSY_SECONDS", "TURN_SECONDS"):
        monkeypatch.setattr(f"storage.database.{limit}", PATIENCE)
    one, beside = Database("", tmp_path), Database("", tmp_path)
    async with database.work() as work:
        await work.places.put(Place("console:1", "0"))

    async def add_ten(storage: Database) -> None:
        for _ in range(10):
            async with storage.work() as work:
                place = await work.places.get("console:1")
                await asyncio.sleep(0)
                await work.places.put(replace(place, name=str(int(place.name) + 1)))

    try:
        async with asyncio.timeout(60), asyncio.TaskGroup() as group:
            for storage in (one, beside) * 4:
                group.create_task(add_ten(storage))
        async with beside.reading() as work:
            assert (await work.places.get("console:1")).name == "80"
    finally:
        await one.close()
        await beside.close()


async def test_many_writers_in_one_program_take_turns(database: Database):
    async def add(number: int) -> None:
        async with database.work() as work:
            await work.jobs.add("clip", f"k{number}", {}, datetime(2026, 1, 1, tzinfo=UTC))

    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        for number in range(200):
            group.create_task(add(number))
    assert await _count(database, "job") == 200


async def test_a_database_locked_by_another_program_is_busy(database: Database):
    async with database.writing() as connection:
        await connection.execute(text("pragma busy_timeout = 50"))
    other = sqlite3.connect(database.path, isolation_level=None)
    other.execute("begin immediate")
    with pytest.raises(Transient, match="STORE_BUSY"):
        async with database.work() as work:
            await work.accounts.ensure(Handle("a"))
    other.execute("rollback")
    other.close()
    async with database.work() as work:
        assert isinstance(await work.accounts.ensure(Handle("a")), Account)


async def test_a_full_disk_stores_nothing_of_a_block_and_harms_nothing(database: Database, stage):
    parts = [Segment(float(n), n + 1.0, f"number {n} " + "words " * 200) for n in range(200)]

    async def write_both() -> None:
        async with database.work() as work:
            await work.places.put(Place("console:1", "one"))
            await work.transcripts.add(stage.live.id, parts)

    await _limit_pages(database, 4)
    with pytest.raises(Transient, match="DISK"):
        await write_both()
    async with database.reading() as work:
        assert await work.places.get("console:1") is None
        assert await work.transcripts.of_live(stage.live.id) == []
    await _limit_pages(database, None)
    async with database.work() as work:
        await work.transcripts.add(stage.live.id, parts)
        assert len(await work.search.find(stage.here, "", Sought(("number", "7")))) == 1


def test_a_file_that_may_only_be_read_is_said_by_name(template: Path):
    engine = create_engine(f"sqlite:///file:{template}?mode=ro&uri=true")
    try:
        with (
            pytest.raises(Denied, match="DATA_READONLY") as caught,
            mapped(template),
            engine.begin() as connection,
        ):
            connection.execute(text("insert into revision (topic, number) values ('a', 1)"))
        assert caught.value.values == {"x": template}
    finally:
        engine.dispose()


async def test_a_data_folder_that_cannot_be_made_is_said_by_name(tmp_path: Path):
    (tmp_path / "file").write_text("")
    database = Database("", tmp_path / "file" / "data")
    with pytest.raises(Denied, match="DATA_READONLY") as caught:
        await database.open()
    assert caught.value.values == {"x": tmp_path / "file" / "data" / "earshot.db"}
    await database.close()


async def test_a_page_that_went_bad_is_a_broken_store(database: Database, stage):
    await database.close()
    with sqlite3.connect(database.path) as connection:
        root, size = connection.execute(
            "select rootpage, (select page_size from pragma_page_size) from sqlite_master where name = 'place'"
        ).fetchone()
    connection.close()
    with database.path.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\xff" * size)
    with pytest.raises(Invalid, match="STORE_BROKEN"):
        async with database.reading() as work:
            await work.places.get(stage.here)


@pytest.mark.parametrize("url", ["postgresql://x/y", "nonsense", "sqlite://", "sqlite:///:memory:"])
def test_an_address_that_names_no_file_is_refused(url: str, tmp_path: Path):
    with pytest.raises(Invalid, match="STORE_URL"):
        Database(url, tmp_path)


async def test_an_address_names_the_file(tmp_path: Path):
    database = Database(f"sqlite:///{tmp_path}/else where.db", tmp_path / "data")
    await database.open()
    await database.close()
    assert (tmp_path / "else where.db").exists()
