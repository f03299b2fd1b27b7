"""Following accounts: who is followed where, and no more than the installation can look at."""

from dataclasses import dataclass, replace

from core.errors import Invalid, Missing
from core.model.account import Account, Follow, Handle
from core.model.person import Address, Place
from core.ports.clock import Clock
from core.ports.store import Storage


@dataclass(frozen=True)
class Wishes:
    """What a place wants of an account it follows; None leaves the place's own."""

    language: str = ""
    transcript: bool = True
    risk: float | None = None
    ping: str = ""


@dataclass(frozen=True)
class Following:
    """Follows of all places; `limit` is how many one place may have."""

    storage: Storage
    clock: Clock
    limit: int

    async def follow(self, place: Place, handle: Handle, address: Address, wishes: Wishes) -> tuple[Follow, int]:
        """The new follow, and how many the place has now. Raises Invalid ALREADY (x, since) and LIMIT (n, m)."""
        async with self.storage.work() as work:
            await work.places.put(place)
            account = await work.accounts.ensure(handle)
            follows = await work.follows.of_place(place.id)
            for known in follows:
                if known.account_id == account.id:
                    raise Invalid("ALREADY", x=handle, channel=known.address, since=known.since)
            if len(follows) >= self.limit:
                raise Invalid("LIMIT", n=len(follows), m=self.limit)
            follow = Follow(0, place.id, account.id, handle, address, self.clock.now(), **vars(wishes))
            return await work.follows.add(follow), len(follows) + 1

    async def unfollow(self, follow: Follow) -> Follow:
        """Stop; what was stored stays and the follow can come back. Raises Missing when somebody was faster."""
        async with self.storage.work() as work:
            gone = await work.follows.remove(follow.place, follow.account_id)
        if gone is None:
            raise Missing("NOT_FOUND", x=f"@{follow.handle}")
        return gone

    async def restore(self, place: str, follow_id: int) -> Follow:
        """Undo an unfollow. Raises Missing when there is nothing to bring back."""
        async with self.storage.work() as work:
            back = await work.follows.restore(place, follow_id)
        if back is None:
            raise Missing("NOT_FOUND", x=follow_id)
        return back

    async def listed(self, place: str) -> list[tuple[Follow, Account]]:
        """Every follow of a place with its account as last seen, by handle."""
        async with self.storage.reading() as work:
            pairs = [
                (follow, await work.accounts.get(follow.account_id)) for follow in await work.follows.of_place(place)
            ]
        return [(follow, account or replace(_unseen(follow))) for follow, account in pairs]


def _unseen(follow: Follow) -> Account:
    return Account(follow.account_id, follow.handle)
