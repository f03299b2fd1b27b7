"""What is told of accounts: that one goes by another name, is gone, is linked or wants to be left alone."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class AccountRenamed:
    """An account goes by another name now; it is followed on under it."""

    handle: str
    was: str


@dataclass(frozen=True)
class AccountGone:
    """An account that TikTok has not known since `since`."""

    handle: str
    since: datetime


@dataclass(frozen=True)
class Linked:
    """Somebody's own TikTok account is linked. Whose is not said: others may read along where it was asked for."""


@dataclass(frozen=True)
class LinkLost:
    """A link is over: TikTok honours it no longer, or its tokens were lost."""


@dataclass(frozen=True)
class AccountOptedOut:
    """The owner of an account does not want to be watched; nobody follows it any more."""

    handle: str
