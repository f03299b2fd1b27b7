"""A stage for tests of clips: two places that follow one live, and a clipper that writes nothing."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.model.job import Job
from core.model.trigger import Hit, Where
from core.services.clipping import MOST, Clipping
from core.services.lives.scene import Scene
from core.services.working import Working
from tests.builders import HERE, THERE, armed, at, followed, placed, rows, scene_of
from tests.doubles import CountedStorage, HandClock, StagedClipper


@dataclass
class Stage:
    storage: CountedStorage
    clock: HandClock
    clipper: StagedClipper
    clipping: Clipping
    scene: Scene
    folder: Path

    async def hit(self, second: float, place: str = HERE, word: str = "go", by: str = "juno") -> None:
        """A hit that wishes for a clip."""
        trigger = await armed(self.storage, word, place)
        async with self.storage.work() as work:
            hit = Hit(0, trigger.id, self.scene.live.id, place, word, Where.CHAT, at(second), second, "go!", 0, 2, by)
            await self.clipping.wish(work, self.scene, await work.hits.add(hit))

    def wishes(self) -> list[tuple[str, float, float]]:
        found = rows(
            self.folder,
            "select payload ->> 'place' as place, payload ->> 'start' as start, payload ->> 'end' as end from job order by id",
        )
        return [(row["place"], row["start"], row["end"]) for row in found]

    async def work_off(self) -> None:
        """Do every waiting job once."""
        async with self.storage.work() as work:
            jobs = await work.jobs.claim("w", ["clip"], at(1e4), at(60) - at(0), 10)
        for job in jobs:
            await self.finish(job)

    def worker(self, name: str = "w") -> Working:
        return Working(self.storage, self.clock, {"clip": self.clipping.save}, name, most=MOST)

    def dues(self) -> list[float]:
        """When the jobs are due, in seconds of the live."""
        found = rows(self.folder, "select due from job order by id")
        return [(datetime.fromisoformat(row["due"]).replace(tzinfo=UTC) - at(0)).total_seconds() for row in found]

    async def finish(self, job: Job) -> None:
        effect = await self.clipping.save(job)
        async with self.storage.work() as work:
            await work.jobs.finish(job, self.clock.now())
            await effect(work)


@pytest.fixture
async def stage(storage: CountedStorage, clock: HandClock, tmp_path: Path) -> Stage:
    await placed(storage, HERE, time_zone="Europe/Paris")
    for place in (HERE, THERE):
        await followed(storage, "maria", place)
    clipper = StagedClipper()
    clipping = Clipping(storage, clock, clipper, tmp_path / "clips")
    return Stage(storage, clock, clipper, clipping, await scene_of(storage), tmp_path)
