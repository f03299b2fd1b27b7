"""Quiet hours: between two hours of its own clock a place does not want to be disturbed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """One stretch of quiet hours, in UTC; `ends` is not part of it."""

    begins: datetime
    ends: datetime


@dataclass(frozen=True)
class QuietHours:
    """From `start` until `end` every day, by the clock of a place; an `end` that is not later is the next day's.

    Where the clock is put forward, an hour it leaves out comes as much later; where it is put back, an hour it shows twice
    counts the first time.
    """

    start: time
    end: time

    def of(self, day: date, zone: ZoneInfo) -> Period | None:
        """Those that begin on `day`; None where the clock leaves them out."""
        begins = _moment(day, self.start, zone)
        ends = _moment(day + (DAY if self.end <= self.start else timedelta(0)), self.end, zone)
        return Period(begins, ends) if begins < ends else None

    def running(self, now: datetime, zone: ZoneInfo) -> Period | None:
        """Those that `now` is in."""
        return next((one for one in self._from(now, zone) if one.begins <= now < one.ends), None)

    def coming(self, now: datetime, zone: ZoneInfo) -> Period:
        """The first that begin after `now`."""
        return next(one for one in self._from(now, zone) if one.begins > now)

    def _from(self, now: datetime, zone: ZoneInfo) -> Iterator[Period]:
        """From the day before on: yesterday's may still be running. A week has some that the clock does not leave out."""
        yesterday = now.astimezone(zone).date() - DAY
        return filter(None, (self.of(yesterday + n * DAY, zone) for n in range(8)))


def _moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)
