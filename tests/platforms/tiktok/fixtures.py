"""Fixtures for tests that go to TikTok: import them in a conftest.py."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.platforms.tiktok.server import TikTok


@contextmanager
def led_to(tiktok: TikTok) -> Iterator[None]:
    """Until the block ends the environment of this process leads there."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in tiktok.environment().items():
            patch.setenv(name, value)
        yield


@pytest.fixture(scope="session")
def tiktok_media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where media made from the recordings is kept."""
    return tmp_path_factory.mktemp("tiktok")


@pytest.fixture
async def tiktok(tiktok_media: Path) -> AsyncIterator[TikTok]:
    """The loopback TikTok, with the environment leading to it; nobody may have wanted to go anywhere else."""
    async with TikTok(folder=tiktok_media) as serving:
        with led_to(serving):
            yield serving
        assert not serving.refused
