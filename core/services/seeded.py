"""The settings file of the Live Chat Detector: JSON with `username`, `keywords`, `obs_password`, `source_name`, `notifications_…`.

It is JSON before anything else: indented with tabs, with emoji as pairs of escapes, none of which YAML reads.
"""

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.services.plain import listed

NAMES, WORDS, PASSWORD = "username", "keywords", "obs_password"
NEEDLESS = ("source_name", "notifications_enabled", "notification_duration")
"""What it says besides: Earshot has its own ways. The rest is unknown, and not told: it may say anything."""


@dataclass(frozen=True)
class Seeded:
    """What it says: names and words, each once and in order. `password`: it holds one of OBS, which is not taken, nor kept
    anywhere. `needless` are its settings that mean nothing here."""

    names: tuple[str, ...]
    words: tuple[str, ...]
    password: bool
    needless: tuple[str, ...]


def as_json(text: str) -> Mapping[str, Any] | None:
    """The object that `text` is, all of its values texts, lists or objects; None when it is none. Raises ValueError with a line
    (`lineno`) where it knows one, and RecursionError for what is nested too deep."""
    facts = json.loads(text, object_pairs_hook=_object, parse_int=str, parse_float=str, parse_constant=str)
    return facts if isinstance(facts, dict) else None


def seeded(facts: Mapping[str, Any]) -> Seeded | None:
    """What its settings say; None when they are not its."""
    if NAMES not in facts and WORDS not in facts:
        return None
    needless = tuple(name for name in NEEDLESS if name in facts)
    return Seeded(_words(facts.get(NAMES)), _words(facts.get(WORDS)), bool(facts.get(PASSWORD)), needless)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {name: str(value).lower() if isinstance(value, bool) else value for name, value in pairs}


def _words(value: Any) -> tuple[str, ...]:
    """Texts of a list, or of one text with commas. Like the detector, the same word in capitals is the same word."""
    found = value.split(",") if isinstance(value, str) else listed(value)
    words: dict[str, str] = {}
    for word in (_clean(one) for one in found if isinstance(one, str)):
        words.setdefault(word.casefold(), word)
    return tuple(filter(None, words.values()))


def _clean(text: str) -> str:
    """Without control characters and halves of characters, which nothing can store."""
    return "".join(" " if unicodedata.category(sign) in ("Cc", "Cs") else sign for sign in text).strip()
