"""Digesting: once a day or week each place is told what happened in it, at an hour of its own clock, and what its quiet hours held
back."""

import csv
import io
import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from core.model.agreement import Agreements
from core.model.digest import MONDAY, Every, Rhythm
from core.model.feed import OFF, Event, Feed
from core.model.notice import Notice, facts_of
from core.model.person import Address, Place
from core.model.risk import Verdict
from core.model.tellable.house import Digest
from core.ports.clock import Clock
from core.ports.store import Storage, Work
from core.services.enduring import again_and_again
from core.services.exporting import Exported
from core.services.feeding import hushed
from core.services.holding import Held, held_in, is_due, let_go, rows_of, tell_held
from core.services.reviewing.agreeing import counted

GLANCE = 30.0  # seconds between two looks at the clocks of all places
WEEK = timedelta(days=7)
AGAIN_DAYS = 7  # a place where nothing happens is told so once, and then so seldom


@dataclass(frozen=True)
class Told:
    """What was told last: the day whose digest is dealt with, the day of the last post, whether that said "nothing", and until
    when everything was told (None where nobody knows)."""

    day: date
    posted: date | None = None
    nothing: bool = False
    until: datetime | None = None

    def quiet(self, day: date) -> bool:
        """Whether "nothing happened" need not be said again on `day`."""
        return self.nothing and self.posted is not None and (day - self.posted).days < AGAIN_DAYS

    def since(self, until: datetime, rhythm: Rhythm) -> datetime:
        """From when on a digest of `until` tells. Where the hour was moved it goes on where the last one ended, so that nothing
        is in two and nothing in none; what ended more than a period before that is not gone back to."""
        usual = until - rhythm.covers
        if self.until is not None and usual - rhythm.covers <= self.until < until:
            return self.until
        return usual


@dataclass(frozen=True)
class Digesting:
    """The digests of all places. What was told is remembered, so a restart tells nothing twice and nothing of before a place
    was there."""

    storage: Storage
    clock: Clock

    async def run(self) -> None:
        """Tell what is due, until cancelled."""
        await again_and_again(self.clock, GLANCE, "telling digests", self.round)

    async def round(self) -> None:
        """Tell what is due now."""
        now = self.clock.now()
        async with self.storage.reading() as work:
            places = [place for place in await work.places.all() if place.begun and place.left is None]
            due = [place for place in places if await _due(work, place, now)]
        for place in due:
            async with self.storage.work() as work:
                await _tell(work, place, now)
        async with self.storage.reading() as work:
            over = [place for place in places if await _held_due(work, place, now)]
        for place in over:
            async with self.storage.work() as work:
                await tell_held(work, place, await address_of(work, place), now)

    async def of(self, place: Place) -> tuple[Digest, Rhythm, Address]:
        """The digest as it would be told now, how it comes here, and where."""
        async with self.storage.reading() as work:
            rhythm, address = await rhythm_of(work, place.id), await address_of(work, place)
            now = self.clock.now()
            said = await _counted(work, place, now - rhythm.covers, now)
            return await _with_held(work, said, await held_in(work, place.id)), rhythm, address

    async def rhythm(self, place: Place) -> tuple[Rhythm, Address]:
        """How it comes here, and where."""
        async with self.storage.reading() as work:
            return await rhythm_of(work, place.id), await address_of(work, place)

    async def table(self, place: Place, since: datetime, until: datetime) -> Exported:
        """The same by account, quiet ones too, as a table for a spreadsheet."""
        async with self.storage.reading() as work:
            tallies = await work.tallies.of_place(place.id, since, until)
        rows = io.StringIO()
        writer = csv.writer(rows)
        writer.writerow(("account", "lives", "hits", "risk alerts", "clips"))
        writer.writerows((f"{one.handle}", one.lives, one.hits, one.alerts, one.clips) for one in tallies)
        return Exported(f"digest_{until.astimezone(place.zone):%Y-%m-%d}.csv", rows.getvalue().encode())

    async def change(
        self, place: Place, every: Every | None, at: time | None, channel: Address
    ) -> tuple[Rhythm, Address]:
        """Set how it comes; what is not given stays. The first one comes at the next hour it is set for."""
        async with self.storage.work() as work:
            await work.places.ensure(place)  # this may be the first that a place ever says
            was = await rhythm_of(work, place.id)
            rhythm = Rhythm(was.every if every is None else every, at or was.at)
            if every is Every.OFF:
                await work.feeds.put(Feed(place.id, Event.DIGEST, OFF))
            elif channel:
                await work.feeds.put(Feed(place.id, Event.DIGEST, channel))
            elif await work.feeds.address(place.id, Event.DIGEST, 0) == OFF and every is not None:
                await work.feeds.remove(place.id, Event.DIGEST)
            kept = Every.DAILY if rhythm.every is Every.OFF else rhythm.every
            await work.memos.put(f"digest how {place.id}", f"{kept} {rhythm.at:%H:%M}")
            if rhythm != was:
                told = await _told(work, place.id)
                # the first weekly one tells the whole week, also what daily ones have told of it
                anew = rhythm.every is Every.WEEKLY and was.every is not Every.WEEKLY
                until = None if told is None or anew else told.until
                await _remember(work, place, Told(rhythm.due(self.clock.now(), place.zone) or date.min, until=until))
            return await rhythm_of(work, place.id), await address_of(work, place)


