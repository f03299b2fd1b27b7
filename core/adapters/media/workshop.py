"""Where clips are made: two threads that copy packets, one that encodes what players of chats may not know."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

from core.adapters.media.clip import Note, write_clip
from core.adapters.media.opening import Patience
from core.adapters.media.plain import is_plain, make_plain
from core.adapters.media.ring import Stretch
from core.model.clip import Cut

T = TypeVar("T")
COPYING = 2
ENCODING = 1
"""At a time: encoding takes a core for a third of a clip's length, and lives must keep real time beside it."""


class Workshop:
    """Shared by all captures of a process. Clips that only have to be copied never wait for one that is encoded."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._ending = threading.Event()
        self._copying = ThreadPoolExecutor(COPYING, thread_name_prefix="clip")
        self._encoding = ThreadPoolExecutor(ENCODING, thread_name_prefix="encode")

    async def copying(self, work: Callable[[], T]) -> T:
        """Do `work` in a thread that copies."""
        return await asyncio.get_running_loop().run_in_executor(self._copying, work)

    async def make(self, stretch: Stretch, path: Path, note: Note) -> Cut:
        """`stretch` at `path` as H.264 and AAC. Raises what `write_clip` and `make_plain` raise."""
        if is_plain(stretch.shape):
            return await self.copying(lambda: write_clip(stretch, path, note))
        raw = path.with_name(f".{path.name}.raw.part")  # a killed process leaves it to `sweep`
        try:
            cut = await self.copying(lambda: write_clip(stretch, raw))
            loop = asyncio.get_running_loop()
            ending = self._ending.is_set
            work = partial(make_plain, cut, path, self._patience, note, ending=ending)
            return await loop.run_in_executor(self._encoding, work)
        finally:
            raw.unlink(missing_ok=True)

    def close(self) -> None:
        """End the threads; clips that are copied are finished first, one that is being encoded is given up, and those that wait for
        their turn are not begun."""
        self._ending.set()
        for pool in (self._copying, self._encoding):
            pool.shutdown(cancel_futures=True)
