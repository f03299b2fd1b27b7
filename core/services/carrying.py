"""Carrying: what is set in a place as a file, and such a file, or a plain list of names, brought into a place."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from core.errors import EarshotError, Invalid, Transient
from core.model.feed import OFF
from core.model.person import Address, Person, Place
from core.ports.clock import Clock
from core.ports.store import Storage
from core.services.adopting import Adopted, Adopting, is_here
from core.services.arming import Arming
from core.services.carried import Carried, WantedFollow, WantedTrigger, written
from core.services.enacting import Enacted, Enacting
from core.services.exporting import Exported
from core.services.following import Following

AT_ONCE = 4  # names asked of TikTok at the same time
Told = Callable[[int, int], Awaitable[None]]
"""How many names are done, of how many."""


class Outcome(StrEnum):
    """What became of one name of a list."""

    FOLLOWED = "followed"
    ALREADY = "already"
    WRONG = "wrong"
    LIMIT = "limit"
    GONE = "gone"
    REFUSED = "refused"
    BUSY = "busy"


OUTCOMES = {
    "ALREADY": Outcome.ALREADY,
    "LIMIT": Outcome.LIMIT,
    "HANDLE": Outcome.GONE,
    "HANDLE_NEAR": Outcome.GONE,
    "GONE": Outcome.GONE,
    "OPTED_OUT": Outcome.REFUSED,
}
"""Of the errors of `Following.follow`; what passes by itself is `busy`, anything else `wrong`."""


class Arrival(StrEnum):
    """What became of one trigger of a list."""

    NEW = "new"
    THERE = "there"
    FAILED = "failed"
    FULL = "full"


REFUSED = {"TRIGGER_THERE": Arrival.THERE, "TRIGGER_LIMIT": Arrival.FULL, "PATTERN_LIMIT": Arrival.FULL}
"""By the code of the refusal; any other is a trigger that cannot be."""


@dataclass(frozen=True)
class Brought:
    """What came of a list: (name as written, outcome) in its order. `moved` names post where the list was brought in, because
    Earshot does not know their own channel here; of the triggers `triggers` are new, `doubled` were there, `failed` did not fit,
    and for `full` there was no room. `adopted` is what came of its settings, `enacted` of its policy; `password` and `needless` are
    as in Carried."""

    rows: tuple[tuple[str, Outcome], ...]
    moved: int = 0
    triggers: int = 0
    doubled: int = 0
    failed: int = 0
    full: int = 0
    adopted: Adopted = field(default_factory=Adopted)
    enacted: Enacted = field(default_factory=Enacted)
    password: bool = False
    needless: tuple[str, ...] = ()

    def count(self, outcome: Outcome) -> int:
        """How many names came out so."""
        return sum(one is outcome for _, one in self.rows)


async def _silent(done: int, of: int) -> None:
    pass


@dataclass(frozen=True)
class Carrying:
    """Files of places, and lists into them."""

    storage: Storage
    clock: Clock
    following: Following
    arming: Arming
    enacting: Enacting

    async def export(self, place: Place) -> Exported:
        """Everything set in a place as YAML: its settings, policy, follows and triggers. There is no secret in any of them."""
        async with self.storage.reading() as work:
            follows = [follow for follow in await work.follows.of_place(place.id) if not follow.once]
            triggers = await work.triggers.of_place(place.id)
            feeds = await work.feeds.of_place(place.id)
            policy, rules = await work.policies.get(place.id), await work.policies.rules(place.id)
        now = self.clock.now()
        text = written(place, follows, triggers, feeds, now, policy, rules)
        return Exported(f"earshot_{now:%Y-%m-%d}.yaml", text.encode())

    async def bring(
        self, place: Place, by: Person, carried: Carried, address: Address, *, everywhere: bool, told: Told = _silent
    ) -> Brought:
        """Follow everybody on the list, arm its triggers, and take over its settings and policy, as `by` wishes. `address` is where
        posts go that know no channel of their own, or all of them with `everywhere`. Raises Invalid TOO_MANY (n, m); Denied NO_POST
        and Missing NOT_FOUND for `address`."""
        if len(carried.follows) > self.following.limit:
            raise Invalid("TOO_MANY", n=len(carried.follows), m=self.following.limit)
        await self.following.postable(place, address)
        known = frozenset() if everywhere else await self._channels(place)
        bringing = _Bringing(self, place, address, known, everywhere, told)
        rows = await bringing.all(carried.follows)
        armed = await self._arm(place, carried.triggers)
        adopting = Adopting(self.storage, self.clock, self.following)
        return Brought(
            tuple(rows),
            bringing.moved,
            armed[Arrival.NEW],
            armed[Arrival.THERE],
            armed[Arrival.FAILED] + carried.unread,
            armed[Arrival.FULL],
            await adopting.adopt(place, by, carried.declared, known, everywhere=everywhere),
            await self.enacting.enact(place, by, carried.policed),
            carried.password,
            carried.needless,
        )

    async def _channels(self, place: Place) -> frozenset[Address]:
        """Where this place posts already."""
        async with self.storage.reading() as work:
            known = await work.places.get(place.id) or place
            follows, feeds = await work.follows.of_place(place.id), await work.feeds.of_place(place.id)
        told = {known.address, *(follow.address for follow in follows), *(feed.address for feed in feeds)}
        return frozenset(told - {"", OFF})

    async def _arm(self, place: Place, wanted: Sequence[WantedTrigger]) -> Counter[Arrival]:
        """As many as there is room for, in their order."""
        if not wanted:
            return Counter()
        async with self.storage.work() as work:
            await work.places.ensure(place)  # this may be the first that a place ever says
            follows = {follow.handle: follow for follow in await work.follows.of_place(place.id)}
        known = [one for one in wanted if not one.account or one.account in follows]
        triggers = [one.trigger(place.id, follows.get(one.account) if one.account else None) for one in known]
        armed = await self.arming.add_all(place.id, triggers)
        arrived = Counter({Arrival.NEW: len(armed.made), Arrival.FAILED: len(wanted) - len(known)})
        arrived.update(REFUSED.get(one.error.code, Arrival.FAILED) for one in armed.refused)
        return arrived


@dataclass
class _Bringing:
    """One list on its way into a place. `known` are channels the place posts to already."""

    carrying: Carrying
    place: Place
    address: Address
    known: frozenset[Address]
    everywhere: bool
    told: Told
    moved: int = 0
    done: int = 0
    _gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def all(self, wanted: Sequence[WantedFollow]) -> list[tuple[str, Outcome]]:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._one(one, len(wanted))) for one in wanted]
        return [(one.name, task.result()) for one, task in zip(wanted, tasks, strict=True)]

    async def _one(self, wanted: WantedFollow, of: int) -> Outcome:
        async with self._gate:
            outcome = await self._follow(wanted)
        self.done += 1
        await self.told(self.done, of)
        return outcome

    async def _follow(self, wanted: WantedFollow) -> Outcome:
        if wanted.handle is None:
            return Outcome.WRONG
        address = await self._address(wanted)
        following = self.carrying.following
        try:
            follow, _ = await following.follow(
                self.place,
                wanted.handle,
                address,
                wanted.wishes_in(self.place),
                said=address != self.address or self.everywhere,
            )
            if wanted.paused_until is not None:
                await following.pause_until(follow, wanted.paused_until)
        except Transient:
            return Outcome.BUSY
        except EarshotError as error:
            return OUTCOMES.get(error.code, Outcome.WRONG)
        self.moved += bool(wanted.channel and address != wanted.channel and not self.everywhere)
        return Outcome.FOLLOWED

    async def _address(self, wanted: WantedFollow) -> Address:
        """The follow's own channel where it is one of this place; a file may come from anywhere and name anybody's."""
        own = wanted.channel
        if self.everywhere or not own:
            return self.address
        here = await is_here(self.carrying.following, self.place, own, self.known)
        return own if here else self.address
