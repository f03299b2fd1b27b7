"""Feeds: which notices of a place go where."""

from dataclasses import dataclass
from enum import StrEnum

from core.model.person import Address

OFF: Address = "off"
"""The address of what nobody wants told."""


class Event(StrEnum):
    """What a place can be told of, each to a channel or topic of its own, or not at all."""

    LIVE = "live"
    END = "end"
    VIDEO = "new video"
    HIT = "hit"
    CLIP = "clip"
    RISK = "risk"
    RENAMED = "renamed"
    DIGEST = "digest"
    HEALTH = "health"


@dataclass(frozen=True)
class Feed:
    """Where `event` goes in a place; OFF for nowhere. `account_id` 0: of every account that has no feed of its own for it."""

    place: str
    event: Event
    address: Address
    account_id: int = 0
