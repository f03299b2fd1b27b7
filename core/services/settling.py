"""Settling: a place is set up, and what holds in it is changed by those who may."""

from dataclasses import dataclass, replace
from typing import Any

from core.errors import Invalid, Missing
from core.model.account import Follow
from core.model.audit import Verb
from core.model.feed import OFF, Event, Feed
from core.model.notice import Notice, facts_of
from core.model.person import Address, Person, Place, Purpose, Two
from core.model.tellable.house import Tested
from core.ports.clock import Clock
from core.ports.store import Storage
from core.services.feeding import OF_ACCOUNTS
from core.services.following import Following
from core.services.leaving import FOLLOWS
from core.services.reviewing.auditing import log

MOST_REVIEWERS = 25
NAME = 64  # characters of a name that are kept


@dataclass(frozen=True)
class Settling:
    """The settings of all places. What runs reads them whenever it needs them; only what a live keeps by itself is woken."""

    storage: Storage
    clock: Clock
    following: Following

    async def begin(self, place: Place, by: Person, here: Address) -> Place:
        """The place as set up by `by`: from now on something may be looked at, recorded and posted for it. Whoever was first stays
        so. Posts go `here` when we may post there and nobody has said otherwise."""
        missing = await self.missing(place, here) if not place.address else ()
        async with self.storage.work() as work:
            known = await work.places.ensure(place)
            begun = replace(known, left=None, address=known.address or ("" if missing else here))
            if known.set_up is None:
                begun = replace(begun, set_up=self.clock.now(), set_up_by=by.id)
            if known.left is not None:
                await work.revisions.bump(FOLLOWS)  # what is followed here is looked at again
            return begun if begun == known else await work.places.put(begun)

    async def missing(self, place: Place, address: Address) -> tuple[str, ...]:
        """The rights that are missing to post at `address`; where there is no such channel, all of them: its own address."""
        channels = self.following.channels.get(place.platform)
        try:
            return await channels.missing(place.id, address) if channels else ()
        except Missing:
            return (address,)

    async def change(self, place: Place, by: Person | None = None, **wanted: Any) -> Place:
        """Change what is `wanted` of a place, by its names there; what others have changed since it was read stays. Raises Denied
        NO_POST and Missing NOT_FOUND for an address, Invalid ONE_PERSON where there is nobody to agree with. From which risk on
        people are told, and which alerts take two of them, is written down with who changed it."""
        if wanted.get("two", Two.NOBODY) is not Two.NOBODY and place.private:
            raise Invalid("ONE_PERSON")
        if "address" in wanted:
            await self.following.postable(place, wanted["address"])
        async with self.storage.work() as work:
            known = await work.places.ensure(place)
            changed = await work.places.put(replace(known, **wanted))
            if by is not None and changed.risk_threshold != known.risk_threshold:
                was, after = f"{known.risk_threshold:g}", f"{changed.risk_threshold:g}"
                await log(work, place.id, by, Verb.RISK, "risk", self.clock.now(), before=was, after=after)
            if by is not None and changed.two is not known.two:
                was, after = known.two.value, changed.two.value
                await log(work, place.id, by, Verb.TWO, "two", self.clock.now(), before=was, after=after)
            if (changed.purpose is Purpose.NOTICES) != (known.purpose is Purpose.NOTICES):
                await work.revisions.bump(FOLLOWS)  # running lives have to learn it
            return changed

    async def appoint(self, place: Place, by: Person, person: str, *, may: bool, name: str = "") -> Place:
        """Let `person` decide alerts, or not any more; who said so is written down. `name` is what they are called, empty where it
        is not known or the platform shows it by itself. Raises Invalid REVIEWERS (m) when there are as many as there can be."""
        async with self.storage.work() as work:
            known = await work.places.ensure(place)
            others = tuple(one for one in known.reviewers if one != person)
            if may and len(others) >= MOST_REVIEWERS:
                raise Invalid("REVIEWERS", m=MOST_REVIEWERS)
            reviewers = (*others, person) if may else others
            changed = _named(replace(known, reviewers=reviewers), person, name)
            if (person in known.reviewers) is not may:
                verb, called = Verb.APPOINT if may else Verb.DEPOSE, (changed if may else known).called(person)
                await log(work, place.id, by, verb, f"person:{person}", self.clock.now(), reason=called or person)
            return await work.places.put(changed)

    async def recognise(self, place: Place, person: str, name: str) -> Place:
        """What a reviewer of `place` is called now, as far as `name` says it."""
        if person not in place.reviewers or _named(place, person, name) == place:
            return place
        async with self.storage.work() as work:
            return await work.places.put(_named(await work.places.ensure(place), person, name))

    async def sound(self, place: Place, event: Event, *, on: bool) -> Place:
        """Tell `event` with a sound, or without one. Raises Invalid RISK_SOUNDS: an alert is nothing to be missed."""
        if event is Event.RISK:
            raise Invalid("RISK_SOUNDS")
        async with self.storage.work() as work:
            known = await work.places.ensure(place)
            silent = {*known.silent} - {event} if on else {*known.silent, event}
            return await work.places.put(replace(known, silent=tuple(one for one in Event if one in silent)))

    async def routes(self, place: str, account_id: int = 0) -> dict[Event, Address]:
        """What was said about where events go: for one account, or for all of a place."""
        async with self.storage.reading() as work:
            return {
                feed.event: feed.address for feed in await work.feeds.of_place(place) if feed.account_id == account_id
            }

    async def route(self, place: Place, event: Event, address: Address, follow: Follow | None = None) -> None:
        """Send `event` to `address` (OFF: nowhere; empty: as if nobody had said anything), of all accounts or of one. Raises
        Denied NO_POST, Missing NOT_FOUND, and Invalid NOT_OF_ACCOUNT (x) for what is not told of accounts."""
        if follow is not None and event not in OF_ACCOUNTS:
            raise Invalid("NOT_OF_ACCOUNT", x=event)
        if address not in ("", OFF):
            await self.following.postable(place, address)
        account_id = follow.account_id if follow is not None else 0
        async with self.storage.work() as work:
            await work.places.ensure(place)
            if address:
                await work.feeds.put(Feed(place.id, event, address, account_id))
            else:
                await work.feeds.remove(place.id, event, account_id)

    async def test(self, place: Place, address: Address, by: Person) -> None:
        """Put a post that shows that posts arrive, on the way every post goes. Raises Denied NO_POST, Missing NOT_FOUND."""
        await self.following.postable(place, address)
        now = self.clock.now()
        kind, facts = facts_of(Tested(by.name))
        subject = f"test:{place.id}:{now.timestamp():.3f}"
        async with self.storage.work() as work:
            await work.places.ensure(place)
            await work.outbox.put(Notice(kind, subject, place.id, address, subject, facts), now)


def _named(place: Place, person: str, name: str) -> Place:
    """`place` with a reviewer's name, which an empty one leaves as it was; nobody else's names are kept."""
    names = dict(place.names)
    if told := " ".join(name.split())[:NAME]:
        names[person] = told
    return replace(place, names=tuple((one, names[one]) for one in place.reviewers if one in names))
