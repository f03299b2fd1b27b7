"""Real SQLite files: one is migrated, every test gets a copy of it."""

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.model.account import Account, Follow, Handle
from core.model.live import Live, Look
from core.model.person import Place
from storage.database import Database
from storage.schema import prepare

NOW = datetime(2026, 11, 20, 20, 23, 4, 567890, tzinfo=UTC)


@dataclass(frozen=True)
class Stage:
    """Two places that follow one account, which is live; only `here` sees the live."""

    here: str
    there: str
    account: Account
    live: Live
    now: datetime


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    prepare(folder / "earshot.db", folder / "backups")
    return folder / "earshot.db"


@pytest.fixture
async def database(template: Path, tmp_path: Path) -> AsyncIterator[Database]:
    shutil.copy(template, tmp_path / "earshot.db")
    database = Database("", tmp_path)
    await database.open()
    yield database
    await database.close()


@pytest.fixture
async def stage(database: Database) -> Stage:
    async with database.work() as work:
        account = await work.accounts.ensure(Handle("maria"))
        for place in ("console:here", "console:there"):
            await work.places.put(Place(place, place))
            await work.follows.add(Follow(0, place, account.id, account.handle, place, NOW))
        live, _ = await work.lives.begin(account, Look(NOW, True, "room1", "Hello"), ["console:here"])
    return Stage("console:here", "console:there", account, live, NOW)
