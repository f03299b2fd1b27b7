"""How long what was stored of lives is kept, by its age."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

LEAST, MOST = timedelta(days=1), timedelta(days=365)


class Matter(StrEnum):
    """What a place can let go by its age: clips; what was said in lives; what was written in their chats, with gifts and joins."""

    CLIPS = "clips"
    TRANSCRIPTS = "transcripts"
    CHAT = "chat"


@dataclass(frozen=True)
class Kept:
    """How long a place keeps each; None: until somebody deletes it."""

    clips: timedelta
    transcripts: timedelta | None = None
    chat: timedelta | None = None

    def of(self, matter: Matter) -> timedelta | None:
        """How long one of them."""
        return {Matter.CLIPS: self.clips, Matter.TRANSCRIPTS: self.transcripts, Matter.CHAT: self.chat}[matter]
