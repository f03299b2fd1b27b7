"""Attempting: one delivery sent once, and what became of it.

A crash or a lost answer between sending and writing it down leaves a delivery that may have been posted. Where the platform
recognises a repeat by its nonce, it is sent again inside that time; else the platform is asked whether it has the post; where it
cannot tell, the delivery becomes `unknown` and is shown, never doubled. An edit of a post that is there may always be repeated.
"""

import asyncio
import hashlib
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.errors import Ambiguous, Denied, EarshotError, Missing, Transient
from core.model.notice import Delivery, DeliveryState, Notice
from core.model.person import Address, Platform, platform_of
from core.ports.clock import Clock
from core.ports.messenger import Messenger
from core.ports.store import Storage
from core.services.withholding import quotes, told

DEADLINE = 45.0  # seconds one post may take
ASKING = 10.0  # seconds the question for a post may take: both together end before the lease, so that nobody takes it up meanwhile
ATTEMPTS = 8  # of a notice that may have been posted already
LONGEST = 60.0  # seconds between two attempts, unless the platform says more
GIVE_UP = timedelta(hours=24)  # an outage is waited out, however many attempts it takes
UNSURE = timedelta(hours=1)  # a platform that cannot be asked whether it has a post is asked again so long
DOUBT = "perhaps posted: "  # begins the reason of a delivery that waits for its repeat
MOVED, POST_GONE, GONE, NO_POST = "MOVED", "POST_GONE", "GONE", "NO_POST"


def nonce_of(delivery: Delivery) -> str:
    """Always the same for one notice at one address: 24 hex digits (Discord takes at most 25 characters)."""
    return hashlib.blake2b(f"{delivery.notice.key}\n{delivery.notice.address}".encode(), digest_size=12).hexdigest()


def base(address: Address) -> Address:
    """The address without the reply it stands for: the channel or topic."""
    return address.partition("#")[0]


@dataclass(frozen=True)
class Fate:
    """What became of one attempt. `untried`: nothing was posted for certain. `closes` is why its address lets nobody in;
    `lost`: the post to edit was deleted; `moved`: the place's id before and now; `rests`: the chat wants no call before `due`."""

    state: DeliveryState
    external: str = ""
    reason: str = ""
    due: datetime | None = None
    untried: bool = False
    closes: str = ""
    lost: bool = False
    moved: tuple[Address, Address] | None = None
    rests: bool = False


