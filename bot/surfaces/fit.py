"""A card made to fit a message: every text cleaned, then cut where the platform's room ends, never inside a sign or a mark.

Cutting happens on the card, before drawing, so that no tag or escape can be torn. Each part of a long card keeps a fair
share: a long quote does not push the list out. What was left out is said: `…`, or `… (+3)` for three more lines.
"""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.card import Button, Card, Item, Quote
from bot.clean import blank, shown
from bot.wording import Line, Run, Style, plain

SHORT = 250  # most a title or a foot may take
LEAST = 60  # a line or quote cut shorter than this says nothing: it is counted instead
MORE = 12  # room for `… (+999)` and its line
BAR = 40  # room for the progress bar
JOINERS = frozenset("\u200d\ufe0e\ufe0f\u20e3")


@dataclass(frozen=True)
class Room:
    """How much text a message takes, and what a text costs there once it is drawn: `run` and `line` are the marks around."""

    total: int
    width: Callable[[str], int]
    run: int
    line: int

    def of_line(self, line: Line) -> int:
        """What a line costs."""
        return sum(self.width(run.text) + self.run for run in line) + self.line

    def of_quote(self, quote: Quote) -> int:
        """What a quote costs: each of its lines has marks of its own."""
        return self.width(quote.text) + self.run * 2 + (self.line + self.run) * (quote.text.count("\n") + 1)


def fitted(card: Card, room: Room) -> Card:
    """The card with clean texts and its first sentence as title, in `room`. Buttons and files are not touched."""
    card = _headed(_cleaned(card))
    title, foot = cut_line(card.title, SHORT, room), cut_line(card.foot, SHORT, room)
    left = room.total - room.of_line(title) - room.of_line(foot) - (BAR if card.progress is not None else 0)
    wants = (
        sum(map(room.of_line, card.body)),
        sum(room.of_line(item.line) for item in card.items),
        sum(map(room.of_quote, card.quotes)),
    )
    body, items, quotes = _shares(left, wants)
    return replace(
        card,
        title=title,
        foot=foot,
        body=cut_lines(card.body, body, room),
        items=_cut_items(card.items, items, room),
        quotes=_cut_quotes(card.quotes, quotes, room),
    )


def quotes_of(card: Card) -> tuple[tuple[Quote, ...], tuple[Quote, ...]]:
    """(what happened in words: right after the title, what may be long: after the body)."""
    return tuple(q for q in card.quotes if not q.folded), tuple(q for q in card.quotes if q.folded)


def bare(card: Card) -> str:
    """What a card says in words alone: no styles, no pictures, nothing that is hidden."""
    lines = [card.title, *card.body, *(item.line for item in card.items), card.foot]
    told = [*map(plain, lines), *(_unveiled(quote) for quote in card.quotes if not quote.hidden)]
    return "\n".join(line for line in told if line.strip())


def _unveiled(quote: Quote) -> str:
    """Its text, of veiled lines the time alone."""
    lines = enumerate(quote.text.split("\n"))
    return "\n".join(line.partition("  ")[0] if n in quote.veiled else line for n, line in lines)


