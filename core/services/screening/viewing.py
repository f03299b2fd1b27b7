"""Viewing: the frames of a file are looked at, by a model where there is one, and compared with what was rejected."""

import asyncio
import logging
from dataclasses import dataclass
from pathlib import Path

from core.errors import Denied, EarshotError
from core.model.screening import Seen
from core.ports.assessor import Spent, spent_of
from core.ports.media import Frame, Pictures
from core.ports.vision import Viewer
from core.services.assessing.paying import Purse

log = logging.getLogger(__name__)
FRAMES = 8
USED_UP = "JUDGE_SPENT"
"""Why nobody looked: the place has used up what models may cost it a day."""

LONGEST = 40.0
"""Seconds for everything: a post waits for it. What takes longer came to nothing."""


@dataclass(frozen=True)
class Viewing:
    """`viewer` None: no model that sees is set up, and frames are only remembered by their hashes. What it costs comes out of
    `purse`."""

    pictures: Pictures
    viewer: Viewer | None = None
    longest: float = LONGEST
    purse: Purse | None = None

    async def look(self, place: str, path: Path, words: str, display: str) -> Seen:
        """What a file shows, for a place; one that has used up its budget of today has no model that sees. Never raises for what it
        holds or for what the model does: a look that came to nothing says why."""
        hashes: tuple[int, ...] = ()
        try:
            async with asyncio.timeout(self.longest):
                frames = await self.pictures.frames(path, FRAMES)
                hashes = tuple(dict.fromkeys(frame.hash for frame in frames if frame.hash is not None))
                return await self._shown(place, frames, hashes, words, display)
        except (EarshotError, TimeoutError) as error:
            code = error.code if isinstance(error, EarshotError) else "TIMEOUT"
            if code == "NO_PICTURE":
                return Seen(blind=True)
            log.info("%s was not looked at: %s", path.name, error or code)
            gone = self.viewer is None or isinstance(error, Denied)
            return Seen(engine=self.viewer.name if self.viewer else "", hashes=hashes, fault=code, gone=gone)

    async def _shown(
        self, place: str, frames: tuple[Frame, ...], hashes: tuple[int, ...], words: str, display: str
    ) -> Seen:
        if self.viewer is None:
            return Seen(hashes=hashes)
        if self.purse is not None and not await self.purse.payers((place,)):
            return Seen(engine=self.viewer.name, hashes=hashes, fault=USED_UP, gone=True)
        try:
            sight = await self.viewer.view(frames, words, display)
        except EarshotError as error:
            await self._pay(place, self.viewer, spent_of(error))
            raise
        await self._pay(place, self.viewer, sight.spent)
        return Seen(
            sight.frames,
            sight.found,
            sight.reason,
            self.viewer.name,
            sight.policy,
            hashes,
            gone=False,
            doubtful=sight.doubtful,
            dollars=sight.spent.dollars,
        )

    async def _pay(self, place: str, viewer: Viewer, spent: Spent) -> None:
        if self.purse is not None:
            await self.purse.pay((place,), viewer.name, spent)
