"""What is said by a post: the notice, as the card of whoever reads it."""

from dataclasses import dataclass, replace

from bot.card import Card
from bot.cards import draw
from bot.house import House
from bot.surfaces.discord.marks import escape
from bot.surfaces.discord.replies import Reply
from bot.surfaces.fit import bare
from bot.surfaces.linking import linked
from bot.surfaces.people import words_for
from bot.wording import Words, plain
from core.model.notice import Notice, Tellable
from core.model.person import Address
from core.model.risk import Verdict
from core.model.tellable.finds import ClipSaved, HitFound, RiskRaised
from core.model.tellable.lives import LiveStarted, Rolling
from core.model.tellable.videos import Transcribing

PLAIN = 1_900  # characters of a message without parts


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
    def keeps_back(self) -> bool:
        """Whether it leaves out what its message may have shown before: words that may be about minors, a clip that is held."""
        match self.meaning:
            case RiskRaised(restricted=restricted):
                return restricted
            case HitFound(quote=quote):
                return not quote
            case Rolling(lines=lines):
                return any(text == "" for _, text in lines)
            case ClipSaved() as clip:
                return not clip.open and not clip.failed
        return False

    @property
    def passing(self) -> bool:
        """Whether an edit only keeps a count or a time fresh: of an old message nobody reads that any more."""
        if self.keeps_back:
            return False
        if isinstance(self.meaning, RiskRaised):
            said = self.meaning.two or self.meaning.proposed is not None
            return self.meaning.verdict is Verdict.WAITING and not said
        return isinstance(self.meaning, Rolling | HitFound | LiveStarted | Transcribing)

    @property
    def spared(self) -> bool:
        """Whether an edit that Discord does not take is better left than said anew: nobody wants a clip twice for its new name."""
        return self.passing or (isinstance(self.meaning, ClipSaved) and not self.meaning.failed and not self.keeps_back)


async def saying_of(house: House, notice: Notice, nonce: str, reply: Reply | None = None) -> Saying:
    """A notice in the words of its place, of its reader, or of the `reply` it changes. Only a start calls anybody."""
    words = reply.words if reply is not None else None
    words = words or await words_for(house.storage, house.settings, notice)
    meaning = linked(notice.tells(), notice.place, house.showing)
    card = draw(meaning, words)
    return Saying(notice, meaning, card if isinstance(meaning, LiveStarted) else replace(card, ping=""), words, nonce)


def plainly(card: Card) -> str:
    """A card as text that formats nothing and calls nobody."""
    return escape(bare(card))[:PLAIN] or "…"
