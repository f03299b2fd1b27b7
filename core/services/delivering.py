"""Delivering: the outbox's courier. Every notice ends exactly once: sent, dead, replaced by a later edit, or known as unknown.

A crash or a lost answer between sending and writing it down leaves a delivery that may have been posted. Where the platform
recognises a repeat by its nonce, it is sent again inside that time; elsewhere it becomes `unknown` and is shown, never doubled.
"""

import asyncio
import hashlib
import logging
import os
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.errors import Ambiguous, EarshotError, Transient
from core.model.notice import Delivery, DeliveryState
from core.model.person import Platform, platform_of
from core.ports.clock import Clock
from core.ports.messenger import Messenger
from core.ports.store import Storage

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=60)
DEADLINE = 45.0  # seconds one post may take: below the lease, so that nobody else takes it up meanwhile
AT_ONCE = 32
ATTEMPTS = 8
GLANCE = 0.2  # seconds between two looks for due notices


def nonce_of(delivery: Delivery) -> str:
    """Always the same for one notice at one address: 24 hex digits (Discord takes at most 25 characters)."""
    return hashlib.blake2b(f"{delivery.notice.key}\n{delivery.notice.address}".encode(), digest_size=12).hexdigest()


@dataclass
class Delivering:
    """The courier of one process, for the platforms it is connected to."""

    storage: Storage
    clock: Clock
    messengers: Mapping[Platform, Messenger]
    name: str = field(default_factory=lambda: f"courier-{os.getpid()}")
    in_flight: int = 0

    async def run(self) -> None:
        """Settle what a crash left behind, then send what is due, until cancelled."""
        platforms = tuple(str(platform) for platform in self.messengers)
        async with asyncio.TaskGroup() as group:
            while True:
                await self._settle_stale()
                free = AT_ONCE - self.in_flight
                for delivery in await self._claim(platforms, free) if free else []:
                    self.in_flight += 1
                    group.create_task(self._deliver(delivery), name=f"deliver {delivery.notice.key}")
                await self.clock.sleep(GLANCE)

    async def idle(self) -> bool:
        """Whether nothing is waiting or under way."""
        async with self.storage.reading() as work:
            counts = await work.outbox.counts()
        return not any(counts.get(state) for state in (DeliveryState.NEW, DeliveryState.RETRY, DeliveryState.SENDING))

    async def _claim(self, platforms: tuple[str, ...], free: int) -> list[Delivery]:
        async with self.storage.reading() as work:
            if not await work.outbox.due(platforms, self.clock.now()):
                return []
        async with self.storage.work() as work:
            return await work.outbox.claim(self.name, platforms, self.clock.now(), LEASE, free)

    async def _settle_stale(self) -> None:
        """What somebody died over: repeat it where that is safe, else say that nobody knows."""
        now = self.clock.now()
        async with self.storage.reading() as work:
            stale = [d for platform in self.messengers for d in await work.outbox.stale(platform, now)]
        for delivery in stale:
            state, due = self._after_doubt(delivery, now)
            async with self.storage.work() as work:
                await work.outbox.settle(delivery, state, now, reason="the sender stopped in the middle", due=due)

    def _after_doubt(self, delivery: Delivery, now: datetime) -> tuple[DeliveryState, datetime | None]:
        window = timedelta(seconds=self.messengers[platform_of(delivery.notice.address)].repeats_for)
        if delivery.first_tried and now - delivery.first_tried < window:
            return DeliveryState.RETRY, now
        return DeliveryState.UNKNOWN, None

    async def _deliver(self, delivery: Delivery) -> None:
        try:
            state, external, reason, due = await self._post(delivery)
            async with self.storage.work() as work:
                await work.outbox.settle(delivery, state, self.clock.now(), external=external, reason=reason, due=due)
        except Exception:  # supervision: one notice's trouble must not stop the others; its lease runs out
            log.exception("delivery %s", delivery.notice.key)
        finally:
            self.in_flight -= 1

    async def _post(self, delivery: Delivery) -> tuple[DeliveryState, str, str, datetime | None]:
        """Send it; how it went as (state, external id, reason, due)."""
        messenger, now = self.messengers[platform_of(delivery.notice.address)], self.clock.now()
        notice = delivery.notice
        try:
            async with self.storage.reading() as work:
                edited = await work.outbox.post_of(notice.address, notice.subject) if notice.edits else ""
            async with asyncio.timeout(DEADLINE):
                external = await messenger.post(notice, nonce_of(delivery), edited)
            return DeliveryState.SENT, external, "", None
        except (Ambiguous, TimeoutError) as error:
            state, _ = self._after_doubt(delivery, now)
            return state, "", str(error), now + self._wait(delivery, error)
        except Transient as error:
            state = DeliveryState.RETRY if delivery.attempt < ATTEMPTS else DeliveryState.DEAD
            return state, "", str(error), now + self._wait(delivery, error)
        except EarshotError as error:
            return DeliveryState.DEAD, "", str(error), None

    def _wait(self, delivery: Delivery, error: Exception) -> timedelta:
        said = getattr(error, "retry_after", None)
        return timedelta(seconds=said if said else min(300.0, 2.0**delivery.attempt) * random.uniform(0.5, 1.0))
