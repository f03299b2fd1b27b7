"""What SQLAlchemy makes of a statement is kept for a whole run of the tests.

It keeps it by engine and dialect, and every test opens engines of its own: making the same statements anew took a third of a
test on a database.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

import storage.database


@contextmanager
def sharing() -> Iterator[None]:
    """Until the block ends all engines of `Database` have one dialect and one store of statements."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(storage.database, "create_async_engine", _maker(asyncio.run(_dialect()), {}))
        yield


def _maker(dialect: Dialect, made: dict[Any, Any]) -> Callable[..., AsyncEngine]:
    def create(*what: Any, **how: Any) -> AsyncEngine:
        engine = create_async_engine(*what, execution_options={"compiled_cache": made}, **how)
        engine.sync_engine.dialect = dialect
        return engine

    return create


async def _dialect() -> Dialect:
    """One that has seen a connection: until then it does not know what its SQLite can."""
    engine = create_async_engine("sqlite+aiosqlite://")
    async with engine.connect():
        pass
    await engine.dispose()
    return engine.sync_engine.dialect
