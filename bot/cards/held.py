"""Cards of what quiet hours held back."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.card import Button, Card
from bot.cards.drawing import draw
from bot.cards.posts import joined
from bot.command import key
from bot.wording import Line, Words
from core.model.tellable.house import HeldBack

SHOWN = 5  # accounts
Row = tuple[str, int, int, int]


@draw.register
def held_back(meaning: HeldBack, words: Words) -> Card:
    """The quiet hours are over."""
    title = words.line("**Quiet hours are over** · {hours}", hours=_hours(meaning.since, meaning.until, words))
    body = (words.line("Held back: ") + _total(meaning.accounts, words), _accounts(meaning.accounts, words))
    lives = Button(words.say("All lives"), key("lives.list"))
    clips = Button(words.say("Clips"), key("clip.list"))
    buttons = (lives, *((clips,) if any(row[2] for row in meaning.accounts) else ()))
    return Card(title, tuple(line for line in body if line), buttons=(buttons,))


def held_lines(rows: Sequence[Row], since: datetime, until: datetime, words: Words) -> list[Line]:
    """The same as part of a digest."""
    held = words.line("**Held in quiet hours ({hours}):** ", hours=_hours(since, until, words)) + _total(rows, words)
    return [held, _accounts(rows, words)]


def _hours(since: datetime, until: datetime, words: Words) -> str:
    """`22:00–08:00`, of more than one night with their days."""
    if until - since < timedelta(days=1):
        return f"{words.time(since)}–{words.time(until)}"
    return f"{words.day(since)} {words.time(since)} – {words.day(until)} {words.time(until)}"


def _total(rows: Sequence[Row], words: Words) -> Line:
    return _counts(tuple(map(sum, zip(*(row[1:] for row in rows), strict=True))) or (0, 0, 0), words)


def _accounts(rows: Sequence[Row], words: Words) -> Line:
    """Whose they are, those with most first."""
    first = sorted(rows, key=lambda row: (-sum(row[1:]), row[0]))
    parts = [words.line("@{x} ", x=row[0]) + _counts(row[1:], words) for row in first[:SHOWN]]
    more = len(rows) - SHOWN
    return joined(parts, words) + (words.line(" + {n}", n=more) if more > 0 else ())


def _counts(counts: Sequence[int], words: Words) -> Line:
    hits, clips, videos = counts
    said = (
        (hits, words.count("{n} hit", "{n} hits", hits)),
        (clips, words.count("{n} clip", "{n} clips", clips)),
        (videos, words.count("{n} new video", "{n} new videos", videos)),
    )
    parts = [line for n, line in said if n]
    return tuple(run for n, part in enumerate(parts) for run in (*(words.line(", ") if n else ()), *part))
