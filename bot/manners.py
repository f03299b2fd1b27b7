"""Quiet hours and the line under the start of a live, as they are typed in a place's settings."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.card import Choice
from bot.times import of_day
from core.errors import Invalid
from core.model.greeting import checked
from core.model.quiet import QuietHours

if TYPE_CHECKING:
    from bot.asked import Asked

OFF = "off"
OFF_WORDS = frozenset({OFF, "no", "none", "non", "aucun", "aucune", "rien"})
BETWEEN = re.compile(r"\s*(?:[-–—]|\bto\b|\buntil\b|\bà\b)\s*", re.IGNORECASE)
USUAL = ("21:00-07:00", "22:00-08:00", "23:00-09:00")


@dataclass(frozen=True)
class Hours:
    """Quiet hours as somebody wants them; None: none."""

    quiet: QuietHours | None


class StartLine(str):
    """A line of its own under the start of a live; empty: none."""

    __slots__ = ()


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
