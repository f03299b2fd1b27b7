"""What can be done to a message: Apps › Transcribe, Send to review, Follow this account."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import discord
from discord import app_commands

from bot.command import Command
from bot.links import links_in
from bot.surfaces.discord.offer import ANYBODY, EVERYWHERE, RIGHTS
from core.model.person import Role

Here = discord.Interaction[Any]
NAMES = {"transcribe": "Transcribe", "review send": "Send to review", "follow": "Follow this account"}
"""The commands behind the entries, and what the entries are called."""

NAMED = re.compile(r"tiktok\.com/@([A-Za-z0-9_.]{1,64})", re.IGNORECASE)
MEDIA = ("video/", "audio/")


class Menus(Protocol):
    """Whoever runs the commands."""

    async def used_on(self, interaction: Here, command: Command, message: discord.Message) -> None:
        """The entry of `command` was used on `message`."""
        ...


@dataclass(frozen=True)
class Found:
    """What a message holds for a command: a value for its first option, perhaps a file instead."""

    value: str = ""
    file: discord.Attachment | None = None


def add_menus(to: app_commands.CommandTree[Any], commands: Iterable[Command], menus: Menus) -> None:
    """The entries, for the commands that are there."""
    for command in commands:
        if command.name in NAMES:
            to.add_command(_entry(command, menus))


def _entry(command: Command, menus: Menus) -> app_commands.ContextMenu:
    async def used(interaction: Here, message: discord.Message) -> None:
        await menus.used_on(interaction, command, message)

    used.__annotations__ = {"interaction": discord.Interaction, "message": discord.Message}
    anybody = command.role is Role.VIEWER
    made = app_commands.ContextMenu(name=app_commands.locale_str(NAMES[command.name]), callback=used)
    made.default_permissions = RIGHTS[command.role]
    made.allowed_contexts = EVERYWHERE if anybody else app_commands.AppCommandContext(guild=True)
    made.allowed_installs = ANYBODY if anybody else app_commands.AppInstallationType(guild=True)
    return made


def found_in(command: Command, message: discord.Message) -> Found:
    """What `command` can use of a message: its own number, an account's name, a file of sound or picture, or its links."""
    if command.name == "review send":
        return Found(str(message.id))
    told = "\n".join([message.content, *(embed.url or "" for embed in message.embeds), *_buttons(message)])
    if command.name == "follow":
        named = NAMED.search(told)
        return Found(f"@{named[1].rstrip('.')}") if named else Found()
    file = next((one for one in message.attachments if (one.content_type or "").startswith(MEDIA)), None)
    links = links_in(message.content) or links_in(told)  # what Discord shows of a link has its address once more
    if links and file is None:
        return Found(" ".join(links))
    return Found(file.filename, file) if file is not None else Found()


def _buttons(message: discord.Message) -> list[str]:
    """Where the link buttons of a message lead, and its texts where they are parts."""
    found: list[str] = []
    parts: list[Any] = list(message.components)
    while parts:
        part = parts.pop(0)
        parts += list(getattr(part, "children", ()) or ())
        found += [str(text) for text in (getattr(part, "url", None), getattr(part, "content", None)) if text]
    return found
