"""Heeding a limit: when TikTok takes us for a machine nobody is looked at for a while, and then one account first."""

from dataclasses import dataclass
from datetime import datetime, timedelta

IN_A_ROW = 3  # refusals, of whoever was looked at
LONGEST = 300.0  # seconds, where TikTok does not say how long


@dataclass
class Limit:
    """Whether looks are let through. A refusal that names its time closes at once; others close when there are IN_A_ROW of
    them without an answer between, for `every` seconds, then twice as long each time, at most LONGEST. When the time is over
    one look is let through, and its answer opens or closes again."""

    every: float
    until: datetime | None = None
    _in_a_row: int = 0
    _closed_at: datetime | None = None

    def room(self, now: datetime, most: int) -> int:
        """How many looks may be under way, `most` at the most."""
        if self.until is None:
            return most
        return 1 if now >= self.until else 0

    def refused(self, began: datetime, now: datetime, retry_after: float | None) -> None:
        """A look that began at `began` was refused. What was under way when it closed counts no more."""
        if self._was_before(began):
            return
        self._in_a_row += 1
        again = self._in_a_row - IN_A_ROW
        if retry_after:
            self._close(now, retry_after)
        elif again >= 0 or self.until is not None:
            self._close(now, min(self.every * 2 ** min(max(again, 0), 10), LONGEST))

    def answered(self, began: datetime) -> None:
        """A look that began at `began` got an answer that was no refusal."""
        if not self._was_before(began):
            self._in_a_row, self.until, self._closed_at = 0, None, None

    def _was_before(self, began: datetime) -> bool:
        return self._closed_at is not None and began <= self._closed_at

    def _close(self, now: datetime, seconds: float) -> None:
        self._closed_at, self.until = now, now + timedelta(seconds=seconds)