@dataclass(frozen=True)
class Attempting:
    """Sends, and asks; writes nothing."""

    storage: Storage
    clock: Clock
    messengers: Mapping[Platform, Messenger]

    async def attempt(self, delivery: Delivery) -> Fate:
        """Send it."""
        external, deleted = await self._edited(delivery)
        if deleted and delivery.notice.silent:
            return Fate(DeliveryState.DEAD, "", POST_GONE)
        doubted = delivery.reason.startswith(DOUBT)
        if doubted and not self._repeatable(delivery, external, self.clock.now()):
            return await self._reconciled(delivery, external, delivery.reason)
        try:
            async with asyncio.timeout(DEADLINE):
                messenger = self.messengers[platform_of(delivery.notice.address)]
                notice = await self._withholding(delivery.notice)
                return Fate(DeliveryState.SENT, await messenger.post(notice, nonce_of(delivery), external))
        except (Ambiguous, TimeoutError) as error:
            return await self._in_doubt(delivery, external, str(error), self._later(delivery, error))
        except Transient as error:
            return await self._turned_away(delivery, external, error)
        except (Denied, Missing) as error:
            return self._shut_out(delivery, external, error)
        except EarshotError as error:
            return Fate(DeliveryState.DEAD, "", str(error))

    async def after_crash(self, delivery: Delivery) -> Fate:
        """What somebody died over: repeat it where that is safe, else find out."""
        external, _ = await self._edited(delivery)
        return await self._in_doubt(delivery, external, "the sender stopped in the middle", self.clock.now())

    async def _withholding(self, notice: Notice) -> Notice:
        """As it may be told now, however long it has waited."""
        if not quotes(notice):
            return notice
        async with self.storage.reading() as work:
            return await told(work, notice)

    async def _edited(self, delivery: Delivery) -> tuple[str, bool]:
        """The post it edits, empty when it is a post of its own; whether that post was deleted."""
        notice = delivery.notice
        if not notice.edits:
            return "", False
        async with self.storage.reading() as work:
            external = await work.outbox.post_of(notice.address, notice.subject)
            return external, not external and await work.outbox.lost_post(notice.address, notice.subject)

    async def _turned_away(self, delivery: Delivery, external: str, error: Transient) -> Fate:
        """Certainly not posted by this attempt."""
        due, rests = self._later(delivery, error), error.retry_after is not None
        if delivery.reason.startswith(DOUBT):
            if self._repeatable(delivery, external, due):
                return Fate(DeliveryState.RETRY, "", delivery.reason, due, rests=rests)
            return await self._reconciled(delivery, external, delivery.reason)
        return Fate(self._patience(delivery, due), "", str(error), due, rests=rests)

    def _shut_out(self, delivery: Delivery, external: str, error: Denied | Missing) -> Fate:
        """The place lets nobody in, is elsewhere now, or somebody deleted the post."""
        address, now = delivery.notice.address, self.clock.now()
        moved = _moved(address, error)
        if error.code == POST_GONE:
            again = external and not delivery.notice.silent
            state = DeliveryState.RETRY if again else DeliveryState.DEAD
            return Fate(state, "", POST_GONE, now, untried=True, lost=bool(external))
        if moved:
            return Fate(DeliveryState.RETRY, "", MOVED, now, untried=True, moved=moved)
        if base(address) != address:  # the reply is gone, not the channel it stood in
            return Fate(DeliveryState.DEAD, "", str(error))
        doubted = delivery.reason.startswith(DOUBT)
        why = NO_POST if isinstance(error, Denied) else GONE
        reason = delivery.reason if doubted else str(error)
        return Fate(DeliveryState.RETRY, "", reason, now, untried=not doubted, closes=why)

    async def _in_doubt(self, delivery: Delivery, external: str, reason: str, due: datetime) -> Fate:
        """It may have been posted: RETRY at `due` where the repeat can do no harm, else whatever can be found out."""
        reason = reason if reason.startswith(DOUBT) else DOUBT + reason
        if delivery.attempt < ATTEMPTS and self._repeatable(delivery, external, due):
            return Fate(DeliveryState.RETRY, "", reason, due)
        return await self._reconciled(delivery, external, reason)

    def _repeatable(self, delivery: Delivery, external: str, at: datetime) -> bool:
        """Whether a repeat begun `at` changes nothing when it was posted already; it may take as long as DEADLINE."""
        if external:
            return True
        seconds = self.messengers[platform_of(delivery.notice.address)].repeats_for - DEADLINE
        return delivery.first_tried is not None and at - delivery.first_tried < timedelta(seconds=seconds)

    async def _reconciled(self, delivery: Delivery, external: str, reason: str) -> Fate:
        """What the platform says of a post that may be there."""
        now = self.clock.now()
        since = delivery.first_tried or now
        messenger = self.messengers[platform_of(delivery.notice.address)]
        found: str | None = None
        if not external:
            try:
                async with asyncio.timeout(ASKING):
                    found = await messenger.find(delivery.notice, nonce_of(delivery), since)
            except (Transient, TimeoutError) as error:
                if now - since < UNSURE:
                    return Fate(DeliveryState.RETRY, "", reason, self._later(delivery, error))
            except EarshotError:
                found = None  # nobody may look any more
        if found is None:
            return Fate(DeliveryState.UNKNOWN, "", reason)
        if found:
            return Fate(DeliveryState.SENT, found)
        return Fate(self._patience(delivery, now), "", f"not posted: {reason.removeprefix(DOUBT)}", now)

    def _patience(self, delivery: Delivery, due: datetime) -> DeliveryState:
        begun = delivery.first_tried or self.clock.now()
        return DeliveryState.RETRY if due - begun < GIVE_UP else DeliveryState.DEAD

    def _later(self, delivery: Delivery, error: Exception) -> datetime:
        said = getattr(error, "retry_after", None)
        wait = said if said else min(LONGEST, 2.0 ** min(delivery.attempt, 9)) * random.uniform(0.5, 1.0)
        return self.clock.now() + timedelta(seconds=wait)


def _moved(address: Address, error: EarshotError) -> tuple[str, str] | None:
    """Where the place went to, when `error` says so of a place that `address` is in."""
    old, new = str(error.values.get("address", "")), str(error.values.get("to", ""))
    here = base(address).partition("/")[0]
    known = error.code == MOVED and new and new != here and old.partition("/")[0] in ("", here)
    return (here, new.partition("/")[0]) if known else None
