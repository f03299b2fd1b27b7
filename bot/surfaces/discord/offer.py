"""What Discord is told to offer: the commands as application commands, made from their signatures.

Limits (Discord's developer documentation, application-commands): descriptions of 1 to 100 characters, 25 choices, 8,000
characters a command; default permissions count on top-level names only, so all commands of one name share one right.
"""

import hashlib
import inspect
import json
from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, Protocol, TypeVar

import discord
from discord import app_commands

from bot.card import Choice
from bot.channels import Channel, PingRole
from bot.clean import shown
from bot.command import Command, Option
from bot.surfaces.discord.pressing import POSTED_IN
from bot.surfaces.fit import cut_text
from core.model.person import Platform, Role

Here = discord.Interaction[Any]
Top = TypeVar("Top", "app_commands.Command[Any, ..., Any]", app_commands.Group)
Translate = Callable[[str, str], str]
"""(language, English source) → its translation, or the source itself."""

LANGUAGES = {discord.Locale.french: "fr"}
RIGHTS = {
    Role.VIEWER: None,
    Role.MODERATOR: discord.Permissions(manage_messages=True),
    Role.MANAGER: discord.Permissions(manage_guild=True),
    Role.OWNER: discord.Permissions(administrator=True),
}
LONGEST = 100
USER = frozenset({"transcribe", "search", "feed", "transcript", "me", "tiktok", "notices", "status", "privacy", "source",
                  "takedown", "help"})  # fmt: skip
"""Names that somebody may have wherever they are, without a server having Earshot."""

EVERYWHERE = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True)
ANYBODY = app_commands.AppInstallationType(guild=True, user=True)
FILE = "file"
HINTS = {FILE: "or a file of yours instead"}


class Answers(Protocol):
    """Whoever runs the commands."""

    async def ran(
        self, interaction: Here, command: Command, raw: dict[str, str], file: discord.Attachment | None = None
    ) -> None:
        """`command` was used with these values by option name, and perhaps with a file."""
        ...

    async def suggest(self, interaction: Here, command: Command, option: Option, typed: str) -> list[Choice]:
        """Up to 25 values for an option being typed."""
        ...


class _Picked(app_commands.Transformer):
    """Something of the server that is picked, not typed: handed on by its number."""

    async def transform(self, interaction: Here, value: Any, /) -> str:
        return str(value.id)


class _Channel(_Picked):
    @property
    def type(self) -> discord.AppCommandOptionType:
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        return POSTED_IN


class _Role(_Picked):
    @property
    def type(self) -> discord.AppCommandOptionType:
        return discord.AppCommandOptionType.role


PICKED: dict[Any, type[_Picked]] = {Channel: _Channel, PingRole: _Role}
"""Kinds that Discord has a picker of its own for."""


class _Translator(app_commands.Translator):
    def __init__(self, translate: Translate) -> None:
        self._translate = translate

    async def translate(
        self, string: app_commands.locale_str, locale: discord.Locale, context: app_commands.TranslationContextTypes
    ) -> str | None:
        language = LANGUAGES.get(locale)
        if language is None:
            return None
        told = short(self._translate(language, string.extras.get("source", string.message)))
        return None if told == string.message else told


async def tree(
    client: discord.Client, commands: Iterable[Command], answers: Answers, translate: Translate
) -> app_commands.CommandTree[Any]:
    """The command tree of `client`, not yet synced: what is for everybody, not what is for owners alone. Raises ValueError when
    a name is both a command and a group."""
    made = app_commands.CommandTree(
        client,
        allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True),
        allowed_installs=app_commands.AppInstallationType(guild=True),
    )
    await made.set_translator(_Translator(translate))
    for name, members in _grouped(commands, owners=False).items():
        made.add_command(_top(name, members, answers))
    return made


def add_for_owners(
    to: app_commands.CommandTree[Any], commands: Iterable[Command], answers: Answers, guild: discord.abc.Snowflake
) -> None:
    """What is for owners alone, for one server an owner is in."""
    for name, members in _grouped(commands, owners=True).items():
        made = _top(name, members, answers)
        made.allowed_contexts = made.allowed_installs = None  # a server's own commands have neither
        to.add_command(made, guild=guild, override=True)


def _grouped(commands: Iterable[Command], *, owners: bool) -> dict[str, list[Command]]:
    """Commands by their first word."""
    groups: dict[str, list[Command]] = defaultdict(list)
    for command in commands:
        if command.offered:
            groups[command.name.partition(" ")[0]].append(command.on(Platform.DISCORD))
    return {
        name: members
        for name, members in groups.items()
        if (min(command.role for command in members) is Role.OWNER) is owners
    }


async def payload(
    of: app_commands.CommandTree[Any], guild: discord.abc.Snowflake | None = None
) -> list[dict[str, Any]]:
    """The tree as it is told to Discord, translations included: what is for everywhere, or for one server."""
    translator = of.translator
    assert translator is not None
    return [await command.get_translated_payload(of, translator) for command in of.get_commands(guild=guild)]


