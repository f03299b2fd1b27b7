"""Rights: checked on every command and every press, never trusted from a button."""

from bot.asked import Asked
from bot.command import Command
from core.errors import Denied


def permit(command: Command, asked: Asked) -> None:
    """Raises Denied NO_RIGHT (values `role`, `place`) when the asker may not use `command` here."""
    if asked.role < command.role:
        raise Denied("NO_RIGHT", role=command.role.name.lower(), place=asked.place.name)


def usable(commands: tuple[Command, ...], asked: Asked) -> list[Command]:
    """What the asker may use and is offered where they are, in menu order."""
    platform = asked.place.platform
    return [command.on(platform) for command in commands if command.offered and asked.role >= command.role]
