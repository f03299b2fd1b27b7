"""A person's own TikTok account: the sign-in under way, the link it becomes, and what TikTok's official side tells of it.

Tokens are sealed wherever they stand in a value of this module; only the adapter that speaks with TikTok opens them.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.model.person import Address

VIDEOS_SCOPE, PROFILE_SCOPE = "video.list", "user.info.profile"
SCOPES = ("user.info.basic", PROFILE_SCOPE, "user.info.stats", VIDEOS_SCOPE)
"""What a person is asked for: name and picture, the account's handle, its figures, its videos."""


@dataclass(frozen=True)
class SignIn:
    """Something a person has begun outside of Earshot and proves by bringing a secret back, once, before `until`.

    `state` is a hash of the secret, `purpose` what it is good for, `verifier` sealed.
    """

    state: str
    person: str
    place: str
    address: Address
    purpose: str
    until: datetime
    verifier: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class Grant:
    """What TikTok gave: sealed tokens, how long from now each is good, and the scopes the person ticked."""

    open_id: str
    access: bytes = field(repr=False)
    access_for: timedelta
    refresh: bytes = field(repr=False)
    refresh_for: timedelta
    scopes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class OwnProfile:
    """Who signed in. What the person did not allow is empty; `picture` is an https address that TikTok lets expire."""

    name: str = ""
    picture: str = ""
    handle: str = ""


@dataclass(frozen=True)
class OwnVideo:
    """A video of the person's own account. `tiktok_id` is TikTok's number, `link` its page."""

    tiktok_id: str
    title: str
    link: str
    seconds: float
    posted: datetime


@dataclass(frozen=True)
class VideoPage:
    """Up to 20 videos, newest first. `cursor` asks for the next, older ones; 0 when there are none."""

    videos: tuple[OwnVideo, ...]
    cursor: int = 0

    @property
    def here(self) -> int:
        """A cursor that asks for this page again, also when a newer video has come; 0 for a page of nothing."""
        return round(self.videos[0].posted.timestamp() * 1000) + 1 if self.videos else 0


@dataclass(frozen=True)
class Link:
    """A person's link, one per person; several people may have linked the same account, each with tokens of their own.

    Answers go to `address` in `place`, where it was asked for. `automatic`: new videos are transcribed by themselves;
    `newest` is when the newest one known was posted, None before the first look. `refreshing` is since when somebody is
    using the refresh token, which works once: nobody else touches it then.
    """

    id: int
    person: str
    place: str
    address: Address
    open_id: str
    name: str
    picture: str
    scopes: frozenset[str]
    access: bytes = field(repr=False)
    access_until: datetime
    refresh: bytes = field(repr=False)
    refresh_until: datetime
    since: datetime
    automatic: bool = False
    newest: datetime | None = None
    refreshing: datetime | None = None


def called(name: str, open_id: str) -> str:
    """The name of a linked account; one of its own making where TikTok gives none."""
    return name or f"TikTokUser_{open_id[:8]}"
