"""New messages: sent where they belong, in smaller files, beside a closed thread, or plainly, rather than not at all."""

import logging
from dataclasses import dataclass, replace
from typing import Any, Protocol

import discord

from bot.card import Card, File
from bot.surfaces.discord.channels import Connected
from bot.surfaces.discord.draw import Drawn, drawn
from bot.surfaces.discord.faults import CALL, UPLOAD, Closed, TooLarge, told_apart
from bot.surfaces.discord.files import USUAL, Fitting, without_files
from bot.surfaces.discord.saying import Saying, plainly
from bot.surfaces.discord.threads import OF_A_LIVE, Spot, Spots
from core.errors import Ambiguous, EarshotError, Invalid, Missing, Transient
from core.model.tellable.finds import RiskRaised

log = logging.getLogger(__name__)


class Fits(Connected, Protocol):
    """Who holds the connection, and makes files fit."""

    fitting: Fitting


@dataclass(frozen=True)
class Sender:
    """Sends; gives the id of what was posted."""

    client: Fits
    spots: Spots

    async def create(self, saying: Saying) -> str:
        """A new message. Raises what `told_apart` raises."""
        spot = await self.spots.of(saying.notice, saying.meaning, saying.title, saying.words)
        try:
            return await self._sent(saying, spot)
        except Closed:
            if await self.spots.reopen(spot, saying.address):
                return await self._sent(saying, spot)
        except Missing:
            if not spot.about and not spot.thread:
                raise
        return await self._beside(saying, spot)

    async def follow(self, saying: Saying, external: str, files: tuple[File, ...]) -> None:
        """The rest of a file that was cut, each part in a message of its own that is sent once, behind the post `external`."""
        line, channel = self.client.line, int(external.partition("/")[0])
        for number, file in enumerate(files, 1):
            words = saying.words
            shown = drawn(Card(words.line("{name}", name=file.name), files=(file,)), words)
            try:
                async with told_apart(line, saying.address, UPLOAD):
                    await line.get_partial_messageable(channel).send(
                        view=shown.view,
                        files=shown.uploads(),
                        nonce=f"{saying.nonce[:20]}p{number}",
                        allowed_mentions=shown.allowed,
                        silent=True,
                    )
            except Transient as error:  # the first of it is there: a repeat must know that
                raise Ambiguous("DISCORD_DOWN", error.retry_after) from error
            except EarshotError as error:  # and a refusal must not have it posted again
                log.warning("part %d of a file of %s cannot be posted: %s", number + 1, saying.notice.key, error)
                return

    async def create_plainly(self, saying: Saying, error: Invalid) -> str:
        """Discord refuses what we made, with `error`: our mistake, in the log; nothing is lost that can be said in words."""
        spot = await self.spots.of(saying.notice, saying.meaning, saying.title, saying.words)
        return await self._plainly(saying, spot, error)

    # ------------------------------------------------------------------

    async def _beside(self, saying: Saying, spot: Spot) -> str:
        """Send it beside a thread that is closed or gone, and say so once."""
        live_id = saying.meaning.live_id if isinstance(saying.meaning, OF_A_LIVE) else None
        about = f"live:{live_id}" if live_id is not None else saying.notice.subject
        beside = await self.spots.beside(spot, saying.notice, saying.title)
        if await self.spots.first_time(saying.address, about):
            said = saying.words.line("The thread of this is closed, so I post here.")
            saying = replace(saying, card=replace(saying.card, body=(*saying.card.body, said)))
        return await self._sent(saying, beside)

    async def _sent(self, saying: Saying, spot: Spot) -> str:
        """Send it, in smaller files or plainly if Discord will not have it as it is."""
        most = spot.guild.filesize_limit if spot.guild is not None else USUAL
        for share in (1.0, 0.5):
            try:
                return await self._fitted(saying, spot, round(most * share))
            except TooLarge:
                log.warning("a file of %s was too large for Discord at %d bytes", saying.notice.key, most * share)
            except Invalid as error:
                return await self._plainly(saying, spot, error)
        bare = replace(saying, card=without_files(saying.card, saying.words))
        try:
            return await self._fitted(bare, spot, most)
        except Invalid as error:
            return await self._plainly(saying, spot, error)

    async def _fitted(self, saying: Saying, spot: Spot, most: int) -> str:
        fit = await self.client.fitting.fit(saying.card, most, saying.words)
        external = await self._made(saying, spot, drawn(fit.card, saying.words))
        await self.follow(saying, external, fit.more)
        return external

    async def _made(self, saying: Saying, spot: Spot, shown: Drawn) -> str:
        line = self.client.line
        given: dict[str, Any] = {"view": shown.view, "allowed_mentions": shown.allowed, "silent": saying.notice.silent}
        if spot.forum is not None:
            tags = await self.spots.tagged(spot, saying.address, saying.meaning, saying.words)
            async with told_apart(line, saying.address, UPLOAD if shown.files else CALL):
                made = await spot.forum.create_thread(
                    name=spot.name or saying.title[:100], files=shown.uploads(), applied_tags=tags, **given
                )
            await self.spots.remember(spot, saying.address, made.thread.id)
            return f"{made.thread.id}/{made.message.id}"
        channel = line.get_partial_messageable(spot.channel, guild_id=spot.guild.id if spot.guild else None)
        answered = await self._answered(saying, spot)
        async with told_apart(line, saying.address, UPLOAD if shown.files else CALL):
            message = await channel.send(files=shown.uploads(), nonce=saying.nonce, **given, **answered)
        if spot.about and isinstance(saying.meaning, RiskRaised):
            await self.spots.retag(spot.channel, saying.address, saying.meaning, saying.words)
        return f"{spot.channel}/{message.id}"

    async def _answered(self, saying: Saying, spot: Spot) -> dict[str, Any]:
        """The post it answers, where both stand in one channel."""
        message = await self.spots.answered(saying.notice, saying.meaning, spot)
        if not message:
            return {}
        return {
            "reference": discord.MessageReference(message_id=message, channel_id=spot.channel, fail_if_not_exists=False)
        }

    async def _plainly(self, saying: Saying, spot: Spot, error: Invalid) -> str:
        log.error("Discord refused %s %s: %s", saying.notice.kind, saying.notice.key, error)
        line, text = self.client.line, plainly(saying.card)
        given: dict[str, Any] = {"content": text, "allowed_mentions": discord.AllowedMentions.none()}
        async with told_apart(line, saying.address):
            if spot.forum is not None:
                made = await spot.forum.create_thread(name=spot.name or "Earshot", **given)
                return f"{made.thread.id}/{made.message.id}"
            channel = line.get_partial_messageable(spot.channel)
            message = await channel.send(nonce=f"{saying.nonce[:20]}t", silent=saying.notice.silent, **given)
        return f"{spot.channel}/{message.id}"
