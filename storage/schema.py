"""The database file and the version of its tables: made, compared, backed up and brought up to date before it is used.

Alembic takes longer to import than everything else here takes to run, so it is imported only when versions differ.
"""

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from core.errors import Invalid
from storage.faults import MAKING_SECONDS, mapped

HEAD = "0016"
"""The newest revision in migrations/versions. A test compares the two."""
GLANCE = 0.05  # seconds between two attempts at a database somebody else has locked
OWNER_ONLY_FILE = 0o600
OWNER_ONLY_FOLDER = 0o700


def prepare(path: Path, backups: Path) -> None:
    """Make the database at `path` ready for this program, creating or upgrading it; blocks while it does.

    A database that holds something is copied to `backups`/before-REVISION.db before it is changed. Raises Invalid
    STORE_NEWER for a database of a newer program, STORE_BROKEN for a file that is none of ours, and what `mapped` raises.
    """
    with mapped(path, OSError):
        _create(path)
        stored = stored_revision(path)
        if stored != HEAD:
            _bring_up_to_date(path, stored, backups)
        _log_writes_ahead(path)


def compared(path: Path) -> bool | None:
    """Whether the database at `path` is of this version; None: there is none yet. Changes nothing. Raises what `prepare` raises."""
    with mapped(path, OSError):
        if not path.exists() or not (stored := stored_revision(path)):
            return None
        if stored != HEAD:
            from storage.migrate import is_known  # imports alembic: see above

            if not is_known(stored):
                raise Invalid("STORE_NEWER", x=path)
        return stored == HEAD


def stored_revision(path: Path) -> str:
    """The revision of the tables in the file, empty when it has none. Raises Invalid STORE_BROKEN for foreign tables."""
    with closing(_connect(path)) as connection:
        tables = {name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")}
        if not tables:
            return ""
        if "alembic_version" not in tables:
            raise Invalid("STORE_BROKEN", x=path)
        row = connection.execute("select version_num from alembic_version").fetchone()
        return str(row[0]) if row else ""


def back_up(path: Path, copy: Path) -> None:
    """A consistent copy of the database at `path`, also while it is written to; whole or not there."""
    with mapped(copy, OSError):
        copy.parent.mkdir(mode=OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
        partial = copy.with_suffix(".partial")
        partial.unlink(missing_ok=True)
        _create(partial)
        with closing(_connect(path)) as source, closing(_connect(partial)) as target:
            source.backup(target)
            target.execute("pragma journal_mode = delete")  # the copy is one file, without -wal beside it
        with partial.open("rb") as written:
            os.fsync(written.fileno())
        partial.replace(copy)


def _bring_up_to_date(path: Path, stored: str, backups: Path) -> None:
    from storage.migrate import is_known, upgrade  # imports alembic: see above

    if stored:
        if not is_known(stored):
            raise Invalid("STORE_NEWER", x=path)
        back_up(path, backups / f"before-{stored}.db")
    upgrade(path)


def _log_writes_ahead(path: Path) -> None:
    """From now on readers and the writer do not wait for each other. SQLite does not wait for a lock when it changes this."""
    late = time.monotonic() + MAKING_SECONDS
    with closing(_connect(path)) as connection:
        while True:
            try:
                connection.execute("pragma journal_mode = wal")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > late:
                    raise
            time.sleep(GLANCE)


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=MAKING_SECONDS, isolation_level=None)


def _create(path: Path) -> None:
    """The file and its folder, for the owner only; SQLite gives -wal and -shm the same mode."""
    path.parent.mkdir(mode=OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, OWNER_ONLY_FILE))
