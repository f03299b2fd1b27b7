"""What most tests stand on: a migrated SQLite file of their own, and a clock moved by hand."""

import gc
import inspect
import shutil
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import settings

from bot import engines as bot_engines
from core.adapters import assemblyai_cloud, groq_cloud
from core.adapters.risk.groq import model as judging
from core.adapters.speech import groq as speech
from core.adapters.tiktok import pictures
from core.adapters.tiktok.chat import signing
from core.adapters.tiktok.videos import links
from core.adapters.tiktok.web import Web
from core.services import rehearsing
from core.services.finding.checking import Checking
from storage.database import Database
from storage.schema import prepare
from tests.certificates import read_once
from tests.doubles import CountedStorage, HandClock
from tests.engines import sharing
from tests.waiting import PATIENCE

ROOT = Path(__file__).parent
NOWHERE = "http://127.0.0.1:9"  # a port nobody listens on: refused at once

settings.register_profile("untimed", deadline=None)  # what has to be quick is measured by a benchmark
settings.load_profile("untimed")


def pytest_configure(config: pytest.Config) -> None:
    """aiohttp 3.14 warns of itself when the end of an upload falls between two of its reads, and the loopback service that reads
    it would answer 500. A run that was put into the background ignores Ctrl-C, and so would every program it starts."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    config.addinivalue_line("filterwarnings", r"ignore:unread_data\(\) is deprecated:DeprecationWarning")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys and surfaces wait most of their time, others compute: all are mixed, and no journey comes last."""
    files = sorted({item.path for item in items}, key=lambda path: crc32(str(path.relative_to(ROOT)).encode()))
    journeys = [path for path in files if "journeys" in path.parts]
    others = [path for path in files if "journeys" not in path.parts]
    turn = {path: 0.75 * number / len(journeys) for number, path in enumerate(journeys)}
    turn |= {path: number / len(others) for number, path in enumerate(others)}
    items.sort(key=lambda item: turn[item.path])


def pytest_collection_finish() -> None:
    """What is loaded and collected stays: a million objects, which nobody looks through for garbage again and again."""
    gc.freeze()


@pytest.fixture(autouse=True)
def _nothing_leaves_this_machine() -> Iterator[None]:
    """Whoever wants to go further than loopback is refused; tests that lead somewhere set these themselves."""
    with pytest.MonkeyPatch.context() as patch:  # its own: the fixture must be undone before those that a test asks for
        for name, value in (("HTTPS_PROXY", NOWHERE), ("HTTP_PROXY", NOWHERE), ("NO_PROXY", "127.0.0.1,localhost")):
            patch.setenv(name, value)
            patch.delenv(name.lower(), raising=False)
        patch.delenv("TIKTOK_PROXY", raising=False)
        yield


LIMITS = (
    (groq_cloud, "CONNECT_SECONDS"),
    (assemblyai_cloud, "CONNECT_SECONDS"),
    (judging, "CHECK_SECONDS"),
    (speech, "CHECK_SECONDS"),
    (bot_engines, "DEADLINE_SECONDS"),
    (pictures, "SECONDS"),
    (signing, "LIMITS_SECONDS"),
    (signing, "CONNECT_SECONDS"),
    (links, "SECONDS"),
    (rehearsing, "SECONDS"),
)
USUAL = ((judging.GroqModel, "deadline_seconds"), (Web, "timeout_seconds"), (Checking, "patience"))
"""What those who are asked on loopback may take, in constants and in defaults. They are in the process that asks, and stand still
when it does: tests of a limit give their own."""


@pytest.fixture(scope="session", autouse=True)
def _who_is_asked_may_stand_still() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for module, name in LIMITS:
            patch.setattr(module, name, PATIENCE)
        for made, name in USUAL:
            patch.setattr(made.__init__, "__defaults__", _patient(made, name))
        yield


def _patient(made: type, name: str) -> tuple[object, ...]:
    """The defaults of a constructor, with PATIENCE for one of them."""
    given = inspect.signature(made).parameters.values()
    defaults = [(one.name, one.default) for one in given if one.default is not one.empty]
    return tuple(PATIENCE if known == name else default for known, default in defaults)


@pytest.fixture(scope="session", autouse=True)
def _statements_are_made_and_certificates_read_once() -> Iterator[None]:
    with sharing(), read_once():
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
