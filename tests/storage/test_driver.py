"""What becomes of a connection whose task is cancelled, once or twice, while its thread is at work."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from storage.database import Database
from storage.driver import opening
from tests.waiting import PATIENCE, until


class Gate:
    """What a thread comes to and stays at until it is opened."""

    def __init__(self) -> None:
        self.reached, self.opened = threading.Event(), threading.Event()

    def __call__(self, *_: object) -> int:
        self.reached.set()
        assert self.opened.wait(PATIENCE)
        return 1


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What ended a thread."""
    said: list[Any] = []
    monkeypatch.setattr(threading, "excepthook", said.append)
    return said


def ended(do: Callable[[], Any]) -> None:
    """`do` in an event loop of its own, in a thread of its own: whether that ends at all is what is asked."""
    running = threading.Thread(target=lambda: asyncio.run(do()), daemon=True)
    running.start()
    running.join(PATIENCE)
    assert not running.is_alive(), "its loop waits for ever"


def test_who_is_cancelled_while_a_connection_opens_leaves_a_thread_that_ends_without_a_word(broken: list[Any]) -> None:
    gate = Gate()
    connection = opening(gate)(":memory:")

    async def connect() -> None:
        await connection

    async def cancelled() -> None:
        connecting = asyncio.create_task(connect())
        await until(gate.reached.is_set)
        connecting.cancel()
        await asyncio.wait([connecting])

    ended(cancelled)
    gate.opened.set()
    connection._thread.join(PATIENCE)
    assert not connection._thread.is_alive()
    assert broken == []


@pytest.mark.parametrize("times", [1, 2, 3])
def test_however_often_a_task_is_cancelled_in_a_long_statement_its_program_ends(
    template: Path, tmp_path: Path, broken: list[Any], times: int
) -> None:
    (tmp_path / "earshot.db").write_bytes(template.read_bytes())
    gate = Gate()
    threads: list[threading.Thread] = []

    async def cancelled() -> None:
        database = Database("", tmp_path)

        @event.listens_for(database._writing.sync_engine, "connect")
        def connected(adapter: Any, _record: object) -> None:
            threads.append(adapter.driver_connection._thread)
            adapter.create_function("gate", 0, gate)

        async def write() -> None:
            async with database.writing() as connection:
                await connection.execute(text("select gate()"))

        writing = asyncio.create_task(write())
        await until(gate.reached.is_set)
        for _ in range(times):
            writing.cancel()
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        asyncio.get_running_loop().call_later(0.1, gate.opened.set)  # in the end of the loop, which waits for its tasks

    ended(cancelled)
    threads[0].join(PATIENCE)
    assert not threads[0].is_alive()
    assert broken == []


async def test_one_that_was_closed_is_closed(tmp_path: Path) -> None:
    connection = await opening(lambda made: None)(str(tmp_path / "x.db"))
    await connection.close()
    connection.stop()
    connection.stop()
    await asyncio.to_thread(connection._thread.join, PATIENCE)
    with pytest.raises(ValueError, match="closed"):
        await connection.run(lambda cursor: cursor.execute("select 1"))
    sqlite3.connect(tmp_path / "x.db").close()
