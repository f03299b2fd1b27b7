"""Replies about followed accounts."""

from dataclasses import dataclass

from core.model.account import Account, Follow


@dataclass(frozen=True)
class Followed:
    """An account is followed now. `n` of `limit` in this place; `triggers` are armed for it; looked at every `every` seconds."""

    follow: Follow
    n: int
    limit: int
    triggers: int
    every: float


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
    """Who is followed here: one page of all."""

    rows: tuple[tuple[Follow, Account], ...]
    n: int
    limit: int
    page: int
    pages: int
