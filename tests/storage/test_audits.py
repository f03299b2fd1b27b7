"""The audit log as stored: a chain for each place that shows what is changed or gone, and goes on when its front is let go."""

import sqlite3
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.model.audit import Deed, Verb
from core.model.person import Place
from storage.database import Database
from tests.storage.conftest import NOW

OLD = timedelta(days=800)
NUMBERS = count()


def deed(n: int, person: str = "console:1") -> Deed:
    return Deed(
        NOW - OLD + timedelta(days=n), person, person.title(), Verb.CONFIRM, f"alert:{n}", "waiting", "confirmed", "=x"
    )


async def written(database: Database, place: str, rows: int) -> None:
    async with database.work() as work:
        await work.places.put(Place(place, place))
        for n in range(rows):
            await work.audit.log(place, deed(n))


async def broken(database: Database, place: str) -> int | None:
    async with database.reading() as work:
        return await work.audit.broken(place)


def harmed(folder: Path, statement: str, *values: object) -> None:
    with sqlite3.connect(folder / "earshot.db") as connection:
        connection.execute(statement, values)


async def test_each_place_has_a_chain_of_its_own(database: Database):
    await written(database, "console:here", 3)
    await written(database, "console:there", 2)
    async with database.reading() as work:
        here = await work.audit.of_place("console:here")
        there = await work.audit.of_place("console:there")
        assert await work.audit.people("console:there") == [("console:1", "Console:1")]
    assert [one.number for one in here] == [3, 2, 1]
    assert [one.number for one in there] == [2, 1]
    assert here[0].previous == here[1].hash
    assert await broken(database, "console:here") is None
    assert await broken(database, "console:nowhere") is None


@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_whatever_row_is_changed_or_taken_out_is_named(database: Database, tmp_path: Path, data: st.DataObject):
    place = f"console:{next(NUMBERS)}"  # each try has a chain of its own
    await written(database, place, 6)
    row = data.draw(st.integers(1, 6))
    column = data.draw(st.sampled_from(["delete", "by", "person", "verb", "about", "before", "after", "reason", "at"]))
    if column == "delete":
        harmed(tmp_path, "delete from audit where place = ? and number = ?", place, row)
    else:
        to = {"verb": "dismiss", "at": "2026-01-01 00:00:00.000000"}.get(column, "somebody else")
        harmed(tmp_path, f"update audit set {column} = ? where place = ? and number = ?", to, place, row)
    assert await broken(database, place) == row


async def test_all_rows_gone_is_noticed_too(database: Database, tmp_path: Path):
    await written(database, "console:here", 3)
    harmed(tmp_path, "delete from audit")
    assert await broken(database, "console:here") == 1


async def test_what_is_past_its_time_leaves_the_front_and_the_rest_stays_whole(database: Database):
    await written(database, "console:here", 10)
    async with database.work() as work:
        assert await work.audit.cut(NOW - OLD + timedelta(days=4), 3) == 3
        assert await work.audit.cut(NOW - OLD + timedelta(days=4), 3) == 1
        assert await work.audit.cut(NOW - OLD + timedelta(days=4), 3) == 0
        assert [one.number for one in await work.audit.of_place("console:here")] == [10, 9, 8, 7, 6, 5]
    assert await broken(database, "console:here") is None
    async with database.work() as work:
        assert (await work.audit.log("console:here", deed(11))).number == 11
    assert await broken(database, "console:here") is None


async def test_after_a_cut_a_missing_row_is_still_missed(database: Database, tmp_path: Path):
    await written(database, "console:here", 10)
    async with database.work() as work:
        await work.audit.cut(NOW - OLD + timedelta(days=4), 50)
    harmed(tmp_path, "delete from audit where number = 5")
    assert await broken(database, "console:here") == 5


@pytest.mark.parametrize("there", [0, 2, 5])
async def test_a_group_that_moves_takes_its_chain_along_whole(database: Database, there: int):
    await written(database, "telegram:-5", 3)
    await written(database, "telegram:-1005", there)
    async with database.work() as work:
        await work.places.move("telegram:-5", "telegram:-1005")
    async with database.reading() as work:
        assert [one.number for one in await work.audit.of_place("telegram:-1005")] == [3, 2, 1]
    assert await broken(database, "telegram:-1005") is None
