"""Limits: how often one person may ask for something in one place. A bucket per place, person and kind of wish.

A bucket holds the times of the last minute's wishes; a wish that finds it full is refused and does not count, so that asking
again and again does not keep anybody out. The numbers are those of the program Earshot took its limits from.
"""

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from core.errors import Transient
from core.model.person import Platform

if TYPE_CHECKING:
    from bot.asked import Asked

MINUTE = timedelta(minutes=1)
KEPT = (
    10_000  # buckets; beyond it the one that was used longest ago is forgotten, and with it at most a minute of wishes
)


class Wish(StrEnum):
    """Kinds of wishes that share a bucket."""

    SIGN_IN = "sign-in"
    SYNC = "sync"
    ENQUEUE = "enqueue"
    QUEUE = "queue"


A_MINUTE = {Wish.SIGN_IN: 5, Wish.SYNC: 20, Wish.ENQUEUE: 10, Wish.QUEUE: 30}


@dataclass
class Bucket:
    """The wishes of the last minute, oldest first, and how many were `refused` since the last one that was not."""

    times: deque[datetime] = field(default_factory=deque)
    refused: int = 0


@dataclass
class Limiting:
    """The buckets of one process. `kept` is how many there may be."""

    kept: int = KEPT
    _buckets: OrderedDict[tuple[str, str, Wish], Bucket] = field(default_factory=OrderedDict)

    def spend(self, wish: Wish, asked: "Asked") -> None:
        """Take one from the bucket of whoever asks. Raises Transient SLOW_DOWN (n, m, left: how long until the next may come).

        Whoever sits at the console of the machine is not limited.
        """
        if asked.place.platform is Platform.CONSOLE:
            return
        self.take(asked.place.id, asked.person.id, wish, asked.house.clock.now())

    def take(self, place: str, person: str, wish: Wish, now: datetime) -> None:
        """Take one. Raises Transient SLOW_DOWN."""
        key = (place, person, wish)
        bucket = self._buckets.setdefault(key, Bucket())
        self._buckets.move_to_end(key)
        while len(self._buckets) > self.kept:
            self._buckets.popitem(last=False)
        while bucket.times and now - bucket.times[0] >= MINUTE:
            bucket.times.popleft()
        most = A_MINUTE[wish]
        if len(bucket.times) >= most:
            bucket.refused += 1
            left = bucket.times[0] + MINUTE - now
            raise Transient("SLOW_DOWN", left.total_seconds(), n=most + bucket.refused, m=most, left=left)
        bucket.times.append(now)
        bucket.refused = 0
