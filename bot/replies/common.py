"""Replies every command can give."""

from dataclasses import dataclass, field
from typing import Any

from bot.card import Choice, Picker


@dataclass(frozen=True)
class Failed:
    """It did not work. `code` names the error text, `values` fill it; `key` tries the same again, empty when it finds no room.
    `anew`: the reply that what was pressed on becomes, when that is not as things are any more."""

    code: str
    values: dict[str, Any] = field(default_factory=dict)
    key: str = ""
    anew: Any = None


@dataclass(frozen=True)
class Missing:
    """A value is still needed: `option` of `command`. `key` is the press so far; an answer is added to it.
    `empty`: it was answered, with nothing."""

    command: str
    option: str
    hint: str
    key: str
    choices: tuple[Choice, ...] = ()
    picker: Picker = Picker.NOTHING
    empty: bool = False


@dataclass(frozen=True)
class Working:
    """Something longer is being done; this message moves and becomes the result. `steps` are (name, state): done, now, next.

    `share` 0 to 1, None when nobody knows; `left_seconds` likewise. `cancel` is the key of its cancel button, if any.
    """

    title: str
    steps: tuple[tuple[str, str], ...] = ()
    share: float | None = None
    left_seconds: float | None = None
    ahead: int = 0
    cancel: str = ""
