"""Looking for words in what is remembered."""

from typing import Protocol

from core.model.found import Found, Sought

NEWEST = 200
"""Lines of each source that one search gives at most."""


class Search(Protocol):
    """Words in what was said and written."""

    async def find(self, place: str, person: str, sought: Sought) -> list[Found]:
        """The `NEWEST` lines of each source: of lives that `place` may see, and of videos it has, public or `person`'s own;
        no words that are withheld from it. Nobody has ranked them yet."""
        ...
