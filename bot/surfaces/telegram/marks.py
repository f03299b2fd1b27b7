"""Text in Telegram's HTML: everything is escaped, and no name or quote can call a person or a command.

Telegram finds `@name` and `/command` in any text by itself: a TikTok handle would notify the stranger who has that name on
Telegram. An invisible joiner after the sign prevents it, and no line breaks there; it is taken out again when such a name is
copied back (bot/clean.py).
"""

import html
import re
from dataclasses import dataclass

from bot.card import Quote
from bot.clean import isolated
from bot.surfaces.fit import Room
from bot.wording import Line, Run, Style

TEXT, CAPTION = 4000, 1000  # of 4,096 and 1,024 UTF-16 units after parsing: the rest is for line ends
ENTITIES = 90  # of 100: Telegram drops the style of the others, and finds some (addresses) by itself
CALLING = re.compile(r"(?<![\w@/])([@/])(?=\w|\Z)")  # at the end too: another piece of text may follow
RUN, LINE = 0, 2


@dataclass
class Pen:
    """Writes styled text as long as there are entities left, plain text after that."""

    left: int = ENTITIES

    def tag(self, name: str, inner: str) -> str:
        """`<name>inner</name>`, or `inner` when there is nothing to style or no entity left."""
        if self.left <= 0 or not inner.strip():
            return inner
        self.left -= 1
        return _tagged(name, inner)

    def line(self, line: Line) -> str:
        """A line with its styles. Code keeps its letters as they are: it is copied, and calls nobody."""
        return "".join(map(self._run, line))

    def _run(self, run: Run) -> str:
        if run.style is Style.CODE and self.left > 0:
            return self.tag("code", html.escape(isolated(run.text), quote=False))
        return self.tag("b", escape(run.text)) if run.style is Style.BOLD else escape(run.text)

    def quote(self, quote: Quote) -> str:
        """Somebody's words as a block; hidden ones under a spoiler, folded ones to be opened.

        A hidden quote that finds no entity left is not shown at all.
        """
        if quote.hidden and self.left < 3:
            return "…"
        block = "blockquote expandable" if quote.folded else "blockquote"
        self.left -= 2  # the block and its spoiler come before the bold part
        if quote.timed and self.left >= 0:
            lines = enumerate(quote.text.split("\n"))
            return _tagged(block, "\n".join(self._timed(line, veiled=n in quote.veiled) for n, line in lines))
        head, middle, tail = quote.text[: quote.start], quote.text[quote.start : quote.end], quote.text[quote.end :]
        inner = escape(head) + self.tag("b", escape(middle)) + escape(tail)
        inner = _tagged("tg-spoiler", inner) if quote.hidden else inner
        return _tagged(block, inner) if self.left >= 0 else inner

    def _timed(self, line: str, *, veiled: bool) -> str:
        """A line with the time it begins with as code, as long as there are entities left; without one, nothing veiled."""
        time, apart, text = line.partition("  ")
        if not apart:
            return escape(line)
        said = escape(text) if not veiled else self.tag("tg-spoiler", escape(text)) if self.left > 0 else "…"
        return f"{self.tag('code', html.escape(time, quote=False))} {said}"


def _tagged(name: str, inner: str) -> str:
    return f"<{name}>{inner}</{name.split()[0]}>"


def escape(text: str) -> str:
    """`text` as HTML that shows it letter by letter and calls nobody."""
    return html.escape(harmless(text), quote=False)


def harmless(text: str) -> str:
    """`text` with an invisible joiner after the signs that would make a mention or a command."""
    return CALLING.sub("\\1\u2060", text)


def utf16(text: str) -> int:
    """Length as Telegram counts it."""
    return len(text.encode("utf-16-le")) // 2


def room(total: int) -> Room:
    """What a text or a caption holds."""
    return Room(total, lambda text: utf16(harmless(text)), RUN, LINE)
