"""Withholding: what may be sexual and about minors is quoted nowhere again. Whoever reads words of a live reads them from here;
which they are, storage knows (`Transcripts.withheld`, `Chats.withheld`). Of a line of chat its author is left out with the words:
no name stands beside what may be about minors.

Whom a place has named reads all of it, where nobody reads along: that is `whole`, and for whoever asks to say.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from core.matching.quoting import Quotes
from core.model.live import ChatMessage, Chatter, Live, LiveEvent
from core.model.notice import Notice, NoticeKind, facts_of
from core.model.tellable.finds import HitFound, RiskRaised
from core.model.tellable.lives import Rolling
from core.model.transcript import Gap, Segment
from core.model.trigger import Where
from core.ports.store import Work

ROUNDING = 0.001  # a second of the live is a float, a time is not
WORDS = ""
"""What stands instead of the words."""


@dataclass(frozen=True)
class Withheld:
    """Stretches (start, end) of a live, in seconds, in which was said what somebody is not shown."""

    stretches: tuple[tuple[float, float], ...] = ()

    def at(self, second: float) -> bool:
        """Whether what was said then is among it."""
        return any(start - ROUNDING <= second < max(end, start + ROUNDING) for start, end in self.stretches)

    def __bool__(self) -> bool:
        return bool(self.stretches)


async def spoken(
    work: Work, place: str, live: Live, *, start: float = 0.0, end: float | None = None, whole: bool = False
) -> list[Segment | Gap]:
    """What began to be said in that time, oldest first, as somebody in `place` may read it."""
    if whole:
        return await work.transcripts.of_live(live.id, start=start, end=end)
    return await work.transcripts.shown_to(place, live.id, start=start, end=end)


async def withheld(
    work: Work, place: str, live_id: int, *, start: float = 0.0, end: float | None = None, whole: bool = False
) -> Withheld:
    """What somebody in `place` is not shown of that time of a live."""
    return Withheld(() if whole else tuple(await work.transcripts.withheld(place, live_id, start=start, end=end)))


async def withheld_lines(work: Work, place: str, live_id: int, *, whole: bool = False) -> Quotes:
    """The texts of a live's chat that somebody in `place` is not shown."""
    return Quotes() if whole else Quotes.of(await work.chats.withheld(place, live_id))


async def happened(
    work: Work,
    place: str,
    live: Live,
    *,
    start: float = 0.0,
    end: float | None = None,
    lines: bool = True,
    whole: bool = False,
) -> list[tuple[float, LiveEvent]]:
    """What happened in the chat of a live in that time, as `Chats.of_live` gives it to `place`, as somebody there may read it."""
    kept = await withheld_lines(work, place, live.id, whole=whole or not lines)
    events = await work.chats.of_live(live.id, start=start, end=end, place=place, lines=lines)
    if not kept:
        return events
    return [(second, kept_back(one, kept) if isinstance(one, ChatMessage) else one) for second, one in events]


def kept_back(line: ChatMessage, kept: Quotes) -> ChatMessage:
    """A line of chat without what is not shown of it."""
    return replace(line, text=WORDS, chatter=Chatter("")) if line.text in kept else line


async def withheld_from(work: Work, places: Iterable[str], live_id: int) -> Withheld:
    """What any of these places is not shown of a live: for what is made for all of them."""
    found = [one for place in places for one in await work.transcripts.withheld(place, live_id)]
    return Withheld(tuple(sorted(set(found))))


async def told(work: Work, notice: Notice) -> Notice:
    """A notice as it may be told now. What was put into the outbox keeps its words, for they may come back; whoever sends it asks
    here."""
    if not quotes(notice):
        return notice
    said = notice.tells()
    match said:
        case HitFound(source=Where.SPEECH):
            if (await withheld(work, notice.place, said.live_id, start=said.second, end=said.second)).at(said.second):
                said = replace(said, quote=WORDS, start=0, end=0)
        case HitFound(source=Where.CHAT):
            if said.quote in await withheld_lines(work, notice.place, said.live_id):
                said = replace(said, quote=WORDS, start=0, end=0, by="")
        case Rolling():
            said = await _rolling(work, notice.place, said)
        case RiskRaised():
            alert = await work.alerts.get(notice.place, said.alert_id)
            if alert is not None and alert.restricted:
                said = replace(said, quote=WORDS, reason="", restricted=True)
    return replace(notice, facts=facts_of(said)[1])


QUOTING = {NoticeKind.HIT: "quote", NoticeKind.ROLLING: "lines", NoticeKind.RISK: "quote"}
"""What quotes words that were stored before anybody judged them, and where."""


def quotes(notice: Notice) -> bool:
    """Whether a notice has words that may have to be withheld."""
    return bool(notice.facts.get(QUOTING.get(notice.kind, "")))


async def _rolling(work: Work, place: str, said: Rolling) -> Rolling:
    live = await work.lives.get(said.live_id) if said.lines else None
    if live is None:
        return said
    first, last = ((at - live.started).total_seconds() for at in (said.lines[0][0], said.lines[-1][0]))
    kept = await withheld(work, place, live.id, start=max(0.0, first - ROUNDING), end=last + ROUNDING)
    began = [live.started + timedelta(seconds=start) for start, _ in kept.stretches]
    near = timedelta(seconds=ROUNDING)
    lines = [
        (at, WORDS if text is not None and any(abs(at - one) <= near for one in began) else text)
        for at, text in said.lines
    ]
    return replace(said, lines=lines)
