"""Diaries of lives, how places stand to them, and what else a watch writes down."""

from datetime import timedelta

import pytest

from core.errors import Missing
from core.model.diary import DiaryKind, Entry
from core.model.live import Standing
from storage.database import Database


async def test_a_diary_is_read_newest_first_by_who_may(database: Database, stage):
    entries = [
        Entry(stage.live.id, stage.now + timedelta(seconds=n), float(n), kind, f"text {n}", "Karim", place)
        for n, (kind, place) in enumerate(
            [(DiaryKind.STARTED, ""), (DiaryKind.MARK, stage.here), (DiaryKind.MARK, stage.there), (DiaryKind.LOST, "")]
        )
    ]
    async with database.work() as work:
        stored = [await work.diary.add(entry) for entry in entries]
    async with database.reading() as work:
        assert await work.diary.of_live(stage.here, stage.live.id) == [stored[3], stored[1], stored[0]]
        assert await work.diary.of_live(stage.there, stage.live.id, 1) == [stored[3]]
        assert await work.diary.of_live(stage.here, 999) == []
        assert await work.diary.last(stage.live.id, DiaryKind.STARTED, DiaryKind.MARK) == stored[2]
        assert await work.diary.last(stage.live.id, DiaryKind.ENDED) is None
        assert await work.diary.of_kinds(stage.here, stage.live.id, DiaryKind.MARK, DiaryKind.LOST) == [
            stored[3],
            stored[1],
        ]
        assert await work.diary.of_kinds(stage.there, stage.live.id, DiaryKind.MARK) == [stored[2]]
        assert await work.diary.of_kinds(stage.here, 999, DiaryKind.LOST) == []


async def test_a_diary_goes_with_its_live(database: Database, stage):
    async with database.work() as work:
        await work.diary.add(Entry(stage.live.id, stage.now, 0.0, DiaryKind.STARTED))
    async with database.work() as work:
        assert await work.lives.remove(stage.live.id)
    async with database.reading() as work:
        assert await work.diary.of_live(stage.here, stage.live.id) == []


async def test_how_a_place_stands_to_a_live_is_its_own_and_wakes_who_watches(database: Database, stage):
    until = stage.now + timedelta(minutes=30)
    async with database.work() as work:
        before = await work.revisions.of("follows")
        assert await work.lives.stand(stage.live.id, Standing(stage.here, True, until))
        assert not await work.lives.stand(stage.live.id, Standing(stage.there, True))
        assert await work.lives.standings(stage.live.id) == [Standing(stage.here, True, until)]
        assert await work.revisions.of("follows") == before + 1


async def test_a_live_is_found_by_any_of_its_rooms_and_has_the_newest_title(database: Database, stage):
    async with database.work() as work:
        await work.lives.add_room(stage.live.id, "room9")
        live = await work.lives.set_title(stage.live.id, "Soup")
        assert live.title == "Soup"
        assert await work.lives.in_room("room1") == await work.lives.in_room("room9") == live
        assert await work.lives.in_room("elsewhere") is None
        with pytest.raises(Missing):
            await work.lives.set_title(999, "Nobody's")
