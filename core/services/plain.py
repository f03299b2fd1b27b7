"""Plain texts of a file as values: each raises ValueError for what it is not, whoever wrote it."""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any

from core.model.account import FOREVER, NO_RISK
from core.model.quiet import QuietHours
from core.ports.speech import LIVE

OFF = "off"
YEAR = 365 * 86400


def listed(value: Any) -> list[Any]:
    """A list; of anything else nothing."""
    return value if isinstance(value, list) else []


def texts(value: Any) -> dict[str, str]:
    """What a mapping says in plain texts."""
    if not isinstance(value, Mapping):
        return {}
    return {str(key): one for key, one in value.items() if isinstance(one, str)}


def language(text: str) -> str:
    """A code of two letters, or nothing."""
    if text and not (len(text) == 2 and text.isascii() and text.isalpha()):
        raise ValueError(text)
    return text.lower()


def engine(text: str) -> str:
    """What hears lives, or nothing."""
    if text not in ("", *LIVE):
        raise ValueError(text)
    return text


def yes(text: str) -> bool:
    """Yes or no."""
    word = text.lower()
    if word not in ("true", "yes", "false", "no"):
        raise ValueError(text)
    return word in ("true", "yes")


def share(text: str) -> float:
    """A score from 0 to 1, or no."""
    if text.lower() in ("no", "false"):
        return NO_RISK
    if not 0 <= (score := float(text)) <= 1:
        raise ValueError(text)
    return score


def whole(text: str, least: int, most: int) -> int:
    """A number in digits."""
    if not (text.isascii() and text.isdecimal()) or len(text) > 8 or not least <= int(text) <= most:
        raise ValueError(text)
    return int(text)


def seconds(text: str) -> int:
    """0 to a year."""
    return whole(text, 0, YEAR)


def until(text: str) -> datetime | None:
    """A time, UTC when it does not say; `resumed` for until somebody resumes."""
    if not text:
        return None
    if text == "resumed":
        return FOREVER
    at = datetime.fromisoformat(text)
    try:
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError as error:  # of the first or the last day there is
        raise ValueError(text) from error


def quiet(text: str) -> QuietHours | None:
    """`22:00-08:00`, or `off`."""
    if text == OFF:
        return None
    start, _, end = text.partition("-")
    hours = QuietHours(_clock(start), _clock(end))
    if hours.start == hours.end:
        raise ValueError(text)
    return hours


def _clock(text: str) -> time:
    if len(text) != len("22:00"):
        raise ValueError(text)
    return time.fromisoformat(text)
