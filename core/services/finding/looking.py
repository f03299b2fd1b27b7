"""Looking whether followed accounts are live: one heap of due looks for all places, one look for all who follow."""

import asyncio
import heapq
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from core.errors import EarshotError, Missing, Transient
from core.model.account import FOREVER, Account, Handle
from core.model.live import Look
from core.ports.clock import Clock
from core.ports.store import Storage
from core.ports.tiktok import LiveSource
from core.services.enduring import enduring
from core.services.finding.heeding import Limit
from core.services.finding.hinting import Hinting
from core.services.finding.pacing import BUDGET, Pace, paces
from core.services.finding.tracing import Tracing

log = logging.getLogger(__name__)
JITTER = 0.2
AT_ONCE = 4  # looks in flight
TICK = 0.25  # seconds between two glances at the heap and at what is followed
PACED_AGAIN = timedelta(minutes=5)  # between two reckonings of the pace; usual hours change with the hour
RETRY_FIRST, RETRY_MOST = 5.0, 4  # seconds after the first failed look, doubled each time, at most so many usual waits
HASTE = timedelta(days=1)  # what is asked for at once comes before all that is overdue
HASTE_AGAIN = timedelta(seconds=5)  # between two of those for one account

ALL_NOW = "looks"
"""The revision whose change asks to look at everybody now."""

Told = Callable[[Account, Look], Awaitable[None]]


