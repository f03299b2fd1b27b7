"""Two people in storage: an older database, what a place says of its alerts, and which of them somebody has a say in already."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from core.model.person import Two
from core.model.review import Act, Decision
from core.model.risk import SEVERE_LIMITS, Assessment, Category, Label, Level, Verdict, Virality
from core.model.voices import OTHER, voices
from storage import migrate
from storage.database import Database

FILLED = {"id": 1, "place": "p", "raised": "2026-01-01 00:00:00.000000", "at": "2026-01-01 00:00:00.000000"}
TERMS = {"category": "Neutre", "virality": "faible", "target": "aucune", "labels": "{}", "kind": "speech"}


def insert(connection: sqlite3.Connection, table: str, **values: object) -> None:
    """A row with something in every column that must have it."""
    needed = [row[1] for row in connection.execute(f"pragma table_info({table})") if row[3] and row[4] is None]
    row = dict.fromkeys(needed, 0) | {name: value for name, value in FILLED.items() if name in needed} | values
    names = ", ".join(f'"{name}"' for name in row)
    connection.execute(f"insert into {table} ({names}) values ({', '.join('?' * len(row))})", tuple(row.values()))


async def test_an_older_database_asks_for_one_person_and_keeps_what_was_proposed(tmp_path: Path):
    path = tmp_path / "earshot.db"
    migrate.upgrade(path, "0014")
    with closing(sqlite3.connect(path)) as connection:
        words = dict.fromkeys(("name", "language", "time_zone", "address", "purpose", "set_up_by"), "")
        insert(
            connection, "place", **{**words, "id": "p", "purpose": "community", "reviewers": "[]", "clips_kept": 1.0}
        )
        insert(connection, "assessment", **TERMS, quote="", reason="", engine="rules", policy="", language="", item="")
        person = {"proposed": "dismissed", "proposed_by": "Mara", "proposer": "console:1", "second_by": "Tom"}
        insert(connection, "alert", assessment_id=1, verdict="waiting", decided_by="", note="", **person)
        connection.commit()
    database = Database("", tmp_path)
    await database.open()
    async with database.reading() as work:
        place, alert = await work.places.get("p"), await work.alerts.get("p", 1)
    await database.close()
    assert place is not None
    assert alert is not None
    assert (place.two, alert.rule, alert.two) == (Two.NOBODY, Two.NOBODY, True)
    assert voices(alert) == {"console:1": Verdict.DISMISSED}
    migrate.downgrade(path, "0014")
    migrate.upgrade(path)


async def test_an_alert_is_read_with_the_rule_and_the_limits_of_its_place_alone(database: Database, stage):
    said = Assessment(Category.NEUTRAL, Virality.LOW, False, labels={Label.SH: 0.7})
    async with database.work() as work:
        place = await work.places.get(stage.here)
        assert place is not None
        await work.places.put(replace(place, two=Two.SEVERE))
        policy = await work.policies.get(stage.here)
        await work.policies.put(replace(policy, limits={Label.S3: 0.6, Label.SH: 0.9}))
        number = await work.alerts.assessed(stage.live.id, said, stage.now)
        here = await work.alerts.raise_(stage.here, stage.live.id, number, stage.now)
        there = await work.alerts.raise_(stage.there, stage.live.id, number, stage.now)
    assert (here.rule, here.limits, here.level, here.two) == (
        Two.SEVERE, {Label.S3: 0.6, Label.SH: 0.9}, Level.INFO, False,
    )  # fmt: skip
    assert (there.rule, there.limits, there.level) == (Two.NOBODY, SEVERE_LIMITS, Level.CRITICAL)


async def test_what_waits_is_told_without_what_somebody_has_a_say_in(database: Database, stage):
    async with database.work() as work:
        for second in range(3):
            said = Assessment(Category.NEUTRAL, Virality.LOW, False, second=second)
            await work.alerts.raise_(
                stage.here, stage.live.id, await work.alerts.assessed(stage.live.id, said, stage.now), stage.now
            )
        first, second, third = await work.alerts.waiting(stage.here)
        voiced = replace(first, proposed=Verdict.CONFIRMED, proposer="p:1", opposer="p:2")
        propose = Decision(first.id, Act.PROPOSE, Verdict.WAITING, OTHER[Verdict.CONFIRMED], "M", "p:2", stage.now)
        assert await work.alerts.change(first, voiced, propose) is not None
        assert await work.alerts.change(first, voiced, propose) is None, "it does not stand as it was seen"
        for person, waiting in (("p:1", [second, third]), ("p:2", [second, third]), ("p:3", [voiced, second, third])):
            found = await work.alerts.waiting(stage.here, but=person)
            assert [one.id for one in found] == [one.id for one in waiting]
