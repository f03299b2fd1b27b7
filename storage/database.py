"""The SQLite database: opened, handed out in transactions, closed.

Writers take turns: the pool of the writing engine holds one connection, and each of its transactions begins IMMEDIATE
(one that reads first and writes later would fail at once when another has written between). Readers have connections of
their own that refuse to write, and see the database as it was when they began.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from core.errors import Invalid
from core.ports.store import Work
from storage.chatters import Chatters
from storage.driver import opening
from storage.faults import BUSY_SECONDS, mapped
from storage.minors import OF_ONE_TEXT, of_one_text
from storage.news import News
from storage.schema import compared, prepare
from storage.work import StoredWork

READERS = 4
PLAIN = frozenset({int, float, bool, bytes, type(None)})  # values that any database takes as they are
TURN_SECONDS = 10.0  # how long a transaction waits for its turn: a `work()` inside a `work()` ends here too


class Database:
    """Everything Earshot remembers, in one file. `url` empty: `earshot.db` in `data_dir`, else `sqlite:///path`.

    `on` is called after a commit that put something into a queue.

    All methods but the constructor belong to one event loop. A block of `work()` or `reading()` raises Transient
    STORE_BUSY or DISK, Denied DATA_READONLY, Invalid STORE_BROKEN when it ends; then nothing of it has been stored.
    """

    def __init__(self, url: str, data_dir: Path) -> None:
        self.path = _path(url) if url else data_dir / "earshot.db"
        self.backups = data_dir / "backups"
        self.chatters = Chatters(data_dir / "chatters.key")
        self.on: dict[News, Callable[[], None]] = {}
        address = URL.create("sqlite+aiosqlite", database=str(self.path))
        self._writing = _engine(address, "begin immediate", pool_size=1)
        self._reading = _engine(address, "begin", pool_size=READERS, query_only=True)

    async def open(self) -> None:
        """Create or upgrade the database (see schema.prepare for what it raises)."""
        await asyncio.to_thread(prepare, self.path, self.backups)

    async def compared(self) -> bool | None:
        """Whether it is of this version; None: there is none yet. Makes and changes nothing. Raises what `open` raises."""
        return await asyncio.to_thread(compared, self.path)

    async def close(self) -> None:
        """Close all connections; transactions must have ended."""
        await self._reading.dispose()
        await self._writing.dispose()

    @asynccontextmanager
    async def work(self) -> AsyncIterator[Work]:
        """A write transaction: committed when the block ends, rolled back when it raises."""
        with mapped(self.path):
            async with AsyncSession(self._writing, expire_on_commit=False) as session, session.begin():
                work = StoredWork(session, self.chatters)
                yield work
        for news in work.news & self.on.keys():
            self.on[news]()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Work]:
        """A consistent view to read from. Writing in it raises Denied DATA_READONLY."""
        with mapped(self.path):
            async with AsyncSession(self._reading, expire_on_commit=False) as session:
                yield StoredWork(session, self.chatters)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A write transaction for who writes rows himself (the hot writer)."""
        with mapped(self.path):
            async with self._writing.begin() as connection:
                yield connection


def _path(url: str) -> Path:
    """The file that `url` names. Raises Invalid STORE_URL for anything but SQLite."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise Invalid("STORE_URL") from error
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        raise Invalid("STORE_URL")
    return Path(parsed.database)


def _engine(url: URL, begin: str, *, pool_size: int, query_only: bool = False) -> AsyncEngine:
    def prepared(connection: sqlite3.Connection) -> None:
        for pragma in ("synchronous = normal", "foreign_keys = on", f"query_only = {int(query_only)}"):
            connection.execute(f"pragma {pragma}")
        connection.create_function(OF_ONE_TEXT, 2, of_one_text, deterministic=True)

    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=TURN_SECONDS,
        connect_args={
            "isolation_level": None,  # we begin transactions
            "timeout": BUSY_SECONDS,
            "async_creator_fn": opening(prepared),
        },
    )

    def sending(_c: object, _cursor: object, statement: str, values: Any, _x: object, _many: bool) -> tuple[str, Any]:
        return statement, _sendable(values)

    def began(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine.sync_engine, "begin", began)
    event.listen(engine.sync_engine, "before_cursor_execute", sending, retval=True)
    return engine


def _sendable(value: Any) -> Any:
    """Values of a statement; halves of surrogate pairs, which no database takes and any chat may send, become `?`."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    if isinstance(value, tuple | list):
        return type(value)([one if type(one) in PLAIN else _sendable(one) for one in value])
    return value
