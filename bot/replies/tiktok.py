"""Replies about people's own TikTok accounts."""

from dataclasses import dataclass
from datetime import datetime

from core.model.link import OwnVideo
from core.services.own.objecting import Proof
from core.services.own.syncing import Picked


@dataclass(frozen=True)
class SignInLink:
    """Where somebody signs in with TikTok: good once, for some minutes."""

    address: str


@dataclass(frozen=True)
class SignedIn:
    """Somebody came back from TikTok and is linked, for `person` (`platform:id`). `videos`: whether they allowed their videos to
    be seen."""

    name: str
    videos: bool
    person: str


@dataclass(frozen=True)
class OwnVideoList:
    """A page of somebody's own videos. `cursor` is this page's, `older` the next one's, 0 for the newest and for none."""

    rows: tuple[OwnVideo, ...]
    cursor: int
    older: int
    first: bool


@dataclass(frozen=True)
class VideosAsked:
    """Own videos are being transcribed."""

    rows: tuple[Picked, ...]


@dataclass(frozen=True)
class ConfirmDisconnect:
    """Asks before a link is forgotten."""

    name: str


@dataclass(frozen=True)
class Disconnected:
    """A link is forgotten. `revoked`: TikTok knows it too."""

    name: str
    revoked: bool


@dataclass(frozen=True)
class OptOutCode:
    """What has to stand in an account's profile text to show whose it is. `sign_in`: that would show it as well."""

    handle: str
    code: str
    until: datetime
    sign_in: bool


@dataclass(frozen=True)
class ConfirmOptOut:
    """Asks before an account is never watched again; whose it is has been shown."""

    handle: str
    proof: Proof


@dataclass(frozen=True)
class OptedOut:
    """An account is never watched again. `places` had followed it."""

    handle: str
    places: int
