"""Transactions on an empty outbox of each implementation."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from core.ports.store import Work
from storage.database import Database


@pytest.fixture(params=["sqlite"])
async def working(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[Callable[[], AbstractAsyncContextManager[Work]]]:
    """Transactions on an empty outbox of each implementation."""
    database = Database("", tmp_path)
    await database.open()
    yield database.work
    await database.close()
