"""Migrations, and opening databases of other versions or of somebody else."""

import shutil
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, ForeignKeyConstraint, Index, MetaData, String, Table, create_engine
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex

from core.errors import Invalid
from core.matching.terms import terms_of
from core.model.found import Sought
from storage import migrate, schema
from storage.database import Database
from storage.tables import METADATA, WAITING_DELIVERY

ROOT = Path(__file__).parents[2]
HEAD = schema.HEAD
NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "next"
down_revision = "{head}"


def upgrade():
    with op.batch_alter_table("account", recreate="always") as batch:
        batch.add_column(sa.Column("mood", sa.String(), nullable=True))
    {then}
"""


def _rows(path: Path, query: str) -> list[tuple]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


def _differences(path: Path) -> list[object]:
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        ours = {"include_name": lambda name, kind, _: kind != "table" or "_fts" not in (name or "")}
        found = compare_metadata(MigrationContext.configure(connection, opts=ours), METADATA)
    engine.dispose()
    return found


@pytest.fixture
def old(template: Path, tmp_path: Path) -> Path:
    """A database of this version, with a follow in it."""
    path = tmp_path / "earshot.db"
    shutil.copy(template, path)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            """
            insert into place (id, name, language, time_zone, risk_threshold, clips_kept, address, purpose, set_up_by, reviewers)
                values ('p', 'P', 'en', 'UTC', 0.7, 1.0, '', 'community', '', '[]');
            insert into account (id, handle, name, tiktok_id, status, why, posted_id, was)
                values (1, 'a', '', '', 'live', '', '', '');
            insert into follow
                (id, place, account_id, address, since, language, transcript, ping, chat, clips, videos, once, removed)
                values (1, 'p', 1, 'p', '2026-01-01 00:00:00.000000', '', 1, '', 1, 1, 0, 0, 0);
            """
        )
    return path


@pytest.fixture
def migrations_to_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A program one version ahead; the argument is what its migration does at its end."""

    def make(then: str) -> None:
        folder = tmp_path / "migrations"
        shutil.copytree(migrate.FOLDER, folder)
        (folder / "versions" / "9999_next.py").write_text(NEXT.format(head=HEAD, then=then))
        monkeypatch.setattr(migrate, "FOLDER", folder)
        monkeypatch.setattr(schema, "HEAD", "next")

    return make


def test_the_newest_revision_is_the_one_named_in_the_program():
    assert ScriptDirectory(str(migrate.FOLDER)).get_current_head() == schema.HEAD


def test_the_migrations_lead_to_the_tables_down_and_up_again(tmp_path: Path):
    path = tmp_path / "new.db"
    migrate.upgrade(path)
    assert _differences(path) == []
    migrate.downgrade(path, "base")
    assert _rows(path, "select name from sqlite_master where type = 'table'") == [
        ("alembic_version",),
        ("sqlite_sequence",),
    ]
    migrate.upgrade(path)
    assert _differences(path) == []
    assert {name for (name,) in _rows(path, "select name from sqlite_master")} >= {"segment_fts", "chat_line_fts"}


async def test_a_database_of_the_first_version_keeps_its_rows_and_gets_the_new_columns_filled(tmp_path: Path):
    path = tmp_path / "earshot.db"
    migrate.upgrade(path, "0001")
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            """
            insert into place values ('p', 'P', 'en', 'UTC', 0.7, 1.0);
            insert into account values (1, 'a', 'A', '71', 10, 'offline', null);
            insert into follow values (1, 'p', 1, 'p:1', '2026-01-01 00:00:00.000000', '', 1, null, '', null, 0);
            insert into job (id, kind, key, payload, state, due, attempt, epoch, error, worker)
                values (1, 'clip', 'k', '{}', 'waiting', '2026-01-01 00:00:00.000000', 0, 0, '', '');
            """
        )
    database = Database("", tmp_path)
    await database.open()
    async with database.reading() as work:
        (follow,) = await work.follows.of_place("p")
        account = await work.accounts.get(1)
        place = await work.places.get("p")
        unfinished = await work.jobs.unfinished()
    await database.close()
    assert (follow.chat, follow.clips, follow.videos, follow.once, follow.until) == (True, True, False, False, None)
    assert account is not None
    assert (account.name, account.why, account.was) == ("A", "", "")
    assert place is not None
    assert (place.reviewers, place.names) == ((), ())
    assert unfinished == 1


