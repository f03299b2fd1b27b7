"""Files that are there whole or not at all: written under a temporary name, synced, renamed."""

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import Denied, EarshotError, Missing, Transient

SUFFIX = ".part"
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
CLOSED = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})


@contextmanager
def landing(path: Path) -> Iterator[Path]:
    """A temporary name in the folder of `path`; when the block ends well, its file becomes `path`, else it goes.

    Raises Transient DISK or DISK_ERROR (x, reason), Denied DISK_CLOSED, Missing FOLDER_MISSING; `x` is the folder. A killed
    process leaves a file ending in `.part`: see `sweep`.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}{SUFFIX}")
    try:
        yield part
        _sync(part)
        part.replace(path)
        _sync(path.parent)
    except OSError as error:
        raise _fault(error, str(path.parent)) from error
    finally:
        part.unlink(missing_ok=True)


def sweep(folder: Path) -> int:
    """Remove what killed processes left in `folder`; how many files that were. Only while nobody writes there."""
    parts = list(folder.glob(f".*{SUFFIX}"))
    for part in parts:
        part.unlink(missing_ok=True)
    return len(parts)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _fault(error: OSError, folder: str) -> EarshotError:
    """The error of Earshot for `error`, raised while something was written into `folder`."""
    if error.errno in FULL:
        return Transient("DISK", x=folder)
    if error.errno in CLOSED:
        return Denied("DISK_CLOSED", x=folder)
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return Missing("FOLDER_MISSING", x=folder)
    return Transient("DISK_ERROR", x=folder, reason=(error.strerror or str(error)).lower())
