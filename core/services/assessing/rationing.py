"""Rationing: how often a model may be asked for one live."""

from dataclasses import dataclass
from datetime import datetime

HOUR = 3600.0


@dataclass
class Ration:
    """`at_once` calls, and one more every `every` seconds: in no hour more than `at_once` + HOUR / `every`, and what the last of
    them needed beside itself. It is not stored: after a restart it begins anew."""

    at_once: int
    every: float
    _left: float = -1.0
    _seen: datetime | None = None

    def opens(self, now: datetime, least: int = 1) -> float:
        """Seconds until at least `least` calls are left, 0 when they are."""
        return max(0.0, (least - self._count(now)) * self.every)

    def take(self, now: datetime) -> bool:
        """One call; False: there is none left."""
        if self._count(now) < 1:
            return False
        self._left -= 1
        return True

    def owe(self, calls: int) -> None:
        """So many calls were made beside the one that was taken: second looks, answers asked for once more. They are saved up for
        before another one is left."""
        self._left -= calls

    def _count(self, now: datetime) -> float:
        if self._seen is None:
            self._left = self.at_once
        else:
            passed = max(0.0, (now - self._seen).total_seconds())
            self._left = min(float(self.at_once), self._left + passed / self.every)
        self._seen = now
        return self._left + 1e-9


def screenings() -> Ration:
    """Of one live: at most 60 in an hour, a window that needs four included."""
    return Ration(7, HOUR / 50)


def judgings() -> Ration:
    """Of one live: at most 15 in an hour, a question that needs four included."""
    return Ration(3, HOUR / 9)


RESERVE = 3
"""Screenings that are kept for what is flagged."""
