"""Digests: how often a place wants one, and what is counted for it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

MONDAY = 0


class Every(StrEnum):
    """How often it comes; weekly is on Mondays."""

    DAILY = "daily"
    WEEKLY = "weekly"
    OFF = "off"


@dataclass(frozen=True)
class Rhythm:
    """When digests come, by the clock of the place."""

    every: Every = Every.DAILY
    at: time = time(9, 0)

    def due(self, now: datetime, zone: ZoneInfo) -> date | None:
        """The day of the last digest that should be there by `now`, None when none comes."""
        if self.every is Every.OFF:
            return None
        local = now.astimezone(zone)
        day = local.date() if local.time() >= self.at else local.date() - timedelta(days=1)
        return day if self.every is Every.DAILY else day - timedelta(days=(day.weekday() - MONDAY) % 7)

    def moment(self, day: date, zone: ZoneInfo) -> datetime:
        """When the digest of `day` is due."""
        return datetime.combine(day, self.at, zone)

    def coming(self, now: datetime, zone: ZoneInfo) -> datetime | None:
        """When the next one is due after `now`, None when none comes."""
        day = self.due(now, zone)
        return self.moment(day + self.covers, zone) if day is not None else None

    @property
    def covers(self) -> timedelta:
        """How far back one reaches."""
        return timedelta(days=7 if self.every is Every.WEEKLY else 1)


@dataclass(frozen=True)
class Tally:
    """What there was of one account in a place: lives that ran, hits, alerts, clips."""

    handle: str
    lives: int = 0
    hits: int = 0
    alerts: int = 0
    clips: int = 0

    @property
    def empty(self) -> bool:
        """Whether there was nothing."""
        return not (self.lives or self.hits or self.alerts or self.clips)
