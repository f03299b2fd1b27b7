"""Evidence: what is frozen of an alert, in a file that is never written again, with the checksum it had."""

from dataclasses import dataclass
from datetime import datetime

AROUND = 60.0
"""Seconds of speech and chat before and after the words of an alert that belong to it."""


@dataclass(frozen=True)
class Evidence:
    """A capsule: the zip `file` (its name in its folder) of `size` bytes with its SHA-256 in hex, of an alert of a place.
    It stays for as long as it is held; `released` is since when it is not. `clip`: whether sound and picture are in it."""

    id: int
    place: str
    alert_id: int
    kept: datetime
    by: str
    file: str
    size: int
    sha256: str
    clip: bool = False
    restricted: bool = False
    released: datetime | None = None
