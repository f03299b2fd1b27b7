"""What reaches which reaction: what people write and say in lives fires triggers, and nothing that Earshot says does."""

from pathlib import Path
from typing import get_args

import pytest

from bot.house import House
from bot.reactions import backfilling_of, react
from core.adapters.clips.ring import RingClipper
from core.adapters.risk.rules import RulesAssessor
from core.adapters.speech.files import OpusFiles
from core.model.live import ChatMessage
from core.model.notice import Tellable
from core.model.transcript import Segment
from core.services.assessing import Assessing
from core.services.backfilling import Backfilling
from core.services.clipping import Clipping
from core.services.listening import Listening
from core.services.lives.keeping import Keeping
from core.services.lives.refreshing import Refreshing
from core.services.lives.watching import Watching
from core.services.metering import Metering
from core.services.triggering import Triggering
from storage.database import Database
from storage.writer import BatchedWriter
from tests.builders import HERE, armed, followed, rows, scene_of, segment
from tests.doubles import HandClock, StagedCapture, StagedTikTok, engine


@pytest.fixture
def watching(house: House, clock: HandClock) -> Watching:
    rings, listening = RingClipper(), Listening([engine("staged", "hello")])
    return Watching(
        StagedTikTok(clock), house.storage, house.clock, StagedCapture(clock), listening, rings.attach, rings.detach
    )


@pytest.fixture
def triggering(house: House, tmp_path: Path) -> Triggering:
    return Triggering(house.storage, house.clock, Clipping(house.storage, house.clock, RingClipper(), tmp_path / "c"))


@pytest.fixture
def backfilling(house: House, watching: Watching, triggering: Triggering, tmp_path: Path) -> Backfilling:
    assert isinstance(house.storage, Database)
    metering = Metering(house.storage, house.clock, 0)
    assessing = Assessing(house.storage, house.clock, RulesAssessor())
    keeping = Keeping(house.storage, BatchedWriter(house.storage), metering)
    react(watching, keeping, triggering, assessing, Refreshing(house.storage, house.clock))
    return backfilling_of(OpusFiles(), tmp_path / "s", watching, triggering, assessing, house.reporting, metering)


def test_only_what_is_written_and_said_in_a_live_is_listened_to(
    watching: Watching, triggering: Triggering, backfilling: Backfilling
) -> None:
    heard = {
        kind
        for kind, reactions in watching.reactions.items()
        if any(getattr(one, "__self__", None) is triggering for one in reactions)
    }
    assert heard == {ChatMessage, Segment}
    assert not set(watching.reactions) & set(get_args(Tellable)), "no post of ours is an event of a live"


async def test_what_is_heard_only_later_fires_and_asks_for_no_clip(
    house: House, backfilling: Backfilling, tmp_path: Path
) -> None:
    await followed(house.storage, "maria", HERE)
    scene = await scene_of(house.storage)
    await armed(house.storage, "giveaway")
    await backfilling.late(scene, segment("the giveaway", 5.0))
    assert [row["word"] for row in rows(tmp_path, "select word from hit")] == ["giveaway"]
    assert [row["kind"] for row in rows(tmp_path, "select kind from delivery")] == ["hit"]
    assert rows(tmp_path, "select 1 from job where kind in ('clip', 'replay')") == []
