"""Text in Discord's markup: only the card's own styles speak, everything inside is shown letter by letter.

The library's `escape_markdown` is not enough: it leaves whole addresses (`https://a||b` would end a spoiler), masked links
after their first bracket, timestamps, channel links and numbered lists as they are.
"""

import re

from discord.utils import escape_mentions

from bot.card import Quote
from bot.clean import isolated
from bot.surfaces.fit import Room
from bot.wording import Line, Run, Style

TEXT = 3900  # of the 4,000 characters of a message: the rest is for the ping and line ends
ADDRESS = re.compile(
    r"(https?://[A-Za-z0-9._/?=&%+-]+)"
)  # holds nothing that could be a mark but _, which links ignore
SPECIAL = re.compile(r"[\\*_~|`<>\[\]]")
OPENING = re.compile(r"^([ \t]*)([#+\->]|\d+(?=[.)]))", re.MULTILINE)
NUMBER, DOTS = re.compile(r"^[ \t]*\d+\Z", re.MULTILINE), (".", ")")
MENTION = re.compile(r"<(?:#|@&?)[0-9]{1,20}>")
RUN, LINE = 4, 8  # `**` twice; `> `, `||` twice and the line feed


def escape(text: str) -> str:
    """`text` so that it can neither format nor mention anybody; addresses stay links."""
    parts = ADDRESS.split(_uncalling(text))
    safe = "".join(part if n % 2 else SPECIAL.sub(r"\\\g<0>", part) for n, part in enumerate(parts))
    return OPENING.sub(_opened, safe)


def _uncalling(text: str) -> str:
    """`text` with an invisible space in everything that reads as a mention, whatever the length of its number."""
    return re.sub(r"(?<=<)@(?=[!&]?\d)", "@\u200b", escape_mentions(text))


def _opened(found: re.Match[str]) -> str:
    """A list, heading or quote sign at the start of a line, made a letter: `\\-`, `1\\.`."""
    space, sign = found.groups()
    return f"{space}{sign}\\" if sign.isdigit() else f"{space}\\{sign}"


def marked(line: Line, *, heading: bool = False) -> str:
    """A line with its styles; in a heading everything is bold already."""
    return "".join(_run(run, heading) for run in line)


def _run(run: Run, heading: bool) -> str:
    if run.style is Style.CODE:
        return f"`{isolated(_uncalling(run.text).replace('`', 'ˋ'))}`" if run.text.strip() else ""
    if run.style is Style.MENTION and MENTION.fullmatch(run.text):
        return run.text
    text = escape(run.text)
    return f"**{text}**" if run.style is Style.BOLD and not heading and text.strip() else text


def quoted(quote: Quote) -> str:
    """Somebody's words behind a bar, each line under its own spoiler when they are hidden."""
    if quote.timed:
        lines = quote.text.split("\n")
        return "\n".join(f"> {_timed(line, veiled=n in quote.veiled)}" for n, line in enumerate(lines))
    return "\n".join(f"> {_spoiled(line) if quote.hidden else line}" for line in _emphasised(quote).split("\n"))


def _timed(line: str, *, veiled: bool) -> str:
    """A line with the time it begins with as code."""
    time, apart, text = line.partition("  ")
    said = _spoiled(escape(_untorn(text))) if veiled else escape(text)
    return f"`{_uncalling(time).replace('`', 'ˋ')}` {said}" if apart else escape(line)


def _untorn(text: str) -> str:
    """A bar before the closing `||` of a spoiler would tear it."""
    return text.replace("|", "│")


def _emphasised(quote: Quote) -> str:
    text = _untorn(quote.text) if quote.hidden else quote.text
    head, middle, tail = text[: quote.start], text[quote.start : quote.end], text[quote.end :]
    if not middle:
        return escape(text)  # in one piece: a number and the dot that makes it a list must not be parted
    bold = "\n".join(
        f"**{_parted(head, part) if not n else escape(part)}**" if part.strip() else part
        for n, part in enumerate(middle.split("\n"))
    )
    return escape(head) + bold + _parted(head + middle, tail)


def _parted(before: str, text: str) -> str:
    """`text` escaped; the dot of a list whose number stands at the end of `before` is one, too."""
    return "\\" * bool(NUMBER.search(before) and text[:1] in DOTS) + escape(text)


def _spoiled(line: str) -> str:
    return f"||{line}||" if line.strip() else line


def utf16(text: str) -> int:
    """Length in UTF-16 units: never less than any other way of counting characters."""
    return len(text.encode("utf-16-le")) // 2


def room() -> Room:
    """What a message holds."""
    return Room(TEXT, lambda text: utf16(escape(text)), RUN, LINE)
