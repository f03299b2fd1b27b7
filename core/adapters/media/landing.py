"""Files that are there whole or not at all: written under a temporary name, synced, renamed."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.adapters.media.faults import disk_fault

SUFFIX = ".part"


@contextmanager
def landing(path: Path) -> Iterator[Path]:
    """A temporary name in the folder of `path`; when the block ends well, its file becomes `path`, else it goes.

    Raises Transient DISK when the disk is full, Denied DISK_CLOSED when it may not be written. A killed process leaves a
    file ending in `.part`: see `sweep`.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}{SUFFIX}")
    try:
        yield part
        _sync(part)
        part.replace(path)
        _sync(path.parent)
    except OSError as error:
        raise disk_fault(error, str(path.parent)) from error
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
