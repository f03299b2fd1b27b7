"""What is told of videos and their transcription."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.model.tellable.screened import Screened


@dataclass(frozen=True)
class Transcribing:
    """A transcription under way. `step` is waiting, found, downloaded, speech to text or posted: the one it is at. `share` of
    it is done, None when nobody knows; `ahead` are before it. `waits` is the code of what it waits for until `until`.
    `only`: the one person it is for, empty for everybody.
    """

    job_id: int
    handle: str = ""
    title: str = ""
    seconds: float = 0.0
    step: str = "waiting"
    share: float | None = None
    left_seconds: float | None = None
    ahead: int = 0
    waits: str = ""
    until: datetime | None = None
    only: str = ""


@dataclass(frozen=True)
class Transcribed:
    """A video has its words. `lines` are the first of them; `video_id` is TikTok's, 0 for a file; `thumbnail` and `file` (the
    transcript in the format asked for) are paths, empty without one. `automatic`: TikTok's captions, by machine. `passed`: the
    engines that were tried before, each with the code of what it said. `screened`: what was looked at before a place was told, None
    for what only one person sees; while that is not `open` nothing of it is told."""

    transcript_id: int
    handle: str
    title: str
    description: str
    seconds: float
    language: str
    engine: str
    automatic: bool
    posted: datetime | None = None
    lines: str = ""
    video_id: int = 0
    thumbnail: str = ""
    file: str = ""
    only: str = ""
    passed: tuple[tuple[str, str], ...] = ()
    screened: Screened | None = None

    @property
    def open(self) -> bool:
        """Whether it may be shown."""
        return self.screened is None or self.screened.open


@dataclass(frozen=True)
class NotTranscribed:
    """A transcription that failed for good, or was cancelled (`code` CANCELLED). `code` and `values` are those of an error;
    `engines` could be tried instead."""

    job_id: int
    code: str
    values: dict[str, Any] = field(default_factory=dict)
    title: str = ""
    only: str = ""
    engines: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class VideoPosted:
    """An account has posted a video."""

    handle: str
    video_id: int
    title: str
    seconds: float = 0.0
    posted: datetime | None = None
    thumbnail: str = ""
