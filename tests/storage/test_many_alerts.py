"""More decisions than a statement has room for are counted and read all the same."""

import sqlite3

import pytest

from core.model.person import Place
from core.model.risk import Assessment, Category, Verdict, Virality
from core.services.reviewing.agreeing import counted
from storage.database import Database
from storage.slices import sliced
from tests.builders import decided
from tests.storage.conftest import NOW

AT_ONCE = 100
"""Numbers of one question in this test, where there is less room for them."""
ROOM = AT_ONCE + 50
"""Variables of one statement; SQLite has 32,766 unless it was built otherwise."""
MANY = 2 * AT_ONCE + 50


@pytest.fixture
def cramped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every connection has less room than there are decisions."""
    connect = sqlite3.connect

    def cramped(*args: object, **more: object) -> sqlite3.Connection:
        made: sqlite3.Connection = connect(*args, **more)  # type: ignore[call-overload]
        made.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, ROOM)
        return made

    monkeypatch.setattr(sqlite3, "connect", cramped)
    monkeypatch.setattr("storage.alerts.sliced", lambda values: sliced(values, AT_ONCE))


async def test_how_judge_and_people_agree_is_counted_over_any_number_of_decisions(cramped: None, database: Database):
    async with database.work() as work:
        await work.places.put(Place("console:here", "here"))
        await work.places.put(Place("console:there", "there"))
        assessed = Assessment(Category.HATEFUL, Virality.LOW, True)
        for place, many in (("console:here", MANY), ("console:there", 1)):
            for n in range(many):
                number = await work.alerts.assessed(None, assessed, NOW)
                alert = await work.alerts.raise_(place, None, number, NOW)
                verdict = Verdict.CONFIRMED if n % 4 else Verdict.DISMISSED
                assert await decided(work, place, alert.id, verdict, NOW)
    async with database.reading() as work:
        found = await counted(work, "console:here", since=NOW)
        numbers = await work.alerts.find("console:here")
        assert [one.id for one in await work.alerts.several("console:here", numbers)] == numbers
        assert await work.alerts.several("console:there", numbers[:3]) == []
    assert found.confirmed + found.dismissed == MANY
