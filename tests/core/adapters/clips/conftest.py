"""A loopback OBS, and the adapter that is connected to it."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from core.adapters.clips.obs import Manner, ObsReplays
from core.adapters.clips.obs_files import ReplayFiles
from core.adapters.clock import SystemClock
from core.adapters.media.remux import remux
from tests.platforms.obs import LoopbackObs
from tests.recordings.recorder import record

PASSWORD = "s3cr3t-p4ss"
QUICK = Manner(timeout=0.5, look=0.2, back_off=(0.05, 0.1), save=2.0, glance=0.3)
Make = Callable[..., ObsReplays]


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return record(tmp_path_factory.mktemp("obs") / "sample.mp4", seconds=6)


@pytest.fixture
async def obs(sample: Path, tmp_path: Path) -> AsyncIterator[LoopbackObs]:
    async with LoopbackObs(PASSWORD, sample, tmp_path / "obs") as made:
        yield made


@pytest.fixture
async def make() -> AsyncIterator[Make]:
    """`make(obs, password=…, folders=…)`: closed afterwards."""
    made: list[ObsReplays] = []

    def one(obs: LoopbackObs, password: str = PASSWORD, folders: str = "", manner: Manner = QUICK) -> ObsReplays:
        replays = ObsReplays(obs.url, password, ReplayFiles(folders, lambda: remux), SystemClock(), manner)
        made.append(replays)
        return replays

    yield one
    for replays in made:
        await replays.close()
