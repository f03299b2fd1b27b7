"""Files made to fit: what is gone is left out, what is too large becomes a smaller copy or parts, and the card says so.

Discord's limit is one for each file: 10 MiB, more in boosted servers; the interaction and the server say how much.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.card import Card, File
from bot.surfaces.copies import Copies, length, told_gone
from bot.surfaces.linking import watchable
from bot.wording import Line, Words
from core.services.clipping.showing import OPEN

USUAL = 10 * 1024 * 1024  # bytes of a file where nobody says more
PATIENCE = 25.0  # seconds a post waits for a smaller copy before it is tried again


@dataclass(frozen=True)
class Fit:
    """A card whose files fit, and the files that follow it in messages of their own."""

    card: Card
    more: tuple[File, ...] = ()


@dataclass(frozen=True)
class Fitting:
    """Makes cards fit. What cannot be made smaller is left out."""

    copies: Copies

    async def fit(self, card: Card, most: int, words: Words) -> Fit:
        """`card` with files of at most `most` bytes each. Raises Transient FITTING while a copy takes its time."""
        card = told_gone(card, words)
        files: list[File] = []
        more: list[File] = []
        said: list[Line] = []
        for file in card.files:
            size = size_of(file)
            if size is None:
                continue
            if size <= most:
                files.append(file)
                continue
            parts, line = await self._smaller(file, size, most, words)
            files += parts[:1]
            more += parts[1:]
            said.append(line)
            card = watchable(card, file, words)
        picture, face = (one if one and 0 < length(one) <= most else None for one in (card.picture, card.face))
        body = (*card.body, *said) if said and not files else card.body
        foot = _joined(card.foot, said, words) if said and files else card.foot
        return Fit(replace(card, body=body, foot=foot, files=tuple(files), picture=picture, face=face), tuple(more))

    async def _smaller(self, file: File, size: int, most: int, words: Words) -> tuple[list[File], Line]:
        made = await self.copies.of(file, most)
        limit = words.size(most)
        if len(made) == 1:
            line = words.line(
                "a smaller copy: the file has {size}, Discord takes {limit} here", size=words.size(size), limit=limit
            )
            return [replace(file, path=made[0])], line
        if file.link:
            line = words.line(
                "The file has {size}; Discord takes {limit} here. The whole of it is one press away, for {n} days.",
                size=words.size(size),
                limit=limit,
                n=OPEN.days,
            )
            return [], line
        if made:
            line = words.count(
                "in {n} part: the file has {size}, Discord takes {limit} here",
                "in {n} parts: the file has {size}, Discord takes {limit} here",
                len(made),
                size=words.size(size),
                limit=limit,
            )
            seconds = file.seconds / len(made)
            return [
                replace(file, name=_part(file.name, n), path=path, seconds=seconds) for n, path in enumerate(made, 1)
            ], line
        return [], words.line(
            "The file has {size}; Discord takes {limit} here. It is kept, and whoever runs me can hand it over.",
            size=words.size(size),
            limit=limit,
        )


def without_files(card: Card, words: Words) -> Card:
    """The card when Discord took no file at all."""
    said = words.line("Discord did not take the file. It is kept, and whoever runs me can hand it over.")
    left = replace(card, files=(), picture=None, face=None)
    return replace(left, body=(*card.body, said)) if card.files else left


def size_of(file: File) -> int | None:
    """Bytes of a file; None when it is not there any more."""
    if file.path is None:
        return len(file.data)
    size = length(file.path)
    return None if size < 0 else size


def weight(files: Sequence[File]) -> int:
    """Bytes of all of them."""
    return sum(size_of(file) or 0 for file in files)


def _part(name: str, number: int) -> str:
    path = Path(name)
    return f"{path.stem}_{number}{path.suffix}"


def _joined(foot: Line, said: Sequence[Line], words: Words) -> Line:
    lines = [line for line in (foot, *said) if line]
    return tuple(run for n, line in enumerate(lines) for run in ((*words.line(" · "), *line) if n else line))
