"""Replies about what is set in a place."""

from dataclasses import dataclass, field

from core.model.account import Follow
from core.model.digest import Rhythm
from core.model.feed import Event
from core.model.person import Address, Place
from core.model.policy import Policy
from core.services.moderating.weighing import Judges


@dataclass(frozen=True)
class SettingsShown:
    """Everything set in a place, one line a section. `off` events are told nowhere, `moved` have a place of their own; `rhythm` is
    how digests come, `linked` with how many other places this one decides together."""

    place: Place
    off: int = 0
    moved: int = 0
    rhythm: Rhythm = field(default_factory=Rhythm)
    linked: int = 0


@dataclass(frozen=True)
class ChannelsShown:
    """Where each event goes: what was said about it (OFF for nowhere, empty for nothing), for all accounts or for `follow`."""

    place: Place
    rows: tuple[tuple[Event, Address], ...]
    follow: Follow | None = None


@dataclass(frozen=True)
class FeedShown:
    """Where one event goes, and how to change it. `here` is where it was asked."""

    place: Place
    event: Event
    address: Address
    here: Address
    follow: Follow | None = None


@dataclass(frozen=True)
class RiskShown:
    """From which score on this place is alerted, and what it wants of short texts: it has so many word `rules`."""

    place: Place
    policy: Policy
    rules: int = 0
    judges: Judges = field(default_factory=Judges)


@dataclass(frozen=True)
class LanguageShown:
    """The language of a place's posts, and its time."""

    place: Place


@dataclass(frozen=True)
class WhoShown:
    """Who may do what in a place. `removing`: somebody is to be taken off."""

    place: Place
    removing: bool = False


@dataclass(frozen=True)
class PurposeShown:
    """What a place watches for."""

    place: Place
