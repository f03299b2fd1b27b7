"""Real SQLite files: one is migrated, every test gets a copy of it."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from core.model.account import Account, Follow, Handle
from core.model.live import Live, Look
from core.model.person import Place
from storage.database import Database

NOW = datetime(2026, 11, 20, 20, 23, 4, 567890, tzinfo=UTC)


@dataclass(frozen=True)
class Stage:
    """Two places that follow one account, which is live; only `here` sees the live."""

    here: str
    there: str
    account: Account
    live: Live
    now: datetime


@pytest.fixture
async def stage(database: Database) -> Stage:
    async with database.work() as work:
        account = await work.accounts.ensure(Handle("maria"))
        for place in ("console:here", "console:there"):
            await work.places.put(Place(place, place))
            await work.follows.add(Follow(0, place, account.id, account.handle, place, NOW))
        live, _ = await work.lives.begin(account, Look(NOW, True, "room1", "Hello"), ["console:here"])
    return Stage("console:here", "console:there", account, live, NOW)
