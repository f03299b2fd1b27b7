"""Sweeping: files nobody needs any more are removed from the folders they were made in; links are never followed."""

import logging
import os
import re
import shutil
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Swept:
    """How many files went, and their bytes."""

    files: int = 0
    size: int = 0

    def __add__(self, other: "Swept") -> "Swept":
        return Swept(self.files + other.files, self.size + other.size)


@dataclass(frozen=True)
class Found:
    """A file as it was found; `changed` is when it was written last, in nanoseconds of Unix time."""

    path: Path
    size: int
    changed: int


def inside(folder: Path) -> list[Path]:
    """What is in a folder; nothing when it is not there, cannot be read, or is a link to somewhere else."""
    with suppress(OSError):
        return list(folder.iterdir()) if not folder.is_symlink() else []
    return []


def called(folder: Path, name: re.Pattern[str]) -> list[Found]:
    """The files of a folder whose whole names match, none of those below it."""
    found = []
    for path in inside(folder):
        with suppress(OSError):
            about = path.lstat()
            if name.fullmatch(path.name) and path.is_file() and not path.is_symlink():
                found.append(Found(path, about.st_size, about.st_mtime_ns))
    return found


def remove_found(found: Iterable[Found]) -> Swept:
    """Remove files that still are as they were found: one that was made anew since is needed."""
    swept = Swept()
    for one in found:
        try:
            if one.path.lstat().st_mtime_ns == one.changed:
                one.path.unlink()
                swept += Swept(1, one.size)
        except FileNotFoundError:
            continue
        except OSError as error:
            log.warning("%s stays: %s", one.path.name, error)
    return swept


def remove(path: Path, older: timedelta) -> Swept:
    """Remove a file, or a folder with all there is in it, that nobody has changed for so long."""
    with suppress(OSError):
        about = path.lstat()
        if time.time() - about.st_mtime > older.total_seconds():
            if path.is_dir() and not path.is_symlink():
                held = _held(path)
                shutil.rmtree(path, ignore_errors=True)
                return held
            path.unlink()
            return Swept(1, about.st_size)
    return Swept()


def _held(folder: Path) -> Swept:
    """All files below a folder."""
    found = [Path(parent) / name for parent, _, names in os.walk(folder) for name in names]
    return sum((Swept(1, path.lstat().st_size) for path in found), Swept())
