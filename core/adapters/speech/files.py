"""Speech kept in files: Opus, 3 kB a second."""

import asyncio
from contextlib import suppress
from pathlib import Path

from core.errors import Missing, Transient


class OpusFiles:
    """Writes and reads them in threads; the media library is imported with the first."""

    async def write(self, pcm: bytes, path: Path) -> None:
        """See SoundFiles."""
        await asyncio.to_thread(_write, pcm, path)

    async def read(self, path: Path) -> bytes:
        """See SoundFiles."""
        return await asyncio.to_thread(_read, path)


def _write(pcm: bytes, path: Path) -> None:
    from core.adapters.speech.opus import packed

    beside = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(packed(pcm))
        beside.replace(path)
    except OSError as error:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise Transient("DISK") from error


def _read(path: Path) -> bytes:
    from core.adapters.speech.opus import unpacked

    try:
        file = path.read_bytes()
    except OSError as error:
        raise Missing("SOUND_GONE", x=path.name) from error
    return unpacked(file)
