"""Which font has which character: the shipped one, and those of this machine for what it lacks."""

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fontTools.ttLib import TTFont

SHIPPED = Path(__file__).parent / "font" / "DejaVuSans.ttf"
"""DejaVu Sans 2.37 (its licence stands beside it): Latin, Greek, Cyrillic, Arabic, Hebrew, Armenian, Georgian, signs."""

FOLDERS = {
    "linux": ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts"),
    "darwin": ("/System/Library/Fonts", "/Library/Fonts", "~/Library/Fonts"),
    "win32": ("C:/Windows/Fonts",),
}
KINDS = frozenset({".ttf", ".ttc", ".otf", ".otc"})
SLANTED = ("bold", "italic", "oblique", "light", "thin", "black", "mono", "condensed", "serif")
"""What a name says of a font that would not fit beside the shipped one; such are looked at last."""
MOST_FILES, MOST_FONTS, SECONDS = 400, 4, 5.0
"""How many files are opened, how many fonts are taken, how long the search may take."""


@dataclass(frozen=True)
class Font:
    """A font and the characters it has."""

    path: Path
    has: frozenset[int]


def font_at(path: Path) -> Font | None:
    """The font of a file, of a collection the first; None for what cannot be read."""
    try:
        with TTFont(path, fontNumber=0, lazy=True) as font:
            return Font(path, frozenset(font.getBestCmap() or ()))
    except Exception:  # noqa: BLE001  whatever lies in a folder of fonts: one that breaks is one less
        return None


def fonts_for(characters: set[int]) -> tuple[Font, ...]:
    """Fonts of this machine that have what is asked for, as few as will do."""
    found: list[Font] = []
    left, until = set(characters), time.monotonic() + SECONDS
    for path in _files():
        if not left or len(found) == MOST_FONTS or time.monotonic() > until:
            break
        font = font_at(path)
        if font is not None and left & font.has:
            found.append(font)
            left -= font.has
    return tuple(found)


def _files() -> Iterator[Path]:
    """Files of fonts, plain ones first, in an order that is always the same."""
    paths: list[Path] = []
    for folder in FOLDERS.get(sys.platform, ()):
        for path in Path(folder).expanduser().rglob("*"):
            if path.suffix.lower() in KINDS:
                paths.append(path)
            if len(paths) == 10 * MOST_FILES:
                break
    plain = sorted(paths, key=lambda path: (any(word in path.stem.lower() for word in SLANTED), path.as_posix()))
    yield from plain[:MOST_FILES]
