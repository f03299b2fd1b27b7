"""Printing text on paper: PDF."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class Sheet:
    """What is printed: a title, lines of what is known of it, a picture, then (time, text) of what happened, a paragraph each.

    Texts are strangers': nothing in them is markup, and of what steers a text (bidirectional overrides, control characters)
    nothing is left.
    """

    title: str
    head: tuple[str, ...] = ()
    lines: tuple[tuple[str, str], ...] = ()
    picture: Path | None = None


class Printer(Protocol):
    """Prints outside this process: two thousand lines take it two seconds, and the chat does not wait for them."""

    async def print(self, sheet: Sheet) -> bytes:
        """A PDF in which every text can be searched for. A character no font has is printed as a sign that says so, and the
        sheet says how many there were. Raises Transient PDF when it could not be printed in time."""
        ...