def test_memos_of_before_that_nobody_needs_for_ever_get_a_time_and_empty_ones_go(tmp_path: Path):
    path = tmp_path / "earshot.db"
    migrate.upgrade(path, "0004")
    with closing(sqlite3.connect(path)) as connection:
        for name, value in (
            ("said:ab", "text"),
            ("telegram:file:7:ab", "id"),
            ("telegram:menus:7", "hash"),
            ("incident X", ""),
        ):
            connection.execute("insert into memo values (?, ?)", (name, value))
        connection.commit()
    migrate.upgrade(path)
    until = dict(_rows(path, "select name, until > datetime('now', '+29 days') from memo"))
    assert until == {"said:ab": 1, "telegram:file:7:ab": 1, "telegram:menus:7": None}


def test_a_new_database_is_for_its_owner_only(tmp_path: Path):
    path = tmp_path / "data" / "earshot.db"
    schema.prepare(path, tmp_path / "data" / "backups")
    assert _rows(path, "pragma journal_mode") == [("wal",)]
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert not (tmp_path / "data" / "backups").exists()


def test_an_older_database_is_backed_up_and_upgraded_without_losing_a_row(old: Path, migrations_to_next):
    migrations_to_next("pass")
    schema.prepare(old, old.parent / "backups")
    assert _rows(old, "select mood, handle, place from account join follow on account.id = account_id") == [
        (None, "a", "p")
    ]
    backup = old.parent / "backups" / f"before-{HEAD}.db"
    assert backup.stat().st_mode & 0o777 == 0o600
    assert _rows(backup, "select version_num from alembic_version") == [(HEAD,)]
    assert _rows(backup, "select count(*) from follow") == [(1,)]
    assert [path.name for path in backup.parent.iterdir()] == [f"before-{HEAD}.db"]


@pytest.mark.parametrize("failure", ["raise ZeroDivisionError", "op.execute('delete from account')"])
def test_a_migration_that_fails_changes_nothing(old: Path, migrations_to_next, failure: str):
    migrations_to_next(failure)
    with pytest.raises((ZeroDivisionError, ValueError)):
        schema.prepare(old, old.parent / "backups")
    assert _rows(old, "select version_num from alembic_version") == [(HEAD,)]
    assert _rows(old, "select * from account join follow on account.id = account_id")
    assert "mood" not in [row[1] for row in _rows(old, "pragma table_info(account)")]


async def test_a_database_of_a_newer_program_is_left_alone(old: Path):
    with closing(sqlite3.connect(old)) as connection, connection:
        connection.execute("update alembic_version set version_num = '9999'")
    database = Database("", old.parent)
    with pytest.raises(Invalid, match="STORE_NEWER") as caught:
        await database.open()
    await database.close()
    assert caught.value.values == {"x": old}
    assert _rows(old, "select version_num from alembic_version") == [("9999",)]
    assert not (old.parent / "backups").exists()


@pytest.mark.parametrize(
    "content", [b"not a database at all, but a text " * 200, b"SQLite format 3\0" + b"\xff" * 5000]
)
async def test_a_file_that_is_no_database_is_refused_and_kept(tmp_path: Path, content: bytes):
    path = tmp_path / "earshot.db"
    path.write_bytes(content)
    database = Database("", tmp_path)
    with pytest.raises(Invalid, match="STORE_BROKEN") as caught:
        await database.open()
    await database.close()
    assert caught.value.values == {"x": path}
    assert path.read_bytes() == content


async def test_somebody_elses_database_and_a_folder_are_refused(tmp_path: Path):
    with closing(sqlite3.connect(tmp_path / "theirs.db")) as connection, connection:
        connection.execute("create table theirs (x)")
    (tmp_path / "folder").mkdir()
    for name in ("theirs.db", "folder"):
        database = Database(f"sqlite:///{tmp_path / name}", tmp_path)
        with pytest.raises(Invalid, match="STORE_BROKEN"):
            await database.open()
        await database.close()
    assert _rows(tmp_path / "theirs.db", "select name from sqlite_master") == [("theirs",)]
    assert _rows(tmp_path / "theirs.db", "pragma journal_mode") == [("delete",)]


def test_a_backup_of_a_database_in_use_is_consistent(old: Path, tmp_path: Path):
    with closing(sqlite3.connect(old)) as connection:
        connection.execute(
            "insert into place (id, name, language, time_zone, risk_threshold, clips_kept, address, purpose, set_up_by, reviewers)"
            " values ('q', 'half', 'en', 'UTC', 0.7, 1.0, '', 'community', '', '[]')"
        )  # not committed
        schema.back_up(old, tmp_path / "copies" / "copy.db")
    assert _rows(tmp_path / "copies" / "copy.db", "select id from place") == [("p",)]


