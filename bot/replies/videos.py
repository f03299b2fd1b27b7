"""Replies about videos and their transcripts. What is under way, done or failed is told by the notices of the same name."""

from dataclasses import dataclass

from bot.links import Begun
from core.model.transcript import Segment
from core.model.video import VideoTranscript
from core.services.exporting import Exported


@dataclass(frozen=True)
class VideoText:
    """What is said in a video: one page of all segments."""

    transcript: VideoTranscript
    segments: tuple[Segment, ...]
    page: int
    pages: int


@dataclass(frozen=True)
class VideoFile:
    """A video's transcript as a file."""

    transcript: VideoTranscript
    file: Exported


@dataclass(frozen=True)
class VideoChanged:
    """Its title, or who may see it, as it is now."""

    transcript: VideoTranscript
    what: str


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
