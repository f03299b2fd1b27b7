"""A command is a typed async function; this reads its signature into what surfaces offer and what they must ask.

The first parameter is `Asked`; the others become options: a parameter without default is required, `X | None` and defaults
are optional, a trailing underscore is not shown (`in_`, `for_`). The first docstring line is the description.
"""

import inspect
import types
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any, Union, get_args, get_origin, get_type_hints

from bot.kinds import Kind, kind_of
from bot.limiting import Wish
from core.model.person import Platform, Role

Call = Callable[..., Awaitable[Any]]


@dataclass(frozen=True)
class Option:
    """One option of a command. `name` is what people type, `parameter` what the function calls it."""

    name: str
    parameter: str
    kind: Kind
    required: bool
    default: Any = None


@dataclass(frozen=True)
class Command:
    """A command as offered. `name` has one or two words. Not `offered`: only buttons press it (undo, confirmed steps).

    `begins`: it makes Earshot look, record or post, which a place has to be set up for. `records`: it has to do with what is
    recorded, which a place that wants notices only has nothing of. `wish` says whose limit it counts to.
    `quiet`: what it answers is for who asked alone, as far as that is known before it is done. `in_place`: pressed under a post,
    its answer takes the place of that post.
    """

    name: str
    about: str
    role: Role
    options: tuple[Option, ...]
    call: Call
    offered: bool = True
    begins: bool = False
    records: bool = False
    wish: Wish = Wish.QUEUE
    quiet: bool = True
    in_place: bool = False

    @property
    def verb(self) -> str:
        """The name as it stands in a button's key: `trigger.add`."""
        return self.name.replace(" ", ".")

    @property
    def shown(self) -> tuple[Option, ...]:
        """The options people are offered, in order."""
        return tuple(option for option in self.options if not option.kind.inner)

    @property
    def required(self) -> tuple[Option, ...]:
        """The options that must be given, in order."""
        return tuple(option for option in self.options if option.required)

    def on(self, platform: Platform) -> "Command":
        """The command as `platform` has it: without the options that exist elsewhere only."""
        return replace(self, options=tuple(option for option in self.options if platform in option.kind.on))

    def option(self, name: str) -> Option | None:
        """The option people call `name`."""
        return next((option for option in self.options if option.name == name), None)


def command(
    name: str,
    role: Role = Role.VIEWER,
    *,
    offered: bool = True,
    begins: bool = False,
    records: bool = False,
    wish: Wish = Wish.QUEUE,
    quiet: bool = True,
    in_place: bool = False,
) -> Callable[[Call], Command]:
    """Make a command of a function; `role` is the least right that may use it."""

    def made(call: Call) -> Command:
        about = (inspect.getdoc(call) or "").split("\n")[0].rstrip(".")
        options = tuple(_options(call))
        return Command(name, about, role, options, call, offered, begins, records, wish, quiet, in_place)

    return made


def _options(call: Call) -> list[Option]:
    hints = get_type_hints(call)
    parameters = list(inspect.signature(call).parameters.values())[1:]
    return [
        Option(
            name=p.name.rstrip("_"),
            parameter=p.name,
            kind=kind_of(_bare(hints[p.name])),
            required=p.default is inspect.Parameter.empty,
            default=None if p.default is inspect.Parameter.empty else p.default,
        )
        for p in parameters
    ]


def _bare(annotation: Any) -> Any:
    """`X` of `X | None`."""
    if get_origin(annotation) in (Union, types.UnionType):
        return next(one for one in get_args(annotation) if one is not type(None))
    return annotation


def key(verb: str, *values: object, **named: object) -> str:
    """A button's key: `trigger.remove:12`, `following:page=2`. At most 64 bytes: only ids, handles and choices go in."""
    parts = [str(value) for value in values] + [f"{name}={value}" for name, value in named.items()]
    made = f"{verb}:{';'.join(parts)}" if parts else verb
    if len(made.encode()) > 64 or any(";" in part for part in parts):
        raise ValueError(f"not a button key: {made}")
    return made
