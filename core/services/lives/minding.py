"""Minding: what people ask of the watch of one live: begin it, stop it here, be quiet for a while, mark a moment, read its log."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from core.errors import Denied, Invalid, Missing, Transient
from core.model.account import Account, Follow, Handle
from core.model.audit import Verb
from core.model.diary import DiaryKind, Entry
from core.model.live import Live, Look, Standing
from core.model.person import Address, Person, Place
from core.model.transcript import Segment, SegmentState
from core.ports.clock import Clock
from core.ports.store import Storage, Work
from core.services.finding.checking import Checking
from core.services.following import Objections
from core.services.lives.parting import part, rejoin
from core.services.reviewing.auditing import log
from core.services.withholding import kept_back, spoken, withheld_lines

STEERED = {DiaryKind.STOPPED: Verb.STOP_LIVE, DiaryKind.GOES_ON: Verb.GO_ON, DiaryKind.MUTED: Verb.MUTE_LIVE}
PAGE = 10  # lines a page of the log
DEEPEST = 50  # pages
LIVES = 200  # newest lives a log goes back


class LogKind(StrEnum):
    """What of a log is wanted."""

    ALL = "all"
    CHAT = "chat"
    SPEECH = "speech"
    ALERTS = "alerts"
    ERRORS = "errors"


class Source(StrEnum):
    """Where a line of the log comes from."""

    CHAT = "chat"
    SPEECH = "speech"
    HIT = "hit"
    RISK = "risk"
    DIARY = "diary"


ERRORS = (
    DiaryKind.ERROR,
    DiaryKind.LOST,
    DiaryKind.FOUND,
    DiaryKind.CHAT_WAITS,
    DiaryKind.CHAT_BACK,
    DiaryKind.WORDS_LATE,
    DiaryKind.WORDS_BACK,
)
WANTED: dict[LogKind, tuple[Source, ...]] = {
    LogKind.ALL: tuple(Source),
    LogKind.CHAT: (Source.CHAT,),
    LogKind.SPEECH: (Source.SPEECH,),
    LogKind.ALERTS: (Source.HIT, Source.RISK),
    LogKind.ERRORS: (Source.DIARY,),
}


@dataclass(frozen=True)
class Logged:
    """One line of a log. `by` is a chatter's handle or a person's name; `kind` is set for lines of the diary. `text`: what was
    written, said or noted; of a hit the trigger's word; empty of what is withheld."""

    live: Live
    at: datetime
    second: float
    source: Source
    text: str
    by: str = ""
    kind: DiaryKind | None = None


@dataclass(frozen=True)
class Begun:
    """A live is watched here now. `follow.once`: only this one, until `follow.until` at most. `live_id`: where it was known."""

    follow: Follow
    look: Look
    live_id: int | None = None


