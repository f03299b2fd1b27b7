"""Picturing: TikTok's pictures fetched once and kept for a day, so that posts can carry them as bytes."""

import asyncio
import hashlib
import logging
import os
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from core.ports.clock import Clock
from core.ports.tiktok import Stills

log = logging.getLogger(__name__)
KEPT = 24 * 3600.0  # seconds
SWEEP_EVERY = 3600.0
MOST = 2_000  # files: at 2 MB each they could fill a disk


@dataclass
class Picturing:
    """Pictures in `folder`, which holds nothing else."""

    stills: Stills
    clock: Clock
    folder: Path
    _coming: dict[str, "asyncio.Task[Path | None]"] = field(default_factory=dict)

    async def run(self) -> None:
        """Let go of what is a day old, until cancelled. A folder that cannot be read or emptied ends nothing."""
        while True:
            try:
                await asyncio.to_thread(self.sweep)
            except OSError as error:
                log.warning("pictures cannot be tidied up: %s", error)
            await self.clock.sleep(SWEEP_EVERY)

    async def get(self, address: str) -> Path | None:
        """The picture at `address`: as it was fetched less than a day ago, else fetched now; None where there is none to be had.
        Whoever asks for the same one at the same time waits for the same answer."""
        name = _name(address)
        if not name:
            return None
        if (known := self._kept(name)) is not None:
            return known
        task = self._coming.get(name)
        if task is None:
            task = self._coming[name] = asyncio.create_task(self._fetch(address, name))
            task.add_done_callback(lambda _: self._coming.pop(name, None))
        return await asyncio.shield(task)

    def sweep(self) -> int:
        """Remove what is older than a day, and the oldest beyond what is kept; how many files that were."""
        if not self.folder.is_dir():
            return 0
        files = sorted(self.folder.iterdir(), key=_fetched, reverse=True)
        old = [file for n, file in enumerate(files) if n >= MOST or not self._fresh(file)]
        for file in old:
            file.unlink(missing_ok=True)
        return len(old)

    async def _fetch(self, address: str, name: str) -> Path | None:
        path = await self.stills.fetch(address, self.folder, name)
        try:
            if path is not None:
                now = self.clock.now().timestamp()
                os.utime(path, (now, now))  # its age is counted on the same clock
        except OSError:
            return None
        return path

    def _kept(self, name: str) -> Path | None:
        return next((file for file in self.folder.glob(f"{name}.*") if self._fresh(file)), None)

    def _fresh(self, file: Path) -> bool:
        return self.clock.now().timestamp() - _fetched(file) < KEPT


def _fetched(file: Path) -> float:
    """When it was fetched; long ago for one that went while it was looked at."""
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0


def _name(address: str) -> str:
    """The same for one picture however its address is signed; empty for no address."""
    try:
        path = urlsplit(address).path
    except ValueError:
        return ""
    return hashlib.blake2b(path.encode("utf-8", "replace"), digest_size=12).hexdigest() if path else ""
