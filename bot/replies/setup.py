"""Replies while a place is set up."""

from dataclasses import dataclass

from core.model.account import Handle
from core.model.person import Address, Place


@dataclass(frozen=True)
class SetupShown:
    """One step of setting a place up: 1 channel and rights, 2 account, 3 language and purpose, 4 test post. `here` is where it
    was asked; `missing` are rights Earshot lacks where posts go, or `here` while nobody has said where (a channel that is gone
    has its own address there); `n` accounts are followed; `followed` has just been; `tested`: a test post is on its way."""

    place: Place
    step: int
    here: Address
    missing: tuple[str, ...] = ()
    n: int = 0
    followed: Handle | None = None
    tested: bool = False
