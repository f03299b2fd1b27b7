"""Quiet hours, the line under the start of a live, and how long things are kept, as they are typed in a place's settings."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.card import Choice
from bot.times import of_day
from core.errors import Invalid
from core.model.greeting import checked
from core.model.keep import LEAST, MOST
from core.model.quiet import QuietHours

if TYPE_CHECKING:
    from bot.asked import Asked

OFF = "off"
OFF_WORDS = frozenset({OFF, "no", "none", "non", "aucun", "aucune", "rien"})
BETWEEN = re.compile(r"\s*(?:[-–—]|\bto\b|\buntil\b|\bà\b)\s*", re.IGNORECASE)
FOR_EVER = frozenset({"for ever", "forever", "always", "toujours"})
SPAN = re.compile(r"(?P<n>[0-9]{1,4}) ?(?P<unit>d|days?|j|jours?|w|weeks?|semaines?)?")
USUAL = ("21:00-07:00", "22:00-08:00", "23:00-09:00")


@dataclass(frozen=True)
class Hours:
    """Quiet hours as somebody wants them; None: none."""

    quiet: QuietHours | None


class StartLine(str):
    """A line of its own under the start of a live; empty: none."""

    __slots__ = ()


@dataclass(frozen=True)
class Keep:
    """How long something is to be kept; None: until somebody deletes it."""

    length: timedelta | None


async def parse_hours(text: str, asked: "Asked") -> Hours:
    """`22:00-08:00`, `22-8`, `22h30 to 7`, `off`. Raises Invalid HOURS (x), CLOCK (x), and HOURS_SAME (x) for a whole day."""
    word = text.strip()
    if word.lower() in OFF_WORDS:
        return Hours(None)
    ends = BETWEEN.split(word.lower().removeprefix("from ").removeprefix("de "))
    if len(ends) != 2 or not all(ends):
        raise Invalid("HOURS", x=text)
    quiet = QuietHours(*map(of_day, ends))
    if quiet.start == quiet.end:
        raise Invalid("HOURS_SAME", x=text)
    return Hours(quiet)


async def hours(asked: "Asked") -> list[Choice]:
    """Hours many people sleep in."""
    return [Choice(one, one) for one in (*USUAL, OFF)]


async def parse_line(text: str, asked: "Asked") -> StartLine:
    """A line with placeholders, or `off`. Raises what `checked` raises."""
    return StartLine("" if text.strip().lower() in OFF_WORDS else checked(text))


async def parse_keep(text: str, asked: "Asked") -> Keep:
    """`30 days`, `30`, `12 weeks`, or `off`: until somebody deletes it. Raises Invalid KEPT (x) and KEPT_LONG (m, days)."""
    word = " ".join(text.lower().split())
    if word in OFF_WORDS | FOR_EVER:
        return Keep(None)
    found = SPAN.fullmatch(word)
    if found is None:
        raise Invalid("KEPT", x=text)
    days = timedelta(days=int(found["n"]) * (7 if (found["unit"] or "").startswith(("w", "s")) else 1))
    if not LEAST <= days <= MOST:
        raise Invalid("KEPT_LONG", m=MOST.days)
    return Keep(days)


async def keeps(asked: "Asked") -> list[Choice]:
    """Usual ones."""
    return [Choice(one, one) for one in ("7 days", "30 days", "90 days", "365 days", OFF)]
