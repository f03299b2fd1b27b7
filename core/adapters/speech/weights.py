"""The folder `models` of the data folder: which weights of faster-whisper there are, whether they are whole, and fetching them."""

import json
import shutil
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from filelock import FileLock, Timeout

from core.adapters.speech.hub import Hub, Part
from core.errors import Denied, Invalid, Missing, Transient
from core.model.weights import Presence, Weights
from core.ports.clock import Clock
from core.ports.weights import Watch

MANIFEST = "manifest.json"
"""Lists the files of fetched weights with their sizes and where they came from; what somebody dropped in has none."""

NEEDED = ("config.json", "tokenizer.json", "model.bin")
WORDS = ("vocabulary.json", "vocabulary.txt")
"""One of the two. Without tokenizer.json faster-whisper would fetch another one from the net."""

OPTIONAL = ("preprocessor_config.json", *WORDS)
PART = ".part"
ROOM = 64_000_000  # bytes that stay free besides
BINARY_VERSION = 6  # of CTranslate2's files: what 4.8 reads


@dataclass(frozen=True)
class Source:
    """Where a model comes from: a repository of the hub, and about how many megabytes it has there."""

    repository: str
    megabytes: int
    english: bool = False


SOURCES = {
    "tiny": Source("Systran/faster-whisper-tiny", 78),
    "base": Source("Systran/faster-whisper-base", 148),
    "distil-small.en": Source("Systran/faster-distil-whisper-small.en", 336, english=True),
    "small": Source("Systran/faster-whisper-small", 486),
    "distil-medium.en": Source("Systran/faster-distil-whisper-medium.en", 792, english=True),
    "distil-large-v3": Source("Systran/faster-distil-whisper-large-v3", 1_516, english=True),
    "medium": Source("Systran/faster-whisper-medium", 1_531),
    "large-v3-turbo": Source("mobiuslabsgmbh/faster-whisper-large-v3-turbo", 1_621),
    "large-v3": Source("Systran/faster-whisper-large-v3", 3_091),
}
"""By size. The repositories are those faster-whisper 1.2.1 itself names."""


class WhisperShelf:
    """Weights under `folder`, one folder a model. `hub` is where they are fetched from; `free` gives the free bytes of a disk.

    A fetch gathers its files in NAME.part, which becomes NAME when all of them are whole: half a model is never used.
    """

    def __init__(
        self,
        folder: Path,
        endpoint: str,
        clock: Clock,
        free: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free,
    ) -> None:
        self.folder = folder
        self._hub = Hub(endpoint, clock)
        self._free = free

    def all(self) -> tuple[Weights, ...]:
        """See Shelf."""
        found = [path.name for path in self.folder.iterdir() if _is_model(path)] if self.folder.is_dir() else []
        others = sorted(name for name in found if name not in SOURCES)
        return tuple(self._look(name) for name in (*SOURCES, *others))

    def of(self, name: str) -> Weights:
        """See Shelf."""
        if name not in SOURCES and not (_is_plain(name) and _is_model(self.folder / name)):
            raise Missing("MODEL", x=name, list=", ".join(SOURCES))
        return self._look(name)

    def path(self, name: str) -> Path:
        """Where the weights of a model are, or would be."""
        return self.folder / name

    def check(self, name: str) -> None:
        """Whether they could be loaded, as far as their files tell. Raises Missing NO_WEIGHTS (x), Invalid WEIGHTS_BROKEN (x, file,
        reason)."""
        known = self.of(name)
        if known.presence in (Presence.AWAY, Presence.PART):
            raise Missing("NO_WEIGHTS", x=name)
        file, reason = _fault(self.path(name), thorough=True) or ("", "")
        if file:
            raise Invalid("WEIGHTS_BROKEN", x=name, file=file, reason=reason)

    async def get(self, name: str, watch: Watch) -> Weights:
        """See Shelf."""
        known = self.of(name)
        if known.presence is Presence.HERE and _fault(self.path(name), thorough=True) is None:
            watch(known.size, known.size)
            return known
        if not known.known:
            raise Missing("WEIGHTS_GONE", host=self._hub.host)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with FileLock(self.folder / f"{name}.lock", timeout=0):
                await self._fetch(name, watch)
        except Timeout as error:
            raise Denied("WEIGHTS_TWICE", x=name) from error
        except OSError as error:
            raise Transient("DISK") from error
        return self.of(name)

    async def _fetch(self, name: str, watch: Watch) -> None:
        part = self.folder / f"{name}{PART}"
        part.mkdir(exist_ok=True)
        async with self._hub.opened(SOURCES[name].repository) as repository:
            files = await repository.files(NEEDED, OPTIONAL)
            if not {file.name for file in files} & set(WORDS):
                raise Missing("WEIGHTS_GONE", host=self._hub.host)
            self._begin(part, files)
            total, here = sum(file.size for file in files), sum(_got(part / file.name, file.size) for file in files)
            self._check_room(name, total - here)
            watch(here, total)
            for file in files:
                others = here - _got(part / file.name, file.size)
                await repository.get(file, part / file.name, partial(_pass_on, watch, others, total))
                here = others + file.size
        self._finish(name, part)

    def _begin(self, part: Path, files: list[Part]) -> None:
        """Note what is being fetched; what was begun of another version of a file is of no use."""
        said = {file.name: {"size": file.size, "version": file.version} for file in files}
        before = _read(part / MANIFEST).get("files", {})
        for file in files:
            if before.get(file.name) != said[file.name]:
                (part / file.name).unlink(missing_ok=True)
        text = json.dumps({"source": self._hub.host, "files": said}, indent=1)
        (part / MANIFEST).write_text(text, encoding="utf-8")

    def _check_room(self, name: str, need: int) -> None:
        free = self._free(self.folder)
        if free < need + ROOM:
            raise Denied("WEIGHTS_ROOM", x=name, need=_megabytes(need + ROOM), free=_megabytes(free))

    def _finish(self, name: str, part: Path) -> None:
        """All files are there: they become the model, if they make one."""
        if (fault := _fault(part, thorough=True)) is not None:
            (part / fault[0]).unlink(missing_ok=True)
            raise Transient("WEIGHTS_DOWN", host=self._hub.host)
        whole, old = self.path(name), self.folder / f"{name}.old{PART}"
        shutil.rmtree(old, ignore_errors=True)
        if whole.exists():
            whole.rename(old)
        part.rename(whole)
        shutil.rmtree(old, ignore_errors=True)
        (self.folder / f"{name}.lock").unlink(missing_ok=True)

    def _look(self, name: str) -> Weights:
        source, path = SOURCES.get(name), self.path(name)
        about = source.megabytes * 1_000_000 if source else 0
        english = source is not None and source.english
        if _is_model(path):
            size = _size(path)
            fault = _fault(path)
            presence = Presence.BROKEN if fault else Presence.HERE
            said = f"{fault[0]}: {fault[1]}" if fault else ""
            return Weights(name, size, presence, size, english, said, source is not None)
        part = self.folder / f"{name}{PART}"
        files = _read(part / MANIFEST).get("files", {})
        if files:
            got = sum(_got(part / file, int(said["size"])) for file, said in files.items())
            total = sum(int(said["size"]) for said in files.values())
            return Weights(name, total, Presence.PART, got, english)
        return Weights(name, about, english=english)