@dataclass
class Looking:
    """The looks of one process. `told` gets every reading, `read` hears of it before. An error is stored and says nothing
    about a live. `tracing` finds accounts whose names changed, `hinting` hears of lives of accounts that are looked at slowly;
    without them, nobody does."""

    source: LiveSource
    storage: Storage
    clock: Clock
    every: float
    told: Told
    tracing: Tracing | None = None
    hinting: Hinting | None = None
    budget: float = BUDGET
    read: Callable[[Handle, Look], None] = lambda handle, look: None
    pace: Pace = field(init=False)
    _limit: Limit = field(init=False)
    _due: list[tuple[datetime, int]] = field(default_factory=list)
    _accounts: dict[int, Account] = field(default_factory=dict)
    _at: dict[int, datetime] = field(default_factory=dict)
    _busy: set[int] = field(default_factory=set)
    _failures: dict[int, int] = field(default_factory=dict)
    _hurried: dict[int, datetime] = field(default_factory=dict)
    _revision: int = -1
    _wished: int = -1
    _learn_at: datetime | None = None

    def __post_init__(self) -> None:
        self.pace = Pace(self.every, self.every)
        self._limit = Limit(self.every)

    @property
    def limited_until(self) -> datetime | None:
        """Until when nobody is looked at because TikTok limits us; None while it does not."""
        return self._limit.until

    def soon(self, account_id: int) -> None:
        """Look at an account at the next tick, before all others; again only HASTE_AGAIN later, or when it is due anyway."""
        now, last = self.clock.now(), self._hurried.get(account_id)
        if last is not None and last > now:
            return
        at = self._hurried[account_id] = max(now, last + HASTE_AGAIN) if last else now
        sooner = at - HASTE if at == now else at
        if sooner < self._at.get(account_id, FOREVER):
            self._plan(account_id, sooner)

    async def run(self) -> None:
        """Look, until cancelled."""
        async with asyncio.TaskGroup() as group:
            while True:
                with enduring("looking"):
                    await self._learn()
                    await self._wait_out()
                if self.hinting is not None and self._limit.until is None:
                    self.hinting.start(group, self.pace, self.soon)
                for account in self._take_due():
                    group.create_task(self._look(account), name=f"look {account.handle}")
                await self.clock.sleep(TICK)

    async def _learn(self) -> None:
        """Take over what is followed now, when it has changed, or when a pause has ended, or when it is time."""
        now = self.clock.now()
        async with self.storage.reading() as work:
            revision = await work.revisions.of("follows")
            self._look_at_all(await work.revisions.of(ALL_NOW))
            if revision == self._revision and self._learn_at is not None and now < self._learn_at:
                return
            follows = await work.follows.all()
            active = {follow.account_id for follow in follows if follow.active(now)}
            followed = {account.id: account for account in await work.follows.followed() if account.id in active}
            self.pace = await paces(work, followed.values(), now, self.every, self.budget)
        changes = [
            at for follow in follows for at in (follow.paused_until, follow.until) if at is not None and at > now
        ]
        first, self._revision, self._learn_at = self._revision < 0, revision, min([*changes, now + PACED_AGAIN])
        spread = min(self.every, len(followed) / self.budget) if first else 0.0
        for account_id in followed.keys() - self._accounts.keys():
            self._plan(account_id, now + timedelta(seconds=random.uniform(0, spread)))
        for account_id in self._accounts.keys() - followed.keys():
            for known in (self._at, self._failures, self._hurried):
                known.pop(account_id, None)
        self._accounts = followed
        self._hasten(now)

    def _look_at_all(self, wished: int) -> None:
        """Somebody wants everybody looked at now, whenever their turn is."""
        if 0 <= self._wished < wished:
            for account_id in self._accounts:
                self.soon(account_id)
        self._wished = wished

    def _hasten(self, now: datetime) -> None:
        """Who was slow and is not any more does not wait out the long wait."""
        for account_id, at in list(self._at.items()):
            most = self.pace.of(account_id) * (1 + JITTER)
            if account_id not in self._failures and (at - now).total_seconds() > most:
                self._plan(account_id, now + timedelta(seconds=random.uniform(0, most)))

    def _plan(self, account_id: int, at: datetime) -> None:
        self._at[account_id] = at
        heapq.heappush(self._due, (at, account_id))

    def _next_due(self, now: datetime) -> Account | None:
        """The account whose time came first, taken from the heap."""
        while self._due and self._due[0][0] <= now:
            at, account_id = heapq.heappop(self._due)
            if self._at.get(account_id) != at or account_id not in self._accounts:
                continue  # planned anew since, or not followed any more
            del self._at[account_id]
            if account_id not in self._busy:
                return self._accounts[account_id]
            self._plan(account_id, now + timedelta(seconds=2 * TICK))
        return None

    def _take_due(self) -> list[Account]:
        """Accounts whose time has come, as many as may be under way. The rest waits in the heap, longest overdue first."""
        now, due = self.clock.now(), []
        while len(self._busy) < self._limit.room(now, AT_ONCE) and (account := self._next_due(now)) is not None:
            self._busy.add(account.id)
            due.append(account)
        return due

    async def _wait_out(self) -> None:
        """While TikTok limits us, whose turn it would be is known to be unknown, and why."""
        now, until = self.clock.now(), self._limit.until
        if until is None or now >= until:
            return
        waiting = []
        while (account := self._next_due(now)) is not None:
            waiting.append(account)
            self._plan(account.id, until)
        if waiting:
            async with self.storage.work() as work:
                for account in waiting:
                    await work.accounts.failed(account.id, now, "TIKTOK_LIMIT")

    async def _look(self, account: Account) -> None:
        """One look, and the time of the next, ±20 % so that looks do not march in step."""
        wait = self.pace.of(account.id)
        try:
            wait = await self._ask(account)
        except Exception:  # supervision: one account's trouble must not end the looks at the others
            log.exception("look at %s", account.handle)
        self._busy.discard(account.id)
        if account.id in self._accounts:
            again = self.clock.now() + timedelta(seconds=wait * random.uniform(1 - JITTER, 1 + JITTER))
            self._plan(account.id, min(again, self._at.get(account.id, again)))

    async def _ask(self, account: Account) -> float:
        """Look, and hand over what it told; the seconds until the next look."""
        began = self.clock.now()
        try:
            if account.nameless:
                raise Missing("NAME_UNKNOWN", x=account.handle)
            look = await self.source.look(account.handle)
            self._limit.answered(began)
            if account.tiktok_id and look.tiktok_id not in ("", account.tiktok_id):  # somebody else has the name now
                raise Missing("NAME_UNKNOWN", x=account.handle)
            self.read(account.handle, look)
            await self.told(account, look)
        except EarshotError as error:
            return await self._failed(account, error, began)
        self._failures.pop(account.id, None)
        if account.id in self._accounts and not account.tiktok_id:
            self._accounts[account.id] = replace(account, tiktok_id=look.tiktok_id)
        if look.live and account.id in self.pace.quiet:  # its end must not be overslept
            self.pace = replace(self.pace, quiet=self.pace.quiet - {account.id})
        return self.pace.of(account.id)

    async def _failed(self, account: Account, error: EarshotError, began: datetime) -> float:
        """A look that told nothing: stored, and tried again sooner than usual, or later when it keeps failing or is unwelcome."""
        log.info("look at %s: %s", account.handle, error)
        usual, now = self.pace.of(account.id), self.clock.now()
        limited, missing = error.code == "TIKTOK_LIMIT", error.code == "NAME_UNKNOWN"
        if limited:
            self._limit.refused(began, now, error.retry_after if isinstance(error, Transient) else None)
        elif missing:
            self._limit.answered(began)
        with enduring("storing that a look failed"):
            async with self.storage.work() as work:
                account = await work.accounts.failed(account.id, now, error.code, missing=missing)
        if missing:
            await self._trace(account)
            return usual
        failures = self._failures[account.id] = self._failures.get(account.id, 0) + 1
        wait = min(RETRY_FIRST * 2.0 ** min(failures - 1, 20), RETRY_MOST * usual)
        return max(wait, usual) if limited or self.pace.slowed else wait

    async def _trace(self, account: Account) -> None:
        if self.tracing is None:
            return
        found = await self.tracing.trace(account)
        if found.handle != account.handle:
            self._accounts[found.id] = found  # the revision has changed: the rest is learnt at the next tick
            self.soon(found.id)
