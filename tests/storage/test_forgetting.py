"""A place that is forgotten: no row speaks of it afterwards, a few at a time, and what is everybody's stays."""

from pathlib import Path

from core.model.person import Place
from core.model.risk import Kind, Label
from storage.database import Database
from storage.tables import METADATA
from tests.builders import judged, rows
from tests.storage.conftest import NOW
from tests.storage.filling import fill, speaking_of

PLACE, LONGER = "telegram:-100", "telegram:-1005"


async def forget(database: Database, at_most: int = 500) -> int:
    """How many transactions it took."""
    steps, done = 0, False
    while not done:
        steps += 1
        async with database.work() as work:
            done = await work.places.forget(PLACE, at_most)
    return steps


async def test_no_row_of_any_table_speaks_of_it_afterwards(database: Database, tmp_path: Path):
    fill(tmp_path, PLACE, 1)
    assert {line.partition(".")[0] for line in speaking_of(tmp_path, PLACE)} >= {"place", "closed", "topic", "memo"}
    await forget(database)
    assert speaking_of(tmp_path, PLACE) == []
    assert rows(tmp_path, "pragma foreign_key_check") == []


async def test_others_and_what_is_everybodys_stay(database: Database, tmp_path: Path):
    fill(tmp_path, PLACE, 1)
    fill(tmp_path, LONGER, 2)
    before = speaking_of(tmp_path, LONGER)
    shared = [table.name for table in METADATA.sorted_tables if "place" not in table.c and table.name != "place"]
    counts = {name: len(rows(tmp_path, f"select * from {name}")) for name in ("account", "live", "segment", "video")}
    await forget(database)
    assert speaking_of(tmp_path, LONGER) == before
    assert set(counts) <= set(shared)
    assert {name: len(rows(tmp_path, f"select * from {name}")) for name in counts} == counts


async def test_much_is_forgotten_in_small_steps(database: Database, tmp_path: Path):
    fill(tmp_path, PLACE, 1)
    async with database.work() as work:
        for number in range(50):
            await work.topics.put(f"{PLACE}/{number}", "account:1", "9")
            await work.jobs.add("x", f"x{number}", {}, NOW, place=PLACE)
    assert await forget(database, 10) > 5
    assert speaking_of(tmp_path, PLACE) == []


async def test_jobs_that_name_it_only_in_what_they_are_to_do_go_too(database: Database, tmp_path: Path):
    fill(tmp_path, PLACE, 1)
    async with database.work() as work:
        await work.jobs.add("clip", f"clip:{PLACE}:1:2", {"place": PLACE, "live_id": 1}, NOW)
        await work.jobs.add("clip", f"clip:{LONGER}:1:2", {"place": LONGER, "live_id": 1}, NOW)
    await forget(database)
    assert [row["key"] for row in rows(tmp_path, "select key from job")] == [f"clip:{LONGER}:1:2"]


async def test_the_files_of_its_clips_are_known_before(database: Database, tmp_path: Path):
    fill(tmp_path, PLACE, 1)
    fill(tmp_path, LONGER, 2)
    async with database.reading() as work:
        assert await work.places.files(PLACE) == [Path("1.mp4")]


async def test_the_count_of_what_was_suspected_goes_with_its_place(database: Database, tmp_path: Path):
    async with database.work() as work:
        for place in (PLACE, LONGER):
            await work.places.put(Place(place, place))
            said = judged(labels={Label.S3: 0.9}, kind=Kind.COMMENT)
            await work.alerts.raise_(place, None, await work.alerts.assessed(None, said, NOW), NOW)
            assert await work.alerts.suspicions(place) == 1
    await forget(database)
    assert [row["name"] for row in rows(tmp_path, "select name from memo")] == [f"suspicions {LONGER}"]