def _pass_on(watch: Watch, others: int, total: int, count: int) -> None:
    watch(others + count, total)


def _is_plain(name: str) -> bool:
    """Whether it is a name, not a way out of the folder."""
    return bool(name) and not name.startswith(".") and name == Path(name).name and not name.endswith(PART)


def _is_model(path: Path) -> bool:
    return path.is_dir() and not path.name.startswith(".") and path.suffix != PART


def _got(path: Path, size: int) -> int:
    """How much of a file is here; more than it has is nothing."""
    with suppress(OSError):
        here = path.stat().st_size
        return here if here <= size else 0
    return 0


def _size(path: Path) -> int:
    """Of the files faster-whisper reads."""
    return sum((path / file).stat().st_size for file in (*NEEDED, *OPTIONAL) if (path / file).is_file())


def _read(path: Path) -> dict[str, Any]:
    """A file of JSON; nothing for one that is missing or says nothing of use."""
    with suppress(OSError, ValueError, RecursionError):
        said = json.loads(path.read_text(encoding="utf-8"))
        return said if isinstance(said, dict) else {}
    return {}


def _fault(path: Path, *, thorough: bool = False) -> tuple[str, str] | None:
    """The first file that is wrong, and how: missing, or not of its size; thoroughly: not of its form. None: none is."""
    for file in NEEDED:
        if not (path / file).is_file():
            return file, "it is missing"
    if not any((path / file).is_file() for file in WORDS):
        return WORDS[0], "it is missing"
    for file, said in _read(path / MANIFEST).get("files", {}).items():
        if _is_plain(file) and (not (path / file).is_file() or (path / file).stat().st_size != said.get("size")):
            return file, "it was cut short or changed"
    return _odd(path) if thorough else None


def _odd(path: Path) -> tuple[str, str] | None:
    for file in ("config.json", "tokenizer.json"):
        if not _read(path / file):
            return file, "it is no JSON"
    with (path / "model.bin").open("rb") as model:
        reason = _wrong(model, (path / "model.bin").stat().st_size)
    return ("model.bin", reason) if reason else None


def _wrong(model: BinaryIO, size: int) -> str:
    """What is wrong with a model of CTranslate2, told by the lengths it names; empty when they end where the file does. The library
    believes these lengths, and would ask for as much memory."""
    try:
        version = _number(model, "<I")
        if not 2 <= version <= BINARY_VERSION:
            return "it is no model of CTranslate2, or one of a newer version"
        if _text(model).rstrip("\0") != "WhisperSpec":
            return "it is no Whisper model"
        _number(model, "<I")  # the revision
        for _ in range(_number(model, "<I")):
            _text(model)
            model.seek(4 * _number(model, "<B"), 1)  # the shape
            kind, count = _number(model, "<B"), _number(model, "<I")
            model.seek(count if version >= 4 else kind * count, 1)
            if model.tell() > size:
                return "it was cut short"
    except (struct.error, UnicodeDecodeError):
        return "it was cut short or changed"
    return ""


def _number(model: BinaryIO, form: str) -> int:
    return int(struct.unpack(form, model.read(struct.calcsize(form)))[0])


def _text(model: BinaryIO) -> str:
    return model.read(_number(model, "<H")).decode("ascii")


def _megabytes(size: int) -> int:
    return -(-size // 1_000_000)
