"""Where a post stands: the channel, the thread of its live, or a post of its own in a forum.

A live has one thread, on the post that told its start; in a forum it is one post with everything in it. Threads are kept in
`topics` by what they are about, so that a live goes on where it was after a restart.
"""

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import discord

from bot.house import House
from bot.surfaces.discord.channels import Connected, number_of
from bot.surfaces.discord.faults import THREAD_EXISTS, looking, told_apart
from bot.wording import Words
from core.errors import Denied, EarshotError, Invalid, Missing, Transient
from core.model.live import Live
from core.model.notice import Notice, Tellable
from core.model.person import Address
from core.model.tellable.finds import ClipSaved, HitFound, RiskRaised
from core.model.tellable.lives import LiveEnded, LiveLeft, LiveLost, LiveStarted, Rolling, WordsLate
from core.services.feeding import within_live

log = logging.getLogger(__name__)
OF_A_LIVE = (LiveStarted, LiveEnded, LiveLeft, LiveLost, Rolling, HitFound, ClipSaved, RiskRaised)
IN_ITS_THREAD = (LiveLost, Rolling, WordsLate, HitFound, ClipSaved, RiskRaised)
NAME = 100  # characters of a thread's name
NONE = "0"  # the thread of what has none, and will not get one
TAGS = {LiveStarted: "live", LiveEnded: "ended", RiskRaised: "risk"}


@dataclass(frozen=True)
class Spot:
    """Where to post. `channel` is its number; with `forum` a new post called `name` is made there. `about`: what the thread that
    comes of it is remembered by. `fallback`: somewhere else, because the thread is closed."""

    channel: int
    guild: discord.Guild | None = None
    forum: discord.ForumChannel | None = None
    name: str = ""
    about: str = ""
    thread: bool = False
    fallback: bool = False


