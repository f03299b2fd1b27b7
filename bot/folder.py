"""The data folder: made with mode 700, and used by one running Earshot at a time."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from core.errors import Denied, Invalid


def prepare(folder: Path) -> Path:
    """The folder, made when it is new. Raises Invalid DATA_NO_FOLDER, Denied DATA_READONLY or Denied DATA_MAKE."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except FileExistsError as error:
        raise Invalid("DATA_NO_FOLDER", x=folder) from error
    except OSError as error:
        raise Denied("DATA_MAKE", x=folder, reason=error.strerror) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise Denied("DATA_READONLY", x=folder)
    return folder


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Be the only Earshot that runs on `folder`; the lock is the system's and dies with the process. Raises Denied SECOND_RUN."""
    lock = FileLock(folder / "run.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise Denied("SECOND_RUN", x=folder) from error
    except OSError as error:
        raise Denied("DATA_READONLY", x=folder) from error
    try:
        yield
    finally:
        lock.release()
