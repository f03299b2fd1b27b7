"""Replies about videos and their transcripts. What is under way, done or failed is told by the notices of the same name."""

from dataclasses import dataclass

from bot.links import Begun
from core.model.tellable.videos import Transcribed
from core.model.transcript import Segment
from core.model.video import VideoTranscript
from core.services.exporting import Exported


@dataclass(frozen=True)
class VideoText:
    """What is said in a video: one page of all segments. So many `comments` on it everybody may read."""

    transcript: VideoTranscript
    segments: tuple[Segment, ...]
    page: int
    pages: int
    comments: int = 0


@dataclass(frozen=True)
class VideoFile:
    """A video's transcript as a file."""

    transcript: VideoTranscript
    file: Exported


@dataclass(frozen=True)
class VideoChanged:
    """Its title, or who may see it, as it is now. `cause`: the label or `word` for which the title it was given is held."""

    transcript: VideoTranscript
    what: str
    cause: str = ""


@dataclass(frozen=True)
class VideoDecided:
    """Somebody let a held transcript be told, keeps it away, or undid that; `proposed`: only once a second person says the same."""

    said: Transcribed
    proposed: bool = False


@dataclass(frozen=True)
class VideoRemoved:
    """It is gone; it can be had back."""

    transcript: VideoTranscript


@dataclass(frozen=True)
class VideoBack:
    """It is there again."""

    transcript: VideoTranscript


@dataclass(frozen=True)
class VideosBegun:
    """Several links at once, and those that were `left` out because they were too many. `private`: the results are for who asked
    alone."""

    rows: tuple[Begun, ...]
    left: tuple[str, ...]
    private: bool


@dataclass(frozen=True)
class TranscribeCancelled:
    """A transcription was stopped."""

    job_id: int
    title: str
