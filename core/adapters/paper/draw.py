"""Prints one sheet as a PDF: `python -m core.adapters.paper.draw` reads it as JSON and writes the pages.

Text is shaped (joined letters, from right to left) only where its script asks for it: that takes four times as long.
"""

import json
import logging
import sys
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fpdf import FPDF

from core.adapters.paper.fonts import SHIPPED, Font, font_at, fonts_for

LACKING = "▯"
"""Printed for a character that no font has."""
KEPT = frozenset("\u200c\u200d")
"""The joiners: they steer letters of Persian and signs of several parts, never a line."""
SHAPED = frozenset({"R", "AL", "AN"})  # classes of characters that are written from right to left
COMPLEX = range(0x0900, 0x1000)  # scripts of South and South-East Asia, whose letters join
TITLE, HEAD, TEXT = 16, 9, 10  # points
MARGIN, LINE, STAMP = 15, 5, 18  # millimetres; the width of a time before its text
GREY, BLACK = 100, 0


class Paper(FPDF):
    """Pages of A4 with a number below; `fonts` are asked in their order."""

    def __init__(self, fonts: Sequence[Font]) -> None:
        super().__init__(format="A4")
        self.fallbacks = [f"f{n}" for n in range(1, len(fonts))]
        for name, font in zip(("f0", *self.fallbacks), fonts, strict=True):
            self.add_font(name, fname=font.path)
        self.shipped = fonts[0].has
        self.set_font("f0", size=TEXT)
        self.set_margin(MARGIN)
        self.set_auto_page_break(True, MARGIN + LINE)
        self.set_creator("Earshot")

    def footer(self) -> None:
        """The number of the page."""
        self.set_y(-MARGIN)
        self._hand("", HEAD, GREY)
        self.cell(0, LINE, f"{self.page_no()} / {{nb}}", align="C")

    def write_text(self, text: str, size: int, grey: int = BLACK) -> None:
        """A paragraph from here to the right edge; at the right edge what is written from right to left."""
        self._hand(text, size, grey)
        align = "R" if _leftwards(text) else "L"
        self.multi_cell(0, size * LINE / TEXT, text, align=align, new_x="LMARGIN", new_y="NEXT")

    def write_line(self, stamp: str, text: str) -> None:
        """A paragraph with its time before it."""
        if self.will_page_break(LINE):
            self.add_page()
        self._hand("", TEXT, GREY)
        self.cell(STAMP, LINE, stamp)
        self.write_text(text, TEXT)

    def _hand(self, text: str, size: int, grey: int) -> None:
        """How the next text is written."""
        self.set_font("f0", size=size)
        self.set_text_color(grey)
        self.set_text_shaping(any(_is_shaped(sign) for sign in text))
        self.set_fallback_fonts([] if self.shipped.issuperset(map(ord, text)) else self.fallbacks)


def draw(sheet: dict[str, Any]) -> bytes:
    """The PDF of a sheet. A font of this machine that cannot be used costs its characters, not the pages."""
    shipped = font_at(SHIPPED)
    assert shipped is not None
    texts = [sheet["title"], *sheet["head"], *(part for line in sheet["lines"] for part in line)]
    wanted = {ord(sign) for text in texts for sign in tame(text)}
    others = fonts_for(wanted - shipped.has)
    try:
        return _drawn(sheet, (shipped, *others))
    except Exception:
        if not others:
            raise
        return _drawn(sheet, (shipped,))


def _drawn(sheet: dict[str, Any], fonts: Sequence[Font]) -> bytes:
    paper, has = Paper(fonts), frozenset().union(*(font.has for font in fonts))
    title, *head = (printable(text, has) for text in (sheet["title"], *sheet["head"]))
    lines = [(printable(stamp, has), printable(text, has)) for stamp, text in sheet["lines"]]
    lacking = sum(text.count(LACKING) for text in (title, *head, *(text for _, text in lines)))
    paper.set_title(title)
    paper.add_page()
    paper.write_text(title, TITLE)
    paper.ln(LINE / 2)
    for line in (*head, *_note(lacking)):
        paper.write_text(line, HEAD, GREY)
    if sheet["picture"] and Path(sheet["picture"]).is_file():
        paper.ln(LINE)
        paper.image(sheet["picture"], w=paper.epw)
    paper.ln(LINE)
    for stamp, text in lines:
        if stamp:
            paper.write_line(stamp, text)
        else:
            paper.write_text(text, TEXT)
    return bytes(paper.output())


def _note(lacking: int) -> tuple[str, ...]:
    if not lacking:
        return ()
    signs = "1 character is" if lacking == 1 else f"{lacking} characters are"
    said = f"{signs} in no font where this was printed and shown as {LACKING}."
    return (f"{said} The .txt and .json files have everything; a font that has it, installed there, prints it.",)


def tame(text: str) -> str:
    """`text` without what steers it: in one line, no control and no direction characters."""
    flat = " ".join(text.split())
    return "".join(sign for sign in flat if sign in KEPT or unicodedata.category(sign) not in ("Cc", "Cf"))


def printable(text: str, has: frozenset[int]) -> str:
    """What can be printed of `text`, and a sign for each character that cannot. A mark that changes the one before it, and is in
    no font, is left out."""
    return "".join(
        sign if ord(sign) in has else "" if unicodedata.category(sign) == "Mn" or sign in KEPT else LACKING
        for sign in tame(text)
    )


def _is_shaped(sign: str) -> bool:
    return sign > "\u058f" and (unicodedata.bidirectional(sign) in SHAPED or ord(sign) in COMPLEX)


def _leftwards(text: str) -> bool:
    """Whether its first letter is written from right to left."""
    for sign in text:
        if (direction := unicodedata.bidirectional(sign)) in ("L", "R", "AL"):
            return direction != "L"
    return False


if __name__ == "__main__":
    logging.disable()  # what the libraries have to say of fonts is for nobody
    sys.stdout.buffer.write(draw(json.load(sys.stdin)))