@dataclass(frozen=True)
class Minding:
    """The watches of all places, as people steer them. `limit` is how many accounts a place may have. Without `checking` TikTok
    cannot be asked, and nothing is begun; without `objections` nobody has objected. `second_of` a
    live is its second at a time."""

    storage: Storage
    clock: Clock
    limit: int
    checking: Checking | None = None
    objections: Objections | None = None
    second_of: Callable[[Live, datetime], float] = Live.second_of

    async def start(self, place: Place, handle: Handle, address: Address, until: datetime | None) -> Begun:
        """Watch a live of somebody who is not followed, or one that was stopped here.

        Raises Invalid NOT_LIVE and NOT_LIVE_NOW (x), ALREADY (x, channel, since) for an account whose follow is paused, LIMIT
        (n, m), Missing HANDLE (x), Denied AGE and OPTED_OUT (x), Transient TIKTOK_LIMIT and TIKTOK_DOWN.
        """
        async with self.storage.reading() as work:
            account = await work.accounts.by_handle(handle)
            follow = await _follow_of(work, place.id, handle, self.limit)
        now = self.clock.now()
        if follow is not None and not follow.once and not follow.active(now):
            raise Invalid("ALREADY", x=handle, channel=follow.address, since=follow.since)
        if self.objections and await self.objections.refused(handle, account.tiktok_id if account else ""):
            raise Denied("OPTED_OUT", x=handle)
        look = await self._look(account or Account(0, handle))
        if not look.live:
            raise Invalid("NOT_LIVE", x=handle) if follow else Invalid("NOT_LIVE_NOW", x=handle)
        async with self.storage.work() as work:
            await work.places.ensure(place)
            account = await work.accounts.ensure(handle)
            await _follow_of(work, place.id, handle, self.limit)
            wished = Follow(0, place.id, account.id, handle, address, now, once=True, until=until)
            made = await work.follows.add(wished)
            if made.once and made.until != until:
                made = await work.follows.change(replace(made, until=until)) or made
            live = await work.lives.in_room(look.room)
            if live is not None:
                await self._take_up(work, live, place.id)
        return Begun(made, look, live.id if live is not None else None)

    async def _look(self, account: Account) -> Look:
        """A reading of now. A name that looks do not know may be of somebody who was never live."""
        if self.checking is None:
            raise Transient("NO_TIKTOK")
        try:
            return (await self.checking.check(account)).look
        except Missing:
            await self.checking.known(account.handle)
            return Look(self.clock.now(), False)

    async def stop(self, place: str, live: Live, by: Person) -> None:
        """Watch a live no longer for this place; others go on. Raises Missing when the place never saw it."""
        async with self.storage.work() as work:
            await self._steer(work, place, live, by, DiaryKind.STOPPED, stopped=True)
            await part(work, live, place, by.name, self.clock.now())

    async def go_on(self, place: str, live: Live, by: Person) -> None:
        """Undo a stop. Raises Missing when the place never saw it."""
        async with self.storage.work() as work:
            await self._take_up(work, live, place)
            await self._steer(work, place, live, by, DiaryKind.GOES_ON)

    async def mute(self, place: str, live: Live, length: timedelta, by: Person, *, least: bool = False) -> datetime:
        """No alerts from this live for `length`: when they come again; `least`: a mute that ends later stays. Raises Missing when
        the place never saw it."""
        until = self.clock.now() + length
        async with self.storage.work() as work:
            until = max(until, await muted_until(work, live, place) or until) if least else until
            await self._steer(work, place, live, by, DiaryKind.MUTED, until.isoformat(), muted_until=until)
        return until

    async def mark(self, place: str, live: Live, text: str, by: str) -> Entry:
        """Put a mark into the diary, for this place."""
        async with self.storage.work() as work:
            return await work.diary.add(self._entry(place, live, DiaryKind.MARK, text, by))

    async def log(
        self, place: str, account_id: int | None, kind: LogKind, page: int, *, whole: bool = False
    ) -> tuple[tuple[Logged, ...], int, bool]:
        """(one page of what happened, newest first; which page it is; whether there are older ones). `whole`: for somebody named,
        who alone reads it; for others, what may be about minors has no text."""
        page = min(max(1, page), DEEPEST)
        most = page * PAGE + 1
        async with self.storage.reading() as work:
            lines: list[Logged] = []
            for live in await work.lives.of_place(place, account_id=account_id, limit=LIVES):
                if len(lines) >= most and live.ended is not None and live.ended < lines[-1].at:
                    continue
                lines += [
                    line
                    for source in WANTED[kind]
                    for line in await _read(work, place, live, source, kind, most, whole=whole)
                ]
                lines = sorted(lines, key=lambda line: line.at, reverse=True)[:most]
        last = max(1, -(-len(lines) // PAGE))
        page = min(page, last)
        return tuple(lines[(page - 1) * PAGE : page * PAGE]), page, len(lines) > page * PAGE

    async def _steer(
        self, work: Work, place: str, live: Live, by: Person, kind: DiaryKind, text: str = "", **change: bool | datetime
    ) -> None:
        if not await stand(work, live, place, **change):
            raise Missing("NOT_FOUND", x=f"@{live.handle}")
        await work.diary.add(self._entry(place, live, kind, text, by.name))
        await log(work, place, by, STEERED[kind], f"live:{live.id}", self.clock.now(), after=text, reason=live.handle)

    async def _take_up(self, work: Work, live: Live, place: str) -> None:
        """A live that was stopped for a place goes on, and its post says so."""
        if any(one.place == place and one.stopped for one in await work.lives.standings(live.id)):
            await stand(work, live, place, stopped=False)
            await rejoin(work, live, place, self.clock.now())

    def _entry(self, place: str, live: Live, kind: DiaryKind, text: str, by: str) -> Entry:
        now = self.clock.now()
        return Entry(live.id, now, self.second_of(live, now), kind, text, by, place)


async def _follow_of(work: Work, place: str, handle: Handle, limit: int) -> Follow | None:
    """How `place` follows `handle`. Raises Invalid LIMIT when it does not and has no room for one more."""
    follows = await work.follows.of_place(place)
    mine = next((follow for follow in follows if follow.handle == handle), None)
    if mine is None and len(follows) >= limit:
        raise Invalid("LIMIT", n=len(follows), m=limit)
    return mine


async def stand(work: Work, live: Live, place: str, **change: bool | datetime | None) -> bool:
    """Change how a place stands to a live; False when it never saw it."""
    for standing in await work.lives.standings(live.id):
        if standing.place == place:
            changed: Standing = replace(standing, **change)  # type: ignore[arg-type]
            return changed == standing or await work.lives.stand(live.id, changed)
    return False


async def muted_until(work: Work, live: Live, place: str) -> datetime | None:
    """Until when a place wants no alerts of a live, also where that has passed."""
    return next((one.muted_until for one in await work.lives.standings(live.id) if one.place == place), None)


async def _read(
    work: Work, place: str, live: Live, source: Source, kind: LogKind, most: int, *, whole: bool
) -> Sequence[Logged]:
    """The newest lines of one live from one source."""
    match source:
        case Source.CHAT:
            kept = await withheld_lines(work, place, live.id, whole=whole)
            newest = [
                (second, kept_back(one, kept)) for second, one in await work.chats.last(live.id, most, place=place)
            ]
            return [Logged(live, one.at, second, source, one.text, one.chatter.handle) for second, one in newest]
        case Source.SPEECH:
            return [
                *_said(
                    live, [part for part in await spoken(work, place, live, whole=whole) if isinstance(part, Segment)]
                )
            ]
        case Source.HIT:
            hits = await work.hits.of_live(place, live.id)
            return [Logged(live, hit.at, hit.second, source, hit.word, hit.by) for hit in hits[-most:]]
        case Source.RISK:
            alerts = await work.alerts.recent(place, live.id, live.started - timedelta(days=1))
            return [
                Logged(
                    live,
                    alert.raised,
                    alert.assessment.second,
                    source,
                    alert.assessment.quote if whole or not alert.restricted else "",
                )
                for alert in alerts[:most]
            ]
        case Source.DIARY:
            entries = await work.diary.of_live(place, live.id)
            return [
                Logged(live, entry.at, entry.second, source, entry.text, entry.by, entry.kind)
                for entry in entries
                if kind is LogKind.ALL or entry.kind in ERRORS
            ]


def _said(live: Live, segments: Sequence[Segment]) -> Iterator[Logged]:
    for segment in segments:
        if segment.text or segment.state is SegmentState.WITHHELD:
            at = live.started + timedelta(seconds=segment.start)
            yield Logged(live, at, segment.start, Source.SPEECH, segment.text or "")
