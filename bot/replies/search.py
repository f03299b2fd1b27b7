"""Replies of searches."""

from dataclasses import dataclass
from datetime import datetime

from core.model.account import Handle
from core.model.found import Source
from core.model.video import Spoken
from core.services.searching import Around, Excerpt


@dataclass(frozen=True)
class SearchFound:
    """Lines with `words` in them: one page of `n`. `more`: older ones are left out. `sources`, `account` and `since` are where was
    looked, `several` that more than one word had to be there. `tell`: the asker may have it told when it is said again. `key` asks
    the same once more."""

    words: str
    rows: tuple[Excerpt, ...]
    n: int
    more: bool
    page: int
    pages: int
    sources: tuple[Source, ...]
    account: Handle | None
    since: datetime | None
    several: bool
    tell: bool
    key: str


@dataclass(frozen=True)
class FoundContext:
    """What was said and written around a line that was found, at that second."""

    of: Spoken
    second: float
    around: Around
