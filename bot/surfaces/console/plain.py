"""A reply as JSON, for scripts."""

from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.cards import draw
from bot.clean import LONE
from bot.command import Command
from bot.wording import Words, plain


def plain_reply(reply: Any, words: Words) -> dict[str, Any]:
    """A reply as JSON: its name, its fields, and the text people read."""
    return {"reply": type(reply).__name__, "text": _plain(plain(draw(reply, words).title)), **_plain(reply)}


def _plain(value: Any) -> Any:
    """Plain JSON of a value: times in ISO 8601, durations in seconds, a command as what is offered of it."""
    if isinstance(value, Command):
        return {
            "name": value.name,
            "about": value.about,
            "role": value.role.name.lower(),
            "options": [o.name for o in value.shown],
        }
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | frozenset | set):
        return [_plain(one) for one in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if value is None or isinstance(value, bool | int | float):
        return value
    return LONE.sub("\ufffd", str(value))
