"""Replies that can still change: what became of an interaction, for whoever has more to say in the same place.

A command's job may be told before the command itself was answered: whoever edits waits until the reply is there. Discord lets a
reply be changed for 15 minutes; nothing of this outlives the process, and nothing has to.
"""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import discord

from bot.surfaces.discord.draw import Drawn
from bot.wording import Words

Here = discord.Interaction[Any]
ALIVE = 14 * 60.0  # seconds, a minute less than Discord's
KEPT = 5_000  # replies remembered, 9 KB each; the oldest go first, and those Discord lets nobody change any more


@dataclass
class Reply:
    """The reply to one interaction. `message` is its id, 0 until it is there; `first` whether it is the interaction's own message,
    rather than one sent after it. `gone`: there is none, and there will be none."""

    interaction: Here
    alive_for: float
    born: float = field(default_factory=monotonic)
    message: int = 0
    first: bool = True
    private: bool = False
    gone: bool = False
    words: Words | None = None
    there: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def alive(self) -> bool:
        """Whether Discord still takes changes of it."""
        return monotonic() - self.born < self.alive_for

    @property
    def channel(self) -> int:
        """Where it stands."""
        return self.interaction.channel_id or 0

    def placed(self, message: int, words: Words, *, first: bool = True, private: bool = False) -> None:
        """It is there."""
        self.message, self.words, self.first, self.private = message, words, first, private
        self.gone = False

    async def edit(self, drawn: Drawn) -> None:
        """Change it. Raises what the library raises."""
        given: dict[str, Any] = {
            "view": drawn.view,
            "attachments": drawn.uploads(),
            "allowed_mentions": drawn.allowed,
        }
        if self.first:
            self.message = (await self.interaction.edit_original_response(**given)).id
        else:
            await self.interaction.followup.edit_message(self.message, **given)


@dataclass
class Replies:
    """Every reply of the last minutes, by the key that stands after `#` in an address: `i` and the interaction's number."""

    alive_for: float = ALIVE
    _known: OrderedDict[str, Reply] = field(default_factory=OrderedDict)

    def open(self, interaction: Here) -> Reply:
        """The reply to an interaction that has just come in."""
        reply = self._known[key_of(interaction)] = Reply(interaction, self.alive_for)
        while len(self._known) > KEPT or (len(self._known) > 1 and not next(iter(self._known.values())).alive):
            self._known.popitem(last=False)
        return reply

    def get(self, key: str) -> Reply | None:
        """The reply of a key; None for one that this process does not know."""
        return self._known.get(key)


def key_of(interaction: Here) -> str:
    """What stands after `#` in the address of a reply."""
    return f"i{interaction.id}"
