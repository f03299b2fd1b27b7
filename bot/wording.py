"""Words people read, in their language: templates with marks and placeholders become lines of styled runs.

A template is English source text, e.g. ``**You follow {n} of {m}.** Unfollow one with `/unfollow`.`` `**bold**` and
`` `code` `` are understood in templates only; values are always plain runs, so no name or quote can carry a mark. A value
that is a run itself keeps its style.
"""

import gettext
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

LOCALES = Path(__file__).parent / "locales"


class Style(StrEnum):
    """How a run looks. A mention is a channel or role as its platform writes it: `<#12>`, `<@&9>`; it never calls anybody."""

    PLAIN = "plain"
    BOLD = "bold"
    CODE = "code"
    MENTION = "mention"


@dataclass(frozen=True)
class Run:
    """A piece of text in one style. The text is shown as it is, never read as markup."""

    text: str
    style: Style = Style.PLAIN


Line = tuple[Run, ...]


def plain(line: Line) -> str:
    """The text of a line without its styles."""
    return "".join(run.text for run in line)


@cache
def catalog(language: str) -> gettext.NullTranslations:
    """The translations of a language, read from its .po file once; English is the source and needs none."""
    path = LOCALES / language / "earshot.po"
    if not path.is_file():
        return gettext.NullTranslations()
    from babel.messages.mofile import write_mo  # 70 ms: only when another language is spoken
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@dataclass(frozen=True)
class Words:
    """One reader's words: a language and a time zone."""

    language: str
    zone: ZoneInfo

    def line(self, template: str, /, **values: object) -> Line:
        """`template` in the reader's language as styled runs, values put in as plain text."""
        return tuple(_runs(self.term(template), values))

    def say(self, template: str, /, **values: object) -> str:
        """The same without styles: for labels."""
        return plain(self.line(template, **values))

    def count(self, one: str, many: str, n: int, /, **values: object) -> Line:
        """`one` or `many` by the language's own rule for `n`; `{n}` is the number."""
        return tuple(_runs(catalog(self.language).ngettext(one, many, n), {"n": self.number(n), **values}))

    def term(self, text: str) -> str:
        """A fixed word in the reader's language, marks and placeholders untouched; itself when it has no translation."""
        return catalog(self.language).gettext(text) if text else ""  # the translation of nothing is the file's header

    def number(self, n: float) -> str:
        """A whole number with its thousands parted: `1,204`, in French with a narrow space."""
        return f"{n:,.0f}".replace(",", "\u202f" if self.language == "fr" else ",")

    @property
    def withheld(self) -> str:
        """What stands instead of words that may be about minors."""
        return self.say("(withheld: it may be about minors)")

    def dollars(self, amount: float) -> str:
        """`$0.50`, `0,50 $`; of little money to a hundredth of a cent, since an hour of live costs one or two."""
        said = self.decimal(amount, 2 if amount >= 0.1 else 4)
        return f"{said}\u00a0$" if self.language == "fr" else f"${said}"

    def decimal(self, value: float, digits: int) -> str:
        """`0.90`, in French `0,90`."""
        return f"{value:.{digits}f}".replace(".", "," if self.language == "fr" else ".")

    def time(self, at: datetime, *, seconds: bool = False) -> str:
        """The time of day in the reader's zone: `20:14`, `20:14:05`."""
        return at.astimezone(self.zone).strftime("%H:%M:%S" if seconds else "%H:%M")

    def day(self, at: datetime) -> str:
        """`20 Nov`, in the reader's language."""
        local = at.astimezone(self.zone)
        month = MONTHS[self.language if self.language in MONTHS else "en"][local.month - 1]
        return f"{local.day} {month}"

    def length(self, duration: timedelta) -> str:
        """`45 s`, `48 min`, `2 h 05 min`."""
        seconds = max(0, round(duration.total_seconds()))
        if seconds < 90:
            return f"{seconds} s"
        minutes = round(seconds / 60)
        return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"

    def size(self, count: int) -> str:
        """`18.4 MB`, in French `18,4 Mo`."""
        if count >= 1_000_000_000:
            return f"{self.decimal(count / 1e9, 1)} {self.term('GB')}"
        if count >= 100_000:
            return f"{self.decimal(count / 1e6, 1)} {self.term('MB')}"
        return f"{max(1, count // 1000)} {self.term('kB')}"


MONTHS = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "fr": ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."),
}


def _runs(template: str, values: dict[str, object]) -> Iterator[Run]:
    for style, text in _marked(template):
        yield from _filled(text, values, style)


def _marked(template: str) -> Iterator[tuple[Style, str]]:
    """(style, text) of `**bold**`, `` `code` `` and the rest; a mark that is never closed is text."""
    rest = template
    while rest:
        places = [
            (rest.find(mark), mark, style) for mark, style in (("**", Style.BOLD), ("`", Style.CODE)) if mark in rest
        ]
        opened = min(places, default=None)
        closed = rest.find(opened[1], opened[0] + len(opened[1])) if opened else -1
        if opened is None or closed < 0:
            yield Style.PLAIN, rest
            return
        at, mark, style = opened
        if at:
            yield Style.PLAIN, rest[:at]
        yield style, rest[at + len(mark) : closed]
        rest = rest[closed + len(mark) :]


def _filled(text: str, values: dict[str, object], style: Style) -> Iterator[Run]:
    """`{name}` replaced by its value; only plain names, no formats and no attributes."""
    filled, rest = "", text
    while "{" in rest:
        head, _, tail = rest.partition("{")
        name, closed, after = tail.partition("}")
        value = values.get(name) if closed else None
        if isinstance(value, Run):
            yield from (Run(filled + head, style), value) if filled + head else (value,)
            filled = ""
        else:
            filled += head + (str(values[name]) if closed and name in values else "{" + name + closed)
        rest = after
    filled += rest
    if filled:
        yield Run(filled, style)
