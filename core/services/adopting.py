"""Adopting: the settings and routes of a file become those of a place, as far as they mean something there.

The file may come from anywhere: posts go only to channels that are known to be the place's own, nobody of another place is
called, and nothing is deleted by it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from core.errors import EarshotError
from core.model.feed import OFF, Event
from core.model.person import Address, Person, Place, Platform
from core.ports.clock import Clock
from core.ports.store import Storage
from core.services.declared import Declared, WantedRoute
from core.services.feeding import OF_ACCOUNTS
from core.services.following import Following
from core.services.settling import Settling

CONSOLE_CHANNEL = re.compile(r"console:[\w.-]{1,40}")


class Why(StrEnum):
    """Why something of a file was left: it cannot be read; no such channel is known here; the role is of another place; clips
    would be deleted; a channel was said for everything; nobody else decides here; no such account is followed here; no word or
    pattern that can be looked for; no room for another; no such region; a label that is always looked for."""

    WRONG = "wrong"
    CHANNEL = "channel"
    ROLE = "role"
    DELETES = "deletes"
    GIVEN = "given"
    ALONE = "alone"
    ACCOUNT = "account"
    RULE = "rule"
    FULL = "full"
    REGION = "region"
    LASTING = "lasting"


@dataclass(frozen=True)
class Left:
    """Something of a file that was not taken: `what` by its name there, `value` what it said, `n` how many
    clips it would delete."""

    what: str
    why: Why
    value: str = ""
    n: int = 0


@dataclass(frozen=True)
class Adopted:
    """What came of a file's settings: the place `before` and `after`, None without any; `routes` that are new; what was left."""

    before: Place | None = None
    after: Place | None = None
    routes: tuple[WantedRoute, ...] = ()
    left: tuple[Left, ...] = ()


@dataclass
class Adopting:
    """Settings of files, into places."""

    storage: Storage
    clock: Clock
    following: Following
    settling: Settling = field(init=False)

    def __post_init__(self) -> None:
        self.settling = Settling(self.storage, self.clock, self.following)

    async def adopt(
        self, place: Place, by: Person, declared: Declared, known: frozenset[Address], *, everywhere: bool = False
    ) -> Adopted:
        """Take over what means something in `place`; the audit log has `by` for what it tells of. `known` are channels it posts to;
        `everywhere`: where posts go was said with the file, and the file's own channels are nothing."""
        left = [Left(name, Why.WRONG) for name in declared.wrong]
        if not declared.settings and not declared.routes:
            return Adopted(left=tuple(left))
        async with self.storage.work() as work:
            before = await work.places.ensure(place)
        wanted = await self._meant(before, declared, known, left, everywhere=everywhere)
        after = await self.settling.change(before, by, **wanted) if wanted else before
        routes = await self._routes(after, declared.routes, known, left, everywhere=everywhere)
        return Adopted(before, after, routes, tuple(left))

    async def _meant(
        self, place: Place, declared: Declared, known: frozenset[Address], left: list[Left], *, everywhere: bool
    ) -> Mapping[str, Any]:
        """The settings that differ and mean something in `place`."""
        wanted = {name: value for name, value in declared.settings.items() if getattr(place, name) != value}
        address = wanted.pop("address", "")
        if address and everywhere:
            left.append(Left("channel", Why.GIVEN, address))
        elif address and not await is_here(self.following, place, address, known):
            left.append(Left("channel", Why.CHANNEL, address))
        elif address:
            wanted["address"] = address
        if wanted.get("ping") and declared.of != place.id:
            left.append(Left("role", Why.ROLE, wanted.pop("ping")))
        if place.private and "two" in wanted:
            left.append(Left("two_people", Why.ALONE, str(wanted.pop("two"))))
        if "clips_kept" in wanted and (n := await self._older(place, wanted["clips_kept"])):
            left.append(Left("clips_kept_days", Why.DELETES, str(wanted.pop("clips_kept").days), n))
        return wanted

    async def _older(self, place: Place, kept: timedelta) -> int:
        async with self.storage.reading() as work:
            return await work.clips.expiring(place.id, self.clock.now() - kept)

    async def _routes(
        self,
        place: Place,
        wanted: tuple[WantedRoute, ...],
        known: frozenset[Address],
        left: list[Left],
        *,
        everywhere: bool,
    ) -> tuple[WantedRoute, ...]:
        if everywhere and wanted:
            left.append(Left("routes", Why.GIVEN))
            return ()
        async with self.storage.reading() as work:
            follows = {follow.handle: follow for follow in await work.follows.of_place(place.id)}
            there = {(feed.event, feed.account_id): feed.address for feed in await work.feeds.of_place(place.id)}
        taken = []
        for one in wanted:
            follow = follows.get(one.account) if one.account else None
            if one.account and (follow is None or one.event not in OF_ACCOUNTS):
                left.append(Left(one.event, Why.ACCOUNT, one.account))
            elif one.address != OFF and not await is_here(self.following, place, one.address, known):
                left.append(Left(one.event, Why.CHANNEL, one.address))
            elif there.get((one.event, follow.account_id if follow else 0)) != one.address:
                await self.settling.route(place, Event(one.event), one.address, follow)
                taken.append(one)
        return tuple(taken)


async def is_here(following: Following, place: Place, address: Address, known: frozenset[Address]) -> bool:
    """Whether `address` is one of this place's, as far as anybody can tell, and posts may go there."""
    if not address.startswith(f"{place.platform}:"):
        return False
    if place.platform not in following.channels:
        named = place.platform is Platform.CONSOLE and CONSOLE_CHANNEL.fullmatch(address) is not None
        return named or address in known
    try:
        await following.postable(place, address)
    except EarshotError:
        return False
    return True
