"""What is remembered of what was listened for and found: triggers, hits, clips."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from core.model.clip import Clip, Cut, Source
from core.model.digest import Tally
from core.model.trigger import Hit, Trigger


class Triggers(Protocol):
    """Triggers. Every change bumps the revision `triggers`."""

    async def add(self, trigger: Trigger) -> Trigger:
        """`trigger.id` is ignored."""
        ...

    async def remove(self, place: str, trigger_id: int) -> Trigger | None:
        """It stays as removed: `restore` brings it back."""
        ...

    async def restore(self, place: str, trigger_id: int) -> Trigger | None: ...

    async def change(self, trigger: Trigger) -> Trigger | None:
        """Store the trigger of this number and place as it is given, but for its word; None when there is none."""
        ...

    async def of_place(self, place: str, account_id: int | None = None) -> list[Trigger]:
        """With their hits counted; oldest first. An account narrows to what listens to it."""
        ...

    async def of_account(self, account_id: int) -> list[Trigger]:
        """Every trigger of every place that follows the account and listens to it, its hits not counted."""
        ...


class Hits(Protocol):
    """Triggers that fired."""

    async def add(self, hit: Hit) -> Hit: ...

    async def of_live(self, place: str, live_id: int, *, start: float = 0.0, end: float | None = None) -> list[Hit]:
        """Oldest first."""
        ...

    async def count(self, place: str, live_id: int, trigger_id: int, since: datetime) -> int: ...


class Clips(Protocol):
    """Saved clips."""

    async def add(
        self,
        live_id: int,
        place: str,
        shown: str,
        cut: Cut,
        made: datetime,
        why: str,
        wish: str,
        source: Source = Source.OWN,
    ) -> Clip:
        """`wish` is unique per clip: the same wish twice is one clip. A shown name that is taken gets `_2`, `_3`…"""
        ...

    async def get(self, place: str, clip_id: int) -> Clip | None: ...

    async def of_place(
        self, place: str, *, live_id: int | None = None, since: datetime | None = None, limit: int = 50
    ) -> list[Clip]: ...

    async def named(self, place: str, shown: str) -> Clip | None:
        """The clip people call exactly so."""
        ...

    async def find(self, place: str, *, account_id: int | None, since: datetime | None, words: str) -> list[int]:
        """The numbers of the clips with all of `words` in their name, whatever their case and accents; newest first."""
        ...

    async def several(self, place: str, numbers: Sequence[int]) -> list[Clip]:
        """Those that are there, in the order of `numbers`."""
        ...

    async def rename(self, place: str, clip_id: int, shown: str) -> Clip | None:
        """Another name; a taken one gets `_2`, `_3`…"""
        ...

    async def keep(self, place: str, clip_id: int, *, kept: bool) -> Clip | None: ...

    async def delete(self, place: str, clip_id: int) -> Clip | None:
        """The row; its files are left to whoever deletes it."""
        ...

    async def weight(self, place: str) -> tuple[int, int]:
        """How many a place has, and their bytes."""
        ...

    async def expiring(self, place: str, before: datetime) -> int:
        """How many were made before then and are not kept."""
        ...

    async def expire(self, place: str, before: datetime, at_most: int) -> list[Clip]:
        """Take away those that were made before then and are not kept, oldest first; which ones, for their files."""
        ...


class Tallies(Protocol):
    """What there was in a place over a while."""

    async def of_place(self, place: str, since: datetime, until: datetime) -> list[Tally]:
        """Of every account that is followed here or had something, by handle. Lives count that ran in the time."""
        ...

    async def waiting(self, place: str) -> int:
        """Alerts that wait for a person, whenever they were raised."""
        ...

    async def videos(self, place: str, since: datetime, until: datetime) -> int:
        """Videos transcribed for everybody."""
        ...
