"""Pictures of accounts come from the newest reading, and soon or not at all."""

from dataclasses import replace
from pathlib import Path

import pytest

from core.model.account import Handle
from core.model.live import Look
from core.services import portraying as module
from core.services.hurrying import Hurrying
from core.services.picturing import Picturing
from core.services.portraying import Portraying
from tests.doubles import BEGAN, HandClock, StagedStills
from tests.waiting import PATIENCE

AMINA = Handle("amina")
LOOK = Look(BEGAN, False, picture="https://p16.tiktokcdn.com/amina.jpg?x-expires=1")


@pytest.fixture
def stills() -> StagedStills:
    return StagedStills()


@pytest.fixture
def portraying(stills: StagedStills, clock: HandClock, tmp_path: Path) -> Portraying:
    return Portraying(Hurrying(Picturing(stills, clock, tmp_path), clock, PATIENCE))


async def test_the_newest_reading_says_where_it_is_and_one_that_does_not_changes_nothing(
    portraying: Portraying, stills: StagedStills
):
    assert await portraying.of(AMINA) == ""
    portraying.read(AMINA, LOOK)
    portraying.read(AMINA, replace(LOOK, picture=""))
    assert Path(await portraying.of(AMINA)).read_bytes() == b"picture"
    portraying.read(AMINA, replace(LOOK, picture="https://p16.tiktokcdn.com/newer.jpg"))
    assert await portraying.of(AMINA)
    assert stills.asked == [LOOK.picture, "https://p16.tiktokcdn.com/newer.jpg"]


async def test_one_that_does_not_come_is_none(portraying: Portraying, stills: StagedStills):
    assert portraying.hurrying is not None
    portraying.hurrying.patience = 0.01
    portraying.read(AMINA, LOOK)
    stills.gate.clear()
    assert await portraying.of(AMINA) == ""
    stills.gate.set()
    assert await Portraying().of(AMINA) == ""


async def test_no_more_are_remembered_than_there_is_room_for(portraying: Portraying, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "MOST", 2)
    for name in ("a", "b", "c"):
        portraying.read(Handle(name), LOOK)
    assert [bool(await portraying.of(Handle(name))) for name in ("a", "b", "c")] == [False, True, True]
