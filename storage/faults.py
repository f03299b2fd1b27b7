"""What a database's errors mean: the one place where exceptions of sqlite3, SQLAlchemy and files become ours."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from core.errors import Bug, Denied, EarshotError, Invalid, Transient

FULL = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)
LOCKED = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL)
CLOSED = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)
BUSY_SECONDS = 5.0
"""How long a lock is waited for before it is STORE_BUSY."""
MAKING_SECONDS = 60.0
"""The same while a database is made or brought up to date: another program that does so at the same time may be slow."""
BROKEN = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


@contextmanager
def mapped(path: Path, *others: type[Exception]) -> Iterator[None]:
    """Raise what goes wrong in the block with the database at `path` as one of core.errors; errors that are no database's
    (OSError, where files are touched) only when asked for: in a transaction they may be somebody else's."""
    expected: tuple[type[Exception], ...] = (SQLAlchemyError, sqlite3.Error, *others)
    try:
        yield
    except expected as error:
        raise meaning(error, path) from error


def meaning(error: Exception, path: Path) -> EarshotError:
    """Transient DISK or STORE_BUSY, Denied DATA_READONLY, Invalid STORE_BROKEN; anything else is a Bug."""
    if isinstance(error, PoolTimeout):
        return Transient("STORE_BUSY")
    if isinstance(error, IsADirectoryError):
        return Invalid("STORE_BROKEN", x=path)
    if isinstance(error, OSError):
        return Transient("DISK") if error.errno in (errno.ENOSPC, errno.EDQUOT) else Denied("DATA_READONLY", x=path)
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF  # the lower byte is the primary code
    if code in FULL:
        return Transient("DISK")
    if code in LOCKED:
        return Transient("STORE_BUSY")
    if code in CLOSED:
        return Denied("DATA_READONLY", x=path)
    if code in BROKEN:
        return Invalid("STORE_BROKEN", x=path)
    return Bug("STORE", x=str(error))
