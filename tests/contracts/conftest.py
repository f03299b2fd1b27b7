"""Transactions on an empty outbox of each implementation."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest

from core.ports.store import Work
from storage.database import Database


@pytest.fixture(params=["sqlite"])
def working(database: Database) -> Callable[[], AbstractAsyncContextManager[Work]]:
    """Transactions on an empty outbox of each implementation."""
    return database.work
