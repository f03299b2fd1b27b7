"""Replies about followed accounts."""

from dataclasses import dataclass
from datetime import datetime

from core.model.account import Account, Follow
from core.model.person import Address
from core.services.carrying import Brought
from core.services.exporting import Exported
from core.services.finding.checking import Reading


@dataclass(frozen=True)
class Followed:
    """An account is followed now. `n` of `limit` in this place; `triggers` are armed for it; looked at every `every` seconds.
    `address` is where it was asked; `live`: it is live at this moment; `goes`: where its lives are told, None for nowhere,
    empty for the follow's own address; `face`: the path of a picture of it, empty without one."""

    follow: Follow
    n: int
    limit: int
    triggers: int
    every: float
    address: Address = ""
    live: bool = False
    goes: Address | None = ""
    face: str = ""


@dataclass(frozen=True)
class ConfirmUnfollow:
    """Asks before an account is let go."""

    follow: Follow


@dataclass(frozen=True)
class Unfollowed:
    """An account is not followed any more; it can be undone."""

    follow: Follow


@dataclass(frozen=True)
class FollowBack:
    """An unfollow was undone."""

    follow: Follow


@dataclass(frozen=True)
class FollowingList:
    """Who is followed here: one page of all, at `now`. `watched` lives are being watched here; `slowed` of them are quiet
    and looked at every `slow_every` seconds only."""

    rows: tuple[tuple[Follow, Account], ...]
    n: int
    limit: int
    page: int
    pages: int
    now: datetime
    watched: int = 0
    slowed: int = 0
    slow_every: float = 0.0


@dataclass(frozen=True)
class AccountShown:
    """The card of one followed account at `now`. `manager`: the asker may change it; `editing`: what is wanted can be switched;
    `goes` and `face` as in Followed."""

    follow: Follow
    account: Account
    now: datetime
    manager: bool = False
    editing: bool = False
    goes: Address | None = ""
    face: str = ""


@dataclass(frozen=True)
class AccountEdited:
    """An account is followed in another way now."""

    before: Follow
    after: Follow


@dataclass(frozen=True)
class AccountPaused:
    """An account is not looked at for a time, or until it is resumed."""

    follow: Follow


@dataclass(frozen=True)
class AccountResumed:
    """An account is looked at again."""

    follow: Follow
    every: float


@dataclass(frozen=True)
class AccountChecked:
    """What a look at `account` told just now, or `why` it told nothing: the code of the error. `face` as in Followed."""

    account: Account
    reading: Reading | None
    why: str
    now: datetime
    face: str = ""


@dataclass(frozen=True)
class Bringing:
    """A list is being brought in: `done` of `of` names."""

    done: int
    of: int


@dataclass(frozen=True)
class ListBrought:
    """What became of a list: the place follows `n` of `limit` now."""

    brought: Brought
    n: int
    limit: int


@dataclass(frozen=True)
class SettingsFile:
    """Everything set in a place, as a file."""

    file: Exported
