"""Stills: the picture a clip shows before it plays, beside its file."""

import asyncio
import logging
from dataclasses import dataclass
from pathlib import Path

from core.errors import EarshotError
from core.ports.media import Pictures

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Stills:
    """Makes `ID.jpg` beside `ID.mp4`. A clip without a picture, or one that cannot be read, goes without."""

    pictures: Pictures

    async def beside(self, path: Path) -> None:
        """Make it, once."""
        still = path.with_suffix(".jpg")
        try:
            if not await asyncio.to_thread(still.exists):
                data = await self.pictures.thumbnail(path)
                await asyncio.to_thread(_write, data, still)
        except (EarshotError, OSError) as error:
            log.info("%s goes without a still: %s", path.name, error)


def _write(data: bytes, path: Path) -> None:
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
