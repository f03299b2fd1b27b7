"""Linking: a person's own TikTok account, from the sign-in to the day it is let go, and tokens that are always good.

A refresh token works once. Whoever uses it marks the link first, in a transaction: other processes wait for the new tokens.
A mark that stays is a process that died between using the token and storing what came: the link is lost, and its person told.
"""

import asyncio
import hashlib
import logging
import secrets
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, TypeVar

from core.errors import Denied, EarshotError, Invalid, Missing, Transient
from core.model.link import Grant, Link, OwnProfile, SignIn, called
from core.model.notice import Notice, facts_of
from core.model.person import Address, Person, Place
from core.model.tellable.accounts import Linked, LinkLost
from core.ports.clock import Clock
from core.ports.official import Official
from core.ports.store import Storage, Work
from core.services.enduring import again_and_again

log = logging.getLogger(__name__)
T = TypeVar("T")

OPEN_FOR = timedelta(minutes=10)
PURPOSE = "connect"
AHEAD = timedelta(minutes=10)  # of the two hours an access token is good: ten rounds to get a new one
NEARLY = timedelta(seconds=30)  # a request that is under way when its token ends is refused
DIED = timedelta(seconds=60)  # longer than a refresh (20 s) and storing it (3 times 11 s) can take
ROUND = 60.0  # seconds
GLANCE = 0.5  # seconds between two looks whether another process has got new tokens
STORED_WITHIN = 3  # tries, a second apart: what could not be stored would be lost