def digest(told: list[dict[str, Any]]) -> str:
    """A hash of what is told: it is sent again only when this has changed."""
    return hashlib.blake2b(json.dumps(told, sort_keys=True).encode(), digest_size=16).hexdigest()


def short(text: str) -> str:
    """A description: one line of at most 100 characters, cut at a word."""
    return cut_text(shown(text).strip(), LONGEST, len) or "…"


def _told(text: str) -> app_commands.locale_str:
    return app_commands.locale_str(short(text), source=text)


def _top(
    name: str, members: list[Command], answers: Answers
) -> "app_commands.Command[Any, ..., Any] | app_commands.Group":
    rights = RIGHTS[min(command.role for command in members)]
    if members[0].name == name:
        if len(members) > 1:
            raise ValueError(f"/{name} is both a command and a group")
        return _installed(name, _command(members[0], name, answers), rights)
    words = ", ".join(command.name.partition(" ")[2] for command in members)
    group = app_commands.Group(name=name, description=short(f"{name}: {words}"))
    for command in members:
        group.add_command(_command(command, command.name.partition(" ")[2], answers))
    return _installed(name, group, rights)


def _installed(name: str, made: Top, rights: discord.Permissions | None) -> Top:
    """A top-level name with who is offered it, and where."""
    made.default_permissions = rights
    if name in USER:
        made.allowed_contexts, made.allowed_installs = EVERYWHERE, ANYBODY
    return made


def _command(command: Command, name: str, answers: Answers) -> "app_commands.Command[Any, ..., Any]":
    options = command.shown
    takes = next((option for option in options if option.kind.file), None)
    hints = {o.parameter: _told(o.kind.hint) for o in options} | ({FILE: _told(HINTS[FILE])} if takes else {})

    async def run(interaction: Here, **values: Any) -> None:
        named = {option.name: values.get(option.parameter) for option in options}
        given = {name: str(value) for name, value in named.items() if value is not None}
        file: discord.Attachment | None = values.get(FILE) if takes else None
        if takes and file is not None:
            given[takes.name] = given.get(takes.name) or file.filename
        await answers.ran(interaction, command, given, *((file,) if file is not None else ()))

    parameters = [*map(_parameter, options), *((_FILE,) if takes else ())]
    run.__signature__ = inspect.Signature([_HERE, *parameters])  # type: ignore[attr-defined]
    described = app_commands.describe(**hints)(run)
    described = app_commands.rename(**{o.parameter: o.name for o in options})(described)
    described = app_commands.choices(**{o.parameter: _choices(o) for o in options if o.kind.choices})(described)
    typing = {o.parameter: _typing(command, o, answers) for o in options if o.kind.suggest and not o.kind.choices}
    described = app_commands.autocomplete(**typing)(described)
    return app_commands.Command(name=name, description=_told(command.about), callback=described)


_HERE = inspect.Parameter("interaction", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=discord.Interaction)
_FILE = inspect.Parameter(FILE, inspect.Parameter.KEYWORD_ONLY, annotation=discord.Attachment | None, default=None)


def _parameter(option: Option) -> inspect.Parameter:
    """An option as the library reads it out of a signature."""
    return inspect.Parameter(
        option.parameter,
        inspect.Parameter.KEYWORD_ONLY,
        annotation=_annotation(option),
        default=inspect.Parameter.empty if _needed(option) else None,
    )


def _needed(option: Option) -> bool:
    """Whether nothing goes without it: a file may stand for it, else it is asked for."""
    return option.required and not option.kind.file


def _annotation(option: Option) -> Any:
    kind, wanted = option.kind, option.kind.type
    if wanted in PICKED:
        picked: Any = app_commands.Transform[str, PICKED[wanted]]
        return picked if _needed(option) else picked | None
    number = next((base for base in (int, float) if isinstance(wanted, type) and issubclass(wanted, base)), None)
    if kind.choices or kind.suggest or number is None:
        made: Any = str
    elif kind.least is None and kind.most is None:
        made = number
    else:
        made = app_commands.Range[number, *(None if x is None else number(x) for x in (kind.least, kind.most))]
    return made if _needed(option) else made | None


def _choices(option: Option) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=_told(choice.label), value=choice.value) for choice in option.kind.choices]


def _typing(
    command: Command, option: Option, answers: Answers
) -> Callable[[Here, str], Coroutine[Any, Any, list[app_commands.Choice[str]]]]:
    async def suggest(interaction: Here, current: str) -> list[app_commands.Choice[str]]:
        found = await answers.suggest(interaction, command, option, current)
        return suggestions(found)

    return suggest


def suggestions(found: Iterable[Choice]) -> list[app_commands.Choice[str]]:
    """At most 25 that Discord takes: names cut to 100 characters, values of 1 to 100."""
    fit = [choice for choice in found if 1 <= len(choice.value) <= LONGEST]
    return [app_commands.Choice(name=short(choice.label), value=choice.value) for choice in fit[:25]]
