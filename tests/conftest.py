"""What most tests stand on: a migrated SQLite file of their own, and a clock moved by hand."""

import shutil
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from storage.database import Database
from storage.schema import prepare
from tests.doubles import CountedStorage, HandClock

NOWHERE = "http://127.0.0.1:9"  # a port nobody listens on: refused at once


def pytest_configure(config: pytest.Config) -> None:
    """aiohttp 3.14 warns of itself when the end of an upload falls between two of its reads, and the loopback service that reads
    it would answer 500. A run that was put into the background ignores Ctrl-C, and so would every program it starts."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    config.addinivalue_line("filterwarnings", r"ignore:unread_data\(\) is deprecated:DeprecationWarning")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys wait for processes most of their time: they are spread among what computes, and none of them comes last."""
    files = list(dict.fromkeys(item.path for item in items))
    journeys = [path for path in files if "journeys" in path.parts]
    others = [path for path in files if "journeys" not in path.parts]
    turn = {path: 0.75 * number / len(journeys) for number, path in enumerate(journeys)}
    turn |= {path: number / len(others) for number, path in enumerate(others)}
    items.sort(key=lambda item: turn[item.path])


@pytest.fixture(autouse=True)
def _nothing_leaves_this_machine() -> Iterator[None]:
    """Whoever wants to go further than loopback is refused; tests that lead somewhere set these themselves."""
    with pytest.MonkeyPatch.context() as patch:  # its own: the fixture must be undone before those that a test asks for
        for name, value in (("HTTPS_PROXY", NOWHERE), ("HTTP_PROXY", NOWHERE), ("NO_PROXY", "127.0.0.1,localhost")):
            patch.setenv(name, value)
            patch.delenv(name.lower(), raising=False)
        patch.delenv("TIKTOK_PROXY", raising=False)
        yield


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One migrated database, to be copied."""
    folder = tmp_path_factory.mktemp("template")
    prepare(folder / "earshot.db", folder / "backups")
    return folder / "earshot.db"


@pytest.fixture
async def database(template: Path, tmp_path: Path) -> AsyncIterator[Database]:
    """A database in `tmp_path`."""
    shutil.copy(template, tmp_path / "earshot.db")
    database = Database("", tmp_path)
    await database.open()
    yield database
    await database.close()


@pytest.fixture
def storage(database: Database) -> CountedStorage:
    """The same, counted."""
    return CountedStorage(database)


@pytest.fixture
def clock(storage: CountedStorage) -> HandClock:
    """Stands still."""
    return HandClock(storage)
