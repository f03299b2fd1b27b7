"""Airing: a transcript of a video is screened before a place is told of it; held, it is its asker's alone until then."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core.errors import Denied, Missing
from core.model.notice import Notice, edit_key, facts_of
from core.model.person import Person
from core.model.risk import Alert
from core.model.screening import Matter, Seen
from core.model.tellable.videos import Transcribed
from core.model.transcript import Segment
from core.model.video import Video, VideoTranscript
from core.ports.clock import Clock
from core.ports.store import Storage, Work
from core.services.screening import Screens, told_of
from core.services.videos.telling import transcribed


@dataclass(frozen=True)
class Airing:
    """What stands between a transcript and its place."""

    storage: Storage
    clock: Clock
    screens: Screens

    async def look(self, place: str, video: Video, segments: Sequence[Segment]) -> Seen:
        """Its still picture: all of a video that is kept here and posted."""
        if video.thumbnail is None:
            return Seen(blind=True)
        async with self.storage.reading() as work:
            known = await work.places.get(place)
        words = " ".join(part.text for part in segments if part.text)
        return await self.screens.viewing.look(place, video.thumbnail, words, known.language if known else "en")

    async def aired(
        self,
        work: Work,
        stored: VideoTranscript,
        segments: Sequence[Segment],
        seen: Seen,
        received: datetime,
        post: str,
    ) -> Transcribed:
        """What a place is told of one that was just stored for all of it. In the transaction that stores it."""
        screening = await self.screens.video(work, stored, segments, seen, received, post)
        if not screening.open:
            await work.videos.change(stored.place, stored.id, public=False)
        return bare(replace(transcribed(stored, segments), screened=await told_of(work, screening)))

    async def publish(self, transcript: VideoTranscript) -> VideoTranscript | None:
        """One's own becomes public, called as in `transcript`. None: it is called otherwise by now, and nobody has judged that yet.
        Raises Denied TRANSCRIPT_HELD (x) when a person has to see it first, Missing NOT_FOUND (x)."""
        async with self.storage.reading() as work:
            segments = await work.videos.segments(transcript.place, transcript.id)
        received = self.clock.now()
        seen = await self.look(transcript.place, transcript.video, segments)
        async with self.storage.work() as work:
            known = await work.videos.get(transcript.place, transcript.id)
            if known is None:
                raise Missing("NOT_FOUND", x=transcript.number)
            if known.title != transcript.title:
                return None
            screening = await self.screens.video(work, known, segments, seen, received)
            changed = await work.videos.change(known.place, known.id, public=screening.open)
        if not screening.open:
            raise Denied("TRANSCRIPT_HELD", x=transcript.number)
        return changed

    async def heed(self, work: Work, alert: Alert, by: Person) -> None:
        """Somebody decided the alert of a video: it is public or its asker's alone, and its post says so."""
        moved = await self.screens.heed(work, alert, by, Matter.VIDEO)
        known = await work.videos.get(moved.place, moved.item) if moved is not None else None
        if moved is None or known is None:
            return
        known = await work.videos.change(known.place, known.id, public=moved.open) or known
        segments = await work.videos.segments(known.place, known.id)
        kind, facts = facts_of(bare(replace(transcribed(known, segments), screened=await told_of(work, moved))))
        now = self.clock.now()
        for address in await work.outbox.told_at(moved.place, moved.post) if moved.post else ():
            key = edit_key(moved.post)
            notice = Notice(kind, key, moved.place, address, moved.post, facts, edits=True, silent=True)
            await work.outbox.put(notice, now)


def bare(said: Transcribed) -> Transcribed:
    """Without anything of it that may not be shown."""
    return said if said.open else replace(said, title="", description="", lines="", thumbnail="", file="")
