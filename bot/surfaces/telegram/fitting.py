"""Files that are larger than Telegram takes: a smaller copy or parts instead, and a word about it."""

import asyncio
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.card import Card, File
from bot.wording import Line, Words
from core.errors import EarshotError, Transient
from core.ports.media import Fitter

WAIT = 20.0  # seconds a post waits for its file; it goes on being made beside, and the next attempt finds it
PHOTO = 10_000_000  # bytes of a picture (Bot API, sendPhoto)


@dataclass
class Fitting:
    """`most` bytes go."""

    fitter: Fitter | None
    most: int
    _making: dict[Path, asyncio.Task[tuple[Path, ...]]] = field(default_factory=dict)

    def needed(self, card: Card) -> bool:
        """Whether `card` carries a file that is too large."""
        return any(_size(file) > self.most for file in card.files) or _too_much(card.picture)

    async def fitted(self, card: Card, words: Words) -> Card:
        """`card` with files that go. Raises Transient while one is still being made to fit."""
        files: list[File] = []
        notes: list[Line] = []
        for file in card.files:
            parts = await self._parts(file) if _size(file) > self.most else (file,)
            files += parts
            if not parts:
                notes.append(words.line("`{name}` is larger than Telegram takes; it stays with me.", name=file.name))
            elif len(parts) > 1:
                notes.append(
                    words.count("In {n} part, as Telegram takes it.", "In {n} parts, as Telegram takes it.", len(parts))
                )
            elif parts[0] is not file:
                notes.append(words.line("A smaller copy, as Telegram takes it."))
        picture = None if _too_much(card.picture) else card.picture
        return replace(card, files=tuple(files), picture=picture, body=(*card.body, *notes))

    async def _parts(self, file: File) -> tuple[File, ...]:
        """The file in files that go; none when that cannot be."""
        if self.fitter is None or file.path is None or not file.is_video:
            return ()
        making = self._making.get(file.path)
        if making is None:
            making = self._making[file.path] = asyncio.create_task(self.fitter.fit(file.path, self.most))
        try:
            paths = await asyncio.wait_for(asyncio.shield(making), WAIT)
        except TimeoutError as error:
            raise Transient("FITTING") from error
        except (EarshotError, OSError):
            paths = ()
        self._making.pop(file.path, None)
        return _files(file, paths)


def _files(file: File, paths: tuple[Path, ...]) -> tuple[File, ...]:
    """Each part with its name; how long it is as its share of the bytes says."""
    if len(paths) == 1:
        return (replace(file, path=paths[0]),)
    total, name = sum(path.stat().st_size for path in paths), Path(file.name)
    return tuple(
        replace(
            file,
            name=f"{name.stem}_{n}{name.suffix}",
            path=path,
            seconds=max(1.0, file.seconds * path.stat().st_size / total),
        )
        for n, path in enumerate(paths, 1)
    )


def _size(file: File) -> int:
    """Bytes; 0 for a file that is gone, which is found out when it is opened."""
    try:
        return file.path.stat().st_size if file.path else len(file.data)
    except (OSError, ValueError):  # ValueError: a name no file can have
        return 0


def _too_much(picture: Path | None) -> bool:
    return picture is not None and _size(File(picture.name, picture)) > PHOTO