def hashed(secret: str) -> str:
    """What is stored of a secret that somebody has to bring back."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


@dataclass
class Linking:
    """Links of all people. Without `official` nobody can sign in: `lacks` names the settings that are missing."""

    storage: Storage
    clock: Clock
    official: Official | None = None
    lacks: tuple[str, ...] = ()

    async def run(self) -> None:
        """Refresh ahead, until cancelled."""
        await again_and_again(self.clock, ROUND, "refreshing links", self._ahead)

    async def connect(self, place: Place, person: Person, address: Address) -> str:
        """The address where `person` signs in: good once, for OPEN_FOR; an earlier one ends. Raises Denied OAUTH_OFF."""
        state = secrets.token_urlsafe(32)
        page, verifier = self.there().authorise(state)
        now = self.clock.now()
        async with self.storage.work() as work:
            await work.places.ensure(place)
            begun = SignIn(hashed(state), person.id, place.id, address, PURPOSE, now + OPEN_FOR, verifier)
            await work.links.begin(begun, now)
        return page

    async def begun(self, state: str) -> Place | None:
        """The place in which the sign-in with this state was asked for. Changes nothing."""
        async with self.storage.reading() as work:
            begun = await work.links.begun(hashed(state), PURPOSE)
            return await work.places.get(begun.place) if begun else None

    async def arrive(self, state: str, code: str, refused: str) -> Link:
        """Link whoever comes back with `state` and a `code`, or with the reason why TikTok `refused`.

        The state is used up, whatever happens then. Raises Invalid OAUTH_STATE, Denied OAUTH_DENIED and OAUTH_OFF, and what
        Official.exchange raises.
        """
        official = self.there()
        async with self.storage.work() as work:
            begun = await work.links.take(hashed(state), PURPOSE)
        if begun is None or begun.until <= self.clock.now():
            raise Invalid("OAUTH_STATE")
        if refused == "access_denied":
            raise Denied("OAUTH_DENIED")
        if refused:
            raise Denied("OAUTH_SETUP")
        try:
            grant = await official.exchange(code, begun.verifier)
        except Denied as error:
            if error.code == "LINK_OVER":  # the code, not a link: too old, used, or never TikTok's
                raise Invalid("OAUTH_STATE") from error
            raise
        return await self._linked(begun, grant, await self._profile(grant))

    async def of(self, person: str) -> Link:
        """The link of `person`. Raises Missing NOT_CONNECTED."""
        async with self.storage.reading() as work:
            link = await work.links.of_person(person)
        if link is None:
            raise Missing("NOT_CONNECTED")
        return link

    async def use(self, link: Link, ask: Callable[[bytes], Awaitable[T]]) -> T:
        """What `ask` gives with a good access token. Raises what it raises, Missing NOT_CONNECTED when the link is over."""
        link = await self._sealed_anew(await self._fresh(link))
        try:
            return await ask(link.access)
        except Denied as error:
            if error.code != "LINK_REFUSED":
                raise
        link = await self.refreshed(link)  # taken back before its time: by the person, or by another sign-in
        try:
            return await ask(link.access)
        except Denied as error:
            if error.code == "LINK_REFUSED":
                await self._over(link)
                raise Missing("NOT_CONNECTED") from error
            raise

    async def let_go(self, person: str) -> tuple[Link, bool]:
        """Forget the link of `person` and take the rights back at TikTok; False when TikTok could not be told.

        Raises Missing NOT_CONNECTED.
        """
        link = await self.of(person)
        with suppress(EarshotError):
            link = await self._fresh(link)  # TikTok takes rights back by a good access token only
        async with self.storage.work() as work:
            link = await work.links.get(link.id) or link  # another process may have renewed its tokens
            if not await work.links.remove(link.id):
                return link, True  # over at TikTok already
        try:
            await self.there().revoke(link.access)
        except EarshotError as error:
            log.warning("link %s is forgotten, but TikTok could not be told: %s", link.id, error.code)
            return link, False
        return link, True

    async def choose(self, person: str, automatic: bool) -> Link:
        """Whether new videos are transcribed by themselves. Raises Missing NOT_CONNECTED."""
        link = await self.of(person)
        async with self.storage.work() as work:
            changed = await work.links.change(link.id, automatic=automatic)
        if changed is None:
            raise Missing("NOT_CONNECTED")
        return changed

    async def refreshed(self, link: Link) -> Link:
        """`link` with other tokens than it has here: new ones, or those that somebody else has got meanwhile.

        Raises Missing NOT_CONNECTED when the link is over, and what Official.refresh raises.
        """
        while True:
            async with self.storage.work() as work:
                stored = await work.links.get(link.id)
                if stored is None:
                    raise Missing("NOT_CONNECTED")
                if stored.access_until != link.access_until:
                    return stored
                if stored.refreshing is None:
                    await work.links.change(link.id, refreshing=self.clock.now())
                    break
                if stored.refreshing + DIED <= self.clock.now():
                    await self._lose(work, stored)
            await self.clock.sleep(GLANCE)
        return await _to_the_end(self._renew(stored))

    def there(self) -> Official:
        """TikTok's official side. Raises Denied OAUTH_OFF."""
        if self.official is None:
            raise Denied("OAUTH_OFF")
        return self.official

    async def _ahead(self) -> None:
        if self.official is None:
            return
        async with self.storage.reading() as work:
            links = await work.links.all()
        for link in links:
            if link.access_until - self.clock.now() > AHEAD:
                continue
            try:
                await self.refreshed(link)
            except EarshotError as error:  # one link's trouble must not end the others; the next round is soon
                log.warning("link %s could not be refreshed: %s", link.id, error.code)

    async def _linked(self, begun: SignIn, grant: Grant, profile: OwnProfile | None) -> Link:
        now, shown = self.clock.now(), profile or OwnProfile()
        link = Link(
            0,
            begun.person,
            begun.place,
            begun.address,
            grant.open_id,
            called(shown.name, grant.open_id),
            shown.picture,
            grant.scopes,
            grant.access,
            now + grant.access_for,
            grant.refresh,
            now + grant.refresh_for,
            now,
        )
        async with self.storage.work() as work:
            before = await work.links.of_person(begun.person)
            if before and before.open_id == link.open_id:
                link = replace(link, automatic=before.automatic, newest=before.newest)
            link = await work.links.put(link)
            await _tell(work, link, Linked(), f"linked:{link.id}", self.clock)
        if before and before.open_id != link.open_id:
            with suppress(
                EarshotError
            ):  # the same account's old tokens end by themselves; TikTok might end the new ones too
                await self.there().revoke(before.access)
        return link

    async def _profile(self, grant: Grant) -> OwnProfile | None:
        """None when TikTok does not show it now, or the person did not allow it: a link is good without."""
        try:
            return await self.there().profile(grant.access, grant.scopes)
        except EarshotError as error:
            log.info("no profile for a link: %s", error.code)
            return None

    async def _fresh(self, link: Link) -> Link:
        return link if link.access_until - self.clock.now() > NEARLY else await self.refreshed(link)

    async def _sealed_anew(self, link: Link) -> Link:
        """The tokens under the newest of the owner's keys, stored so: old keys can be dropped in time."""
        access, refresh = self.there().renewed(link.access), self.there().renewed(link.refresh)
        if (access, refresh) == (link.access, link.refresh):
            return link
        async with self.storage.work() as work:
            stored = await work.links.get(link.id)
            if stored is not None and (stored.access, stored.refresh) == (link.access, link.refresh):
                await work.links.change(link.id, access=access, refresh=refresh)
        return replace(link, access=access, refresh=refresh)

    async def _renew(self, link: Link) -> Link:
        """Use the refresh token of `link`, which is marked as being used. Whatever TikTok answers, the mark goes."""
        try:
            grant = await self.there().refresh(link.refresh)
        except EarshotError as error:
            if error.code == "LINK_OVER":
                await self._over(link)
                raise Missing("NOT_CONNECTED") from error
            await self._store(link.id, refreshing=None)
            raise
        now = self.clock.now()
        stored = await self._store(
            link.id,
            access=grant.access,
            access_until=now + grant.access_for,
            refresh=grant.refresh,
            refresh_until=now + grant.refresh_for,
            scopes=grant.scopes or link.scopes,
            refreshing=None,
        )
        if stored is None:  # let go meanwhile
            with suppress(EarshotError):
                await self.there().revoke(grant.access)
            raise Missing("NOT_CONNECTED")
        profile = await self._profile(grant)
        if profile is None:
            return stored
        name, picture = called(profile.name, stored.open_id), profile.picture
        return await self._store(link.id, name=name, picture=picture) or stored

    async def _store(self, link_id: int, **fields: object) -> Link | None:
        """Set fields of a link, in spite of a database that is busy for a while."""
        tries = 0
        while True:
            try:
                async with self.storage.work() as work:
                    return await work.links.change(link_id, **fields)
            except Transient as error:
                tries += 1
                if tries == STORED_WITHIN:
                    raise
                log.warning("link %s has to wait: %s", link_id, error.code)
            await self.clock.sleep(1.0)

    async def _over(self, link: Link) -> None:
        async with self.storage.work() as work:
            await self._lose(work, link)

    async def _lose(self, work: Work, link: Link) -> None:
        """Forget a link that is good for nothing any more, and say so once."""
        if await work.links.remove(link.id):
            await _tell(work, link, LinkLost(), f"link lost:{link.id}", self.clock)


async def _tell(work: Work, link: Link, tells: Linked | LinkLost, key: str, clock: Clock) -> None:
    kind, facts = facts_of(tells)
    await work.outbox.put(Notice(kind, key, link.place, link.address, f"link:{link.id}", facts), clock.now())


async def _to_the_end(work: Coroutine[Any, Any, T]) -> T:
    """Finish `work`, which holds a token that exists nowhere else, also when whoever waits for it is stopped."""
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task], timeout=DIED.total_seconds())
        raise
