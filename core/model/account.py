"""TikTok accounts, their handles, and who follows them where."""

import re
from dataclasses import dataclass
from datetime import datetime
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
    """A TikTok account. `tiktok_id` is TikTok's stable number and survives a rename, empty until the first look."""

    id: int
    handle: Handle
    name: str = ""
    tiktok_id: str = ""
    followers: int | None = None
    status: AccountStatus = AccountStatus.UNKNOWN
    looked_at: datetime | None = None


@dataclass(frozen=True)
class Follow:
    """That a place follows an account, and what it wants of it. `risk` overrides the place's threshold (0 to 1)."""

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
