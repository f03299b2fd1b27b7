"""Recounting: all that happened in a live on one timeline, in pieces that fit a memory and in pages that fit a card."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby
from math import inf

from core.model.diary import DiaryKind, Entry
from core.model.live import ChatMessage, GiftSent, Joined, Liked, Live, LiveEvent
from core.model.moment import Crowd, Moment, MomentKind
from core.model.risk import AlertRule
from core.model.transcript import Gap, Segment, SegmentState
from core.model.trigger import Hit
from core.ports.clock import Clock
from core.ports.store import Storage, Work
from core.services.assessing import threshold_of
from core.services.withholding import happened, spoken, withheld

PAGE = 300
"""Seconds a page has at most, unless nothing happened in them."""
PIECE, GLANCE, LONGEST = 120, 60, 960
"""Seconds read at a time: for a file; for a page; for a page while there was nothing."""
ROWS, LETTERS = 40, 2600  # of a page, so that no chat cuts it
STAMP = 12  # letters of a time before its row
LINES = 2  # of chat that stand for a minute
DIARY, CLIPS = 5000, 1000  # of one live
ORDER = {kind: place for place, kind in enumerate(MomentKind)}
CROWD = frozenset(
    {
        MomentKind.GIFT,
        MomentKind.LIKE,
        MomentKind.JOIN,
        MomentKind.FOLLOW,
        MomentKind.SHARE,
        MomentKind.VIEWERS,
    }
)
"""What many do: in a page a number for a minute."""


class View(StrEnum):
    """Which moments are wanted."""

    ALL = "all"
    SPEECH = "speech"
    CHAT = "chat"
    EVENTS = "events"


KINDS: dict[View, frozenset[MomentKind]] = {
    View.ALL: frozenset(MomentKind),
    View.SPEECH: frozenset({MomentKind.SPEECH, MomentKind.GAP}),
    View.CHAT: frozenset({MomentKind.CHAT}),
    View.EVENTS: frozenset(MomentKind) - {MomentKind.SPEECH, MomentKind.CHAT},
}
FOLDED: dict[View, frozenset[MomentKind]] = {
    View.ALL: CROWD | {MomentKind.CHAT},
    View.SPEECH: frozenset(),
    View.CHAT: frozenset(),
    View.EVENTS: CROWD - {MomentKind.GIFT},
}
"""What a page counts instead of showing it."""


@dataclass(frozen=True)
class Stretch:
    """A page of a timeline: what happened from second `start` to before `end` of `length`. `left_out`: rows it had no room for."""

    rows: tuple[Moment | Crowd, ...]
    view: View
    start: int
    end: int
    length: int
    left_out: int = 0


@dataclass(frozen=True)
class Recounting:
    """The timelines of all lives, each as one place may see it. `rule` says what a place is alerted of."""

    storage: Storage
    clock: Clock
    rule: AlertRule = AlertRule.EARSHOT

    async def pieces(
        self, place: str, live: Live, view: View = View.ALL, *, whole: bool = False
    ) -> AsyncIterator[list[Moment]]:
        """All moments in order, a few minutes at a time. `whole`: for somebody named, who alone reads it; for others, what may be
        about minors has no words."""
        async with self.storage.reading() as work:
            rare = await self._rare(work, place, live, whole=whole)
        for start in range(0, self._length(live), PIECE):
            end = inf if start + PIECE >= self._length(live) else start + PIECE
            async with self.storage.reading() as work:
                yield await self._between(work, place, live, rare, whole, view, start, end)

    async def page(
        self,
        place: str,
        live: Live,
        view: View = View.ALL,
        at: int = 0,
        before: int | None = None,
        *,
        whole: bool = False,
    ) -> Stretch:
        """What happened from second `at` on, or the page that ends at `before`. Where nothing happened for long, it is a long
        stretch. `whole` as in `pieces`."""
        length = self._length(live)
        step = 60 if FOLDED[view] else 1
        async with self.storage.reading() as work:
            rare = await self._rare(work, place, live, whole=whole)
            found, size = list[Moment](), GLANCE
            if before is not None:
                start = end = min(max(step, before - before % step), length + step)
                while start > 0 and not _enough(found, end - start, view):
                    start, until = max(0, start - size), inf if start >= length else start
                    found[:0] = await self._between(work, place, live, rare, whole, view, start, until)
                    size = GLANCE if found else min(2 * size, LONGEST)
                return _page(found, view, start, end, length, step, backwards=True)
            start = end = min(max(0, at - at % step), length - 1)
            while end < length and not _enough(found, end - start, view):
                begin, end = end, end + size
                found += await self._between(work, place, live, rare, whole, view, begin, inf if end >= length else end)
                size = GLANCE if found else min(2 * size, LONGEST)
            return _page(found, view, start, end, length, step)

    def _length(self, live: Live) -> int:
        """Whole seconds, at least one."""
        return int(live.length(self.clock.now()).total_seconds()) + 1

    async def _rare(self, work: Work, place: str, live: Live, *, whole: bool) -> list[Moment]:
        """What there is little of: all of it, in order."""
        diary = [_noted(entry) for entry in await work.diary.of_live(place, live.id, DIARY)]
        clips = [
            Moment(clip.start, _time(live, clip.start), MomentKind.CLIP, clip.shown, until=clip.start + clip.seconds)
            for clip in await work.clips.of_place(place, live_id=live.id, limit=CLIPS)
        ]
        threshold, limits = await _threshold(work, place, live), (await work.policies.get(place)).severe
        kept = await withheld(work, place, live.id, whole=whole)
        alerts = [
            Moment(
                one.second,
                _time(live, one.second),
                MomentKind.ALERT,
                "" if kept.at(one.second) else one.quote,
                score=one.score,
                risky=True,
            )
            for one in await work.alerts.of_live(live.id)
            if one.alarming(threshold, self.rule, limits)
        ]
        return _in_order([*diary, *clips, *alerts])

    async def _between(
        self,
        work: Work,
        place: str,
        live: Live,
        rare: Sequence[Moment],
        whole: bool,
        view: View,
        start: float,
        end: float,
    ) -> list[Moment]:
        """The moments of [start, end) in order."""
        kinds, until = KINDS[view], None if end == inf else end
        found = [moment for moment in rare if start <= moment.second < end]
        if MomentKind.SPEECH in kinds or MomentKind.GAP in kinds:
            alarms = [moment.second for moment in rare if moment.kind is MomentKind.ALERT]
            parts = await spoken(work, place, live, start=start, end=until, whole=whole)
            found += [_said(live, part, alarms) for part in parts if _speaks(part)]
        if kinds & {MomentKind.CHAT, *CROWD}:
            lines = MomentKind.CHAT in kinds
            events = await happened(work, place, live, start=start, end=until, lines=lines, whole=whole)
            found += [_happened(second, event) for second, event in events]
        if MomentKind.HIT in kinds:
            found += [_hit(hit) for hit in await work.hits.of_live(place, live.id, start=start, end=until)]
        if MomentKind.VIEWERS in kinds:
            counts = await work.lives.viewers(live.id, start=start, end=until)
            found += [Moment(at, _time(live, at), MomentKind.VIEWERS, count=count) for at, count in counts]
        return _in_order([moment for moment in found if moment.kind in kinds and moment.second < end])


def _enough(found: Sequence[Moment], seconds: int, view: View) -> bool:
    """Whether that is more than a page shows."""
    return bool(found) and (seconds >= PAGE or (not FOLDED[view] and len(found) > ROWS))


def _page(
    found: list[Moment], view: View, start: int, end: int, length: int, step: int, *, backwards: bool = False
) -> Stretch:
    """As many steps of time as fit a card, from the first or the last on; one at least."""
    steps = [(at, _folded(list(rows), view)) for at, rows in groupby(found, lambda one: int(one.second) // step)]
    if backwards:
        steps.reverse()
    taken: list[list[Moment | Crowd]] = []
    rows = letters = 0
    for at, one in steps:
        rows, letters = rows + len(one), letters + sum(map(_letters, one))
        if taken and (rows > ROWS or letters > LETTERS):
            start, end = (int(at + 1) * step, end) if backwards else (start, int(at) * step)
            break
        taken.append(one)
    if backwards:
        taken.reverse()
    whole = [row for one in taken for row in one]
    shown = _fitting(whole)
    return Stretch(tuple(shown), view, start, min(end, max(length, start + 1)), length, len(whole) - len(shown))


def _fitting(rows: list[Moment | Crowd]) -> list[Moment | Crowd]:
    """The rows there is room for: of a single step that has more than fit a card."""
    used = 0
    for n, row in enumerate(rows):
        used += _letters(row)
        if n == ROWS or (n and used > LETTERS):
            return rows[:n]
    return rows


def _letters(row: Moment | Crowd) -> int:
    lines = row.lines if isinstance(row, Crowd) else (row,)
    return STAMP + sum(len(line.text) + len(line.who) + 3 for line in lines)


def _folded(moments: list[Moment], view: View) -> list[Moment | Crowd]:
    """The rows of one step: what many did is one of them, where the first of it was."""
    many = [moment for moment in moments if moment.kind in FOLDED[view]]
    rows: list[Moment | Crowd] = [moment for moment in moments if moment.kind not in FOLDED[view]]
    if many:
        rows.append(_crowd(many))
    return sorted(rows, key=lambda row: row.second)


def _crowd(many: Sequence[Moment]) -> Crowd:
    def number(kind: MomentKind) -> int:
        return sum(moment.count for moment in many if moment.kind is kind)

    chat = [moment for moment in many if moment.kind is MomentKind.CHAT]
    viewers = [moment.count for moment in many if moment.kind is MomentKind.VIEWERS]
    return Crowd(
        many[0].second,
        len(chat),
        number(MomentKind.GIFT),
        number(MomentKind.LIKE),
        number(MomentKind.JOIN),
        number(MomentKind.FOLLOW),
        number(MomentKind.SHARE),
        viewers[-1] if viewers else None,
        tuple(chat[:LINES]),
    )


def _in_order(moments: list[Moment]) -> list[Moment]:
    return sorted(moments, key=lambda moment: (moment.second, ORDER[moment.kind]))


def _time(live: Live, second: float) -> datetime:
    return live.started + timedelta(seconds=second)


def _speaks(part: Segment | Gap) -> bool:
    """Whether it is more than sound in which nobody said anything."""
    return isinstance(part, Gap) or bool(part.text) or part.state not in (SegmentState.TOLD, SegmentState.SILENT)


def _said(live: Live, part: Segment | Gap, alarms: Sequence[float]) -> Moment:
    moment = Moment(part.start, _time(live, part.start), MomentKind.GAP, until=part.end)
    if isinstance(part, Gap):
        return replace(moment, text=part.cause.value)
    if not part.text:
        return replace(moment, text=part.state.value)
    risky = any(part.start <= second < part.end for second in alarms)
    return replace(moment, kind=MomentKind.SPEECH, text=part.text, who=part.speaker, risky=risky)


def _happened(second: float, event: LiveEvent) -> Moment:
    match event:
        case ChatMessage():
            who = event.chatter
            return Moment(second, event.at, MomentKind.CHAT, event.text, who.handle, who.id)
        case GiftSent():
            who = event.chatter
            return Moment(second, event.at, MomentKind.GIFT, event.gift, who.handle, who.id, event.count)
        case Joined():
            return Moment(second, event.at, MomentKind(event.what), "", event.chatter.handle, event.chatter.id)
        case Liked():
            return Moment(second, event.at, MomentKind.LIKE, count=event.count)
        case _:
            raise TypeError(f"{type(event).__name__} is not stored")


def _noted(entry: Entry) -> Moment:
    kind = MomentKind.MARK if entry.kind is DiaryKind.MARK else MomentKind.WATCH
    return Moment(entry.second, entry.at, kind, entry.text, entry.by, noted=entry.kind)


def _hit(hit: Hit) -> Moment:
    return Moment(hit.second, hit.at, MomentKind.HIT, hit.word, hit.by)


async def _threshold(work: Work, place: str, live: Live) -> float:
    """From which score on a place is alerted of the live's account, also when it follows it no more."""
    follows = await work.follows.of_place(place)
    follow = next((one for one in follows if one.account_id == live.account_id), None)
    if follow is not None:
        return await threshold_of(work, follow)
    known = await work.places.get(place)
    return known.risk_threshold if known else 1.0
