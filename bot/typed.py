"""A typed line into a command and its values: for the console, and for every chat where people write commands as text.

Required values come in order; others as `name=value`, `name:value` (as Discord shows it, and our texts), `--name value` or
`--name=value`. A colon after what is no option people are offered, or with a space behind it, stays text: `https://…`, `9:00`,
`note: this`. Quotes keep words together. The last required value takes the rest of the line up to the first option known to the
command. Free text that is named (`note=look here`) takes the words after it too, once every required value has one, and so does
one that follows a choice.
"""

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.command import Command, Option
from bot.kinds import Text
from bot.times import UNITS, Spell, Until
from core.errors import Invalid

NAMED = re.compile(r"([^=:]*)([=:]?)(.*)", re.DOTALL)
TIMES = (timedelta, datetime, Spell, Until)


@dataclass(frozen=True)
class Typed:
    """What was typed: the command and raw values by option name."""

    command: Command
    raw: dict[str, str]


def split(line: str) -> list[str]:
    """Words of a line; quotes keep some together. Raises Invalid QUOTES for one that is never closed."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=False)
    lexer.whitespace_split, lexer.commenters, lexer.escape, lexer.quotes = True, "", "", '"'
    try:
        return list(lexer)
    except ValueError as error:
        raise Invalid("QUOTES") from error


def read(words: Sequence[str], commands: Sequence[Command]) -> Typed:
    """The command that `words` begin with and its values. What only buttons press is found too, where
    nothing can be pressed, once a value follows; without one the second word may be a name (`/unfollow undo`), unless a choice
    would have to stand there (`/settings labels`). Raises Invalid COMMAND, FAMILY, CHOICE, OPTION, NO_OPTIONS,
    OPTION_VALUE."""
    if not words:
        raise Invalid("COMMAND", x="")
    first = words[0].removeprefix("/").lower()
    named = {command.name: command for command in commands if command.offered}
    two = f"{first} {words[1].lower()}" if len(words) > 1 else first
    pressed = next((command for command in commands if command.name == two and not command.offered), None)
    if pressed is not None and (len(words) > 2 or _chooses(named.get(first), words[1])):
        return Typed(pressed, _values(pressed, words[2:]))
    if two in named:
        return Typed(named[two], _values(named[two], words[2:]))
    if first in named:
        return Typed(named[first], _values(named[first], words[1:]))
    family = [name for name in named if name.startswith(f"{first} ")]
    if family and len(words) == 1:
        raise Invalid("FAMILY", x=first, list=", ".join(family))
    if family:
        raise Invalid("CHOICE", x=" ".join(words[:2]), list=", ".join(family))
    raise Invalid("COMMAND", x=words[0])


def _chooses(command: Command | None, word: str) -> bool:
    """Whether the first value of `command` is one of some choices, and `word` begins none of them."""
    first = next(iter(command.shown), None) if command is not None else None
    begun = [choice.value.split()[0] for choice in first.kind.choices] if first is not None else []
    return bool(begun) and word.lower() not in begun


def _values(command: Command, words: Sequence[str]) -> dict[str, str]:
    raw: dict[str, str] = {}
    loose: list[str] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        option, value = _named(command, word)
        if option is None:
            loose.append(word)
        elif value is not None or rest:
            begun = [rest.pop(0) if value is None else value]
            filled = len(loose) >= sum(one.name not in {*raw, option.name} for one in command.required)
            free = filled and option.kind.type is Text
            raw[option.name] = _text(command, begun, rest) if free else _whole(option, begun, rest)
        else:
            raise Invalid("OPTION_VALUE", x=word, hint=option.kind.hint)
    _place(command, loose, raw)
    return raw


def _named(command: Command, word: str) -> tuple[Option | None, str | None]:
    """The option a word names and its value, if it holds one. An unknown `--name` is a mistake; `a=b` may be plain text."""
    dashed = word.startswith("--") and len(word) > 2
    name, mark, value = NAMED.findall(word[2:] if dashed else word)[0]
    option = command.option(name.lower()) if mark or dashed else None
    if mark == ":" and not dashed and (option not in command.shown or not value):
        return None, None  # people write `note: this`, and mean a text
    if dashed and option is None:
        raise unknown_option(word, command)
    return option, value if option is not None and mark else None


def _whole(option: Option, begun: list[str], rest: list[str]) -> str:
    """A value that begins so: with the next words, taken from `rest`, where only together they are a choice of the option."""
    count = _words_of_choice(option, begun + rest)
    value = " ".join([*begun, *rest[: count - 1]])
    del rest[: count - 1]
    return value


def _text(command: Command, begun: list[str], rest: list[str]) -> str:
    """Free text that begins so: with the next words, taken from `rest`, up to the first option known to the command."""
    words = list(begun)
    while rest and not rest[0].startswith("--") and _named(command, rest[0])[0] is None:
        words.append(rest.pop(0))
    return " ".join(words)


def _place(command: Command, loose: list[str], raw: dict[str, str]) -> None:
    """Loose words to the values that are still without one: required ones first, the last of them takes the rest."""
    open_required = [option for option in command.required if option.name not in raw]
    for option in open_required[:-1]:
        if loose:
            raw[option.name] = loose.pop(0)
    if open_required and loose:
        last = open_required[-1]
        count = _words_of_last(command, last, loose)
        phrases = last.kind.phrases
        raw[last.name] = " ".join(f'"{word}"' if phrases and " " in word else word for word in loose[:count])
        del loose[:count]
    for option in command.options:
        if loose and option.name not in raw and not option.required:
            count = len(loose) if option is _free_rest(command) else _words_of_choice(option, loose)
            raw[option.name] = " ".join(loose[:count])
            del loose[:count]
    if loose:
        raise unknown_option(loose[0], command)


def _free_rest(command: Command) -> Option | None:
    """The free text that may follow a choice, where nothing else is optional: `review decide 7 confirm as agreed`."""
    optional = [option for option in command.shown if not option.required]
    chosen = bool(command.required) and bool(command.required[-1].kind.choices)
    return optional[0] if chosen and len(optional) == 1 and optional[0].kind.type is Text else None


def _words_of_last(command: Command, last: Option, loose: list[str]) -> int:
    """How many words the last required value takes: all, unless it is a choice they begin with and free text may follow it."""
    count = _words_of_choice(last, loose)
    chosen = " ".join(loose[:count]).lower() in {choice.value for choice in last.kind.choices}
    return count if chosen and _free_rest(command) is not None else len(loose)


def _words_of_choice(option: Option, loose: list[str]) -> int:
    """How many of the next words are this option's: more than one where they are a choice of it, or a time like `5 min`."""
    if option.kind.type in TIMES and len(loose) > 1 and loose[0].isdecimal() and loose[1].lower() in UNITS:
        return 2
    values = {choice.value for choice in option.kind.choices}
    longest = max((value.count(" ") + 1 for value in values), default=1)  # a line may be very long
    return next((n for n in range(min(len(loose), longest), 1, -1) if " ".join(loose[:n]).lower() in values), 1)


def unknown_option(word: str, command: Command) -> Invalid:
    """That `command` takes no `word`, and what it takes."""
    if not command.shown:
        return Invalid("NO_OPTIONS", x=word, command=command.name)
    return Invalid("OPTION", x=word, command=command.name, list=", ".join(o.name for o in command.shown))
