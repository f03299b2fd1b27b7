"""Notices waiting to be told, in the same database and transaction as the facts."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from core.model.notice import Delivery, DeliveryState, Notice
from core.model.person import Address


class Outbox(Protocol):
    """Deliveries of one installation: one in flight per address, in order per address."""

    async def put(self, notice: Notice, now: datetime) -> bool:
        """Enqueue. False when a notice with this key is there already. An edit replaces a waiting edit of the same
        subject at the same address (state `replaced`)."""
        ...

    async def get(self, key: str) -> Delivery | None:
        """The delivery of the notice with this key."""
        ...

    async def due(self, platforms: Sequence[str], now: datetime) -> bool:
        """Whether `claim` would find something: a question that takes no write lock."""
        ...

    async def claim(
        self, courier: str, platforms: Sequence[str], now: datetime, lease: timedelta, limit: int
    ) -> list[Delivery]:
        """Due deliveries, now `sending` (journalled before anything is sent), at most one per address, none for an address
        that has one in flight. Posts before edits. What died while sending is
        never claimed: it waits in `stale` for whoever decides its fate."""
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
    ) -> bool:
        """Write how it went. False: another claim has taken it since (its epoch moved on)."""
        ...

    async def post_of(self, address: str, subject: str) -> str:
        """The platform's id of the post about `subject` at `address`, empty when nothing was posted."""
        ...

    async def stale(self, platform: str, now: datetime) -> list[Delivery]:
        """Deliveries whose courier died while sending."""
        ...

    async def late(self, platforms: Sequence[str], before: datetime) -> dict[str, datetime]:
        """The places with posts (no edits) for these platforms that have been waiting since before then, and since when the
        oldest has. Closed addresses do not count: there nobody is late."""
        ...

    async def addresses(self, subject: str) -> list[tuple[str, Address]]:
        """(place, address) of everything that was put in about `subject`."""
        ...

    async def counts(self) -> dict[DeliveryState, int]: ...
