"""Capsules: the files evidence is frozen in. They are written and read piece by piece, however large the clip in them is."""

import hashlib
import json
import os
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict, is_dataclass
from datetime import datetime
from enum import Enum
from io import BufferedReader
from pathlib import Path
from typing import IO, Any

from core.errors import Transient
from core.matching.quoting import Quotes
from core.model.clip import Clip
from core.model.evidence import Evidence
from core.model.risk import Alert

MANIFEST = "MANIFEST.sha256"
CLIP = "clip.mp4"
CHAT = "chat.json"
LARGEST_CLIP = 100_000_000  # bytes; a larger one stays where it is, and the capsule says so
PIECE = 1 << 18  # bytes copied at once


def frozen(folder: Path, alert: Alert, files: Mapping[str, Any], clip: Clip | None, now: datetime) -> Evidence:
    """Write the capsule: whole or not there, and under a name that tells it from any other. Of a clip that went meanwhile it says
    nothing. Raises Transient DISK."""
    made = {name: json.dumps(_plain(value), ensure_ascii=False, indent=1).encode() for name, value in files.items()}
    try:
        with ExitStack() as stack:
            shown = stack.enter_context(clip.path.open("rb")) if clip is not None and _fits(clip) else None
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(".part", ".", folder)
            beside = Path(name)
            stack.callback(beside.unlink, missing_ok=True)
            with open(handle, "w+b") as written:
                _write(written, made, shown)
                written.flush()
                os.fsync(written.fileno())
                size = written.tell()
                written.seek(0)
                digest = hashlib.file_digest(written, "sha256").hexdigest()
            file = f"{alert.id}-{digest[:12]}.zip"
            beside.chmod(0o400)
            beside.replace(folder / file)
            _settled(folder)
    except OSError as error:
        raise Transient("DISK", reason=error.strerror or str(error)) from error
    return Evidence(0, alert.place, alert.id, now, "", file, size, digest, shown is not None, alert.restricted)


def changed(path: Path, digest: str) -> tuple[str, ...]:
    """What of a capsule is not as it was frozen."""
    try:
        with path.open("rb") as whole:
            if hashlib.file_digest(whole, "sha256").hexdigest() == digest:
                return ()
        with zipfile.ZipFile(path) as zipped:
            lines = zipped.read(MANIFEST).decode().splitlines()
            sums = {name: given for given, _, name in (line.partition("  ") for line in lines)}
            there = set(zipped.namelist())
            wrong = [name for name in sums if name not in there or _digest(zipped, name) != sums[name]]
    except (zipfile.BadZipFile, KeyError, ValueError, OSError):
        return (path.name,)
    return tuple(wrong) or (path.name,)


def written_in(path: Path, lines: Quotes) -> bool:
    """Whether one of these lines is in the chat of a capsule; also where nobody can tell, because it is broken or gone."""
    try:
        with zipfile.ZipFile(path) as zipped:
            return any(line["text"] in lines for line in json.loads(zipped.read(CHAT)))
    except KeyError:  # it is of no live, and has no chat
        return False
    except (zipfile.BadZipFile, zlib.error, TypeError, ValueError, OSError):
        return True


def _fits(clip: Clip) -> bool:
    """Whether it is there, and small enough."""
    return clip.size <= LARGEST_CLIP and clip.path.is_file()


def _write(written: IO[bytes], made: Mapping[str, bytes], shown: BufferedReader | None) -> None:
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in made.items()}
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in made.items():
            zipped.writestr(name, content)
        if shown is not None:
            sums[CLIP] = hashlib.file_digest(shown, "sha256").hexdigest()
            shown.seek(0)
            with zipped.open(zipfile.ZipInfo(CLIP), "w") as copy:  # stored: a video does not get smaller
                shutil.copyfileobj(shown, copy, PIECE)
        zipped.writestr(MANIFEST, "".join(f"{digest}  {name}\n" for name, digest in sums.items()))


def _settled(folder: Path) -> None:
    """The name of a new file outlasts a loss of power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _digest(zipped: zipfile.ZipFile, name: str) -> str:
    with zipped.open(name) as content:
        return hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]  # it reads into buffers too


def _plain(value: Any) -> Any:
    """A value of the model as JSON has it."""
    if is_dataclass(value) and not isinstance(value, type):
        return {name: _plain(one) for name, one in asdict(value).items()}
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    return value if isinstance(value, str | int | float | bool | None) else str(value)
