"""Whether a message of ours is there: one of the last in its channel, with its nonce, else with what it says."""

from datetime import datetime, timedelta
from typing import Any

import discord
from discord import ui

from bot.surfaces.discord.channels import Connected
from bot.surfaces.discord.draw import drawn
from bot.surfaces.discord.faults import told_apart
from bot.surfaces.discord.saying import Saying
from bot.surfaces.discord.threads import OF_A_LIVE, Spots
from core.errors import Denied, Missing

LAST = 50  # messages that are looked through for one of ours
SKEW = timedelta(seconds=30)  # that this machine's clock may be ahead of Discord's, which dates the messages


async def found(client: Connected, spots: Spots, saying: Saying, since: datetime) -> str | None:
    """The id of the post, empty when it is certain that there is none, None when nobody can tell. Raises what `told_apart`
    raises."""
    line, last = client.line, []
    try:
        spot = await spots.of(saying.notice, saying.meaning, saying.title, saying.words, make=False)
        if spot.forum is not None:
            return "" if isinstance(saying.meaning, OF_A_LIVE) else None
        async with told_apart(line, saying.address):
            channel = line.get_partial_messageable(spot.channel)
            last = [message async for message in channel.history(limit=LAST, after=since - SKEW)]
    except (Denied, Missing):
        return None
    said = written(drawn(saying.card, saying.words).view)
    for message in last:
        ours = line.user is not None and message.author.id == line.user.id
        alike = str(message.nonce or "") == saying.nonce or (not message.nonce and texts_of(message) == said)
        if ours and alike:
            return f"{spot.channel}/{message.id}"
    return None if len(last) >= LAST else ""


def texts_of(message: discord.Message) -> list[str]:
    """The texts of a message's parts, from top to bottom."""
    gathered: list[str] = []
    _gather(message.components, gathered)
    return gathered


def written(view: ui.LayoutView) -> list[str]:
    """The texts of a message that is to be sent, likewise."""
    return [item.content for item in view.walk_children() if isinstance(item, ui.TextDisplay)]


def _gather(parts: Any, gathered: list[str]) -> None:
    for part in parts:
        if isinstance(part, discord.TextDisplay):
            gathered.append(part.content)
        _gather(getattr(part, "children", ()) or (), gathered)
