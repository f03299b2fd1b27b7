"""The data folder and what is in it: who may read it, its room, its database, what was left half done."""

import os
import stat
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

from bot.app import storage_as_it_is
from bot.folder import prepare
from bot.health import Part, disk, process, stored
from core.errors import EarshotError
from core.services.diagnosing import Diagnosing
from core.settings import Settings

PARTIAL = (".*.part", "*.partial")
OLD = 3600.0  # seconds: who writes a file is done with it by then
STUCK = 30.0  # seconds without a word of a process that writes one each second


async def look(settings: Settings, diagnosing: Diagnosing) -> AsyncIterator[tuple[str, Part]]:
    """The folder, its room, the database, the program that runs there."""
    folder = settings.DATA_DIR
    state = folder_state(folder)
    yield "folder", state
    if state.well is False:
        return
    if folder.is_dir():
        for part in await disk(folder):
            yield "disk", part
        if files := partials(folder):
            size = sum(one.lstat().st_size for one in files)
            yield "files", Part("PARTIALS", None, {"n": len(files), "free": size})
        for name, part in _running(diagnosing):
            yield name, part
    async for name, part in _database(settings):
        yield name, part


async def _database(settings: Settings) -> AsyncIterator[tuple[str, Part]]:
    try:
        async with storage_as_it_is(settings) as (database, current):
            yield "schema", Part({None: "TABLES_NEW", True: "TABLES", False: "TABLES_OLD"}[current], True)
            for part in await stored(database) if current else ():
                yield part.code.lower(), part
    except EarshotError as error:
        known = error.code in ("STORE_NEWER", "STORE_BROKEN", "STORE_URL")
        yield "schema", Part(error.code if known else "STORE_SILENT", False, {"path": error.values.get("x", "")})


def _running(diagnosing: Diagnosing) -> Iterator[tuple[str, Part]]:
    vitals = diagnosing.of_running()
    silent = 0.0
    with suppress(OSError):
        silent = time.time() - diagnosing.path.stat().st_mtime
    if vitals is not None and silent > STUCK:
        yield "program", Part("STUCK", False, {"seconds": round(silent)})
        return
    for part in process(vitals):
        yield "program", Part(part.code, None) if vitals is None else part


def folder_state(folder: Path) -> Part:
    """Whether the folder can be used, and who else may read it."""
    values = {"path": folder}
    try:
        mode = folder.stat().st_mode
    except FileNotFoundError:
        above = next(one for one in folder.absolute().parents if one.exists())
        able = above.is_dir() and os.access(above, os.W_OK | os.X_OK)
        return Part("DATA_NEW", None, values) if able else Part("DATA_MAKE", False, values)
    except OSError:
        return Part("DATA_MAKE", False, values)
    if not stat.S_ISDIR(mode):
        return Part("DATA_NO_FOLDER", False, values)
    if not os.access(folder, os.W_OK | os.X_OK):
        return Part("DATA_READONLY", False, values)
    if os.name == "posix" and mode & 0o077:
        return Part("DATA_OPEN", None, {**values, "mode": f"{stat.S_IMODE(mode):03o}"})
    return Part("DATA", True, values)


def partials(folder: Path) -> list[Path]:
    """Files that somebody who was killed had begun to write; never links, nothing that may still be written."""
    late = time.time() - OLD
    found = [path for pattern in PARTIAL for path in folder.rglob(pattern)]
    return [path for path in found if path.is_file() and not path.is_symlink() and path.lstat().st_mtime < late]


def mend(folder: Path, *, running: bool) -> Iterator[tuple[str, Part]]:
    """Do what is safe: make the folder, close it for others, remove what was left half done while nothing `running` may need it.
    Gives what was done."""
    state = folder_state(folder)
    try:
        if state.code == "DATA_NEW":
            prepare(folder)
            yield "made", Part("MADE", True, {"path": folder})
        elif state.code == "DATA_OPEN":
            folder.chmod(0o700)
            yield "closed", Part("SHUT", True, {"path": folder})
        files = partials(folder) if state.well is not False and not running else []
        for file in files:
            file.unlink(missing_ok=True)
        if files:
            yield "removed", Part("REMOVED", True, {"n": len(files)})
    except (OSError, EarshotError) as error:
        yield "fix", Part("NOT_MENDED", False, {"reason": getattr(error, "strerror", None) or str(error)})
