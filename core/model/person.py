"""Who speaks to Earshot, from where, and what they may do."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import IntEnum, StrEnum
from zoneinfo import ZoneInfo

from core.model.quiet import Period, QuietHours


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


class Purpose(StrEnum):
    """Why a place watches: asked when it is set up, shown to whoever asks what is stored. `notices`: it is only told of lives
    and videos; nothing is written down, matched, judged or clipped for it."""

    COMMUNITY = "community"
    CREATOR = "creator"
    NEWSROOM = "newsroom"
    PUBLIC_BODY = "public body"
    NOTICES = "notices"


class Two(StrEnum):
    """Of which alerts a place wants two people to say the same before it stands: none, those that ask for most, all."""

    NOBODY = "nobody"
    SEVERE = "severe"
    EVERY = "every"


@dataclass(frozen=True)
class Place:
    """A community: a Discord server, a Telegram chat or the console. Everything stored belongs to exactly one place.

    `id` is `platform:rest` (see `private`); `time_zone` an IANA name; `clips_kept` is how long clip files live. `address` is
    where posts go unless something else is said, empty before it is chosen. `set_up` is when a manager set it up, `set_up_by`
    who; `left`: since when Earshot is not there any more. `reviewers` are people who may decide alerts without a right of the
    platform's, `names` what they are called (`called`), by their ids, where the platform does not show it by itself. Between
    `quiet_from` and `quiet_until`, hours of its own zone, it does not want to be disturbed; `silent` are the events it is told of
    without a sound at any time. `ping` is the role called when a live begins, where the follow names none; `start_text` a line
    of its own under that post. `dark`: plots are drawn for a dark chat. `two`: which alerts take two people.
    """

    id: str
    name: str
    language: str = "en"
    time_zone: str = "UTC"
    risk_threshold: float = 0.7
    clips_kept: timedelta = timedelta(days=30)
    address: str = ""
    purpose: Purpose = Purpose.COMMUNITY
    set_up: datetime | None = None
    set_up_by: str = ""
    left: datetime | None = None
    reviewers: tuple[str, ...] = ()
    quiet_from: time | None = None
    quiet_until: time | None = None
    silent: tuple[str, ...] = ()
    ping: str = ""
    start_text: str = ""
    dark: bool = False
    names: tuple[tuple[str, str], ...] = ()
    two: Two = Two.NOBODY

    @property
    def private(self) -> bool:
        """Whether it is one person's own: the console, `discord:@USER`, or a chat of Telegram with a person (not negative)."""
        rest = self.id.partition(":")[2]
        match self.platform:
            case Platform.CONSOLE:
                return True
            case Platform.DISCORD:
                return rest.startswith("@")
            case Platform.TELEGRAM:
                return not rest.startswith("-")

    @property
    def begun(self) -> bool:
        """Whether anything may be looked at, recorded or posted for it: a person's own place begins with what they ask for."""
        return self.private or self.set_up is not None

    def called(self, person: str) -> str:
        """The name of a reviewer, empty when nobody knows it."""
        return dict(self.names).get(person, "")

    def named(self, person: str) -> bool:
        """Whether somebody may see what may be about minors: whom the place has named, or whose own place it is."""
        return self.private or person in self.reviewers

    @property
    def zone(self) -> ZoneInfo:
        """The time zone people of this place read times in."""
        return ZoneInfo(self.time_zone)

    @property
    def quiet_hours(self) -> QuietHours | None:
        """When it does not want to be disturbed; None: never so."""
        if self.quiet_from is None or self.quiet_until is None:
            return None
        return QuietHours(self.quiet_from, self.quiet_until)

    def quiet_at(self, now: datetime) -> Period | None:
        """The quiet hours that `now` is in."""
        hours = self.quiet_hours
        return hours.running(now, self.zone) if hours else None

    @property
    def platform(self) -> Platform:
        """Where this place is."""
        return Platform(self.id.partition(":")[0])


Address = str
"""Where a notice goes: `platform:rest`, opaque to everything but that platform's surface (a channel, a thread, a topic)."""


def private_chat(person: str) -> Address:
    """Where somebody is reached alone, which is also the id of the place that is theirs alone: `discord:7` at `discord:@7`,
    `telegram:7` at `telegram:7`; empty where there is no such chat."""
    platform, _, number = person.partition(":")
    if not number:
        return ""
    return {"discord": f"discord:@{number}", "telegram": person}.get(platform, "")


def owner_of(place: str) -> str:
    """Whose private chat a place is; empty for all others."""
    person = place.replace(":@", ":")
    return person if private_chat(person) == place and Place(place, "").private else ""


def platform_of(address: Address) -> Platform:
    """The platform that can read the rest of `address`."""
    return Platform(address.partition(":")[0])
