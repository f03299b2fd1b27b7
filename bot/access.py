"""Rights: checked on every command and every press, never trusted from a button."""

from bot.asked import Asked
from bot.command import Command
from core.errors import Denied
from core.model.person import Purpose, Role


def permit(command: Command, asked: Asked) -> None:
    """Raises Denied NO_RIGHT (values `role`, `place`) when the asker may not use `command` here; SETUP_FIRST, or SETUP_ASK for
    those who may not set the place up either (value `place`), when it has to be set up before; NOTICES_ONLY (value `place`) when
    nothing is recorded for the place."""
    if asked.role < command.role:
        raise Denied("NO_RIGHT", role=command.role.name.lower(), place=asked.place.name)
    if command.begins and not asked.place.begun:
        if asked.role >= Role.MANAGER:
            raise Denied("SETUP_FIRST", place=asked.place.name)
        raise Denied("SETUP_ASK", place=asked.place.name)
    if command.records and asked.place.purpose is Purpose.NOTICES:
        raise Denied("NOTICES_ONLY", place=asked.place.name)


def usable(commands: tuple[Command, ...], asked: Asked) -> list[Command]:
    """What the asker may use and is offered where they are, in menu order."""
    platform = asked.place.platform
    begun, recorded = asked.place.begun, asked.place.purpose is not Purpose.NOTICES
    return [
        command.on(platform)
        for command in commands
        if command.offered
        and asked.role >= command.role
        and (begun or not command.begins)
        and (recorded or not command.records)
    ]
