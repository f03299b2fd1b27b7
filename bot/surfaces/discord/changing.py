"""Messages that change: posts, and replies to commands. Where Discord lets one change no more, what matters is said anew."""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import discord
from discord.utils import snowflake_time

from bot.card import File
from bot.surfaces.discord.draw import Drawn, drawn
from bot.surfaces.discord.faults import (
    CALL,
    CLOSED_REPLY,
    PATIENCE,
    UPLOAD,
    Closed,
    EditedTooOften,
    TooLarge,
    told_apart,
)
from bot.surfaces.discord.files import USUAL, without_files
from bot.surfaces.discord.replies import Reply
from bot.surfaces.discord.saying import Saying
from bot.surfaces.discord.sending import Fits, Sender
from core.errors import Denied, Invalid, Missing, Transient
from core.model.tellable.lives import LiveEnded
from core.ports.clock import Clock

log = logging.getLogger(__name__)
OLD = timedelta(minutes=55)  # after an hour Discord lets a message be changed a few times only


@dataclass(frozen=True)
class Changer:
    """Changes what is there; `sender` posts what cannot be changed."""

    client: Fits
    clock: Clock
    sender: Sender

    async def change(self, saying: Saying, external: str) -> str:
        """Edit the post `external`. What only kept an old one fresh is let go; what matters becomes a new message where Discord
        lets the old one change no more."""
        channel, _, message = external.partition("/")
        if not channel.isdecimal() or not message.isdecimal():
            return await self.sender.create(saying)
        age = self.clock.now() - snowflake_time(int(message))
        if saying.passing and age > OLD:
            return external
        try:
            await self._edited(saying, int(channel), int(message), 0.0 if age > OLD else PATIENCE)
        except (EditedTooOften, Closed):
            return await self._instead(saying, external)
        except Transient as error:
            if error.code != "DISCORD_LIMIT" or age <= OLD:
                raise
            return await self._instead(saying, external)  # an hour may pass before Discord lets it change
        except Invalid as error:
            return external if saying.passing else await self.sender.create_plainly(saying, error)
        if isinstance(saying.meaning, LiveEnded):
            await self.sender.spots.retag(int(channel), saying.address, saying.meaning, saying.words)
        return external

    async def reply(self, saying: Saying, reply: Reply) -> bool:
        """Whether the reply could be changed: it may have been dismissed, or Discord may have forgotten it."""
        closed = False

        async def edit(shown: Drawn) -> None:
            nonlocal closed
            async with told_apart(self.client.line, saying.address, UPLOAD if shown.files else CALL):
                try:
                    await reply.edit(shown)
                except discord.HTTPException as error:
                    if error.code not in CLOSED_REPLY:
                        raise
                    closed = True

        try:
            more = await self._fitting(saying, reply.interaction.filesize_limit, edit)
        except (Denied, Missing):
            closed = True
        else:
            if not closed and more and not reply.private:
                await self.sender.follow(saying, f"{reply.channel}/{reply.message}", more)
        reply.gone = reply.gone or closed
        return not closed

    # ------------------------------------------------------------------

    async def _instead(self, saying: Saying, external: str) -> str:
        """Of a message that cannot be changed now: what matters is said anew, and where it leaves out what must not be shown any
        longer, the old message goes."""
        if saying.spared:
            return external
        if saying.keeps_back:
            channel, _, message = external.partition("/")
            post = self.client.line.get_partial_messageable(int(channel)).get_partial_message(int(message))
            with suppress(Closed, Missing):  # Discord lets nobody change what is in a locked thread
                async with told_apart(self.client.line, saying.address, CALL):
                    await post.delete()
        return await self.sender.create(saying)

    async def _edited(self, saying: Saying, channel: int, message: int, patience: float) -> None:
        line = self.client.line
        at: Any = line.get_channel(channel)
        post = line.get_partial_messageable(channel).get_partial_message(message)

        async def edit(shown: Drawn) -> None:
            async with told_apart(line, saying.address, UPLOAD if shown.files else CALL, patience):
                await post.edit(view=shown.view, attachments=shown.uploads(), allowed_mentions=shown.allowed)

        guild = getattr(at, "guild", None)
        more = await self._fitting(saying, guild.filesize_limit if guild is not None else USUAL, edit)
        if not saying.card.stays:
            await self.sender.follow(saying, f"{channel}/{message}", more)

    async def _fitting(self, saying: Saying, most: int, edit: Callable[[Drawn], Any]) -> tuple[File, ...]:
        """Edit with files that fit, or with none."""
        for share in (1.0, 0.5):
            fit = await self.client.fitting.fit(saying.card, round(most * share), saying.words)
            try:
                await edit(drawn(fit.card, saying.words))
                return fit.more
            except TooLarge:
                log.warning("a file of %s was too large for Discord at %d bytes", saying.notice.key, most * share)
        await edit(drawn(without_files(saying.card, saying.words), saying.words))
        return ()
