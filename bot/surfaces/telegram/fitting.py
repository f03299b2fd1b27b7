"""Files that are larger than Telegram takes: a smaller copy or parts instead, and a word about it."""

from dataclasses import dataclass, replace
from pathlib import Path

from bot.card import Card, File
from bot.surfaces.copies import Copies, length
from bot.surfaces.linking import watchable
from bot.wording import Line, Words
from core.services.clipping.showing import OPEN

WAIT = 20.0  # seconds a post waits for its file
PHOTO = 10_000_000  # bytes of a picture (Bot API, sendPhoto)


@dataclass(frozen=True)
class Fitting:
    """`most` bytes go."""

    copies: Copies
    most: int

    def needed(self, card: Card) -> bool:
        """Whether `card` carries a file that is too large."""
        return any(_size(file) > self.most for file in card.files) or _too_much(card.picture)

    async def fitted(self, card: Card, words: Words) -> Card:
        """`card` with files that go. Raises Transient while one is still being made to fit."""
        files: list[File] = []
        notes: list[Line] = []
        for file in card.files:
            parts = await self._parts(file) if _size(file) > self.most else (file,)
            if parts != (file,) and file.link:
                card = watchable(card, file, words)
                parts = parts if len(parts) == 1 else ()
            files += parts
            if not parts and file.link:
                notes.append(
                    words.line(
                        "Larger than Telegram takes. The whole of it is one press away, for {n} days.", n=OPEN.days
                    )
                )
            elif not parts:
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
        return _files(file, await self.copies.of(file, self.most))


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
    return max(0, length(file.path)) if file.path else len(file.data)


def _too_much(picture: Path | None) -> bool:
    return picture is not None and length(picture) > PHOTO
