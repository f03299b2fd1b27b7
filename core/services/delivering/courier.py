"""The courier: every notice ends exactly once: sent, dead, replaced by a later edit, or known as unknown.

Turns are asked before a delivery is claimed, so that nothing waits for one while it counts as being sent: what a crash leaves
in doubt is what was really on its way.
"""

import asyncio
import heapq
import logging
import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.errors import Transient
from core.model.notice import Delivery, DeliveryState
from core.model.person import Address, Platform, platform_of
from core.ports.clock import Clock
from core.ports.messenger import Messenger
from core.ports.outbox import Head
from core.ports.store import Storage
from core.services.delivering.attempting import Attempting, Fate
from core.services.delivering.settling import Settling
from core.services.delivering.turns import Turn, Turns
from core.services.enduring import enduring
from core.services.pausing import Pause

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=60)
AT_ONCE = 128  # in flight on one platform: places that do not answer hold a few of them for DEADLINE seconds each
AGAIN = 1.0  # seconds until what became of a delivery is written once more
LANDING = 5.0  # real seconds a stop waits for what is in flight
GLANCE = 0.5  # seconds between two looks for what came due, or was put into the outbox by another process
SOONEST = 0.1  # seconds between two looks while a platform has more to take than it may
MOMENT = 0.001  # seconds: a turn that comes at once is no reason to go round without a pause
SEEN = 1000  # heads looked at in one go
STALE_EVERY = timedelta(seconds=5)  # a lease is a minute: whether one ran out need not be asked at every look


@dataclass
class Line:
    """What waits on one platform, as last looked. `bound`: its own budget is what it waits for, so that nothing new can go
    before it has been looked at again. `news`: something was put in since."""

    heads: list[Head] = field(default_factory=list)
    looked: datetime | None = None
    bound: bool = False
    news: bool = False

    def holds(self, now: datetime) -> bool:
        """Whether it need not be looked again."""
        if self.looked is None or not self.bound or not self.heads:
            return False
        return (now - self.looked).total_seconds() < (SOONEST if self.news else GLANCE)


