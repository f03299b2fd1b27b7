"""Replies about the transcripts of a place, one card at a time."""

from dataclasses import dataclass
from enum import StrEnum

from bot.transcripts import Open
from core.model.account import Handle
from core.model.job import JobState
from core.model.tellable.videos import Transcribed
from core.model.video import VideoTranscript


class View(StrEnum):
    """What is read: the newest of this place, or one's own with what is still worked at."""

    NEWEST = "newest"
    MINE = "mine"


@dataclass(frozen=True)
class FeedShown:
    """One card of `pages`: none when there is nothing. `counts` are of one's own jobs, empty in other views; `rows` are the first
    of those that are not done, `failed` how many can be tried again."""

    view: View
    handle: Handle | None
    transcript: VideoTranscript | None
    told: Transcribed | None
    page: int
    pages: int
    counts: tuple[tuple[JobState, int], ...] = ()
    rows: tuple[Open, ...] = ()
    failed: int = 0
