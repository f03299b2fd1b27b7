"""What a search is for, and what it found."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.model.account import Handle


class Source(StrEnum):
    """Where words were found: said in a video, said in a live, or written in a live's chat."""

    VIDEOS = "videos"
    LIVES = "lives"
    CHAT = "chat"


@dataclass(frozen=True)
class Sought:
    """What a line must have: every one of `terms`, each a word or a phrase as `search_text` writes it, in one of `sources`; of one
    account only, not older than `since`. `whole`: for who is named, pieces that may be about minors too."""

    terms: tuple[str, ...]
    sources: tuple[Source, ...] = tuple(Source)
    handle: Handle | None = None
    since: datetime | None = None
    whole: bool = False


@dataclass(frozen=True)
class Found:
    """A line that has it. `id` is of a live, or of the transcript of a video; `at` when it was said or written (of a video: when
    it was written down), `second` where in the live or the video. `by` is a chatter's handle, empty for speech."""

    source: Source
    id: int
    handle: Handle
    title: str
    at: datetime
    second: float
    text: str
    by: str = ""
    link: str = ""

    @property
    def number(self) -> str:
        """What people call its transcript: `v12`, or the number of the live."""
        return f"v{self.id}" if self.source is Source.VIDEOS else str(self.id)
