"""What every printer promises: pages of any text, however strange, printed while the loop goes on."""

import asyncio
import re
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.adapters.paper.child import ChildPrinter
from core.adapters.paper.draw import LACKING, printable, tame
from core.adapters.paper.fonts import SHIPPED, font_at
from core.errors import Transient
from core.ports.printer import Printer, Sheet
from tests.waiting import Standstill

PRINTERS: dict[str, Callable[[], Printer]] = {"child": ChildPrinter}
PLOT = Path(__file__).parents[2] / "bot" / "demo" / "plot.png"
WIDTH = b"/Width %d\n" % int.from_bytes(PLOT.read_bytes()[16:20], "big")
USUAL = Sheet(
    "@maria · Sunday kitchen",
    ("2026-11-20 20:00 UTC", "Groq"),
    tuple((f"0:{second:02}", "Ça s'est passé à l'été, tout près d'ici") for second in range(60)),
)
STRANGE = Sheet(
    "<b>{x}</b> **y** 台所 🍅 \ud800 \x00",
    ("", "\u202eevil\u202c --> \x1b[31m", "مرحبا بكم في المطبخ 12", "שלום hello", "हिन्दी ไทย 👩‍👩‍👧‍👦 Z͑ͫ̓ͪ"),
    (("0:00", ""), ("", "w" * 5000), ("0:01", "مرحبا " * 400), ("0:02", "\u200f" * 50), ("10:00:01", "a\n\n\nb")),
    Path("nowhere.png"),
)


@pytest.fixture(params=PRINTERS)
def printer(request: pytest.FixtureRequest) -> Printer:
    return PRINTERS[request.param]()


def streams(pdf: bytes) -> Iterator[bytes]:
    """What is written on the pages and in the fonts."""
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            yield zlib.decompress(packed)
        except zlib.error:
            yield packed


def letters(pdf: bytes) -> set[str]:
    """The characters a reader finds when it searches: those the fonts' own tables name."""
    tables = [stream for stream in streams(pdf) if b"begincmap" in stream]
    return {bytes.fromhex(code.decode()).decode("utf-16-be") for one in tables for code in CODE.findall(one)}


CODE = re.compile(rb"<[0-9A-Fa-f]{2,4}> <([0-9A-Fa-f]{4,8})>\r?\n")


class TestPrinter:
    @pytest.mark.parametrize(
        "sheet", [USUAL, Sheet(""), STRANGE, replace(USUAL, picture=PLOT)], ids=["usual", "empty", "strange", "picture"]
    )
    async def test_any_sheet_becomes_pages_and_the_loop_goes_on_meanwhile(self, printer: Printer, sheet: Sheet):
        longest = 0.0

        async def beat() -> None:
            nonlocal longest
            while True:
                before = time.monotonic()
                await asyncio.sleep(0.005)
                longest = max(longest, time.monotonic() - before)

        beating = asyncio.create_task(beat())
        with Standstill() as still:
            pdf = await printer.print(sheet)
        beating.cancel()
        assert longest < 0.5 + still.seconds
        assert (pdf[:5], pdf.rstrip()[-5:]) == (b"%PDF-", b"%%EOF")
        assert (WIDTH in pdf) == (sheet.picture == PLOT), "signs may be pictures too, where the machine has such a font"

    async def test_what_is_printed_can_be_searched_for_accents_and_all(self, printer: Printer):
        assert set("Çàéprunmà·@") <= letters(await printer.print(USUAL))

    async def test_arabic_and_hebrew_are_printed_in_their_own_letters(self, printer: Printer):
        found = letters(await printer.print(Sheet("x", (), (("0:00", "مرحبا"), ("0:01", "שלום")))))
        assert set("שלום") <= found
        assert {"م", "ر", "ح", "ب", "ا"} <= found


async def test_a_printer_that_takes_too_long_says_so():
    with pytest.raises(Transient) as raised:
        await ChildPrinter(0.01).print(USUAL)
    assert raised.value.code == "PDF"


def test_what_no_font_has_is_a_sign_and_never_vanishes():
    shipped = font_at(SHIPPED)
    assert shipped is not None
    assert printable("台所 été 🍅", shipped.has) == f"{LACKING * 2} été {LACKING}"
    assert printable("\ud800\ue000", shipped.has) == LACKING * 2


def test_what_steers_a_text_is_gone_and_what_joins_letters_stays():
    assert tame("\u202eevil\u202c \x00\x1b[31m\u2066x\u2069") == "evil [31mx"
    assert tame("می\u200cخواهم  \n x") == "می\u200cخواهم x"


def test_a_file_that_is_no_font_is_passed_over(tmp_path: Path):
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(SHIPPED.read_bytes()[:2000])
    assert font_at(broken) is None
