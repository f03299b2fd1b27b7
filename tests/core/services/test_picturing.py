"""Pictures are fetched once, shared, kept for a day, and never more than there is room for."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from core.services import picturing as module
from core.services.picturing import KEPT, Picturing
from tests.core.services.conftest import Running
from tests.doubles import HandClock, StagedStills
from tests.waiting import until

ADDRESS = "https://p16.tiktokcdn.com/one.jpg?x-expires=1"


@pytest.fixture
def stills() -> StagedStills:
    return StagedStills()


@pytest.fixture
def pictures(stills: StagedStills, clock: HandClock, tmp_path: Path) -> Picturing:
    return Picturing(stills, clock, tmp_path / "covers")


async def test_a_picture_is_fetched_once_however_its_address_is_signed(pictures: Picturing, stills: StagedStills):
    first = await pictures.get(ADDRESS)
    again = await pictures.get(ADDRESS.replace("x-expires=1", "x-expires=2"))
    assert first is not None
    assert first == again
    assert first.read_bytes() == b"picture"
    assert len(stills.asked) == 1


async def test_who_asks_at_the_same_time_waits_for_the_same_answer_and_may_give_up(
    pictures: Picturing, stills: StagedStills
):
    stills.gate.clear()
    asked = [asyncio.create_task(pictures.get(ADDRESS)) for _ in range(3)]
    await until(lambda: stills.asked)
    asked[0].cancel()
    stills.gate.set()
    got = await asyncio.gather(*asked, return_exceptions=True)
    assert isinstance(got[0], asyncio.CancelledError)
    assert got[1] == got[2] is not None
    assert len(stills.asked) == 1


async def test_after_a_day_it_is_fetched_anew_and_the_old_file_goes(
    pictures: Picturing, stills: StagedStills, clock: HandClock
):
    path = await pictures.get(ADDRESS)
    assert path is not None
    await clock.advance(KEPT + 1)
    assert pictures.sweep() == 1
    assert not path.exists()
    assert await pictures.get(ADDRESS) == path
    assert len(stills.asked) == 2


async def test_only_so_many_are_kept(pictures: Picturing, clock: HandClock, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "MOST", 2)
    for n in range(4):
        await pictures.get(f"https://p16.tiktokcdn.com/{n}.jpg")
        await clock.advance(1)
    assert pictures.sweep() == 2
    assert len(list(pictures.folder.iterdir())) == 2


@pytest.mark.parametrize("address", ["", "https://p16.tiktokcdn.com", "https://[::1/x.jpg"])
async def test_what_is_no_address_is_not_asked_for(pictures: Picturing, stills: StagedStills, address: str):
    assert await pictures.get(address) is None
    assert stills.asked == []


async def test_a_folder_that_is_not_there_yet_is_swept_in_peace(pictures: Picturing):
    assert pictures.sweep() == 0


async def test_files_that_go_while_they_are_looked_at_end_nothing(
    pictures: Picturing, stills: StagedStills, clock: HandClock, running: Running
):
    pictures.folder.mkdir()
    (pictures.folder / ".half.jpg.part").symlink_to(pictures.folder / "gone")
    (pictures.folder / "no file").mkdir()
    async with running(pictures.run()):
        assert await pictures.get(ADDRESS) is not None
        await clock.advance(KEPT + 1)
        assert await pictures.get(ADDRESS) is not None
        assert len(stills.asked) == 2


async def test_a_picture_that_goes_as_it_comes_is_none(pictures: Picturing, stills: StagedStills):
    fetch = stills.fetch

    async def lost(*given: Any) -> Path | None:
        path = await fetch(*given)
        assert path is not None
        path.unlink()
        return path

    stills.fetch = lost  # type: ignore[method-assign]
    assert await pictures.get(ADDRESS) is None
