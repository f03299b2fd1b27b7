"""The driver below SQLAlchemy: whatever a statement needs is one visit to the thread of its connection.

aiosqlite goes there for each step (make a cursor, execute, fetch, close it), and each time two threads wake up, which takes
longer than what most statements do there. SQLAlchemy fetches all rows at once anyhow.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from threading import Thread
from typing import Any

import aiosqlite


def opening(prepare: Callable[[sqlite3.Connection], None]) -> Callable[..., aiosqlite.Connection]:
    """What SQLAlchemy calls with the arguments of sqlite3.connect. `prepare` is called with each new connection in its thread; what
    it raises is raised by whoever wanted the connection."""

    def opened(*what: Any, **how: Any) -> _Connection:
        def connect() -> sqlite3.Connection:
            made = sqlite3.connect(*what, factory=_Ending, **how)
            try:
                prepare(made)
            except BaseException:
                made.close()
                raise
            return made

        return _Connection(connect)

    return opened


class _Connection(aiosqlite.Connection):
    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(connect, iter_chunk_size=64)
        self._stopping: asyncio.Future[object] | None = None
        working = self._thread.run

        def until_its_loop_is_closed() -> None:
            with suppress(RuntimeError):  # nobody waits any more: the task was cancelled, and its program has ended
                working()

        self._thread = Thread(target=until_its_loop_is_closed, daemon=True)  # a program ends though it left one open

    def stop(self) -> "asyncio.Future[object] | None":
        """Close it and end its thread, once: whoever asks again, as one does who was cancelled while it was being closed, waits for
        the same. (After its end the thread answers nobody.)"""
        if self._stopping is None:
            self._stopping = super().stop()
        return self._stopping

    def cursor(self) -> "_Statement":  # type: ignore[override]  # SQLAlchemy does no more with it than this has
        return _Statement(self)

    async def rollback(self) -> None:
        """Unless there is nothing to roll back, as after every commit. (Where a task was cancelled while a statement of it ran,
        SQLAlchemy does not roll back, but leaves this connection for good.)"""
        if self.in_transaction:
            await super().rollback()

    async def run(self, do: Callable[[sqlite3.Cursor], None]) -> None:
        """`do`, in the thread of this connection. Raises what it raises, ValueError when the connection is closed."""

        def visit() -> None:
            with closing(self._conn.cursor()) as cursor:
                do(cursor)

        await self._execute(visit)  # type: ignore[no-untyped-call]


class _Statement:
    """A cursor as SQLAlchemy's adapter uses it, for one statement: closed and with all its rows as soon as that is done."""

    def __init__(self, connection: _Connection) -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> "_Statement":
        return self

    async def execute(self, statement: str, values: Any = ()) -> None:
        """Raises what sqlite3 raises, ValueError when the connection is closed."""
        await self._connection.run(lambda cursor: self._take(cursor.execute(statement, values)))

    async def executemany(self, statement: str, values: Sequence[Any]) -> None:
        """The same for each of `values`."""
        await self._connection.run(lambda cursor: self._take(cursor.executemany(statement, values)))

    async def fetchall(self) -> list[Any]:
        """All rows, once."""
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        """It is."""

    def _take(self, cursor: sqlite3.Cursor) -> None:
        self.description = cursor.description
        self._rows = cursor.fetchall() if cursor.description else []
        self.rowcount, self.lastrowid = cursor.rowcount, cursor.lastrowid


class _Ending(sqlite3.Connection):
    """One that ends its transaction when it is closed. SQLite keeps that, and its lock, for as long as a cursor is left."""

    def close(self) -> None:
        """See sqlite3; of the thread of this connection."""
        with suppress(sqlite3.Error):  # it is closed already, or broken
            self.rollback()
        super().close()
