"""Posts on Discord: what is told becomes a message, in a channel, in the thread of its live, or in the place of a reply.

The id of a post is `CHANNEL/MESSAGE`; a reply that only its asker sees has the key of its reply instead. Messages are made with a
nonce Discord recognises for a few minutes, so that a repeat posts nothing twice.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

import discord
from discord.utils import snowflake_time

from bot.card import Card, File
from bot.cards import draw
from bot.house import House
from bot.surfaces.discord.channels import Connected, number_of
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
from bot.surfaces.discord.files import USUAL, Fitting, without_files
from bot.surfaces.discord.finding import texts_of, written
from bot.surfaces.discord.marks import escape
from bot.surfaces.discord.replies import Replies, Reply
from bot.surfaces.discord.threads import OF_A_LIVE, Spot, Spots
from bot.surfaces.fit import bare
from bot.surfaces.people import only_for, words_for
from bot.wording import Words, plain
from core.errors import Ambiguous, Denied, EarshotError, Invalid, Missing, Transient
from core.model.notice import Notice, Tellable
from core.model.person import Address
from core.model.risk import Verdict
from core.model.tellable.finds import HitFound, RiskRaised
from core.model.tellable.lives import LiveEnded, LiveStarted, Rolling
from core.model.tellable.videos import Transcribing
from core.ports.messenger import Pace

log = logging.getLogger(__name__)
OLD = timedelta(minutes=55)  # after an hour Discord lets a message be changed a few times only
REPLY_COMES = 20.0  # seconds a post waits for the reply it is to change
LAST = 50  # messages that are looked through for one of ours
SKEW = timedelta(seconds=30)  # that this machine's clock may be ahead of Discord's, which dates the messages
PLAIN = 1_900  # characters of a message without parts
PER_CHANNEL, BURST = 1.0, 5  # five messages in five seconds


class Chat(Connected, Protocol):
    """Who holds the connection, the replies and the files."""

    replies: Replies
    fitting: Fitting


@dataclass(frozen=True)
class Saying:
    """A notice as it is being posted."""

    notice: Notice
    meaning: Tellable
    card: Card
    words: Words
    nonce: str

    @property
    def address(self) -> Address:
        """Where, without the reply."""
        return self.notice.address.partition("#")[0]

    @property
    def title(self) -> str:
        """What happened, in plain text."""
        return plain(self.card.title)

    @property
    def passing(self) -> bool:
        """Whether an edit only keeps a count or a time fresh: of an old message nobody reads that any more."""
        if isinstance(self.meaning, RiskRaised):
            return self.meaning.verdict is Verdict.WAITING
        return isinstance(self.meaning, Rolling | HitFound | LiveStarted | Transcribing)


@dataclass
class DiscordMessenger:
    """Discord, as whoever delivers sees it."""

    client: Chat
    house: House
    repeats_for: float = 120.0

    def __post_init__(self) -> None:
        self._spots = Spots(self.client, self.house)

    @property
    def per_second(self) -> float:
        """Of the 50 calls Discord takes, what leaves room for answers."""
        return 40.0

    def pace(self, address: Address) -> Pace:
        """Every channel has a limit of its own."""
        return Pace(f"discord:{number_of(address)}", PER_CHANNEL, BURST)

    async def post(self, notice: Notice, nonce: str, external: str) -> str:
        """See the port."""
        key = notice.address.partition("#")[2]
        reply = self.client.replies.get(key) if key else None
        saying = await self._saying(notice, nonce, reply)
        if key:
            return await self._reply(saying, reply, key, external)
        return await self._change(saying, external) if external else await self._create(saying)

    async def find(self, notice: Notice, nonce: str, since: datetime) -> str | None:
        """See the port. Looks at the last messages, by their nonce, else by what they say."""
        if "#" in notice.address:
            return None
        saying = await self._saying(notice, nonce, None)
        try:
            spot = await self._spots.of(notice, saying.meaning, saying.title, saying.words, make=False)
            if spot.forum is not None:
                return "" if isinstance(saying.meaning, OF_A_LIVE) else None
            line, found = self.client.line, []
            async with told_apart(line, saying.address):
                channel = line.get_partial_messageable(spot.channel)
                found = [message async for message in channel.history(limit=LAST, after=since - SKEW)]
        except (Denied, Missing):
            return None
        mine = [message for message in found if line.user is not None and message.author.id == line.user.id]
        said = written(drawn(saying.card, saying.words).view)
        for message in mine:
            if str(message.nonce or "") == nonce or (not message.nonce and texts_of(message) == said):
                return f"{spot.channel}/{message.id}"
        return None if len(found) >= LAST else ""

    # ------------------------------------------------------------------ what is said

    async def _saying(self, notice: Notice, nonce: str, reply: Reply | None) -> Saying:
        words = reply.words if reply is not None else None
        words = words or await words_for(self.house.storage, self.house.settings, notice)
        meaning = notice.tells()
        card = draw(meaning, words)
        return Saying(
            notice, meaning, card if isinstance(meaning, LiveStarted) else replace(card, ping=""), words, nonce
        )

    # ------------------------------------------------------------------ a new message

    async def _create(self, saying: Saying) -> str:
        spot = await self._spots.of(saying.notice, saying.meaning, saying.title, saying.words)
        try:
            return await self._sent(saying, spot)
        except Closed:
            if await self._spots.reopen(spot, saying.address):
                return await self._sent(saying, spot)
        except Missing:
            if not spot.about and not spot.thread:
                raise
        about = f"live:{saying.meaning.live_id}" if isinstance(saying.meaning, OF_A_LIVE) else saying.notice.subject
        beside = await self._spots.beside(spot, saying.notice, saying.title)
        if await self._spots.first_time(saying.address, about):
            said = saying.words.line("The thread of this is closed, so I post here.")
            saying = replace(saying, card=replace(saying.card, body=(*saying.card.body, said)))
        return await self._sent(saying, beside)

    async def _sent(self, saying: Saying, spot: Spot) -> str:
        """Send it, in smaller files or plainly if Discord will not have it as it is."""
        most = limit_of(spot)
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
        await self._parts(saying, external, fit.more)
        return external

    async def _made(self, saying: Saying, spot: Spot, shown: Drawn) -> str:
        line = self.client.line
        given: dict[str, Any] = {"view": shown.view, "allowed_mentions": shown.allowed, "silent": saying.notice.silent}
        if spot.forum is not None:
            tags = await self._spots.tagged(spot, saying.address, saying.meaning, saying.words)
            async with told_apart(line, saying.address, UPLOAD if shown.files else CALL):
                made = await spot.forum.create_thread(
                    name=spot.name or saying.title[:100], files=shown.uploads(), applied_tags=tags, **given
                )
            await self._spots.remember(spot, saying.address, made.thread.id)
            return f"{made.thread.id}/{made.message.id}"
        channel = line.get_partial_messageable(spot.channel, guild_id=spot.guild.id if spot.guild else None)
        async with told_apart(line, saying.address, UPLOAD if shown.files else CALL):
            message = await channel.send(files=shown.uploads(), nonce=saying.nonce, **given)
        if spot.about and isinstance(saying.meaning, RiskRaised):
            await self._spots.retag(spot.channel, saying.address, saying.meaning, saying.words)
        return f"{spot.channel}/{message.id}"

    async def _parts(self, saying: Saying, external: str, files: tuple[File, ...]) -> None:
        """The rest of a file that was cut, each part in a message of its own that is sent once."""
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

    async def _plainly(self, saying: Saying, spot: Spot, error: Invalid) -> str:
        """Discord refuses what we made: our mistake, in the log; nothing is lost that can be said in words."""
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

    # ------------------------------------------------------------------ a message that changes

    async def _change(self, saying: Saying, external: str) -> str:
        """Edit the post `external`. What only kept an old one fresh is let go; what matters becomes a new message where Discord
        lets the old one change no more."""
        channel, _, message = external.partition("/")
        if not channel.isdecimal() or not message.isdecimal():
            return await self._create(saying)
        age = self.house.clock.now() - snowflake_time(int(message))
        if saying.passing and age > OLD:
            return external
        try:
            await self._edited(saying, int(channel), int(message), 0.0 if age > OLD else PATIENCE)
        except (EditedTooOften, Closed):
            return external if saying.passing else await self._create(saying)
        except Transient as error:
            if error.code != "DISCORD_LIMIT" or age <= OLD:
                raise
            return await self._create(saying)  # an hour may pass before Discord lets it change
        except Invalid as error:
            spot = await self._spots.of(saying.notice, saying.meaning, saying.title, saying.words)
            return external if saying.passing else await self._plainly(saying, spot, error)
        if isinstance(saying.meaning, LiveEnded):
            await self._spots.retag(int(channel), saying.address, saying.meaning, saying.words)
        return external

    async def _edited(self, saying: Saying, channel: int, message: int, patience: float) -> None:
        line = self.client.line
        at: Any = line.get_channel(channel)
        post = line.get_partial_messageable(channel).get_partial_message(message)

        async def edit(shown: Drawn) -> None:
            async with told_apart(line, saying.address, UPLOAD if shown.files else CALL, patience):
                await post.edit(view=shown.view, attachments=shown.uploads(), allowed_mentions=shown.allowed)

        guild = getattr(at, "guild", None)
        more = await self._fitting(saying, guild.filesize_limit if guild is not None else USUAL, edit)
        await self._parts(saying, f"{channel}/{message}", more)

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

    # ------------------------------------------------------------------ a reply that changes

    async def _reply(self, saying: Saying, reply: Reply | None, key: str, external: str) -> str:
        """Change the reply to a command while Discord takes that; then the message it was, else a new one: to the person alone
        when it is theirs alone."""
        if reply is not None and await self._is_there(reply) and await self._replied(saying, reply):
            return key if reply.private else f"{reply.channel}/{reply.message}"
        only = only_for(saying.meaning)
        if "/" in external:
            return await self._change(saying, external)
        if external and isinstance(saying.meaning, Transcribing):
            return external  # whoever dismissed the reply does not wait for its steps
        if only:
            alone = replace(saying.notice, address=f"discord:@{only.rpartition(':')[2]}")
            return await self._create(replace(saying, notice=alone))
        return await self._create(saying)

    async def _is_there(self, reply: Reply) -> bool:
        """Wait until the command was answered; whether there is a reply to change. Raises Transient when that takes too long."""
        try:
            async with asyncio.timeout(REPLY_COMES):
                await reply.there.wait()
        except TimeoutError as error:
            raise Transient("DISCORD_DOWN", 2.0) from error
        return reply.alive and not reply.gone

    async def _replied(self, saying: Saying, reply: Reply) -> bool:
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
                await self._parts(saying, f"{reply.channel}/{reply.message}", more)
        reply.gone = reply.gone or closed
        return not closed


def limit_of(spot: Spot) -> int:
    """Bytes a file may have there."""
    return spot.guild.filesize_limit if spot.guild is not None else USUAL


def plainly(card: Card) -> str:
    """A card as text that formats nothing and calls nobody."""
    return escape(bare(card))[:PLAIN] or "…"
