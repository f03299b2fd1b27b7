"""Checking: one question to TikTok for a person who waits for the answer."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from core.errors import Denied, Missing, Transient
from core.model.account import Account, AccountStatus, Handle
from core.model.live import Look
from core.ports.clock import Clock
from core.ports.store import Storage
from core.ports.tiktok import LiveSource, Profiles

log = logging.getLogger(__name__)
PATIENCE = 5.0  # seconds of real time
RUNNING = frozenset({AccountStatus.LIVE, AccountStatus.SUSPECTED, AccountStatus.ENDING})
"""What the looks of the process that watches decide: a single reading changes nothing about it."""


@dataclass(frozen=True)
class Reading:
    """What a check found. `confirmed`: by a second reading, of a live."""

    account: Account
    look: Look
    confirmed: bool = False


@dataclass
class Checking:
    """Works in any process. `soon` asks the looks of this one, if there are any, to look at an account that is live; `read` hears
    of every reading."""

    source: LiveSource
    profiles: Profiles
    storage: Storage
    clock: Clock
    soon: Callable[[int], None] = lambda account_id: None
    read: Callable[[Handle, Look], None] = lambda handle, look: None
    patience: float = PATIENCE

    async def check(self, account: Account) -> Reading:
        """Look now, for at most `patience` real seconds. Raises Transient TIKTOK_DOWN and TIKTOK_LIMIT, Missing NAME_UNKNOWN,
        Denied AGE."""
        try:
            async with asyncio.timeout(self.patience):
                look = await self.source.look(account.handle)
                if account.tiktok_id and look.tiktok_id not in (
                    "",
                    account.tiktok_id,
                ):  # somebody else has the name now
                    raise Missing("NAME_UNKNOWN", x=account.handle)
                self.read(account.handle, look)
                confirmed = look.live and await self._confirmed(look)
        except TimeoutError as error:
            raise Transient("TIKTOK_DOWN") from error
        if look.live:
            self.soon(account.id)
        elif account.id:
            async with self.storage.work() as work:
                account = await work.accounts.get(account.id) or account  # it may have gone live while TikTok was asked
                if account.status not in RUNNING:
                    account = await work.accounts.saw(account.id, look, AccountStatus.OFFLINE)
        return Reading(account, look, confirmed)

    async def known(self, handle: Handle) -> None:
        """Raises Missing HANDLE (x) when TikTok says plainly, in two ways, that there is nobody of this name. Any doubt, any
        error and any slowness is no such answer."""
        try:
            async with asyncio.timeout(self.patience):
                try:
                    self.read(handle, await self.source.look(handle))
                except Missing:
                    await self.profiles.profile(handle)
        except (TimeoutError, Transient, Denied) as error:
            log.info("whether %s exists: %s", handle, error)

    async def _confirmed(self, look: Look) -> bool:
        try:
            return await self.source.confirm(look.room)
        except Transient as error:
            log.info("second reading of %s: %s", look.room, error)
            return False
