"""Looking for words in what is remembered."""

from dataclasses import dataclass
from typing import Protocol

from core.model.trigger import Where


@dataclass(frozen=True)
class Found:
    """A line a search found. `by` is the chatter's handle, empty for speech."""

    live_id: int
    source: Where
    second: float
    text: str
    by: str = ""


class Search(Protocol):
    """Words in what was said and written."""

    async def find(self, place: str, words: str, limit: int = 20) -> list[Found]:
        """Lines of the lives `place` may see in which every word (or "quoted phrase") occurs, best first. However it is
        spelled: case, accents and query signs do not count. Ranked are the newest 200 of speech and of chat."""
        ...
