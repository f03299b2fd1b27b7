"""Writes the README's table of engines from what each engine says of itself: `python -m tests.house.engine_table`.

A test holds the table equal to the engines there are, in the order they are tried.
"""

import asyncio
import re
from pathlib import Path

from bot.cards.terms import ENGINES
from bot.engines import listening_of, start_of
from core.ports.speech import SpeechToText
from core.settings import Settings

FILE = Path(__file__).parents[2] / "README.md"
BEGIN, END = "<!-- engines -->\n", "<!-- /engines -->\n"
HEAD = (
    "| engine | `SPEECH=` | needs | lives | tells speakers apart | languages | cost |\n|---|---|---|---|---|---|---|\n"
)


def text() -> str:
    """The whole page, with the table as the engines make it."""
    page = FILE.read_text("utf-8")
    assert page.count(BEGIN) == page.count(END) == 1
    before, rest = page.split(BEGIN)
    return before + BEGIN + table() + END + rest.split(END)[1]


def table() -> str:
    """One row an engine, and one for none."""
    rows = "".join(_row(engine) for engine in asyncio.run(_engines()))
    return HEAD + rows + "| none | `none` | nothing | you see where speech is | no | | 0 |\n"


async def _engines() -> tuple[SpeechToText, ...]:
    settings = Settings.model_construct(DATA_DIR=Path("data"))
    async with listening_of(settings, lambda: start_of(settings)) as listening:
        return tuple(listening.engines)


def _row(engine: SpeechToText) -> str:
    about = engine.about
    needs = re.sub(r"\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b", lambda name: f"`{name[0]}`", about.needs)
    named = ENGINES.get(engine.name, engine.name)
    cells = (named, f"`{engine.name}`", needs, _yes(about.live), _yes(about.speakers), about.languages, about.cost)
    return f"| {' | '.join(cells)} |\n"


def _yes(true: bool) -> str:
    return "yes" if true else "no"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