async def rhythm_of(work: Work, place: str) -> Rhythm:
    """When digests come in a place."""
    every, _, at = (await work.memos.get(f"digest how {place}")).partition(" ")
    off = await work.feeds.address(place, Event.DIGEST, 0) == OFF
    if not at:
        return Rhythm(Every.OFF if off else Every.DAILY)
    return Rhythm(Every.OFF if off else Every(every), time.fromisoformat(at))


async def address_of(work: Work, place: Place) -> Address:
    """Where they go, empty when nobody has said."""
    address = await work.feeds.address(place.id, Event.DIGEST, 0)
    return place.address if address in (OFF, "") else address


async def _due(work: Work, place: Place, now: datetime) -> bool:
    day, told = (await rhythm_of(work, place.id)).due(now, place.zone), await _told(work, place.id)
    return day is not None and (told is None or told.day < day)


async def _tell(work: Work, place: Place, now: datetime) -> None:
    """Put the digest into the outbox and remember it, in one transaction."""
    rhythm, told = await rhythm_of(work, place.id), await _told(work, place.id)
    day = rhythm.due(now, place.zone)
    if day is None or (told is not None and told.day >= day):  # another process was here first
        return
    if told is None:  # a place that is new here: its first comes the next time
        await _remember(work, place, Told(day))
        return
    held = await held_in(work, place.id) if place.quiet_at(now) is None else None
    until = rhythm.moment(day, place.zone)
    said = await _with_held(work, await _counted(work, place, told.since(until, rhythm), until), held)
    address = await address_of(work, place)
    nothing = not (said.accounts or said.waiting or said.videos or said.held or said.agreed)
    if not address or (nothing and told.quiet(day)):
        await _remember(work, place, replace(told, day=day, until=until if address else told.until))
        return
    kind, facts = facts_of(said)
    # the moment, not the day: a day whose hour was moved has two
    key = f"digest:{place.id}:{until.astimezone(UTC):%Y-%m-%dT%H:%M}"
    silent = await hushed(work, place.id, now, Event.DIGEST)
    if not await work.outbox.put(Notice(kind, key, place.id, address, key, facts, silent=silent), now):
        await _remember(work, place, replace(told, day=day))  # that moment was told: what is held now was not
        return
    await _remember(work, place, Told(day, day, nothing, until))
    if held is not None:
        await let_go(work, place.id)


async def _held_due(work: Work, place: Place, now: datetime) -> bool:
    held = await held_in(work, place.id)
    if held is None:
        return False
    return is_due(held, place, await rhythm_of(work, place.id), now, digest=bool(await address_of(work, place)))


async def _with_held(work: Work, said: Digest, held: Held | None) -> Digest:
    if held is None:
        return said
    return replace(said, held=await rows_of(work, held), held_since=held.since, held_until=held.until)


async def _counted(work: Work, place: Place, since: datetime, until: datetime) -> Digest:
    tallies = await work.tallies.of_place(place.id, since, until)
    kinds = await work.alerts.kinds(place.id, Verdict.WAITING)
    day = until.astimezone(place.zone).date()
    # once a Monday: one that goes on from another of that day has told it
    weekly = day.weekday() == MONDAY and since.astimezone(place.zone).date() < day
    found = await counted(work, place.id, decided=(until - WEEK, until)) if weekly else Agreements()
    return Digest(
        since,
        until,
        [(one.handle, one.lives, one.hits, one.alerts, one.clips) for one in tallies if not one.empty],
        [one.handle for one in tallies if one.empty],
        await work.tallies.waiting(place.id),
        await work.tallies.videos(place.id, since, until),
        kinds=[(kind.value, count) for kind, count, _ in kinds],
        oldest=min((at for _, _, at in kinds), default=None),
        confirmed=found.confirmed,
        dismissed=found.dismissed,
        agreed=[(one.name, one.both, one.judge, one.people, one.neither) for one in (*found.categories, *found.labels)],
    )


async def _told(work: Work, place: str) -> Told | None:
    text = await work.memos.get(f"digest told {place}")
    if not text:
        return None
    day, posted, nothing, *more = json.loads(text)  # what was written before `until` was known has three
    until = datetime.fromisoformat(more[0]) if more and more[0] else None
    return Told(date.fromisoformat(day), date.fromisoformat(posted) if posted else None, nothing, until)


async def _remember(work: Work, place: Place, told: Told) -> None:
    posted = told.posted.isoformat() if told.posted else ""
    said = [told.day.isoformat(), posted, told.nothing, told.until.astimezone(UTC).isoformat() if told.until else ""]
    await work.memos.put(f"digest told {place.id}", json.dumps(said))
