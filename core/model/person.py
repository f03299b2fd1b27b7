"""Who speaks to Earshot, from where, and what they may do."""

from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum, StrEnum
from zoneinfo import ZoneInfo


class Role(IntEnum):
    """What a person may do in a place; each role includes the ones below it."""

    VIEWER = 0
    MODERATOR = 1
    MANAGER = 2
    OWNER = 3


class Platform(StrEnum):
    """A chat platform Earshot is present on."""

    CONSOLE = "console"
    DISCORD = "discord"
    TELEGRAM = "telegram"


@dataclass(frozen=True)
class Person:
    """Somebody on one platform. `id` is opaque: `platform:rest`."""

    id: str
    name: str
    language: str = "en"


@dataclass(frozen=True)
class Place:
    """A community: a Discord server, a Telegram chat or the console. Everything stored belongs to exactly one place.

    `id` is `platform:rest`; `time_zone` an IANA name; `clips_kept` is how long clip files live.
    """

    id: str
    name: str
    language: str = "en"
    time_zone: str = "UTC"
    risk_threshold: float = 0.7
    clips_kept: timedelta = timedelta(days=30)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone people of this place read times in."""
        return ZoneInfo(self.time_zone)

    @property
    def platform(self) -> Platform:
        """Where this place is."""
        return Platform(self.id.partition(":")[0])


Address = str
"""Where a notice goes: `platform:rest`, opaque to everything but that platform's surface (a channel, a thread, a topic)."""


def platform_of(address: Address) -> Platform:
    """The platform that can read the rest of `address`."""
    return Platform(address.partition(":")[0])