def test_two_programs_may_make_the_database_at_once(tmp_path: Path):
    script = "import sys; from pathlib import Path; from storage.schema import prepare; p = Path(sys.argv[1])\n"
    script += "prepare(p, p.parent / 'backups')"
    command = [sys.executable, "-c", script, str(tmp_path / "earshot.db")]
    starting = [subprocess.Popen(command, cwd=ROOT) for _ in range(2)]
    assert [process.wait(timeout=60) for process in starting] == [0, 0]
    assert _rows(tmp_path / "earshot.db", "select version_num from alembic_version") == [(schema.HEAD,)]


def test_a_database_that_another_program_is_writing_to_is_waited_for(template: Path, tmp_path: Path):
    path = tmp_path / "earshot.db"
    shutil.copy(template, path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("pragma journal_mode = delete")
        other.execute("begin immediate")
        with ThreadPoolExecutor(1) as threads:
            preparing = threads.submit(schema.prepare, path, tmp_path / "backups")
            with pytest.raises(TimeoutError):
                preparing.result(0.3)
            other.execute("commit")
            preparing.result(30)
    with closing(sqlite3.connect(path)) as reader:
        assert reader.execute("pragma journal_mode").fetchone() == ("wal",)


def test_opening_a_database_of_this_version_imports_neither_alembic_nor_another_database(
    template: Path, tmp_path: Path
):
    shutil.copy(template, tmp_path / "earshot.db")
    script = (
        "import asyncio, sys; from pathlib import Path; from storage.database import Database\n"
        "import storage.writer\n"
        "async def main():\n"
        "    database = Database('', Path(sys.argv[1])); await database.open(); await database.close()\n"
        "asyncio.run(main())\n"
        "assert not {'alembic', 'sqlalchemy.dialects.postgresql', 'sqlalchemy.dialects.mysql'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], cwd=ROOT, check=True, timeout=60)


def test_what_is_a_partial_index_here_is_one_in_postgresql_too():
    """Those of the tables, and one of a migration, which is drafted for SQLite."""
    waiting = Table("t", MetaData(), Column("state", String), Index("ix_t", "state", sqlite_where=WAITING_DELIVERY))
    indices = [index for table in (*METADATA.tables.values(), waiting) for index in table.indexes]
    partial = [index for index in indices if index.dialect_options["sqlite"]["where"] is not None]
    assert {index.name for index in partial} > {"ix_t", "uq_job_key_unfinished", "ix_delivery_waiting"}
    for index in indices:
        here, there = (str(CreateIndex(index).compile(dialect=one.dialect())) for one in (sqlite, postgresql))
        assert there.partition(" WHERE ")[2] == here.partition(" WHERE ")[2]
        assert (" WHERE state in (" in there) is (index in partial)


def test_what_belongs_to_a_place_has_an_index_that_begins_with_it():
    for table in METADATA.tables.values():
        if "place" not in table.columns:
            continue
        keys = [table.primary_key, *table.indexes, *table.constraints]
        firsts = {key.columns[0].name for key in keys if len(key.columns) and not isinstance(key, ForeignKeyConstraint)}
        assert "place" in firsts, table.name


def test_a_drafted_migration_of_unchanged_tables_does_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = tmp_path / "migrations"
    shutil.copytree(migrate.FOLDER, folder)
    monkeypatch.setattr(migrate, "FOLDER", folder)
    migrate.draft("Nothing new")
    (drafted,) = folder.glob("versions/*_nothing_new.py")
    assert drafted.read_text().count("    pass\n") == 2
    migrate.upgrade(tmp_path / "new.db")


async def test_what_was_said_before_words_were_parted_by_us_is_found_all_the_same(tmp_path: Path):
    path = tmp_path / "earshot.db"
    migrate.upgrade(path, "0006")
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            """
            insert into place (id, name, language, time_zone, risk_threshold, clips_kept, address, purpose, set_up_by, reviewers)
                values ('p', 'P', 'en', 'UTC', 0.7, 1.0, '', 'community', '', '[]');
            insert into account (id, handle, name, tiktok_id, status, why, posted_id, was)
                values (1, 'a', '', '', 'live', '', '', '');
            insert into live (id, account_id, title, started, status, viewers_peak, viewers_sum, viewers_samples)
                values (1, 1, '', '2026-01-01 00:00:00.000000', 'ended', 0, 0, 0);
            insert into live_place (place, live_id, stopped) values ('p', 1, 0);
            insert into segment (id, live_id, start, end, text, language, engine, words, state, search_text)
                values (1, 1, 0.0, 5.0, 'ฉันกินข้าว hot🔥', 'th', 'groq', '[]', 'told', 'ฉันกินข้าว hot🔥'),
                       (2, 1, 5.0, 9.0, null, '', 'none', '[]', 'silent', null);
            insert into segment_fts (rowid, search_text) select id, search_text from segment;
            insert into video (id, tiktok_id, handle, name, title, description, seconds) values (1, '7', 'a', '', '', '', 9.0);
            insert into video_transcript
                (id, place, video_id, engine, asked_language, language, automatic, made, by, title, public, removed)
                values (1, 'p', 1, 'groq', '', '', 0, '2026-01-01 00:00:00.000000', 'you', 'Eggs', 1, 0);
            insert into video_segment (id, transcript_id, start, end, text, words, search_text)
                values (1, 1, 0.0, 2.0, 'hot eggs!', '[]', 'hot eggs!');
            """
        )
    database = Database("", tmp_path)
    await database.open()
    async with database.reading() as work:
        found = [await work.search.find("p", "", Sought(terms_of(words))) for words in ("กิน", "🔥", "hot", "eggs")]
    await database.close()
    assert [len(hits) for hits in found] == [1, 1, 2, 1]
    migrate.downgrade(path, "0006")
    assert _rows(path, "select rowid from segment_fts where segment_fts match 'hot'") == [(1,)]


@pytest.mark.parametrize(
    "table", [name for name, table in METADATA.tables.items() if table.dialect_options["sqlite"]["autoincrement"]]
)
def test_a_table_whose_numbers_last_gives_none_of_them_twice(template: Path, table: str):
    (made,) = _rows(template, f"select sql from sqlite_master where type = 'table' and name = '{table}'")
    assert "AUTOINCREMENT" in made[0]


def test_alerts_and_decisions_outlast_being_made_anew_and_no_number_is_given_again(tmp_path: Path):
    path = tmp_path / "earshot.db"
    migrate.upgrade(path, "0008")
    with closing(sqlite3.connect(path)) as connection:
        columns = [row[1] for row in connection.execute("pragma table_info(place)")]
        place = dict.fromkeys(columns, "") | {"id": "p", "risk_threshold": 0.7, "clips_kept": 1.0, "reviewers": "[]"}
        places = ", ".join(columns), ", ".join(f":{one}" for one in columns)
        connection.execute(f"insert into place ({places[0]}) values ({places[1]})", place)
        connection.execute("insert into account (id, handle, name, tiktok_id, status, why, posted_id, was) "
                           "values (1, 'a', '', '', 'live', '', '', '')")  # fmt: skip
        columns = [row[1] for row in connection.execute("pragma table_info(live)") if row[3]]
        live = dict.fromkeys(columns, "") | {"id": 1, "account_id": 1}
        names = ", ".join(columns), ", ".join(f":{one}" for one in columns)
        connection.execute(f"insert into live ({names[0]}) values ({names[1]})", live)
        at = "2026-01-01 00:00:00.000000"
        for number in (1, 2, 3):
            connection.execute(
                "insert into assessment (id, live_id, at, category, virality, hateful, target, labels, confidence, quote, "
                "second, reason, engine, injection) values (?, 1, ?, 'Neutre', 'faible', 0, 'aucune', '{}', 0, '', 0, '', '', 0)",
                (number, at),
            )
            connection.execute(
                "insert into alert (id, place, live_id, assessment_id, raised, verdict, decided_by, note, repeats) "
                f"values ({number}, 'p', 1, {number}, '{at}', 'confirmed', '', '', 0)"
            )
            connection.execute(
                'insert into decision (place, alert_id, was, verdict, "by", at, note) '
                f"values ('p', {number}, 'waiting', 'confirmed', 'A', '{at}', '')"
            )
        connection.execute("delete from alert where id = 3")
        connection.execute("delete from decision where alert_id = 3")
        connection.commit()
    migrate.upgrade(path)
    migrate.downgrade(path, "0008")
    migrate.upgrade(path)
    assert _rows(path, "select alert_id, act from decision") == [(1, "confirm"), (2, "confirm")]
    with closing(sqlite3.connect(path)) as connection:
        given = connection.execute(
            "insert into alert (place, live_id, assessment_id, raised, verdict, decided_by, note, repeats) "
            f"values ('p', 1, 3, '{at}', 'waiting', '', '', 0)"
        ).lastrowid
    assert given == 4
