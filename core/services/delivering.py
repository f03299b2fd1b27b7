"""Delivering: the outbox's courier. Every notice ends exactly once: sent, dead, replaced by a later edit, or known as unknown.

A crash or a lost answer between sending and writing it down leaves a delivery that may have been posted. Where the platform
recognises a repeat by its nonce, it is sent again inside that time; elsewhere it becomes `unknown` and is shown, never doubled.
An edit of a post that is there may always be repeated.
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
from core.ports.store import Storage, Work
from core.services.enduring import enduring
from core.services.pausing import Pause

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=60)
DEADLINE = 45.0  # seconds one post may take: below the lease, so that nobody else takes it up meanwhile
AT_ONCE = 32
ATTEMPTS = 8  # of a notice that may have been posted already
GIVE_UP = timedelta(hours=24)  # an outage is waited out, however many attempts it takes
AGAIN = 1.0  # seconds until what became of a delivery is written once more
LANDING = 5.0  # real seconds a stop waits for what is in flight
DOUBT = "perhaps posted: "  # begins the reason of a delivery that waits for its repeat
GLANCE = 0.5  # seconds between two looks for what came due, or was put into the outbox by another process
STALE_EVERY = timedelta(seconds=5)  # a lease is a minute: whether one ran out need not be asked at every look


def nonce_of(delivery: Delivery) -> str:
    """Always the same for one notice at one address: 24 hex digits (Discord takes at most 25 characters)."""
    return hashlib.blake2b(f"{delivery.notice.key}\n{delivery.notice.address}".encode(), digest_size=12).hexdigest()


@dataclass(frozen=True)
class Fate:
    """What became of one attempt."""

    state: DeliveryState
    external: str = ""
    reason: str = ""
    due: datetime | None = None


@dataclass
class Delivering:
    """The courier of one process, for the platforms it is connected to. Each platform has one courier at a time."""

    storage: Storage
    clock: Clock
    messengers: Mapping[Platform, Messenger]
    name: str = field(default_factory=lambda: f"courier-{os.getpid()}")
    _flying: set[asyncio.Task[None]] = field(default_factory=set)
    _pause: Pause = field(init=False)

    def __post_init__(self) -> None:
        self._pause = Pause(self.clock)

    def soon(self) -> None:
        """Something was put into the outbox: look at once."""
        self._pause.soon()

    async def run(self) -> None:
        """Settle what a crash left behind, then send what is due, until cancelled; what is in flight then is finished."""
        platforms = tuple(str(platform) for platform in self.messengers)
        due, grace = self.clock.now(), LEASE  # whoever was sending before this start is gone, whatever his lease says
        try:
            while True:
                with enduring("delivering"):
                    if self.clock.now() >= due:
                        await self._settle_stale(self.clock.now() + grace)
                        due, grace = self.clock.now() + STALE_EVERY, timedelta(0)
                    for delivery in await self._claim(platforms):
                        self._send_off(delivery)
                await self._pause.rest(GLANCE)
        finally:
            await self._land()

    async def idle(self) -> bool:
        """Whether nothing is waiting or under way."""
        async with self.storage.reading() as work:
            counts = await work.outbox.counts()
        return not any(counts.get(state) for state in (DeliveryState.NEW, DeliveryState.RETRY, DeliveryState.SENDING))

    async def _claim(self, platforms: tuple[str, ...]) -> list[Delivery]:
        free = AT_ONCE - len(self._flying)
        if not free:
            return []
        async with self.storage.reading() as work:
            if not await work.outbox.due(platforms, self.clock.now()):
                return []
        async with self.storage.work() as work:
            return await work.outbox.claim(self.name, platforms, self.clock.now(), LEASE, free)

    def _send_off(self, delivery: Delivery) -> None:
        task = asyncio.create_task(self._deliver(delivery), name=f"deliver {delivery.notice.key}")
        self._flying.add(task)
        task.add_done_callback(self._landed)

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._flying.discard(task)
        self.soon()  # its address is free for the next

    async def _land(self) -> None:
        """Let what is in flight arrive, so that a stop leaves nothing in doubt; not for ever."""
        if self._flying:
            _, late = await asyncio.wait(self._flying, timeout=LANDING)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _settle_stale(self, until: datetime) -> None:
        """What somebody died over (leases that end by `until`): repeat it where that is safe, else say that nobody knows."""
        async with self.storage.reading() as work:
            stale = [d for platform in self.messengers for d in await work.outbox.stale(platform, until)]
        for delivery in stale:
            async with self.storage.work() as work:
                edited = await _edited(work, delivery)
                fate = self._in_doubt(delivery, edited, "the sender stopped in the middle", self.clock.now())
                await _settle(work, delivery, fate, self.clock.now())

    def _in_doubt(self, delivery: Delivery, edited: str, reason: str, due: datetime) -> Fate:
        """It may have been posted: RETRY at `due` where the repeat can do no harm, else UNKNOWN."""
        reason = reason if reason.startswith(DOUBT) else DOUBT + reason
        if delivery.attempt < ATTEMPTS and self._repeatable(delivery, edited, due):
            return Fate(DeliveryState.RETRY, "", reason, due)
        return Fate(DeliveryState.UNKNOWN, "", reason)

    def _repeatable(self, delivery: Delivery, edited: str, at: datetime) -> bool:
        """Whether a repeat begun `at` changes nothing when it was posted already; it may take as long as DEADLINE."""
        if edited:
            return True
        seconds = self.messengers[platform_of(delivery.notice.address)].repeats_for - DEADLINE
        return delivery.first_tried is not None and at - delivery.first_tried < timedelta(seconds=seconds)

    async def _deliver(self, delivery: Delivery) -> None:
        try:
            await self._write(delivery, await self._post(delivery))
        except Exception:  # supervision: one notice's trouble must not stop the others; its lease runs out
            log.exception("delivery %s", delivery.notice.key)

    async def _write(self, delivery: Delivery, fate: Fate) -> None:
        """What is known must not become doubt because the database is busy: try until it is written."""
        while True:
            try:
                async with self.storage.work() as work:
                    return await _settle(work, delivery, fate, self.clock.now())
            except Transient as error:
                log.warning("the fate of %s has to wait: %s", delivery.notice.key, error)
                await self.clock.sleep(AGAIN)

    async def _post(self, delivery: Delivery) -> Fate:
        """Send it."""
        notice, edited = delivery.notice, ""
        doubted = delivery.reason.startswith(DOUBT)
        try:
            async with self.storage.reading() as work:
                edited = await _edited(work, delivery)
            if doubted and not self._repeatable(delivery, edited, self.clock.now()):
                return Fate(DeliveryState.UNKNOWN, "", delivery.reason)
            async with asyncio.timeout(DEADLINE):
                messenger = self.messengers[platform_of(notice.address)]
                return Fate(DeliveryState.SENT, await messenger.post(notice, nonce_of(delivery), edited))
        except (Ambiguous, TimeoutError) as error:
            return self._in_doubt(delivery, edited, str(error), self._later(delivery, error))
        except Transient as error:
            due = self._later(delivery, error)
            if doubted:
                return self._in_doubt(delivery, edited, delivery.reason, due)
            begun = delivery.first_tried or self.clock.now()
            state = DeliveryState.RETRY if due - begun < GIVE_UP else DeliveryState.DEAD
            return Fate(state, "", str(error), due)
        except EarshotError as error:
            return Fate(DeliveryState.DEAD, "", str(error))

    def _later(self, delivery: Delivery, error: Exception) -> datetime:
        said = getattr(error, "retry_after", None)
        wait = said if said else min(300.0, 2.0 ** min(delivery.attempt, 9)) * random.uniform(0.5, 1.0)
        return self.clock.now() + timedelta(seconds=wait)


async def _edited(work: Work, delivery: Delivery) -> str:
    """The post that a delivery edits, empty when it is a post of its own."""
    notice = delivery.notice
    return await work.outbox.post_of(notice.address, notice.subject) if notice.edits else ""


async def _settle(work: Work, delivery: Delivery, fate: Fate, now: datetime) -> None:
    await work.outbox.settle(delivery, fate.state, now, external=fate.external, reason=fate.reason, due=fate.due)