@dataclass
class Delivering:
    """The courier of one process, for the platforms it is connected to. Each platform has one courier at a time. `owners` (ids
    of people) hear of places whose own manager cannot be told; `turns` may be shared with whoever else calls the platforms;
    nothing is tried on a platform while it is not `connected`."""

    storage: Storage
    clock: Clock
    messengers: Mapping[Platform, Messenger]
    name: str = field(default_factory=lambda: f"courier-{os.getpid()}")
    owners: Sequence[str] = ()
    turns: Turns = field(default=None)  # type: ignore[assignment]  # made below when nobody shares it
    connected: Callable[[Platform], bool] = lambda platform: True
    _flying: dict[asyncio.Task[None], Delivery] = field(default_factory=dict)
    _lines: dict[Platform, Line] = field(default_factory=dict)
    _due: list[datetime] = field(default_factory=list)
    _settled: set[Platform] = field(default_factory=set)  # whose leftovers of an earlier courier are settled
    _halted: bool = False
    _claiming: asyncio.Lock = field(default_factory=asyncio.Lock)
    _pause: Pause = field(init=False)
    _attempting: Attempting = field(init=False)
    _settling: Settling = field(init=False)

    def __post_init__(self) -> None:
        self._pause = Pause(self.clock)
        self.turns = self.turns or Turns(self.clock)
        self.turns.messengers = self.messengers
        self._attempting = Attempting(self.storage, self.clock, self.messengers)
        self._settling = Settling(frozenset(self.messengers), self.owners)

    def soon(self) -> None:
        """Something was put into the outbox: look at once."""
        for line in self._lines.values():
            line.news = True
        self._pause.soon()

    async def reopened(self, address: Address) -> None:
        """Earshot may perhaps post at `address` again (a chat: in all its topics): it is tried at once, and when that succeeds
        everything that waited for it goes, in order."""
        async with self.storage.work() as work:
            await work.outbox.try_closed(address, self.clock.now())
        self.turns.rested(address)
        self.soon()

    async def reopened_place(self, place: str) -> None:
        """The same for all addresses of a place."""
        async with self.storage.work() as work:
            await work.outbox.try_closed(place, self.clock.now())
        self.soon()

    async def moved(self, old: str, new: str) -> None:
        """A place has another id now (a Telegram group became a supergroup): everything goes on there."""
        async with self.storage.work() as work:
            await work.places.move(old, new)
        self.soon()

    async def run(self) -> None:
        """Settle what a crash left behind, then send what is due, until cancelled; what is in flight then is finished."""
        began = due = self.clock.now()
        try:
            while True:
                wait = GLANCE
                with enduring("delivering"):
                    if self.clock.now() >= due:
                        await self._settle_stale(began)
                        due = self.clock.now() + STALE_EVERY
                    wait = GLANCE if self._halted else await self._send_due()
                await self._pause.rest(wait)
        finally:
            await self._land()

    async def halt(self) -> None:
        """Begin with nothing more, and let what is on its way arrive; not for ever."""
        self._halted = True
        async with self._claiming:  # what was just being claimed is on its way, too
            pass
        await self._land()

    async def idle(self) -> bool:
        """Whether nothing is waiting or under way."""
        async with self.storage.reading() as work:
            counts = await work.outbox.counts()
        return not any(counts.get(state) for state in (DeliveryState.NEW, DeliveryState.RETRY, DeliveryState.SENDING))

    async def _send_due(self) -> float:
        """Send what may go now; gives the seconds until more may."""
        now = self.clock.now()
        flying = Counter(platform_of(delivery.notice.address) for delivery in self._flying.values())
        wake, chosen = now + timedelta(seconds=GLANCE), list[tuple[Head, Turn]]()
        for platform in self.messengers:
            room = AT_ONCE - flying[platform]
            if room > 0 and self.connected(platform):  # else the next that lands calls
                await self._look(platform, now)
                free, taken = self._choose(platform, room, now)
                chosen += taken
                wake = min(wake, free or wake)
        if chosen:
            async with self._claiming:
                await self._claim(chosen)
        while self._due and self._due[0] <= now:
            heapq.heappop(self._due)
        wake = min(wake, self._due[0]) if self._due else wake
        return max(MOMENT, (wake - self.clock.now()).total_seconds())

    async def _look(self, platform: Platform, now: datetime) -> None:
        line = self._lines.setdefault(platform, Line())
        if not line.holds(now):
            line.news = False
            async with self.storage.reading() as work:
                line.heads = await work.outbox.heads((platform,), now, SEEN)
            line.looked = now

    def _choose(self, platform: Platform, room: int, now: datetime) -> tuple[datetime | None, list[tuple[Head, Turn]]]:
        """Take turns for what may go now, the most pressing first, and when the next may."""
        line, taken, left = self._lines[platform], list[tuple[Head, Turn]](), list[Head]()
        addresses, soonest, line.bound = set[Address](), list[datetime](), False
        gives_way = self._giving_way(line.heads)
        for number, head in enumerate(line.heads):
            whole = self.turns.platform_free_at(platform, now)
            if len(taken) == room or whole > now:
                left += line.heads[number:]
                line.bound = whole > now
                soonest += [whole] if whole > now else []
                break
            free = self.turns.free_at(head.address, edits=head.edits, now=now)
            if head.address in addresses or free > now or gives_way(head):
                left.append(head)
                soonest += [free] if free > now else []
                continue
            addresses.add(head.address)
            taken.append((head, self.turns.spend(head.address, edits=head.edits)))
        line.heads = left
        return min(soonest, default=None), taken

    def _giving_way(self, heads: Sequence[Head]) -> Callable[[Head], bool]:
        """Whether a head is an edit after an edit that lets a post of the same chat go first: edits come all the time."""
        chats = set[tuple[Platform, str]]()

        def gives_way(head: Head) -> bool:
            if not head.edits or not self.turns.after_edit(head.address):
                return False
            if not chats:  # few rounds need them
                chats.update(self.turns.chat(one.address) for one in heads if not one.edits)
            return self.turns.chat(head.address) in chats

        return gives_way

    async def _claim(self, chosen: list[tuple[Head, Turn]]) -> None:
        """Journal what goes, and send it off; turns of what is gone meanwhile are given back."""
        turns = {head.id: turn for head, turn in chosen}
        try:
            if self._halted:
                return
            async with self.storage.work() as work:
                heads, platforms = [head for head, _ in chosen], tuple(self.messengers)
                claimed = await work.outbox.claim(self.name, platforms, self.clock.now(), LEASE, len(heads), only=heads)
            for delivery in claimed:
                self._send_off(delivery, turns.pop(delivery.id))
        finally:
            for turn in turns.values():
                self.turns.give_back(turn)

    def _send_off(self, delivery: Delivery, turn: Turn | None) -> None:
        task = asyncio.create_task(self._deliver(delivery, turn), name=f"deliver {delivery.notice.key}")
        self._flying[task] = delivery
        task.add_done_callback(self._landed)

    def _landed(self, task: asyncio.Task[None]) -> None:
        del self._flying[task]
        self._pause.soon()  # its address is free for the next

    async def _land(self) -> None:
        """Let what is in flight arrive, so that a stop leaves nothing in doubt; not for ever."""
        if self._flying:
            _, late = await asyncio.wait(self._flying, timeout=LANDING)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _settle_stale(self, began: datetime) -> None:
        """Find out about what somebody died over. Whoever was sending before this courier `began` is gone, whatever his lease says.
        A platform that is not connected could not be asked, and its doubt would become `unknown` for nothing."""
        mine = {delivery.id for delivery in self._flying.values()}
        for platform in self.messengers:
            if not self.connected(platform):
                continue
            until = self.clock.now() if platform in self._settled else max(self.clock.now(), began + LEASE)
            async with self.storage.reading() as work:
                stale = await work.outbox.stale(platform, until)
            self._settled.add(platform)
            for delivery in stale:
                if delivery.id not in mine:
                    self._send_off(delivery, None)

    async def _deliver(self, delivery: Delivery, turn: Turn | None) -> None:
        """Send it, or without a turn find out what became of it."""
        try:
            fate = await self._fate(delivery, turn)
            if fate.rests and fate.due:
                self.turns.rest(delivery.notice.address, fate.due)
            await self._write(delivery, fate)
        except Exception:  # supervision: one notice's trouble must not stop the others; its lease runs out
            log.exception("delivery %s", delivery.notice.key)

    async def _fate(self, delivery: Delivery, turn: Turn | None) -> Fate:
        """What became of it. A mistake of ours would be made again at every attempt, and nothing else would reach its address:
        nobody knows whether it was posted, and that is its end."""
        try:
            if turn is None:
                return await self._attempting.after_crash(delivery)
            return await self._attempting.attempt(delivery)
        except Exception as error:  # supervision: see above
            log.exception("delivery %s", delivery.notice.key)
            return Fate(DeliveryState.UNKNOWN, "", f"a mistake of ours: {type(error).__name__}")
        finally:
            if turn is not None:
                self.turns.ended(turn)

    async def _write(self, delivery: Delivery, fate: Fate) -> None:
        """What is known must not become doubt because the database is busy: try until it is written."""
        while True:
            try:
                async with self.storage.work() as work:
                    await self._settling.settle(work, delivery, fate, self.clock.now())
                break
            except Transient as error:
                log.warning("the fate of %s has to wait: %s", delivery.notice.key, error)
                await self.clock.sleep(AGAIN)
        if fate.due is not None:
            heapq.heappush(self._due, fate.due)