def cut_text(text: str, limit: int, width: Callable[[str], int]) -> str:
    """`text`, or as much of it as fits `limit` with `…`, at a space when one is near, never inside a joined sign."""
    if width(text) <= limit:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if width(text[:middle]) < limit else (low, middle - 1)
    while low > 0 and _joined(text, low):
        low -= 1
    space = text.rfind(" ", max(0, low - 20), low + 1)
    return text[: space if space > low // 2 else low].rstrip() + "…"


def cut_line(line: Line, limit: int, room: Room) -> Line:
    """A line in `limit`, its last shown run cut."""
    if room.of_line(line) <= limit:
        return line
    kept: list[Run] = []
    left = limit - room.line
    for run in line:
        cost = room.width(run.text) + room.run
        if cost > left:
            kept.append(replace(run, text=cut_text(run.text, left - room.run, room.width)))
            break
        kept.append(run)
        left -= cost
    return tuple(kept)


def cut_lines(lines: Sequence[Line], limit: int, room: Room) -> tuple[Line, ...]:
    """As many whole lines as fit, then the next one cut, then how many more there were."""
    kept, rest = _kept(lines, limit, room)
    return (*kept, _more(rest)) if rest else tuple(kept)


def cut_quote(quote: Quote, limit: int, room: Room) -> Quote:
    """A quote in `limit`, moved so that its bold part stays in sight."""
    marks = room.of_quote(replace(quote, text="\n" * quote.text.count("\n"))) - quote.text.count("\n")
    left = limit - marks
    if room.width(quote.text) <= left:
        return quote
    if room.width(quote.text[: quote.end]) > left - 2:
        skipped = max(0, quote.start - left // 8)
        while skipped > 0 and _joined(quote.text, skipped):
            skipped -= 1
        text, moved = "…" + quote.text[skipped:], 1 - skipped
    else:
        text, moved = quote.text, 0
    text = cut_text(text, max(1, left), room.width)
    return replace(quote, text=text, start=min(quote.start + moved, len(text)), end=min(quote.end + moved, len(text)))


def _cut_items(items: tuple[Item, ...], limit: int, room: Room) -> tuple[Item, ...]:
    kept, rest = _kept([item.line for item in items], limit, room)
    cut = tuple(replace(item, line=line) for item, line in zip(items, kept, strict=False))
    return (*cut, Item(_more(rest))) if rest else cut


def _kept(lines: Sequence[Line], limit: int, room: Room) -> tuple[list[Line], int]:
    """(the lines that fit, the last perhaps cut, how many are left out)."""
    if sum(map(room.of_line, lines)) <= limit:
        return list(lines), 0
    kept: list[Line] = []
    left = limit - MORE - room.line
    for line in lines:
        if room.of_line(line) > left:
            if left >= LEAST + room.line:
                kept.append(cut_line(line, left, room))
            break
        kept.append(line)
        left -= room.of_line(line)
    return kept, len(lines) - len(kept)


def _more(count: int) -> Line:
    return (Run(f"… (+{count})"),)


def _cut_quotes(quotes: tuple[Quote, ...], limit: int, room: Room) -> tuple[Quote, ...]:
    if sum(map(room.of_quote, quotes)) <= limit:
        return quotes
    shown_ = quotes[: max(1, limit // (LEAST + room.line + 3 * room.run))]
    rest = len(quotes) - len(shown_)
    shares = _shares(limit - (MORE + room.line + 3 * room.run) * bool(rest), [room.of_quote(quote) for quote in shown_])
    kept = tuple(cut_quote(quote, share, room) for quote, share in zip(shown_, shares, strict=True))
    return (*kept, Quote(plain(_more(rest)))) if rest else kept


def _shares(limit: int, wants: Sequence[int]) -> list[int]:
    """`limit` divided fairly: nobody gets more than wanted, what one leaves goes to the others."""
    given = [0] * len(wants)
    open_ = sorted(range(len(wants)), key=lambda i: wants[i])
    while open_:
        i = open_.pop(0)
        given[i] = min(wants[i], max(0, limit) // (len(open_) + 1))
        limit -= given[i]
    return given


def _joined(text: str, at: int) -> bool:
    """Whether text[at] belongs to the sign before it."""
    if at >= len(text):
        return False
    after, before = text[at], text[at - 1]
    return (
        after in JOINERS
        or before == "\u200d"
        or unicodedata.combining(after) > 0
        or "\U0001f3fb" <= after <= "\U0001f3ff"  # skin tones
        or ("\U0001f1e6" <= after <= "\U0001f1ff" and "\U0001f1e6" <= before <= "\U0001f1ff")  # half a flag
    )


def _cleaned(card: Card) -> Card:
    title = _clean_line(card.title)
    return replace(
        card,
        title=(Run("…"),) if blank(plain(title)) else title,
        body=tuple(line for line in map(_clean_line, card.body) if not blank(plain(line))),
        items=tuple(replace(item, line=_clean_line(item.line) or (Run("…"),)) for item in card.items),
        foot=() if blank(plain(card.foot)) else _clean_line(card.foot),
        quotes=tuple(_clean_quote(quote) for quote in card.quotes if not blank(quote.text)),
        buttons=tuple(row for row in (tuple(map(_clean_button, row)) for row in card.buttons) if row),
    )


def _clean_line(line: Line) -> Line:
    """Clean runs, neighbours of one style joined: two bold ones side by side would read as one torn mark."""
    joined: list[Run] = []
    for run in line:
        text = shown(run.text)
        if not text:
            continue
        if joined and joined[-1].style is run.style:
            joined[-1] = Run(joined[-1].text + text, run.style)
        else:
            joined.append(Run(text, run.style))
    return tuple(joined)


def _clean_quote(quote: Quote) -> Quote:
    start, end = sorted((max(0, quote.start), max(0, quote.end)))
    head, middle, tail = (
        shown(part, lines=True) for part in (quote.text[:start], quote.text[start:end], quote.text[end:])
    )
    return replace(quote, text=head + middle + tail, start=len(head), end=len(head) + len(middle))


def _clean_button(button: Button) -> Button:
    label = shown(button.label).strip()
    return replace(button, label="…" if blank(label) else label)


def _headed(card: Card) -> Card:
    """`**It happened.** Do this.` as title and first body line: people read what happened, then what to do."""
    bold = [i for i, run in enumerate(card.title) if run.style is Style.BOLD]
    if not bold or bold[-1] == len(card.title) - 1 or not card.title[bold[-1]].text.rstrip().endswith((".", "?", "!")):
        return card
    head, rest = card.title[: bold[-1] + 1], card.title[bold[-1] + 1 :]
    if blank(plain(rest)):
        return replace(card, title=head)
    first = replace(rest[0], text=rest[0].text.lstrip())
    return replace(card, title=head, body=((first, *rest[1:]) if first.text else rest[1:], *card.body))
