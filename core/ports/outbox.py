"""Notices waiting to be told, in the same database and transaction as the facts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from core.model.notice import Delivery, DeliveryState, Notice
from core.model.person import Address

MOST_WAITING = 500
"""Deliveries that may wait at one address. Beyond it the oldest posts that are not urgent become `replaced` (then edits, then what
is urgent), and one Skipped tells how many posts were left out."""


@dataclass(frozen=True)
class Head:
    """A delivery whose turn at its address has come."""

    id: int
    address: Address
    edits: bool


@dataclass(frozen=True)
class Closed:
    """An address of a place where Earshot may not post. `why` is NO_POST or GONE; tried again at `probe`."""

    address: Address
    place: str
    since: datetime
    why: str
    probe: datetime


class Outbox(Protocol):
    """Deliveries of one installation: one in flight per address, in order per address and rank."""

    async def put(self, notice: Notice, now: datetime) -> bool:
        """Enqueue. False when a notice with this key is there already. An edit replaces a waiting edit of the same
        subject at the same address (state `replaced`). At most MOST_WAITING wait at an address."""
        ...

    async def get(self, key: str) -> Delivery | None:
        """The delivery of the notice with this key."""
        ...

    async def heads(self, platforms: Sequence[str], now: datetime, limit: int) -> list[Head]:
        """What may be claimed, the most pressing first, up to `limit` of each platform: the first due delivery of each address
        that has none in flight, is not closed (or is to be tried again now) and whose place has not been left. Where that is
        an urgent edit, the first post behind it follows as another head of the address."""
        ...

    async def claim(
        self,
        courier: str,
        platforms: Sequence[str],
        now: datetime,
        lease: timedelta,
        limit: int,
        *,
        only: Sequence[Head] | None = None,
    ) -> list[Delivery]:
        """Due deliveries, now `sending` (journalled before anything is sent), at most one per address, none for an address
        that has one in flight: those of `only` that still wait, else all heads. What died while sending is never claimed: it
        waits in `stale` for whoever decides its fate."""
        ...

    async def settle(
        self,
        delivery: Delivery,
        state: DeliveryState,
        now: datetime,
        *,
        external: str = "",
        reason: str = "",
        due: datetime | None = None,
        untried: bool = False,
    ) -> bool:
        """Write how it went. False: another claim has taken it since (its epoch moved on). `untried`: nothing was posted for
        certain, so that the next attempt counts as its first."""
        ...

    async def post_of(self, address: str, subject: str) -> str:
        """The platform's id of the post about `subject` at `address`, empty when nothing was posted or it was deleted."""
        ...

    async def lose_post(self, address: Address, subject: str) -> None:
        """The post about `subject` turned out to have been deleted by somebody."""
        ...

    async def lost_post(self, address: Address, subject: str) -> bool:
        """Whether a post about `subject` was deleted by somebody."""
        ...

    async def told_at(self, place: str, subject: str) -> list[str]:
        """Where the place was told of `subject`, or will be: every address that has, or waits for, a post about it."""
        ...

    async def post_with(self, place: str, number: str) -> Notice | None:
        """What a place was told last in the post that has the platform's `number`; None for a post of nobody's."""
        ...

    async def stale(self, platform: str, now: datetime) -> list[Delivery]:
        """Deliveries whose courier died while sending."""
        ...

    async def doubtful(self, chat: Address) -> list[Delivery]:
        """Deliveries at `chat`, its topics and its replies of which it is not known whether they came: `unknown`, and `sending`."""
        ...

    async def withdraw(self, key: str, now: datetime) -> bool:
        """Let a notice that still waits be told no more (`replaced`). False: it does not wait."""
        ...

    async def newest(self, address: Address, subject: str) -> Notice | None:
        """What was put in last about `subject` at `address`, replaced or not."""
        ...

    async def latest(self, place: str, beginning: str) -> Notice | None:
        """What was put in last for `place` about a subject that begins so, replaced or not."""
        ...

    async def posts_of(self, place: str, subjects: Sequence[str]) -> list[Notice]:
        """What was put in last about each of these subjects, at each of its addresses in `place`."""
        ...

    async def posts(self, place: str, beginning: str) -> list[Notice]:
        """What was put in last about each subject that begins so, at each of its addresses in `place`."""
        ...

    async def late(self, platforms: Sequence[str], before: datetime) -> dict[str, datetime]:
        """The places with posts (no edits) for these platforms that have been waiting since before then, and since when the
        oldest has. Closed addresses do not count: there nobody is late."""
        ...

    async def addresses(self, subject: str) -> list[tuple[str, Address]]:
        """(place, address) of everything that was put in about `subject`."""
        ...

    async def counts(self) -> dict[DeliveryState, int]: ...

    async def close(self, address: Address, place: str, why: str, now: datetime, probe: datetime) -> bool:
        """Nothing is claimed for `address` until `probe`. False: it was closed already, and has a new `probe` now."""
        ...

    async def reopen(self, address: Address) -> bool:
        """Whether it was closed."""
        ...

    async def try_closed(self, where: str, now: datetime) -> None:
        """Try the closed address `where`, or all of the place `where`, now: they are open when something was posted there."""
        ...

    async def closed(self, address: Address) -> Closed | None: ...

    async def count_closed(self) -> tuple[int, int]:
        """How many addresses are closed, in all places, and how many deliveries wait for them."""
        ...

    async def closed_of(self, place: str) -> list[Closed]:
        """The closed addresses of a place, the first closed first."""
        ...
