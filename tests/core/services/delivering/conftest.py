"""A desk for every test."""

from pathlib import Path

import pytest

from tests.core.services.delivering.desk import Post
from tests.doubles import CountedStorage, HandClock, StagedMessenger


@pytest.fixture
def post(storage: CountedStorage, clock: HandClock, tmp_path: Path) -> Post:
    return Post(storage, clock, tmp_path, StagedMessenger(120.0, now=clock.now), StagedMessenger(0.0, now=clock.now))
