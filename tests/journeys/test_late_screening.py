"""Killed between the last late words of a live and the second look at its clips: the next process looks."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.model.clip import Cut
from core.model.live import LiveStatus
from core.model.screening import Matter, Screening, State
from core.model.transcript import SegmentState
from core.services.backfilling import Backfilling
from core.services.listening import Listening
from core.services.metering import Metering
from storage.database import Database
from tests.builders import at, followed, rows, scene_of, segment, span
from tests.core.services.test_backfilling import Files
from tests.doubles import CountedStorage, HandClock, engine
from tests.journeys.conftest import Process

PLACE = "discord:journey"
HATE = "Those Norvanians are vermin, wipe them all out"


async def test_a_clip_is_screened_again_by_the_process_after_the_one_that_was_killed(
    whole: Callable[..., Any], data: Path
):
    data.mkdir(exist_ok=True)
    await killed(data)
    assert rows(data, "select 1 from sound") == []
    assert [row["state"] for row in rows(data, "select state from screening")] == ["passed"]
    process: Process = await whole(zero=time.monotonic())
    await process.until(lambda: bool(rows(data, "select 1 from screening where state = 'held'")))
    await process.until(lambda: bool(rows(data, "select 1 from delivery where kind = 'risk'")))
    await process.kill()
    assert len(rows(data, "select 1 from alert")) == 1


async def killed(data: Path) -> None:
    """What a process leaves that was killed as soon as it had stored the last words of a live that is over."""
    database = Database("", data)
    await database.open()
    try:
        storage = CountedStorage(database)
        clock = HandClock(storage)
        await followed(storage, "amina.kitchen", PLACE)
        scene = await scene_of(storage, "amina.kitchen")
        made, path = at(40), data / "clips" / "1.mp4"
        async with storage.work() as work:
            await work.transcripts.add(scene.live.id, [segment(None, 10.0, state=SegmentState.LATE)])
            clip = await work.clips.add(scene.live.id, PLACE, "a.mp4", Cut(path, 0, 30, 4, 9, 16), made, "", "job:1")
            passed = Screening(0, PLACE, Matter.CLIP, clip.id, State.PASSED, made, unheard=20.0)
            await work.screenings.begin(passed, made)
            await work.lives.set_status(scene.live.id, LiveStatus.ENDED, at(60))
        files, heard = Files(), Listening([engine("groq", HATE)])
        backfilling = Backfilling(storage, clock, heard, files, data / "sounds", Metering(storage, clock))
        assert await backfilling.keep(scene, span(10, 15))
        await backfilling.round()
    finally:
        await database.close()
