"""What Telegram's menus offer: the first word of every command, per kind of chat and language.

Limits (Bot API, setMyCommands, BotCommand): 100 commands a menu, names of `[a-z0-9_]{1,32}`, descriptions of 1 to 256.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from telegram import (
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)

from bot.clean import shown
from bot.command import Command
from bot.surfaces.fit import cut_text
from bot.surfaces.telegram.marks import utf16
from core.model.person import Role

Translate = Callable[[str, str], str]
LANGUAGES = ("", "fr")  # empty: everybody whose language has no menu of its own, in English
MOST, LONGEST = 100, 256


@dataclass(frozen=True)
class Menu:
    """One menu: who sees it where, in which language, and its entries in order."""

    scope: BotCommandScope
    language: str
    entries: tuple[BotCommand, ...]

    def body(self) -> dict[str, Any]:
        """The parameters of setMyCommands."""
        return {
            "commands": [entry.to_dict() for entry in self.entries],
            "scope": self.scope.to_dict(),
            "language_code": self.language,
        }


def menus(commands: Sequence[Command], translate: Translate, owners: Iterable[int] = ()) -> list[Menu]:
    """Every menu. In a private chat people manage their own place; `owners` are the chats of those who run Earshot."""
    scopes: list[tuple[BotCommandScope, Role]] = [
        (BotCommandScopeAllPrivateChats(), Role.MANAGER),
        (BotCommandScopeAllGroupChats(), Role.VIEWER),
        (BotCommandScopeAllChatAdministrators(), Role.MANAGER),
        *((BotCommandScopeChat(owner), Role.OWNER) for owner in owners),
    ]
    return [
        Menu(scope, language, _entries([c for c in commands if c.offered and c.role <= role], language, translate))
        for scope, role in scopes
        for language in LANGUAGES
    ]


def digest(told: Iterable[Menu]) -> str:
    """A hash of all menus: they are sent again only when it has changed."""
    return hashlib.blake2b(
        json.dumps([menu.body() for menu in told], sort_keys=True).encode(), digest_size=16
    ).hexdigest()


def _entries(commands: Sequence[Command], language: str, translate: Translate) -> tuple[BotCommand, ...]:
    told: dict[str, list[Command]] = {}
    for command in commands:
        told.setdefault(command.name.partition(" ")[0].replace("-", "_"), []).append(command)
    return tuple(BotCommand(name, _about(members, language, translate)) for name, members in list(told.items())[:MOST])


def _about(members: Sequence[Command], language: str, translate: Translate) -> str:
    """The description of a command of one word; of several under one word, the second words."""
    alone = next((command for command in members if " " not in command.name), None)
    text = translate(language or "en", alone.about) if alone else " · ".join(c.name.partition(" ")[2] for c in members)
    return cut_text(shown(text).strip(), LONGEST, utf16) or "…"
