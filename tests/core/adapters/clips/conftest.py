"""A loopback OBS, and the adapter that is connected to it."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from core.adapters.clips.obs import Manner, ObsReplays
from core.adapters.clips.obs_files import ReplayFiles
from core.adapters.clock import SystemClock
from core.adapters.media.remux import remux
from tests.platforms.obs import LoopbackObs
from tests.recordings.recorder import record
from tests.waiting import PATIENCE

PASSWORD = "s3cr3t-p4ss"
PATIENT = Manner(timeout=PATIENCE, look=0.2, back_off=(0.05, 0.1), save=PATIENCE, glance=0.3)
HURRIED = replace(PATIENT, timeout=0.5, save=1.0)
Make = Callable[..., ObsReplays]


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return record(tmp_path_factory.mktemp("obs") / "sample.mp4", seconds=6)


@pytest.fixture
async def obs(sample: Path, tmp_path: Path) -> AsyncIterator[LoopbackObs]:
    async with LoopbackObs(PASSWORD, sample, tmp_path / "obs") as made:
        yield made


@pytest.fixture(autouse=True)
def _obs_may_stand_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is in this process, and does when the machine does."""
    monkeypatch.setattr("core.adapters.clips.obs.SETTLES", PATIENCE)


@pytest.fixture
async def make() -> AsyncIterator[Make]:
    """`make(obs, password=…, folders=…)`: closed afterwards."""
    made: list[ObsReplays] = []

    def one(obs: LoopbackObs, password: str = PASSWORD, folders: str = "", manner: Manner = PATIENT) -> ObsReplays:
        replays = ObsReplays(obs.url, password, ReplayFiles(folders, lambda: remux), SystemClock(), manner)
        made.append(replays)
        return replays

    yield one
    for replays in made:
        await replays.close()


@contextmanager
def hurried(replays: ObsReplays) -> Iterator[None]:
    """Until the block ends nothing is waited for long."""
    replays._manner = HURRIED
    yield
    replays._manner = PATIENT