@dataclass(frozen=True)
class Spots:
    """Finds spots, and makes threads."""

    client: Connected
    house: House

    async def of(self, notice: Notice, meaning: Tellable, title: str, words: Words, *, make: bool = True) -> Spot:
        """Where `notice` goes; without `make` nothing is made for it. Raises what `told_apart` raises."""
        address, line = notice.address.partition("#")[0], self.client.line
        number = number_of(address)
        if number.startswith("@"):
            async with looking(line, address):
                return Spot((await line.create_dm(discord.Object(int(number[1:])))).id)
        channel = await self._channel(line, address)
        if isinstance(channel, discord.ForumChannel):
            return await self._in_forum(channel, address, meaning, title, words)
        spot = Spot(channel.id, getattr(channel, "guild", None), thread=isinstance(channel, discord.Thread))
        if spot.thread or not isinstance(meaning, IN_ITS_THREAD) or meaning.live_id is None:
            return spot
        if isinstance(meaning, RiskRaised):
            async with self.house.storage.reading() as work:
                if not await within_live(work, notice.place, meaning):
                    return spot
        thread = await self._thread(channel, address, meaning.live_id, words, make=make)
        return replace(spot, channel=thread, thread=True) if thread else spot

    async def answered(self, notice: Notice, meaning: Tellable, spot: Spot) -> int:
        """The number of the message at `spot` that a post answers: an alert that has grown; 0 for any other."""
        if not isinstance(meaning, RiskRaised) or not meaning.grown:
            return 0
        async with self.house.storage.reading() as work:
            post = await work.outbox.post_of(notice.address, f"risk:{meaning.alert_id}")
        channel, _, message = post.partition("/")
        return int(message) if channel == str(spot.channel) and message.isdecimal() else 0

    async def beside(self, spot: Spot, notice: Notice, title: str) -> Spot:
        """Where to post when the thread is closed: the channel it belongs to, in a forum a post of its own."""
        line, address = self.client.line, notice.address.partition("#")[0]
        channel = await self._channel(line, address)
        if isinstance(channel, discord.ForumChannel):
            return Spot(channel.id, channel.guild, channel, title[:NAME], fallback=True)
        if channel.id == spot.channel:
            raise Denied("NO_POST", channel=address, missing="Send Messages in Threads")
        return replace(spot, channel=channel.id, thread=False, fallback=True)

    async def reopen(self, spot: Spot, address: Address) -> bool:
        """Open a closed thread again, if we may."""
        line = self.client.line
        try:
            async with looking(line, address):
                thread = await line.fetch_channel(spot.channel)
                if not isinstance(thread, discord.Thread) or (thread.locked and not _may(thread, "manage_threads")):
                    return False
                await thread.edit(archived=False)
        except (Denied, Missing, Invalid) as error:
            log.info("thread %s stays closed: %s", spot.channel, error)
            return False
        return True

    async def first_time(self, address: Address, about: str) -> bool:
        """Whether this is the first time that the thread about something was found closed; nothing goes there any more."""
        async with self.house.storage.work() as work:
            if await work.topics.of(address, f"closed:{about}"):
                return False
            await work.topics.put(address, f"closed:{about}", "1")
            await work.topics.put(address, about, NONE)
        return True

    async def remember(self, spot: Spot, address: Address, thread: int) -> None:
        """The thread of what `spot` is about."""
        if spot.about:
            async with self.house.storage.work() as work:
                await work.topics.put(address, spot.about, str(thread))

    # ------------------------------------------------------------------ channels and threads

    async def _channel(self, line: discord.Client, address: Address) -> Any:
        number = number_of(address)
        if not number.isdecimal():
            raise Missing("NOT_FOUND", x=address)
        known = line.get_channel(int(number))
        if known is not None:
            return known
        async with looking(line, address):
            return await line.fetch_channel(int(number))

    async def _thread(
        self, channel: discord.TextChannel, address: Address, live_id: int, words: Words, *, make: bool
    ) -> int:
        """The thread of a live on its start post; 0 where there is none and none can be made."""
        about = f"live:{live_id}"
        async with self.house.storage.reading() as work:
            known = await work.topics.of(address, about)
            post = await work.outbox.post_of(address, about)
            live = await work.lives.get(live_id)
        if known:
            return int(known)
        at, _, message = post.partition("/")
        if not message.isdecimal() or at != str(channel.id) or live is None or not make:
            return 0
        made = await self._made(channel, address, int(message), _name(live, words))
        async with self.house.storage.work() as work:
            await work.topics.put(
                address, about, str(made)
            )  # 0 too: what is refused once is not asked for at every hit
        return made

    async def _made(self, channel: discord.TextChannel, address: Address, message: int, name: str) -> int:
        line = self.client.line
        if not _may(channel, "create_public_threads"):
            return 0
        try:
            async with looking(line, address):
                post = channel.get_partial_message(message)
                try:
                    return (await post.create_thread(name=name)).id
                except discord.HTTPException as error:
                    if error.code == THREAD_EXISTS:
                        return message  # a thread has the number of the message it was made of
                    raise
        except Transient:
            raise
        except EarshotError as error:
            log.info("no thread in %s: %s", address, error)
            return 0

    # ------------------------------------------------------------------ forums

    async def _in_forum(
        self, forum: discord.ForumChannel, address: Address, meaning: Tellable, title: str, words: Words
    ) -> Spot:
        if not isinstance(meaning, OF_A_LIVE) or meaning.live_id is None:
            return Spot(forum.id, forum.guild, forum, title[:NAME])
        about = f"live:{meaning.live_id}"
        async with self.house.storage.reading() as work:
            known = await work.topics.of(address, about)
            live = await work.lives.get(meaning.live_id)
        name = _name(live, words) if live is not None else title[:NAME]
        if known == NONE:
            return Spot(forum.id, forum.guild, forum, title[:NAME])
        if not known:
            known = await self._posted(forum, address, name)
        if known:
            return Spot(int(known), forum.guild, about=about, thread=True)
        return Spot(forum.id, forum.guild, forum, name, about)

    async def _posted(self, forum: discord.ForumChannel, address: Address, name: str) -> str:
        """A post of ours of that name: made by a process that stopped before it wrote that down."""
        me = forum.guild.me.id if forum.guild.me else 0
        async with looking(self.client.line, address):
            threads: Sequence[discord.Thread] = await forum.guild.active_threads()
        return next(
            (str(one.id) for one in threads if one.parent_id == forum.id and one.name == name and one.owner_id == me),
            "",
        )

    async def tagged(self, spot: Spot, address: Address, meaning: Tellable, words: Words) -> list[discord.ForumTag]:
        """The tags of a post in a forum: those that are there, or that we may make."""
        forum, wanted = spot.forum, TAGS.get(type(meaning))
        if forum is None or wanted is None:
            return []
        tag = await self._tag(forum, address, wanted, words)
        return [tag] if tag else []

    async def retag(self, thread: int, address: Address, meaning: Tellable, words: Words) -> None:
        """A live in a forum that ended, or became risky, is tagged so. Nothing else depends on it."""
        wanted, line = TAGS.get(type(meaning)), self.client.line
        post = line.get_channel(thread)
        forum = post.parent if isinstance(post, discord.Thread) else None
        if wanted is None or not isinstance(post, discord.Thread) or not isinstance(forum, discord.ForumChannel):
            return
        with suppress(EarshotError):
            tag = await self._tag(forum, address, wanted, words)
            left = [
                one
                for one in post.applied_tags
                if wanted != "ended" or one.name.casefold() not in _called("live", words)
            ]
            if tag is not None and tag not in left:
                async with told_apart(line, address):
                    await post.edit(applied_tags=[*left, tag][-5:])

    async def _tag(
        self, forum: discord.ForumChannel, address: Address, wanted: str, words: Words
    ) -> discord.ForumTag | None:
        names = _called(wanted, words)
        known = next((tag for tag in forum.available_tags if tag.name.casefold() in names), None)
        if known is not None or not _may(forum, "manage_channels") or len(forum.available_tags) >= 20:
            return known
        try:
            async with told_apart(self.client.line, address):
                return await forum.create_tag(name=TAG_NAMES[wanted](words))
        except EarshotError as error:
            log.info("no tag in %s: %s", address, error)
            return None


TAG_NAMES = {
    "live": lambda words: words.say("live"),
    "ended": lambda words: words.say("ended"),
    "risk": lambda words: words.say("risk"),
}


def _called(wanted: str, words: Words) -> set[str]:
    """How a tag may be called: in English, and as the place says."""
    return {wanted, TAG_NAMES[wanted](words).casefold()}


def _may(channel: Any, right: str) -> bool:
    try:
        me = channel.guild.me
        return me is not None and bool(getattr(channel.permissions_for(me), right))
    except discord.ClientException:
        return False


def _name(live: Live, words: Words) -> str:
    """`@amina · 20 Nov 20:14`, in the place's time zone."""
    return f"@{live.handle} · {words.day(live.started)} {words.time(live.started)}"[:NAME]
