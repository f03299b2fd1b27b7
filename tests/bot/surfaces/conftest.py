"""A console somebody sits at, in an empty working folder."""

import io
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from bot.house import House
from bot.kernel import Kernel
from bot.surfaces.console.client import ConsoleClient
from bot.surfaces.console.draw import Numbers
from bot.wording import Words

WORDS = Words("en", ZoneInfo("UTC"))


@pytest.fixture
def printed() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def client(house: House, kernel: Kernel, printed: io.StringIO) -> ConsoleClient:
    return ConsoleClient(house, kernel, Console(file=printed, soft_wrap=True, width=200), Numbers(), WORDS)


@pytest.fixture
def empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
