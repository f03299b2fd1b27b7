"""What is remembered of videos."""

from collections.abc import Sequence
from typing import Protocol

from core.model.transcript import Segment
from core.model.video import Video, VideoTranscript


class Videos(Protocol):
    """Videos, known to all places, and the transcripts each place has of them."""

    async def ensure(self, video: Video) -> Video:
        """Store what is known now of `video.tiktok_id`; `video.id` is ignored."""
        ...

    async def add(self, transcript: VideoTranscript, segments: Sequence[Segment]) -> VideoTranscript:
        """`transcript.id` is ignored: the one with the same place, video, engine and asked language is replaced, a removed one
        too."""
        ...

    async def get(self, place: str, transcript_id: int) -> VideoTranscript | None: ...

    async def find(
        self, place: str, person: str, tiktok_id: str, engine: str, asked_language: str, *, speakers: bool = False
    ) -> VideoTranscript | None:
        """The newest of a video that `person` may see; an empty `engine` is any. `speakers`: one that tells them apart."""
        ...

    async def of_place(
        self, place: str, person: str, limit: int = 50, skip: int = 0, *, handle: str = "", own: bool = False
    ) -> list[VideoTranscript]:
        """What `person` may see, without the first `skip`: of all accounts or of one; `own`: only what they asked for."""
        ...

    async def count(self, place: str, person: str, *, handle: str = "", own: bool = False) -> int:
        """How many `of_place` would give in all."""
        ...

    async def segments(self, place: str, transcript_id: int) -> list[Segment]:
        """Oldest first."""
        ...

    async def change(
        self,
        place: str,
        transcript_id: int,
        *,
        by: str = "",
        titled: str | None = None,
        title: str | None = None,
        public: bool | None = None,
    ) -> VideoTranscript | None:
        """Give it another `title`, or say who may see it; what is not given stays as it is by now, whoever changed it. `by`: only
        where that person asked for it; `titled`: only while it is called so. None: it is not there, or not so."""
        ...

    async def remove(self, place: str, transcript_id: int, *, removed: bool = True) -> VideoTranscript | None:
        """Take it away, or give it back. None: nothing to change."""
        ...
