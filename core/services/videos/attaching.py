"""Attaching: files that somebody hands over to be transcribed, kept until their job is over."""

import asyncio
import hashlib
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

from core.errors import Invalid, Missing, Transient
from core.model.person import Platform
from core.services.videos.ordering import Order

LARGEST_FILE = {Platform.CONSOLE: 2_000_000_000, Platform.DISCORD: 100_000_000, Platform.TELEGRAM: 20_000_000}
"""Bytes of a file that may be handed over. Telegram gives bots 20 MB; Discord's are read over the net by us; the console reads
a disk."""


@dataclass(frozen=True)
class Attaching:
    """Takes files into `folder`. The same file of a place is the same recording, by what is in it."""

    folder: Path

    async def take(
        self, platform: Platform, place: str, name: str, parts: AsyncIterator[bytes], order: Order, *, most: int = 0
    ) -> Order:
        """`order` for a file that comes in parts, kept until its job is over. `most`: bytes it may have, 0 for what is usual.
        Raises Invalid TOO_BIG (a, b), Transient DISK."""
        most, size, digest = most or LARGEST_FILE[platform], 0, hashlib.sha256(place.encode())
        path = self.folder / secrets.token_hex(8)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                async for part in parts:
                    size += len(part)
                    _check_size(size, most)
                    digest.update(part)
                    await asyncio.to_thread(file.write, part)
        except BaseException as error:  # whatever it was, nothing stays of a file that did not come whole
            path.unlink(missing_ok=True)
            if isinstance(error, OSError):
                raise Transient("DISK") from error
            raise
        return replace(order, video=_number(digest.hexdigest()), file=str(path), name=name, temporary=True)

    async def path(self, platform: Platform, place: str, path: Path, order: Order) -> Order:
        """`order` for a file on this machine, read where it lies. Raises Missing FILE_MISSING (x), Invalid TOO_BIG (a, b)."""

        def digest() -> tuple[str, str]:
            _check_size(path.stat().st_size, LARGEST_FILE[platform])
            made = hashlib.sha256(place.encode())
            with path.open("rb") as file:
                while part := file.read(1 << 20):
                    made.update(part)
            return made.hexdigest(), str(path.resolve())

        try:
            number, whole = await asyncio.to_thread(digest)
        except OSError as error:
            raise Missing("FILE_MISSING", x=path, reason=error.strerror or "it cannot be read") from error
        return replace(order, video=_number(number), file=whole, name=path.name)


def _number(digest: str) -> str:
    return f"file:{digest[:32]}"


def _check_size(size: int, most: int) -> None:
    if size > most:
        raise Invalid("TOO_BIG", a=round(size / 1_000_000), b=round(most / 1_000_000))
