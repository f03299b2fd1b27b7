"""Tracing: an account whose name TikTok does not know any more is found again by its number, or known to be gone."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.errors import Denied, Missing, Transient
from core.model.account import Account, AccountStatus, Follow, Handle
from core.model.feed import Event
from core.model.notice import Notice, facts_of
from core.model.tellable.accounts import AccountGone, AccountRenamed
from core.ports.clock import Clock
from core.ports.store import Storage, Work
from core.ports.tiktok import Profiles
from core.services.feeding import way_of

log = logging.getLogger(__name__)
APART = timedelta(hours=1)  # between two questions about one account
GONE_AFTER = timedelta(days=3)  # TikTok says "unknown" of accounts that are there, too, for a while


@dataclass
class Tracing:
    """Asks at most once an hour about each account."""

    profiles: Profiles
    storage: Storage
    clock: Clock
    _asked: dict[int, datetime] = field(default_factory=dict)

    async def trace(self, account: Account) -> Account:
        """`account` as it is known afterwards: under its new name, gone, or as before. When the new name is followed as an
        account of its own already, that one goes on for both and is given back."""
        now = self.clock.now()
        if account.id in self._asked and now - self._asked[account.id] < APART:
            return account
        self._asked[account.id] = now
        try:
            return await self._trace(account, now)
        except (Transient, Denied) as error:
            log.info("trace of %s: %s", account.handle, error)
            return account

    async def _trace(self, account: Account, now: datetime) -> Account:
        if account.tiktok_id:
            try:
                handle = await self.profiles.handle_of(account.tiktok_id)
            except Missing:
                log.info("trace of %s: its number is unknown, too", account.handle)
            else:
                return account if handle == account.handle else await self._renamed(account, handle, now)
        try:
            profile = await self.profiles.profile(account.handle)
        except Missing:
            return await self._perhaps_gone(account, now)
        if not account.tiktok_id:  # it is there and was never live: from now on a new name can be followed
            async with self.storage.work() as work:
                return await work.accounts.met(account.id, profile)
        return account if profile.tiktok_id == account.tiktok_id else await self._perhaps_gone(account, now)

    async def _renamed(self, account: Account, handle: Handle, now: datetime) -> Account:
        was = account.was if account.nameless else account.handle
        async with self.storage.work() as work:
            follows = await work.follows.of_account(account.id)
            renamed = await work.accounts.rename(account.id, handle)
            said = AccountRenamed(handle, was)
            await _tell(work, follows, said, f"renamed:{account.id}:{now.timestamp():.0f}", now)
        return renamed

    async def _perhaps_gone(self, account: Account, now: datetime) -> Account:
        since = account.missing_since
        if since is None or now - since < GONE_AFTER or account.status is AccountStatus.GONE:
            return account
        async with self.storage.work() as work:
            follows = await work.follows.of_account(account.id)
            gone = await work.accounts.gone(account.id)
            said = AccountGone(account.handle, since)
            await _tell(work, follows, said, f"gone:{account.id}:{since.timestamp():.0f}", now)
        return gone


async def _tell(
    work: Work, follows: Sequence[Follow], said: AccountRenamed | AccountGone, subject: str, now: datetime
) -> None:
    """Once to each place whose follow is in force."""
    kind, facts = facts_of(said)
    for follow in (follow for follow in follows if follow.active(now)):
        way = await way_of(work, Event.RENAMED, follow, now)
        if way is not None:
            key = f"{subject}:{follow.place}"
            await work.outbox.put(Notice(kind, key, follow.place, way.address, subject, facts, silent=way.silent), now)
