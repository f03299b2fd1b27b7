"""What most tests stand on: a migrated SQLite file of their own, and a clock moved by hand."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.database import Database
from storage.schema import prepare
from tests.doubles import CountedStorage, HandClock


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One migrated database, to be copied."""
    folder = tmp_path_factory.mktemp("template")
    prepare(folder / "earshot.db", folder / "backups")
    return folder / "earshot.db"


@pytest.fixture
async def database(template: Path, tmp_path: Path) -> AsyncIterator[Database]:
    """A database in `tmp_path`."""
    shutil.copy(template, tmp_path / "earshot.db")
    database = Database("", tmp_path)
    await database.open()
    yield database
    await database.close()


@pytest.fixture
def storage(database: Database) -> CountedStorage:
    """The same, counted."""
    return CountedStorage(database)


@pytest.fixture
def clock(storage: CountedStorage) -> HandClock:
    """Stands still."""
    return HandClock(storage)
