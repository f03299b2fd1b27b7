"""A place that goes by another id: nothing speaks of the old one afterwards, and nobody else's things have changed."""

from pathlib import Path

from storage.database import Database
from storage.tables import METADATA
from tests.builders import rows
from tests.storage.conftest import NOW
from tests.storage.filling import fill, speaking_of

OLD, NEW, LONGER = "telegram:-100", "telegram:-9001", "telegram:-1005"


async def move(database: Database) -> bool:
    async with database.work() as work:
        return await work.places.move(OLD, NEW)


async def test_no_row_of_any_table_speaks_of_the_old_id_afterwards(database: Database, tmp_path: Path):
    fill(tmp_path, OLD, 1)
    filled = {line.partition(".")[0] for line in speaking_of(tmp_path, OLD)}
    own = {table.name for table in METADATA.sorted_tables if {"place", "address"} & set(table.c.keys())}
    assert own <= filled
    assert await move(database)
    assert speaking_of(tmp_path, OLD) == []
    assert {line.partition(".")[0] for line in speaking_of(tmp_path, NEW)} >= filled - {"closed"}


async def test_everything_that_is_there_is_there_still(database: Database, tmp_path: Path):
    fill(tmp_path, OLD, 1)
    names = [table.name for table in METADATA.sorted_tables if table.name not in ("closed", "revision")]
    before = {name: len(rows(tmp_path, f"select * from {name}")) for name in names}
    await move(database)
    assert {name: len(rows(tmp_path, f"select * from {name}")) for name in names} == before
    (delivery,) = rows(tmp_path, "select * from delivery")
    assert (delivery["address"], delivery["key"]) == (f"{NEW}/7", f"delivery:{NEW}")
    assert f'"{NEW}/7#r9"' in delivery["facts"]


async def test_a_place_with_a_longer_number_stays_as_it_is(database: Database, tmp_path: Path):
    fill(tmp_path, OLD, 1)
    fill(tmp_path, LONGER, 2)
    before = speaking_of(tmp_path, LONGER)
    await move(database)
    assert speaking_of(tmp_path, LONGER) == before


async def test_what_the_new_one_has_already_gives_way_to_what_was_set_up(database: Database, tmp_path: Path):
    fill(tmp_path, OLD, 1)
    fill(tmp_path, NEW, 2)
    async with database.work() as work:
        place = await work.places.get(OLD)
    assert await move(database)
    assert speaking_of(tmp_path, OLD) == []
    async with database.reading() as work:
        moved = await work.places.get(NEW)
        (follow,) = await work.follows.of_place(NEW)
    assert place is not None
    assert moved is not None
    assert (moved.name, follow.id) == (place.name, 1)
    assert rows(tmp_path, "pragma foreign_key_check") == []


async def test_words_of_people_stay_as_they_were_written(database: Database, tmp_path: Path):
    fill(tmp_path, OLD, 1)
    async with database.work() as work:
        job = await work.jobs.add("x", "x", {"place": OLD, "word": f"join {OLD} now"}, NOW, place=OLD)
    await move(database)
    async with database.reading() as work:
        after = await work.jobs.get(job.id)
    assert after is not None
    assert after.payload == {"place": NEW, "word": f"join {OLD} now"}


async def test_who_is_followed_where_is_read_again_by_whoever_runs(database: Database, tmp_path: Path):
    fill(tmp_path, OLD, 1)
    async with database.reading() as work:
        before = [await work.revisions.of(topic) for topic in ("follows", "triggers")]
    await move(database)
    async with database.reading() as work:
        assert [await work.revisions.of(topic) for topic in ("follows", "triggers")] == [one + 1 for one in before]


async def test_a_move_of_nothing_says_so(database: Database, tmp_path: Path):
    assert not await move(database)
