"""Who is who in a chat without knowing anybody: TikTok's numbers as keyed hashes.

What is stored is a hash of the number under a key of this installation that is not in the database; what a place is shown is
a second hash of that, salted with the place. So one place recognises a person over its lives, and two places that lay
side by side what they were shown cannot compare people.
"""

import os
import secrets
import tempfile
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

from core.errors import Denied, Transient
from core.model.live import Chatter

KEY_BYTES = 32
DIGEST_BYTES = 12  # 24 hex digits: 10^9 people collide once in 10^11 installations
REMEMBERED = 8_192  # people whose hash is kept: a busy chat is many lines of few


class Chatters:
    """Hashes under the key in the file `path`, which is made (mode 600) when it is first needed.

    Whoever needs the key gets Denied DATA_READONLY when the folder cannot be written to, Transient DISK when it is full.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._key = b""
        self.key_of = lru_cache(REMEMBERED)(self._key_of)
        self.shown = lru_cache(REMEMBERED)(self._shown)

    def _key_of(self, number: str) -> str:
        """What is stored of TikTok's number, empty for none."""
        return (
            blake2b(number.encode("utf-8", "replace"), key=self._opened(), digest_size=DIGEST_BYTES).hexdigest()
            if number
            else ""
        )

    def _shown(self, handle: str, key: str, place: str) -> Chatter:
        """A chatter as `place` sees them: `id` is the place's own pseudonym, empty without a place or a key."""
        if not key or not place:
            return Chatter(handle)
        told = f"{place}\n{key}".encode()
        return Chatter(handle, blake2b(told, key=self._opened(), digest_size=DIGEST_BYTES).hexdigest())

    def _opened(self) -> bytes:
        if not self._key:
            try:
                self._key = _read(self._path) or _made(self._path)
            except PermissionError as error:
                raise Denied("DATA_READONLY", x=str(self._path.parent)) from error
            except OSError as error:
                raise Transient("DISK") from error
        return self._key


def _read(path: Path) -> bytes:
    """The key; nothing when there is none, or what is there is none."""
    try:
        key = path.read_bytes()
    except FileNotFoundError:
        return b""
    return key if len(key) == KEY_BYTES else b""


def _made(path: Path) -> bytes:
    """A new key, whole or not at all; the one of another process that was faster."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)  # mode 600
    try:
        with os.fdopen(number, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(name, path)
        except FileExistsError:
            if not _read(path):
                os.replace(name, path)
    finally:
        Path(name).unlink(missing_ok=True)
    return _read(path)
