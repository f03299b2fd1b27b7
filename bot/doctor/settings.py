"""The settings: which are wrong, which do nothing, and all of them with where they come from."""

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from pydantic import SecretStr

from bot.health import Part
from core.settings import Settings, notes, sources

TAIL, LEAST = 4, 9
"""A secret of at least 9 signs shows its last four."""
HIDDEN = "••••"


@dataclass(frozen=True)
class Shown:
    """One setting as it may be shown."""

    name: str
    value: str
    source: str


def wrong(mistakes: list[tuple[str, str]]) -> list[tuple[str, Part]]:
    """Of each wrong setting what is wrong with it."""
    return [(name, Part("SETTING_WRONG", False, {"setting": name, "reason": reason})) for name, reason in mistakes]


async def look(settings: Settings) -> AsyncIterator[tuple[str, Part]]:
    """How many are set, which do nothing, and what nobody has said."""
    yield "read", Part("SETTINGS_READ", True, {"n": len(sources())})
    for said in notes():
        yield "name", Part("SETTING_NOTE", None, {"note": said})
    if not settings.owners:
        yield "owners", Part("NO_OWNER", None)


def shown(settings: Settings) -> Iterator[Shown]:
    """Every setting, its value without secrets, and where it comes from."""
    known = sources()
    for name in Settings.model_fields:
        yield Shown(name, written(getattr(settings, name)), known.get(name, "default"))


def written(value: object) -> str:
    """A value as it may be shown: of secrets the end, of addresses no password."""
    if isinstance(value, SecretStr):
        secret = value.get_secret_value()
        return HIDDEN + (secret[-TAIL:] if len(secret) >= LEAST else "")
    text = "" if value is None else str(value)
    return re.sub(r"(?<=//)[^/@\s]+(?=@)", HIDDEN, text) if _has_login(text) else text


def _has_login(text: str) -> bool:
    try:
        return "@" in urlsplit(text if "://" in text else f"//{text}").netloc
    except ValueError:
        return True
