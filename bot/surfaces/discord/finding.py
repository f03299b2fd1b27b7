"""What a message says, for recognising one of ours."""

from typing import Any

import discord
from discord import ui


def texts_of(message: discord.Message) -> list[str]:
    """The texts of a message's parts, from top to bottom."""
    found: list[str] = []
    _gather(message.components, found)
    return found


def written(view: ui.LayoutView) -> list[str]:
    """The texts of a message that is to be sent, likewise."""
    return [item.content for item in view.walk_children() if isinstance(item, ui.TextDisplay)]


def _gather(parts: Any, found: list[str]) -> None:
    for part in parts:
        if isinstance(part, discord.TextDisplay):
            found.append(part.content)
        _gather(getattr(part, "children", ()) or (), found)
