"""How a reply reaches who asked: at once, or in the place of a waiting message; later than Discord allows, as a message of its own.

Discord waits 3 s for an answer; people are shown within one that something is being done.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace
from enum import Enum
from time import time
from typing import Any

import discord
from discord import InteractionResponseType as Kind
from discord import InteractionType as Used
from discord.utils import snowflake_time

from bot.asked import Asked
from bot.card import Card
from bot.cards import draw
from bot.replies.common import Failed, Missing
from bot.replies.reviews import AlertShown
from bot.surfaces.discord.draw import Drawn, drawn
from bot.surfaces.discord.faults import UPLOAD, told_apart
from bot.surfaces.discord.files import Fit, Fitting, weight, without_files
from bot.surfaces.discord.replies import Here, Reply
from bot.wording import Words
from core.errors import EarshotError, Transient
from core.model.tellable.videos import Transcribed, Transcribing

log = logging.getLogger(__name__)
SOON, AT_LEAST = 0.4, 0.05  # seconds a command may take to be answered without a waiting message
CALL = 30.0  # seconds one call of Discord may take
HEAVY = 256 * 1024  # bytes of files that might not be over in time


class From(Enum):
    """What was used: a command or a form, a button under something only the asker sees, or one under a post."""

    COMMAND = "command"
    OWN = "own"
    POST = "post"


@dataclass(frozen=True)
class Manner:
    """How to answer, as far as it is known before it is done. `in_place`: a post that was pressed on becomes the answer."""

    origin: From
    quiet: bool = True
    in_place: bool = False

    def fate(self, meaning: Any, card: Card) -> tuple[bool, bool]:
        """(whether what was pressed on becomes the answer, whether the answer is for the asker alone)."""
        match self.origin:
            case From.COMMAND:
                return False, card.private or isinstance(meaning, AlertShown)  # its posts are the copies everybody sees
            case From.OWN:
                return not isinstance(meaning, Failed) and not (isinstance(meaning, Missing) and meaning.empty), True
            case From.POST if self.in_place and not card.private:
                return True, False
            case From.POST:
                return False, card.private or not isinstance(meaning, Transcribing | Transcribed)


Acting = Callable[[], Coroutine[Any, Any, tuple[Any, Asked | None]]]


@dataclass
class Answer:
    """One interaction being answered."""

    interaction: Here
    reply: Reply
    manner: Manner
    fitting: Fitting
    words: Words
    waits_quietly: bool = True

    async def run(self, act: Acting) -> None:
        """Do it, and say what came of it. Raises what the library raises when Discord takes no answer."""
        task = asyncio.create_task(act())
        try:
            done, _ = await asyncio.wait({task}, timeout=self._left())
            if not done:
                await self._wait()
            meaning, asked = await task
        finally:
            task.cancel()  # nobody waits for it any more
        anew = meaning.anew if isinstance(meaning, Failed) and self.manner.origin is not From.COMMAND else None
        await self.show(meaning if anew is None else anew, asked)
        if anew is not None and self.reply.alive:
            words = asked.words if asked else self.words
            await self._called(self._followed(drawn(draw(meaning, words), words), private=True))

    async def meanwhile(self, meaning: Any) -> None:
        """How far it is, in the waiting message. What goes wrong with it costs nothing else."""
        if self.interaction.response.type is not Kind.deferred_channel_message or not self.reply.alive:
            return
        shown = drawn(draw(meaning, self.words), self.words)
        try:
            async with asyncio.timeout(CALL):
                await self.interaction.edit_original_response(view=shown.view, allowed_mentions=shown.allowed)
        except (discord.HTTPException, OSError, TimeoutError) as error:
            log.info("how far it is could not be said: %s", error)

    async def show(self, meaning: Any, asked: Asked | None = None) -> None:
        """The reply itself."""
        words = asked.words if asked else self.words
        card = draw(meaning, words)
        updates, private = self.manner.fate(meaning, card)
        if not private and asked is not None:
            words = asked.public
            card = draw(meaning, words)
        if not self.interaction.response.is_done() and weight(card.files) > HEAVY:
            await self._wait()
        fit = await self._fitted(card, words)
        shown = drawn(replace(fit.card, ping=""), words)
        if shown.ask is not None and self._opens():
            self.reply.gone = True
            await self._called(self.interaction.response.send_modal(shown.ask))
            return
        if not self.reply.alive:
            await self._late(shown, private)
            return
        await self._place(shown, updates, private, words)
        for file in () if updates and card.stays else fit.more:
            part = drawn(Card(words.line("{name}", name=file.name), files=(file,), private=private), words)
            await self._called(self._followed(part, private))

    # ------------------------------------------------------------------ at once, or not

    def _opens(self) -> bool:
        """Whether a form may be the answer: Discord takes none in answer to a form, nor after another answer."""
        return self.interaction.type is not Used.modal_submit and not self.interaction.response.is_done()

    def _left(self) -> float:
        """Seconds until a waiting message is due, reckoned from when the person acted; a wrong clock costs little."""
        age = time() - snowflake_time(self.interaction.id).timestamp()
        return min(SOON, max(AT_LEAST, SOON - age))

    async def _wait(self) -> None:
        """Show that something is being done."""
        updates = self.manner.origin is From.OWN or (self.manner.origin is From.POST and self.manner.in_place)
        self.waits_quietly = self.manner.quiet
        response = self.interaction.response
        if updates:
            await self._called(response.defer())
        else:
            await self._called(response.defer(ephemeral=self.manner.quiet, thinking=True))

    async def _fitted(self, card: Card, words: Words) -> Fit:
        while True:
            try:
                return await self.fitting.fit(card, self.interaction.filesize_limit, words)
            except Transient:
                if not self.interaction.response.is_done():
                    await self._wait()
                if not self.reply.alive:
                    return Fit(without_files(card, words))

    # ------------------------------------------------------------------ where it goes

    async def _place(self, shown: Drawn, updates: bool, private: bool, words: Words) -> None:
        interaction, kind = self.interaction, self.interaction.response.type
        given: dict[str, Any] = {"view": shown.view, "allowed_mentions": shown.allowed}
        if kind is None:
            with shown.opened() as files:
                await self._first(given, files, updates, private, words)
        elif self._fills(kind, updates, private):
            await self._called(self.reply.edit(shown))
            self.reply.placed(self.reply.message, words, private=private)
        else:
            if kind is Kind.deferred_channel_message:
                await self._called(interaction.delete_original_response())
            message = await self._called(self._followed(shown, private))
            self.reply.placed(message.id, words, first=False, private=private)

    async def _first(
        self, given: dict[str, Any], files: list[discord.File], updates: bool, private: bool, words: Words
    ) -> None:
        """The answer to the interaction itself."""
        message, response = self.interaction.message, self.interaction.response
        if updates and message is not None:
            await self._called(response.edit_message(**given, attachments=files))
            self.reply.placed(message.id, words, private=private)
            return
        sent = await self._called(response.send_message(**given, files=files, ephemeral=private))
        self.reply.placed(sent.message_id or 0, words, private=private)

    def _fills(self, kind: Kind, updates: bool, private: bool) -> bool:
        """Whether the reply goes where the waiting message stands: who sees that one was said when it began to wait."""
        return updates if kind is Kind.deferred_message_update else private == self.waits_quietly

    async def _followed(self, shown: Drawn, private: bool) -> Any:
        return await self.interaction.followup.send(
            view=shown.view, files=shown.uploads(), allowed_mentions=shown.allowed, ephemeral=private, wait=True
        )

    async def _late(self, shown: Drawn, private: bool) -> None:
        """Discord takes no more answers to this: it goes to the channel, or to the person alone."""
        line, user, place = self.interaction.client, self.interaction.user, self.interaction.guild_id
        self.reply.gone = True
        try:
            async with told_apart(line, f"discord:{self.reply.channel}", UPLOAD):
                channel = line.get_partial_messageable(self.reply.channel, guild_id=place)
                to: Any = await line.create_dm(user) if private else channel
                await to.send(view=shown.view, files=shown.uploads(), allowed_mentions=shown.allowed)
        except EarshotError as error:
            log.warning("a late answer could not be given: %s", error)

    async def _called(self, call: Awaitable[Any]) -> Any:
        async with asyncio.timeout(CALL):
            return await call
