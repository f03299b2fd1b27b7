"""What belongs to one place is never seen or changed by another: every method that takes a place."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.model.account import Follow, Handle
from core.model.clip import Cut
from core.model.found import Sought
from core.model.live import ChatMessage, Chatter
from core.model.review import Act, Decision
from core.model.risk import Assessment, Category, Verdict, Virality
from core.model.transcript import Segment
from core.model.trigger import Hit, Trigger, Where
from storage.database import Database
from storage.writer import BatchedWriter

CUT = Cut(Path("1.mp4"), 0.0, 1.0, 1, 1, 1)


@pytest.fixture
async def trigger(database: Database, stage) -> Trigger:
    """One of `here`, with a hit."""
    async with database.work() as work:
        trigger = await work.triggers.add(Trigger(0, stage.here, "secret"))
        await work.hits.add(
            Hit(0, trigger.id, stage.live.id, stage.here, "secret", Where.CHAT, stage.now, 1.0, "secret", 0, 6)
        )
    return trigger


@pytest.fixture
async def alert(database: Database, stage):
    """One of `here`."""
    async with database.work() as work:
        number = await work.alerts.assessed(stage.live.id, Assessment(Category.NEUTRAL, Virality.LOW, False), stage.now)
        return await work.alerts.raise_(stage.here, stage.live.id, number, stage.now)


async def test_follows_of_a_place_are_its_own(database: Database, stage):
    async with database.work() as work:
        account = await work.accounts.ensure(Handle("private"))
        mine = await work.follows.add(Follow(0, stage.here, account.id, account.handle, stage.here, stage.now))
        assert mine not in await work.follows.of_place(stage.there)
        assert await work.follows.change(replace(mine, place=stage.there, language="fr")) is None
        assert await work.follows.remove(stage.there, account.id) is None
        await work.follows.remove(stage.here, account.id)
        assert await work.follows.restore(stage.there, mine.id) is None


async def test_a_live_is_seen_only_where_it_was_shown(database: Database, stage):
    async with database.reading() as work:
        assert await work.lives.seen_by(stage.here, stage.live.id) == stage.live
        assert await work.lives.seen_by(stage.there, stage.live.id) is None
        assert await work.lives.of_place(stage.there) == []
        assert await work.lives.places_of(stage.live.id) == [stage.here]


async def test_what_was_said_and_written_is_found_only_where_the_live_is_seen(database: Database, stage):
    writer = BatchedWriter(database)
    writer.put(stage.live.id, 1.0, ChatMessage("m", stage.now, Chatter("bob"), "secret chat"))
    await writer.flush()
    async with database.work() as work:
        await work.transcripts.add(stage.live.id, [Segment(0.0, 1.0, "secret speech")])
        assert len(await work.search.find(stage.here, "", Sought(("secret",)))) == 2
        assert await work.search.find(stage.there, "", Sought(("secret",))) == []


async def test_triggers_of_a_place_are_its_own(database: Database, stage, trigger):
    async with database.work() as work:
        assert await work.triggers.of_place(stage.there) == []
        assert await work.triggers.remove(stage.there, trigger.id) is None
        await work.triggers.remove(stage.here, trigger.id)
        assert await work.triggers.restore(stage.there, trigger.id) is None


async def test_hits_of_a_place_are_its_own(database: Database, stage, trigger):
    async with database.reading() as work:
        assert len(await work.hits.of_live(stage.here, stage.live.id)) == 1
        assert await work.hits.of_live(stage.there, stage.live.id) == []
        since = stage.now - timedelta(days=1)
        assert await work.hits.count(stage.there, stage.live.id, trigger.id, since) == 0


async def test_clips_of_a_place_are_its_own(database: Database, stage):
    async with database.work() as work:
        mine = await work.clips.add(stage.live.id, stage.here, "a.mp4", CUT, stage.now, "", "wish")
        assert await work.clips.get(stage.there, mine.id) is None
        assert await work.clips.of_place(stage.there) == []
        assert await work.clips.of_place(stage.there, live_id=stage.live.id) == []
        theirs = await work.clips.add(stage.live.id, stage.there, "a.mp4", CUT, stage.now, "", "wish")
        assert (theirs.place, theirs.shown) == (stage.there, "a.mp4")


async def test_alerts_of_a_place_are_its_own(database: Database, stage, alert):
    async with database.work() as work:
        assert await work.alerts.get(stage.there, alert.id) is None
        assert await work.alerts.waiting(stage.there) == []
        assert await work.alerts.recent(stage.there, stage.live.id, stage.now - timedelta(days=1)) == []
        theirs = replace(alert, place=stage.there)
        made = Decision(alert.id, Act.DISMISS, Verdict.WAITING, Verdict.DISMISSED, "x", "x", stage.now)
        assert await work.alerts.change(theirs, replace(theirs, verdict=Verdict.DISMISSED), made) is None
        assert await work.alerts.several(stage.there, [alert.id]) == []
        assert await work.alerts.find(stage.there) == []
        assert await work.alerts.kinds(stage.there, Verdict.WAITING) == []
        assert await work.alerts.decisions(stage.there, alert.id) == []
        assert await work.alerts.get(stage.here, alert.id) == alert


async def test_settings_of_a_place_are_its_own(database: Database, stage):
    async with database.reading() as work:
        assert (await work.places.get(stage.here)).name == stage.here
