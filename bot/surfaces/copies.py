"""Smaller copies and parts of files that are too large for a chat: each made once, however many posts wait for it."""

import asyncio
import logging
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.card import Card, File
from bot.wording import Words
from core.errors import EarshotError, Transient
from core.ports.media import Fitter

log = logging.getLogger(__name__)
AGAIN = 3.0  # seconds until a post asks anew for a copy that is still being made


@dataclass
class Copies:
    """Without `fitter` nothing can be made smaller. A post waits `patience` seconds; the copy is made on meanwhile."""

    fitter: Fitter | None
    patience: float
    _making: dict[tuple[Path, int], "asyncio.Task[tuple[Path, ...]]"] = field(default_factory=dict)

    async def of(self, file: File, most: int) -> tuple[Path, ...]:
        """What stands for a video, in files of at most `most` bytes; none when it cannot be made to fit. Raises Transient FITTING
        while it takes its time."""
        if self.fitter is None or file.path is None or not file.is_video:
            return ()
        key = (file.path, most)
        task = self._making.get(key)
        if task is None:
            task = self._making[key] = asyncio.create_task(_made(self.fitter, file.path, most))
            task.add_done_callback(lambda _: self._making.pop(key, None))
        try:
            async with asyncio.timeout(self.patience):
                return await asyncio.shield(task)
        except TimeoutError as error:
            raise Transient("FITTING", AGAIN) from error


async def _made(fitter: Fitter, path: Path, most: int) -> tuple[Path, ...]:
    try:
        made = await fitter.fit(path, most)
    except (EarshotError, OSError) as error:
        log.warning("%s cannot be made to fit %d bytes: %s", path.name, most, error)
        return ()
    return made if all(0 < length(one) <= most for one in made) else ()


def told_gone(card: Card, words: Words) -> Card:
    """`card` without files that are not there any more, and a word about that: posts of clips outlive their files."""
    there = tuple(file for file in card.files if file.path is None or length(file.path) >= 0)
    if len(there) == len(card.files):
        return card
    said = words.line("The file is not here any more: clips go with their age, or when somebody deletes them.")
    return replace(card, files=there, body=(*card.body, said))


def length(path: Path) -> int:
    """Bytes of a file; -1 when it is not there."""
    try:
        return path.stat().st_size if path.is_file() else -1
    except (OSError, ValueError):  # ValueError: a name no file can have
        return -1
