"""Times as people type them: lengths, moments that were, moments to come."""

import re
from datetime import UTC, datetime, time, timedelta

from bot.card import Choice
from core.errors import Invalid

CLOCK = re.compile(r"(?P<hour>[01]?\d|2[0-3])(?:[:h.](?P<minute>[0-5]\d)?)?", re.ASCII | re.IGNORECASE)
LONGEST_DATE = 60  # characters; the parser takes half a second for thousands
UNITS = {
    "s": 1,
    "sec": 1,
    "second": 1,
    "seconds": 1,
    "m": 60,
    "min": 60,
    "minute": 60,
    "minutes": 60,
    "h": 3600,
    "hour": 3600,
    "hours": 3600,
    "d": 86400,
    "day": 86400,
    "days": 86400,
}


class Spell(timedelta):
    """How long something is to last: longer than nothing."""


class Until(datetime):
    """A time to come."""


class Point(int):
    """A moment of a recording: seconds from its beginning."""


def duration(text: str) -> timedelta:
    """`30`, `30 s`, `5min`, `2 h`, `1 day`: 0 to 365 days. Raises Invalid DURATION and DURATION_LONG."""
    word = text.strip().lower()
    digits = word[: len(word) - len(word.lstrip("0123456789"))]
    unit = word[len(digits) :].strip()
    if not digits or (unit and unit not in UNITS):
        raise Invalid("DURATION", x=text)
    if len(digits) > 9 or int(digits) * UNITS.get(unit, 1) > 365 * 86400:
        raise Invalid("DURATION_LONG", x=text)
    return timedelta(seconds=int(digits) * UNITS.get(unit, 1))


def spell(text: str) -> Spell:
    """A duration that is longer than nothing; a bare number is of minutes. Raises Invalid DURATION and DURATION_LONG."""
    length = duration(f"{text} min" if text.strip().isdecimal() else text)
    if not length:
        raise Invalid("DURATION", x=text)
    return Spell(seconds=length.total_seconds())


def point(text: str) -> Point:
    """`90` seconds, `12:30`, `1:02:30`. Raises Invalid POINT."""
    parts = text.strip().split(":")
    if len(parts) > 3 or not all(part.isdecimal() and part.isascii() and len(part) <= 6 for part in parts):
        raise Invalid("POINT", x=text)
    seconds = 0
    for part in parts:
        seconds = seconds * 60 + int(part)
    return Point(seconds)


def since(text: str, now: datetime, zone: str) -> datetime:
    """`2 h`, `3 days` ago, or a date in words (`yesterday`, `hier`, `2026-11-20`), in `zone`. Raises Invalid DATE."""
    try:
        return now - duration(text)
    except Invalid:
        found = _date(text, zone, "past")
        if found is None:
            raise Invalid("DATE", x=text) from None
        return found


def until(text: str, now: datetime, zone: str) -> Until:
    """`2 h` from now, or a time in words (`22:30`, `tomorrow`, `demain 8h`), in `zone`. Raises Invalid UNTIL for what is past."""
    try:
        at: datetime | None = now + duration(text)
    except Invalid:
        at = _date(text, zone, "future")
    if at is None or at <= now or text.strip().isdecimal():  # 22: hours, minutes, or ten in the evening
        raise Invalid("UNTIL", x=text)
    return Until.fromtimestamp(at.timestamp(), UTC)


def of_day(text: str) -> time:
    """`9`, `9:00`, `21:30`, `9h30`. Raises Invalid CLOCK (x)."""
    found = CLOCK.fullmatch(text.strip())
    if found is None:
        raise Invalid("CLOCK", x=text)
    return time(int(found["hour"]), int(found["minute"] or 0))


def _date(text: str, zone: str, prefer: str) -> datetime | None:
    if len(text) > LONGEST_DATE:
        return None
    import dateparser  # 0.2 s: only for dates in words

    wanted = {"TIMEZONE": zone, "RETURN_AS_TIMEZONE_AWARE": True, "PREFER_DATES_FROM": prefer}
    try:
        found = dateparser.parse(text, languages=["en", "fr"], settings=wanted)
        return found.astimezone(UTC) if found else None
    except (OverflowError, ValueError):  # the first and the last days a calendar knows
        return None


async def spells(asked: object) -> list[Choice]:
    """Lengths of time people often mean, whoever asks."""
    return [Choice(length, length) for length in ("30 min", "1 h", "2 h", "6 h", "1 day")]


async def of_days(asked: object) -> list[Choice]:
    """Times of day a digest may come at, whoever asks."""
    return [Choice(at, at) for at in ("7:00", "9:00", "12:00", "18:00", "21:00")]
