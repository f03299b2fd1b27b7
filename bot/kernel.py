"""From words or a press to a reply: find the command, check the right, read the values, call it. The same for all surfaces."""

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.access import permit
from bot.asked import Asked
from bot.belongings import SUGGESTIONS
from bot.card import Choice
from bot.clean import typed as meant
from bot.command import Command, Option, key
from bot.limiting import Limiting
from bot.replies.common import Failed
from bot.replies.common import Missing as MissingValue
from bot.typed import unknown_option
from core.errors import Bug, EarshotError, Invalid

log = logging.getLogger(__name__)
TICKET_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"  # no letter that looks like another


@dataclass(frozen=True)
class Kernel:
    """All commands, found by name or by the verb of a button's key. One for all surfaces of a process: `limits` are shared."""

    commands: tuple[Command, ...]
    limits: Limiting = field(default_factory=Limiting)

    def named(self, name: str) -> Command | None:
        """The command called `name` (one or two words)."""
        return next((command for command in self.commands if command.name == name), None)

    async def run(self, command: Command, raw: Mapping[str, str], asked: Asked) -> Any:
        """Do `command` with typed values by option name; always gives a reply, an error's included."""
        try:
            self.limits.spend(command.wish, asked)
            permit(command, asked)
            command = command.on(asked.place.platform)
            raw = {name: meant(value) for name, value in raw.items()}
            missing = next((option for option in command.required if not raw.get(option.name, "").strip()), None)
            if missing:
                return await _question(command, missing, raw, asked)
            return await command.call(asked, **await _values(command, raw, asked))
        except Bug as error:
            return ticketed(error, f"/{command.name}")
        except EarshotError as error:
            return Failed(error.code, dict(error.values), _again(command, raw))
        except Exception as error:  # noqa: BLE001  the supervision point of all commands
            return ticketed(error, f"/{command.name}")

    async def press(self, pressed: str, asked: Asked) -> Any:
        """Do what a button's key says. Rights and values are checked as if it had been typed."""
        command, arguments = self.pressed_by(pressed), pressed.partition(":")[2]
        raw = read_key(command, arguments) if command else None
        if command is None or raw is None:
            return Failed("STALE", {})
        return await self.run(command, raw, asked)

    def pressed_by(self, pressed: str) -> Command | None:
        """The command a button's key names."""
        return self.named(pressed.partition(":")[0].replace(".", " "))

    def typed(self, pressed: str) -> str:
        """The line that does what a key says, where there is nothing to press, with the names of values that are still missing;
        empty for what everybody finds in help."""
        verb, _, arguments = pressed.partition(":")
        command = self.named(verb.replace(".", " "))
        raw = read_key(command, arguments) if command else None
        if command is None or raw is None:
            return ""
        marks = {option.name for option in command.options if option.kind.mark}
        raw = {name: value for name, value in raw.items() if name not in marks}
        if command.offered and not any(option.kind.inner for option in command.options if option.name in raw):
            return ""
        needed = [_word(raw.pop(o.name), o) if o.name in raw else o.name.upper() for o in command.required]
        return " ".join([command.name, *needed, *(f"--{name} {_word(value)}" for name, value in raw.items())])

    async def answer(self, pressed: str, option: str, answer: str, asked: Asked) -> Any:
        """Do what a question's key says so far, with the answer as `option`; may end in the next question."""
        verb, _, arguments = pressed.partition(":")
        command = self.named(verb.replace(".", " "))
        raw = read_key(command, arguments) if command else None
        if command is None or raw is None or command.option(option) is None:
            return Failed("STALE", {})
        reply = await self.run(command, {**raw, option: answer}, asked)
        again = isinstance(reply, MissingValue) and reply.option == option
        return replace(reply, empty=True) if again else reply

    async def suggest(self, command: Command, option: Option, typed: str, asked: Asked) -> list[Choice]:
        """Up to 25 values that look like what is being typed; from storage only, and only what the asker may see."""
        if asked.role < command.role:
            return []
        if option.kind.choices:
            found = list(option.kind.choices)
        else:
            found = await option.kind.suggest(asked) if option.kind.suggest else []
        return _nearest(found, typed)


def _word(value: str, option: Option | None = None) -> str:
    return f'"{value}"' if " " in value and not (option and option.kind.phrases) else value


def read_key(command: Command, arguments: str) -> dict[str, str] | None:
    """The values in a button's key: required ones by position, others `name=value`. None when they are not this command's."""
    raw: dict[str, str] = {}
    positions = list(command.options)
    for part in arguments.split(";") if arguments else []:
        name, equals, value = part.partition("=")
        if equals and command.option(name):
            raw[name] = value
        elif positions:
            raw[positions.pop(0).name] = part
        else:
            return None
    return raw


def with_answer(pressed: str, option: str, value: str) -> str:
    """The key of a question's choice: what was given so far and this value. Empty when the value cannot stand in a key."""
    return "" if ";" in value else f"{pressed}{';' if ':' in pressed else ':'}{option}={value}"


async def _values(command: Command, raw: Mapping[str, str], asked: Asked) -> dict[str, Any]:
    unknown = next((name for name in raw if command.option(name) is None), None)
    if unknown:
        raise unknown_option(unknown, command)
    return {o.parameter: await o.kind.parse(raw[o.name], asked) for o in command.options if raw.get(o.name, "").strip()}


async def _question(command: Command, option: Option, raw: Mapping[str, str], asked: Asked) -> MissingValue:
    closed = option.kind.suggest if not option.kind.open else None
    choices = option.kind.choices or tuple(await closed(asked) if closed else ())
    return MissingValue(
        command.name,
        option.name,
        option.kind.hint,
        _so_far(command, raw),
        tuple(choices[:SUGGESTIONS]),
        option.kind.picker,
    )


def _so_far(command: Command, raw: Mapping[str, str]) -> str:
    """The key of what was given already, by name. Optional values that find no room are left out, the longest first.

    Raises Invalid when the required ones find none: then everything has to be said at once.
    """
    given = {o.name: raw[o.name].strip() for o in command.options if raw.get(o.name, "").strip()}
    required = {o.name for o in command.required}
    while True:
        try:
            return key(command.verb, **given)
        except ValueError:
            optional = sorted((name for name in given if name not in required), key=lambda name: len(given[name]))
            if not optional:
                raise Invalid("TOGETHER", command=command.name) from None
            del given[optional[-1]]


def _again(command: Command, raw: Mapping[str, str]) -> str:
    """The key that asks for the same once more; empty when something of it finds no room."""
    try:
        return key(command.verb, **{name: value.strip() for name, value in raw.items() if value.strip()})
    except ValueError:
        return ""


def _nearest(found: list[Choice], typed: str) -> list[Choice]:
    if not typed.strip():
        return found[:SUGGESTIONS]
    from rapidfuzz import fuzz, process  # 0.1 s at first use

    word = typed.strip().lstrip("@").casefold()
    hits = process.extract(
        word, [c.label.casefold() for c in found], scorer=fuzz.WRatio, limit=SUGGESTIONS, score_cutoff=50
    )
    return [found[index] for _, _, index in hits]


def ticketed(error: BaseException, where: str) -> Failed:
    """What is said of our own mistake; what is known of it is in the log under its ticket."""
    ticket = "".join(secrets.choice(TICKET_LETTERS) for _ in range(6))
    log.error("ticket %s in %s", ticket, where, exc_info=error)
    return Failed("BUG", {"ticket": ticket})
