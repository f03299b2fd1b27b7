"""What is remembered of places and people, and of Earshot itself."""

from datetime import datetime
from pathlib import Path
from typing import Protocol

from core.model.feed import Event, Feed
from core.model.person import Address, Place


class Places(Protocol):
    """Communities and their settings."""

    async def get(self, place_id: str) -> Place | None: ...

    async def put(self, place: Place) -> Place: ...

    async def ensure(self, place: Place) -> Place:
        """The place as stored, under the name given here; made when it is new. What else `place` says counts only then: it may
        have been read a while ago."""
        ...

    async def all(self) -> list[Place]:
        """Every place, by id."""
        ...

    async def left_before(self, at: datetime) -> list[Place]:
        """Places that have been left since before `at`, the first left first."""
        ...

    async def move(self, old: str, new: str) -> bool:
        """The place `old`, and every address in it, is `new` from now on, everywhere. What `new` has already gives way, its
        closed addresses are open. False: nothing spoke of `old`. Bumps the revisions `follows` and `triggers`."""
        ...

    async def files(self, place: str) -> list[Path]:
        """The files that are only its own: clips."""
        ...

    async def forget(self, place: str, at_most: int = 500) -> bool:
        """Delete up to `at_most` rows of what is a place's own; once none is left, the place itself, and True.

        Call it again until then, each time in a transaction of its own. Lives nobody else may see and files are the caller's.
        """
        ...


class People(Protocol):
    """What people chose for themselves, by their id (`platform:rest`)."""

    async def language(self, person: str) -> str:
        """Empty: they have not chosen one."""
        ...

    async def speaks(self, person: str, language: str) -> None: ...


class Partners(Protocol):
    """Circles of linked places; a place is in one at most."""

    async def of(self, place: str) -> list[Place]:
        """The others of its circle, by id."""
        ...

    async def circle(self, place: str) -> str:
        """Empty: it is linked with nobody."""
        ...

    async def join(self, place: str, circle: str) -> None:
        """From now on it is in this one, and in no other."""
        ...

    async def leave(self, place: str) -> None:
        """It is linked with nobody any more; a circle of one is none."""
        ...


class Memos(Protocol):
    """What Earshot remembers about itself, by name; empty when there is nothing."""

    async def get(self, name: str) -> str: ...

    async def until(self, name: str) -> datetime | None:
        """How long it is needed; None: for ever, or there is none."""
        ...

    async def put(self, name: str, value: str, until: datetime | None = None) -> None:
        """An empty `value` forgets it. `until`: nobody needs it after that, and it is tidied away; None: it stays."""
        ...


class Feeds(Protocol):
    """Which events of a place go where."""

    async def of_place(self, place: str) -> list[Feed]: ...

    async def address(self, place: str, event: Event, account_id: int) -> Address:
        """Where `event` of an account goes: its own feed, else that of all accounts; OFF for nowhere, empty when nobody said."""
        ...

    async def put(self, feed: Feed) -> None: ...

    async def remove(self, place: str, event: Event, account_id: int = 0) -> None: ...


class Topics(Protocol):
    """Threads and topics Earshot made at an address, by what they are about (`account:12`)."""

    async def of(self, address: Address, about: str) -> str:
        """The platform's number of it, empty when there is none."""
        ...

    async def put(self, address: Address, about: str, external: str) -> None: ...

    async def remove(self, address: Address, about: str) -> None: ...


class Revisions(Protocol):
    """Counters that say "something changed": other processes look at them instead of at everything."""

    async def of(self, topic: str) -> int: ...

    async def bump(self, topic: str) -> None: ...
