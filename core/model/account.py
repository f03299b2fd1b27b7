"""TikTok accounts, their handles, and who follows them where."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from urllib.parse import urlsplit

from core.errors import Invalid
from core.model.person import Address

PROFILE_HOSTS = frozenset({"tiktok.com", "www.tiktok.com", "m.tiktok.com"})
HANDLE = re.compile(r"[a-z0-9_.]{1,24}")  # TikTok's alphabet; upper case is folded (TikTokLiveJava #103)


class Handle(str):
    """A TikTok handle: lower case, without @."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> "Handle":
        """The handle in `@Name`, `name` or a profile or live address. Raises Invalid HANDLE_FORM for anything else."""
        word = text.strip()
        if "/" in word:
            try:
                parts = urlsplit(word if "://" in word else f"https://{word}")
            except ValueError as error:
                raise Invalid("HANDLE_FORM", x=text) from error
            first = parts.path.strip("/").split("/")[0]
            if (parts.hostname or "") not in PROFILE_HOSTS or not first.startswith("@"):
                raise Invalid("HANDLE_FORM", x=text)
            word = first
        name = word.removeprefix("@").lower()
        if not HANDLE.fullmatch(name):
            raise Invalid("HANDLE_FORM", x=text)
        return cls(name)


class AccountStatus(StrEnum):
    """What the last looks say. `unknown` is an error on the way, never a reading."""

    UNKNOWN = "unknown"
    OFFLINE = "offline"
    SUSPECTED = "suspected"
    LIVE = "live"
    ENDING = "ending"
    RESTRICTED = "age-restricted"
    GONE = "gone"


@dataclass(frozen=True)
class Account:
    """A TikTok account. `tiktok_id` is TikTok's stable number and survives a rename, empty until the first look.

    `looked_at` is the last reading, `tried_at` the last attempt; `why` is the code of the error that keeps readings from coming,
    empty when the last attempt gave one. `missing_since`: TikTok has not known the name since. `posted_at` and `posted_id` are
    the newest video known; `was` is the handle before the last rename.
    """

    id: int
    handle: Handle
    name: str = ""
    tiktok_id: str = ""
    followers: int | None = None
    status: AccountStatus = AccountStatus.UNKNOWN
    looked_at: datetime | None = None
    tried_at: datetime | None = None
    why: str = ""
    missing_since: datetime | None = None
    posted_at: datetime | None = None
    posted_id: str = ""
    was: str = ""

    @property
    def nameless(self) -> bool:
        """Whether somebody else has its name by now and its new one is not known yet: no TikTok name ends with a dot."""
        return self.handle.endswith(".")


FOREVER = datetime(9999, 12, 31, tzinfo=UTC)
"""Until somebody changes it."""

NO_RISK = 2.0
"""A threshold that no score reaches: no risk alerts at all, not even of what is severe."""


@dataclass(frozen=True)
class Follow:
    """That a place follows an account, and what it wants of it. `risk` overrides the place's threshold: 0 to 1, or NO_RISK.

    `engine` is the one that should turn its speech into text, empty for the installation's choice.
    `chat`, `clips`, `videos`: whether it wants the chat read, clips made, new videos told. `once`: only the live that is running
    now, at most until `until`; such a follow goes by itself.
    """

    id: int
    place: str
    account_id: int
    handle: Handle
    address: Address
    since: datetime
    language: str = ""
    transcript: bool = True
    risk: float | None = None
    ping: str = ""
    paused_until: datetime | None = None
    chat: bool = True
    clips: bool = True
    videos: bool = False
    once: bool = False
    until: datetime | None = None
    engine: str = ""

    def active(self, now: datetime) -> bool:
        """Whether it is in force: neither paused nor over."""
        return (self.paused_until is None or self.paused_until <= now) and (self.until is None or self.until > now)
