"""Following accounts: who is followed where and how, and no more than the installation can look at."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from core.errors import Denied, Invalid, Missing, Transient
from core.model.account import FOREVER, Account, Follow, Handle
from core.model.audit import Verb
from core.model.feed import Event
from core.model.person import Address, Person, Place, Platform
from core.ports.clock import Clock
from core.ports.messenger import Channels
from core.ports.store import Storage, Work
from core.services.feeding import address_of, forget, win
from core.services.finding.checking import Checking, Reading
from core.services.reviewing.auditing import log

NEAR = 3  # close names a refusal shows
LIKENESS = 70.0  # of 100, RapidFuzz's ratio: `amina` and `aminna` have 91, two names of one length and no letter 0


class Objections(Protocol):
    """Accounts whose owners do not want to be watched here."""

    async def refused(self, handle: Handle, tiktok_id: str) -> bool:
        """`tiktok_id` is empty when nobody knows it yet."""
        ...


@dataclass(frozen=True)
class Wishes:
    """What a place wants of an account it follows: to be told, unless it says more. None leaves the place's own. `ping` is a
    role, empty for nobody."""

    language: str = ""
    transcript: bool = False
    risk: float | None = None
    ping: str = ""
    chat: bool = True
    clips: bool = True
    videos: bool = False
    engine: str = ""


@dataclass(frozen=True)
class Following:
    """Follows of all places; `limit` is how many one place may have. `channels` are asked before posts go somewhere, for the
    platforms that have rights; without `checking` and `objections` nothing is asked of TikTok and nobody has objected."""

    storage: Storage
    clock: Clock
    limit: int
    checking: Checking | None = None
    objections: Objections | None = None
    channels: dict[Platform, Channels] = field(default_factory=dict)

    async def follow(
        self, place: Place, handle: Handle, address: Address, wishes: Wishes, *, said: bool = False
    ) -> tuple[Follow, int]:
        """The new follow, and how many the place has now. `said`: the address was said for this account, and goes before what
        the place has said for all.

        Raises Invalid ALREADY (x, channel, since) and LIMIT (n, m), Denied OPTED_OUT (x) and NO_POST (channel, missing),
        Missing HANDLE (x), HANDLE_NEAR (x, list) and GONE (name).
        """
        async with self.storage.reading() as work:  # what needs no question is said before anybody waits
            account = await work.accounts.by_handle(handle)
            await self._room_for(work, place.id, account.id if account else 0)
        account = account or Account(0, handle)
        await self._allowed(account)
        await self.postable(place, address)
        await self._exists(place.id, account)
        async with self.storage.work() as work:
            await work.places.ensure(place)
            account = await work.accounts.ensure(handle)
            n = await self._room_for(work, place.id, account.id)
            follow = Follow(0, place.id, account.id, handle, address, self.clock.now(), **vars(wishes))
            await forget(work, place.id, account.id)
            made = await work.follows.add(follow)
            if said:
                await win(work, made, address)
            return made, n + 1

    async def unfollow(self, follow: Follow) -> Follow:
        """Stop; what was stored stays and the follow can come back. Raises Missing when somebody was faster."""
        async with self.storage.work() as work:
            return _there(await work.follows.remove(follow.place, follow.account_id), f"@{follow.handle}")

    async def restore(self, place: str, follow_id: int) -> Follow:
        """Undo an unfollow. Raises Missing when there is nothing to bring back; Invalid LIMIT and Denied OPTED_OUT when it may
        not come back any more: the button may be old."""
        async with self.storage.work() as work:
            await self._room_for(work, place)
            back = _there(await work.follows.restore(place, follow_id), follow_id)
            await self._allowed(await work.accounts.get(back.account_id) or Account(back.account_id, back.handle))
            return back

    async def change(self, place: Place, follow: Follow, by: Person | None = None, **wanted: Any) -> Follow:
        """Change what is `wanted` of a follow, by its names there; a new address goes before what the place has said for all.
        From which risk on it is told is written down with who changed it. Raises Denied NO_POST, Missing when it is not
        followed any more."""
        await self.postable(place, wanted.get("address", follow.address))
        async with self.storage.work() as work:
            changed = await _changed(work, follow, **wanted)
            if "address" in wanted:
                await win(work, follow, wanted["address"])
            if by is not None and "risk" in wanted and changed.risk != follow.risk:
                was, now = (f"{one:g}" if one is not None else "" for one in (follow.risk, changed.risk))
                about = f"account:{follow.account_id}"
                await log(
                    work,
                    place.id,
                    by,
                    Verb.ACCOUNT_RISK,
                    about,
                    self.clock.now(),
                    before=was,
                    after=now,
                    reason=follow.handle,
                )
            return changed

    async def goes(self, follow: Follow, event: Event = Event.LIVE) -> Address | None:
        """Where `event` of a followed account is told; None: nowhere."""
        async with self.storage.reading() as work:
            return await address_of(work, event, follow)

    async def pause(self, follow: Follow, length: timedelta | None) -> Follow:
        """Look for nothing for `length`, without one until it is resumed. Raises Missing when it is not followed any more."""
        return await self.pause_until(follow, FOREVER if length is None else self.clock.now() + length)

    async def pause_until(self, follow: Follow, until: datetime) -> Follow:
        """Look for nothing until then. Raises Missing when it is not followed any more."""
        async with self.storage.work() as work:
            return await _changed(work, follow, paused_until=until)

    async def resume(self, follow: Follow) -> Follow:
        """Go on at once. Raises Missing when it is not followed any more."""
        async with self.storage.work() as work:
            return await _changed(work, follow, paused_until=None)

    async def check(self, follow: Follow) -> Reading:
        """Look now. Raises Transient NO_TIKTOK where nobody can, and what `Checking.check` raises."""
        if self.checking is None:
            raise Transient("NO_TIKTOK")
        return await self.checking.check(await self.account(follow))

    async def account(self, follow: Follow) -> Account:
        """The account of a follow, as last seen."""
        async with self.storage.reading() as work:
            return await work.accounts.get(follow.account_id) or Account(follow.account_id, follow.handle)

    async def listed(self, place: str) -> list[tuple[Follow, Account]]:
        """Every follow of a place with its account as last seen, by handle."""
        async with self.storage.reading() as work:
            follows = [follow for follow in await work.follows.of_place(place) if not follow.once]
            pairs = [(follow, await work.accounts.get(follow.account_id)) for follow in follows]
        return [(follow, account or Account(follow.account_id, follow.handle)) for follow, account in pairs]

    async def postable(self, place: Place, address: Address) -> None:
        """Raises Denied NO_POST (channel, missing) where Earshot may not post, Missing NOT_FOUND where no such channel is."""
        channels = self.channels.get(place.platform)
        missing = await channels.missing(place.id, address) if channels else ()
        if missing:
            raise Denied("NO_POST", channel=address, missing=", ".join(missing))

    async def _room_for(self, work: Work, place: str, account_id: int = 0) -> int:
        """How many accounts the place follows. Raises ALREADY for `account_id`, and LIMIT."""
        follows = [follow for follow in await work.follows.of_place(place) if not follow.once]
        for known in follows:
            if known.account_id == account_id:
                raise Invalid("ALREADY", x=known.handle, channel=known.address, since=known.since)
        if len(follows) >= self.limit:
            raise Invalid("LIMIT", n=len(follows), m=self.limit)
        return len(follows)

    async def _allowed(self, account: Account) -> None:
        if self.objections and await self.objections.refused(account.handle, account.tiktok_id):
            raise Denied("OPTED_OUT", x=account.handle)

    async def _exists(self, place: str, account: Account) -> None:
        """Refuse a name that TikTok plainly does not know; whatever else it says, the account is followed."""
        if self.checking is None:
            return
        try:
            await self.checking.known(account.handle)
        except Missing as error:
            if account.tiktok_id:  # it was there once
                raise Missing("GONE", name=f"@{account.handle}") from error
            near = await self._near(place, account.handle)
            if near:
                raise Missing(
                    "HANDLE_NEAR", x=account.handle, list=", ".join(f"@{handle}" for handle in near)
                ) from error
            raise

    async def _near(self, place: str, handle: Handle) -> list[Handle]:
        """Names followed here that look like `handle`, the likest first."""
        from rapidfuzz import fuzz, process  # 0.1 s at first use

        async with self.storage.reading() as work:
            names = [follow.handle for follow in await work.follows.of_place(place)]
        found = process.extract(handle, names, scorer=fuzz.ratio, limit=NEAR, score_cutoff=LIKENESS)
        return [names[index] for _, _, index in found]


async def _changed(work: Work, follow: Follow, **wanted: Any) -> Follow:
    """What others have changed since `follow` was read stays as it is. Raises Missing when it is not followed any more."""
    known = next((one for one in await work.follows.of_place(follow.place) if one.id == follow.id), None)
    return _there(await work.follows.change(replace(known, **wanted)) if known else None, f"@{follow.handle}")


def _there(follow: Follow | None, wanted: object) -> Follow:
    if follow is None:
        raise Missing("NOT_FOUND", x=wanted)
    return follow
