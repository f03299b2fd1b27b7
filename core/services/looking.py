"""Looking whether followed accounts are live: one heap of due looks for all places, one look for all who follow."""

import asyncio
import heapq
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.errors import EarshotError
from core.model.account import Account
from core.model.live import Look
from core.ports.clock import Clock
from core.ports.store import Storage
from core.ports.tiktok import LiveSource
from core.services.enduring import enduring

log = logging.getLogger(__name__)
JITTER = 0.2
AT_ONCE = 4  # looks in flight
TICK = 0.25  # seconds between two glances at the heap and at what is followed

Told = Callable[[Account, Look], Awaitable[None]]
Unknown = Callable[[Account, EarshotError], Awaitable[None]]


@dataclass
class Looking:
    """The looks of one process. `told` gets every reading; `unknown` every error, which is never "offline"."""

    source: LiveSource
    storage: Storage
    clock: Clock
    every: float
    told: Told
    unknown: Unknown
    _due: list[tuple[datetime, int]] = field(default_factory=list)
    _accounts: dict[int, Account] = field(default_factory=dict)
    _at: dict[int, datetime] = field(default_factory=dict)
    _revision: int = -1

    def soon(self, account_id: int) -> None:
        """Look at an account at the next tick."""
        self._plan(account_id, self.clock.now())

    async def run(self) -> None:
        """Look, until cancelled."""
        gate = asyncio.Semaphore(AT_ONCE)
        async with asyncio.TaskGroup() as group:
            while True:
                with enduring("looking"):
                    await self._learn()
                for account in self._take_due():
                    group.create_task(self._look(account, gate), name=f"look {account.handle}")
                await self.clock.sleep(TICK)

    async def _learn(self) -> None:
        """Take over what is followed now, when it has changed."""
        async with self.storage.reading() as work:
            revision = await work.revisions.of("follows")
            if revision == self._revision:
                return
            followed = {account.id: account for account in await work.follows.followed()}
        first = self._revision < 0
        self._revision = revision
        for account_id in followed.keys() - self._accounts.keys():
            wait = random.uniform(0, min(self.every, len(followed) / 2)) if first else 0.0  # spread at the start
            self._plan(account_id, self.clock.now() + timedelta(seconds=wait))
        for account_id in self._accounts.keys() - followed.keys():
            self._at.pop(account_id, None)
        self._accounts = followed

    def _plan(self, account_id: int, at: datetime) -> None:
        self._at[account_id] = at
        heapq.heappush(self._due, (at, account_id))

    def _take_due(self) -> list[Account]:
        """Accounts whose time has come; each gets its next time at once, ±20 % so that looks do not march in step."""
        now, due = self.clock.now(), []
        while self._due and self._due[0][0] <= now:
            at, account_id = heapq.heappop(self._due)
            if self._at.get(account_id) != at or account_id not in self._accounts:
                continue  # planned anew since, or not followed any more
            due.append(self._accounts[account_id])
            self._plan(account_id, now + timedelta(seconds=self.every * random.uniform(1 - JITTER, 1 + JITTER)))
        return due

    async def _look(self, account: Account, gate: asyncio.Semaphore) -> None:
        async with gate:
            try:
                await self._ask(account)
            except Exception:  # supervision: one account's trouble must not end the looks at the others
                log.exception("look at %s", account.handle)

    async def _ask(self, account: Account) -> None:
        try:
            await self.told(account, await self.source.look(account.handle))
        except EarshotError as error:
            await self.unknown(account, error)
