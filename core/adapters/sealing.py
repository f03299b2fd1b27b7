"""Sealing: secrets of people as they may be stored, under keys of the owner that are not in the database."""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from core.errors import Denied


class Sealing:
    """Fernet (AES-128-CBC and HMAC-SHA256) with `keys`, newest first: the newest seals, each of them opens."""

    def __init__(self, keys: Sequence[str]) -> None:
        from cryptography.fernet import Fernet, MultiFernet  # only where somebody can sign in

        self._newest, self._all = Fernet(keys[0]), MultiFernet([Fernet(key) for key in keys])

    def seal(self, secret: str) -> bytes:
        """`secret` sealed with the newest key."""
        return self._newest.encrypt(secret.encode())

    def open(self, sealed: bytes) -> str:
        """The secret. Raises Denied LINK_SEALED when no key opens it."""
        from cryptography.fernet import InvalidToken

        try:
            return self._all.decrypt(sealed).decode()
        except InvalidToken as error:
            raise Denied("LINK_SEALED") from error

    def renewed(self, sealed: bytes) -> bytes:
        """The same secret under the newest key; the same bytes where it is already, or where no key opens it."""
        from cryptography.fernet import InvalidToken

        try:
            self._newest.decrypt(sealed)
        except InvalidToken:
            try:
                return self._all.rotate(sealed)
            except InvalidToken:
                return sealed
        return sealed


def key_in(path: Path) -> str:
    """The Fernet key in a file of ours, made (mode 600) when there is none; the one of another process that was faster. Raises
    OSError, ValueError for a file that holds none."""
    from cryptography.fernet import Fernet

    if not path.exists():
        number, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)  # mode 600
        with os.fdopen(number, "wb") as file:
            file.write(Fernet.generate_key())
            file.flush()
            os.fsync(number)
        try:
            os.link(name, path)
        except FileExistsError:
            pass
        finally:
            os.unlink(name)
    key = path.read_text("ascii").strip()
    Fernet(key)
    return key
