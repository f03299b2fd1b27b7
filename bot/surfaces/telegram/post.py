"""Posts on Telegram: each notice where it belongs, in the place's language, as a message that later notices change."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bot.replies.chats import TopicClosed
from bot.surfaces.linking import linked
from bot.surfaces.people import only_for, words_for
from bot.surfaces.telegram.addresses import Post, Spot, elsewhere, post_of, spot_of
from bot.surfaces.telegram.followers import Followers
from bot.surfaces.telegram.hidden import hidden_post
from bot.surfaces.telegram.replies import Replies
from bot.surfaces.telegram.sending import Manner, Sender
from bot.surfaces.telegram.topics import Topics
from bot.wording import Words
from core.errors import Denied, Invalid, Missing
from core.model.notice import Notice, Tellable
from core.model.person import Address, Platform
from core.model.tellable.finds import ClipSaved, HitFound, RiskRaised
from core.ports.messenger import Pace
from core.ports.store import Storage
from core.services.clipping import Showing
from core.services.feeding import within_live
from core.settings import Settings

PER_SECOND = 28.0  # of 30 (Bots FAQ)
PRIVATE = Pace("", every=1.0, burst=3, whole=6)
GROUP = Pace("", every=3.0, burst=4, edits_every=5.0, whole=20)  # 20 a minute, 12 of them edits
SAID_AGAIN = timedelta(days=90)  # that a topic is closed need not be said before
REPLY_COMES = 10.0  # seconds the message that a job is to change may take to be there


@dataclass
class TelegramMessenger:
    """Telegram as a platform. It recognises no repeat and tells nobody what was posted: doubt stays doubt until somebody uses
    the post, which carries its nonce for that (signs.py)."""

    sender: Sender
    topics: Topics
    replies: Replies
    storage: Storage
    settings: Settings
    repeats_for: float = 0.0
    showing: Showing | None = None

    @property
    def followers(self) -> Followers:
        """The messages with files that its texts cannot carry."""
        return Followers(self.sender.connection, self.storage)

    @property
    def per_second(self) -> float:
        """For all chats together."""
        return PER_SECOND

    def pace(self, address: Address) -> Pace:
        """One for a chat with all its topics."""
        spot = spot_of(address)
        return replace(GROUP if spot.group else PRIVATE, key=Spot(spot.chat).address)

    async def find(self, notice: Notice, nonce: str, since: datetime) -> str | None:
        """Bots cannot read what they wrote."""
        return None

    async def post(self, notice: Notice, nonce: str, external: str) -> str:
        """Post it, or change the post `external`."""
        spot, said = spot_of(notice.address), linked(notice.tells(), notice.place, self.showing)
        words = await words_for(self.storage, self.settings, notice)
        home, manner = spot, Manner(silent=notice.silent, sign="" if external else hidden_post(nonce))
        only = only_for(said)
        if only and spot.group and only.startswith(f"{Platform.TELEGRAM}:"):
            spot = elsewhere(spot, spot_of(only).chat)
        over = post_of(external, home) if external else None
        if over is not None:
            said, carried = await self._followed(over, said)
            manner = replace(manner, over=over, carried=carried)
        elif spot.key:
            manner = await self._reply(home, spot, manner)
        elif await self._within(notice, said):
            spot = replace(spot, thread=await self.topics.thread(spot, said))
            manner = replace(manner, reply_to=await self._start(notice, spot, said))
        elif isinstance(said, RiskRaised) and said.grown:
            manner = replace(manner, reply_to=await self._start(notice, spot, said))
        try:
            post = await self._say(home, spot, said, words, manner)
            await self.followers.keep(post)
            return post.external(home)
        except (Denied, Missing) as error:
            if spot.chat == home.chat or error.code == "POST_GONE":
                raise
            raise Invalid(
                "TELEGRAM_REFUSED", reason=error.code
            ) from error  # one person's chat, not the place, lets us not in

    async def _followed(self, over: Post, said: Tellable) -> tuple[Tellable, bool]:
        """A clip whose post changes, and whether its video follows that already. What shows it goes where it may be seen no more;
        what cannot go any more is told of."""
        if not isinstance(said, ClipSaved) or not await self.followers.of(over):
            return said, False
        if said.open:
            return said, True
        return replace(said, stays=not await self.followers.remove(over)), True

    async def _say(self, home: Spot, spot: Spot, said: Tellable, words: Words, manner: Manner) -> Post:
        """In its topic; when that is gone, in a new one; when it is closed, in the group, which is said once."""
        try:
            return await self.sender.say(spot, said, words, manner)
        except Missing as error:
            if error.code != "TOPIC_GONE":
                raise
            spot = replace(spot, thread=await self.topics.anew(home, said))
        except Denied as error:
            if error.code != "TOPIC_CLOSED":
                raise
            await self._closed(spot, said, words)
            spot = replace(spot, thread=0)
        return await self.sender.say(spot, said, words, replace(manner, reply_to=0))

    async def _closed(self, spot: Spot, said: Tellable, words: Words) -> None:
        """Say in the group why its posts are here, once in a while for each topic."""
        name, now = f"telegram:closed:{spot.chat}/{spot.thread}", datetime.now(UTC)
        async with self.storage.work() as work:
            if await work.memos.get(name):
                return
            await work.memos.put(name, str(int(now.timestamp())), now + SAID_AGAIN)
        told = TopicClosed(str(getattr(said, "handle", "")))
        await self.sender.say(Spot(spot.chat), told, words, Manner(silent=True))

    async def _reply(self, home: Spot, spot: Spot, manner: Manner) -> Manner:
        """Changes the very reply somebody got; a new message under what they wrote, when there is none any more."""
        post = await self.replies.wait(home.reply_address, REPLY_COMES)
        if post is not None and post.chat == spot.chat:
            return replace(manner, over=post)
        written = spot.key.removeprefix("m") if spot == home and spot.key.startswith("m") else ""
        return replace(manner, reply_to=int(written) if written.isdecimal() else 0)

    async def _within(self, notice: Notice, said: Tellable) -> bool:
        """Whether it goes where other posts of its account or live are; alerts do unless the place wants them apart."""
        if not isinstance(said, RiskRaised):
            return True
        async with self.storage.reading() as work:
            return await within_live(work, notice.place, said)

    async def _start(self, notice: Notice, spot: Spot, said: Tellable) -> int:
        """The post that this one answers: that of the alert which has grown, else that about the start of the live, which what is
        found in it answers where all lives share one chat."""
        grown = isinstance(said, RiskRaised) and said.grown
        if not isinstance(said, HitFound | ClipSaved | RiskRaised) or (not grown and (spot.thread or not spot.group)):
            return 0
        about = f"risk:{said.alert_id}" if isinstance(said, RiskRaised) and grown else f"live:{said.live_id}"
        async with self.storage.reading() as work:
            start = await work.outbox.post_of(notice.address, about)
        post = post_of(start, spot) if start else None
        return post.message if post is not None and post.chat == spot.chat else 0
