"""Objecting: an account whose owner does not want to be watched here, proven by sign-in or by a code in its profile."""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.errors import Denied, EarshotError, Missing
from core.model.account import Account, Handle
from core.model.feed import Event
from core.model.link import PROFILE_SCOPE, SignIn
from core.model.notice import Notice, facts_of
from core.model.person import Address, Person, Place
from core.model.tellable.accounts import AccountOptedOut
from core.ports.clock import Clock
from core.ports.store import Storage, Work
from core.ports.tiktok import Profile, Profiles
from core.services.feeding import way_of
from core.services.own.linking import Linking, hashed

OPEN_FOR = timedelta(hours=24)
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that looks like another
CODE = re.compile(r"earshot-([A-Z0-9]{6})", re.IGNORECASE)


class Proof(StrEnum):
    """How somebody has shown that an account is theirs."""

    SIGN_IN = "sign-in"
    CODE = "code"


@dataclass(frozen=True)
class Code:
    """What has to stand in the profile text of the account, until when."""

    text: str
    until: datetime


@dataclass
class Objecting:
    """Opt-outs of all accounts. Without `profiles` only a sign-in proves anything."""

    storage: Storage
    clock: Clock
    linking: Linking
    profiles: Profiles | None = None

    async def refused(self, handle: Handle, tiktok_id: str) -> bool:
        """Whether the account must not be watched; `tiktok_id` is empty when nobody knows it yet."""
        async with self.storage.reading() as work:
            return await work.optouts.has(handle, tiktok_id)

    async def proof(self, person: Person, handle: Handle) -> Proof | None:
        """How `person` has shown that `handle` is theirs; None: not yet. Raises Missing HANDLE, Transient."""
        if await self._signed_in(person, handle):
            return Proof.SIGN_IN
        profile = await self._profile(handle)
        if profile is not None and await self._written(person, handle, profile.about):
            return Proof.CODE
        return None

    async def code(self, place: Place, person: Person, address: Address, handle: Handle) -> Code:
        """A new code for the profile text of `handle`; an earlier one of this person for it ends.

        Where profiles cannot be read a sign-in is the only proof: raises Missing NOT_CONNECTED, or Denied OAUTH_OFF.
        """
        if self.profiles is None:
            self.linking.there()
            raise Missing("NOT_CONNECTED")
        text = "earshot-" + "".join(secrets.choice(LETTERS) for _ in range(6))
        now = self.clock.now()
        begun = SignIn(_state(person, text), person.id, place.id, address, _purpose(handle), now + OPEN_FOR)
        async with self.storage.work() as work:
            await work.places.ensure(place)
            await work.links.begin(begun, now)
        return Code(text, begun.until)

    async def object(self, person: Person, handle: Handle) -> int:
        """Never watch `handle` again, in any place; gives in how many it was followed. Raises Denied OPTOUT_PROOF (x)."""
        if await self.proof(person, handle) is None:
            raise Denied("OPTOUT_PROOF", x=handle)
        number = await self._number(handle)
        async with self.storage.work() as work:
            account = await work.accounts.by_handle(handle)
            await work.optouts.add(handle, number or (account.tiktok_id if account else ""), self.clock.now())
            return await let_go(work, account, self.clock.now()) if account else 0

    async def _signed_in(self, person: Person, handle: Handle) -> bool:
        try:
            link = await self.linking.of(person.id)
            official = self.linking.there()
            if PROFILE_SCOPE not in link.scopes:
                return False
            own = await self.linking.use(link, lambda access: official.profile(access, link.scopes))
        except EarshotError:  # a code in the profile may prove it as well
            return False
        return own.handle == handle

    async def _written(self, person: Person, handle: Handle, about: str) -> bool:
        async with self.storage.reading() as work:
            for found in CODE.findall(about):
                begun = await work.links.begun(_state(person, f"earshot-{found.upper()}"), _purpose(handle))
                if begun is not None and begun.person == person.id and begun.until > self.clock.now():
                    return True
        return False

    async def _number(self, handle: Handle) -> str:
        """TikTok's number of the account, so that it is known under another name too; empty when nobody says."""
        try:
            profile = await self._profile(handle)
        except EarshotError:
            return ""
        return profile.tiktok_id if profile else ""

    async def _profile(self, handle: Handle) -> Profile | None:
        return await self.profiles.profile(handle) if self.profiles is not None else None


async def let_go(work: Work, account: Account, now: datetime) -> int:
    """End every follow of an account whose owner objects, and with it every watch; each place is told. Gives how many."""
    follows = await work.follows.of_account(account.id)
    kind, facts = facts_of(AccountOptedOut(account.handle))
    for follow in follows:
        way = await way_of(work, Event.RENAMED, follow, now)
        await work.follows.remove(follow.place, account.id)
        key = f"opted out:{account.id}:{follow.place}:{now.isoformat()}"
        if way is not None:
            subject = f"account:{account.id}"
            await work.outbox.put(Notice(kind, key, follow.place, way.address, subject, facts, silent=way.silent), now)
    return len(follows)


def _state(person: Person, code: str) -> str:
    return hashed(f"{person.id}\n{code}")


def _purpose(handle: Handle) -> str:
    return f"optout {handle}"
