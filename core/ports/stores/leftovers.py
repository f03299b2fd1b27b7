"""What is stored that nobody needs any more: found, and let go a few rows at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from core.model.keep import Matter

Key = tuple[int | str | date, ...]
"""The primary key of a row."""


class Leftover(StrEnum):
    """`told`: deliveries that came to their end; not those of a live that still runs, nor of an alert that is stored, since a
    decision changes every copy of it. `shut out`: what waits for an address that has long let nobody in. `topics`: threads of
    lives long over, of what is gone, or at an address nobody speaks of. `memos`: past their time, or of places that are gone.
    `jobs`: work that is done or was cancelled, and later what failed for good. `usage`: what was heard long ago."""

    TOLD = "told"
    SHUT_OUT = "shut out"
    TOPICS = "topics"
    MEMOS = "memos"
    JOBS = "jobs"
    USAGE = "usage"


@dataclass(frozen=True)
class Since:
    """`old`: what ended before then is let go; `shut`: addresses closed, and places left, since before then. `done`: work that
    was over by then, unless it failed; `used`: what was heard before then."""

    now: datetime
    old: datetime
    shut: datetime
    done: datetime
    used: datetime


class Leftovers(Protocol):
    """Rows that are left over, and what files are still needed for."""

    async def find(self, what: Leftover, since: Since, limit: int, after: Key = ()) -> list[Key]:
        """Up to `limit` keys of leftovers past `after`, in order."""
        ...

    async def let_go(self, what: Leftover, since: Since, keys: Sequence[Key]) -> int:
        """Those of `keys` that still are left over go; how many. What is shut out stays, and is dead."""
        ...

    async def clips(self) -> set[str]:
        """The names of files that are clips, or will be."""
        ...

    async def needed(self, clips: Sequence[Path]) -> set[str]:
        """The names of those of these files that still are clips, or will be."""
        ...

    async def lives(self) -> set[int]:
        """The ids of all lives."""
        ...

    async def spoken(
        self, matter: Matter, before: datetime, limit: int, after: int = 0, *, place: str = ""
    ) -> list[tuple[int, datetime]]:
        """Lives (id, when they ended) that ended before then and have lines which can go, by id; those of `place`, else all. Of a
        chat, what was written within a minute of a hit stays."""
        ...

    async def forget(self, matter: Matter, live_id: int, at_most: int) -> int:
        """Delete up to `at_most` of these lines of a live; how many it were. What is withheld from a place stays so when its
        words are gone."""
        ...

    async def pictures(self) -> set[str]:
        """The names of files that are pictures of videos."""
        ...
