"""Hearing: from a video or a file to its words, by TikTok's captions or by the first engine that can."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from core.errors import Denied, Invalid, Missing, Transient
from core.model.account import Account, Follow, Handle
from core.model.live import Live
from core.model.transcript import Gap, Segment, SegmentState
from core.model.video import TITLE, Video, cut
from core.ports.clock import Clock
from core.ports.media import Capture
from core.ports.speech import CAPTIONS
from core.ports.tiktok import StreamAddress
from core.ports.video import Captions, VideoSource, Watcher, Wish
from core.services.listening import AUTO, Listening
from core.services.lives.scene import Scene
from core.services.videos.ordering import Order
from core.services.videos.patience import Patient
from core.services.videos.telling import Telling

LONGEST_VIDEO = 3600.0  # seconds; what TikTok itself takes
LARGEST_VIDEO = 300_000_000  # bytes


@dataclass(frozen=True)
class Words:
    """A video with what is said in it. `automatic`: by TikTok's machine."""

    video: Video
    segments: tuple[Segment, ...]
    engine: str
    language: str
    automatic: bool = False


@dataclass(frozen=True)
class Hearing:
    """Hears one video after another; nothing is stored."""

    source: VideoSource
    capture: Capture
    listening: Listening
    clock: Clock

    def engines(self, wanted: str = "") -> list[Patient]:
        """The engines for sound that can work, in the order they are tried; `wanted` is the name of one, empty for all."""
        able = [Patient(each, self.clock) for each in self.listening.order(wanted) if each.name != CAPTIONS]
        return [
            each
            for each in able
            if wanted in ("", each.name)
            and each.name not in self.listening.refused
            and (each.engine.readiness().ready or each.engine.readiness().again_in is not None)
        ]

    def others(self, order: Order) -> list[str]:
        """The engines that can work and were not asked for yet; of those nobody chose the first was tried."""
        tried = order.engine or next((each.name for each in self.engines()), "")
        able = [each.name for each in self.listening.engines if each.name != CAPTIONS and self.engines(each.name)]
        captions = [CAPTIONS] if order.engine not in ("", CAPTIONS) and not order.file else []
        return [name for name in able + captions if name != tried]

    async def hear(self, order: Order, folder: Path, telling: Telling) -> Words:
        """The words of what was ordered; files only in `folder`. Raises what VideoSource raises, Denied ENGINE or ENGINE_KEY,
        Missing NO_TRACK, Invalid NO_SPEECH and what a capture raises, Transient QUOTA or ENGINE_DOWN."""
        engines = self.engines(order.engine)
        if order.file:
            if not engines:
                raise Denied("ENGINE")
            video = Video(0, order.video, Handle(""), "", cut(order.name, TITLE), "", 0.0)
            return await self._sound(order, video, Path(order.file), engines, telling)
        wish = Wish(
            captions=order.engine in ("", CAPTIONS),
            sound=bool(engines),
            language=order.language,
            likely=order.likely,
            longest=LONGEST_VIDEO,
            largest=LARGEST_VIDEO,
        )
        fetched = await self.source.fetch(order.link, folder, wish, Watcher(telling.found, telling.loaded))
        if fetched.captions is not None:
            return _captioned(fetched.video, fetched.captions)
        if fetched.file is None:
            raise Missing("NO_TRACK") if order.engine == CAPTIONS else Denied("ENGINE")
        return await self._sound(order, fetched.video, fetched.file, engines, telling)

    async def _sound(
        self, order: Order, video: Video, path: Path, engines: Sequence[Patient], telling: Telling
    ) -> Words:
        telling.now("speech to text", 0.0)
        listening = replace(self.listening, engines=engines, chosen=lambda: AUTO)
        address = StreamAddress(str(path), live=False, pace=0)

        async def fresh() -> StreamAddress:
            return address

        capture = self.capture.open("video", fresh)
        heard: list[Segment | Gap] = []
        try:
            async for part in listening.segments(_scene(order.language, self.clock.now()), capture):
                heard.append(part)
                length = capture.length or video.seconds
                if length > LONGEST_VIDEO:
                    raise Invalid("TOO_LONG", m=round(length / 60), n=round(LONGEST_VIDEO / 60))
                telling.now("speech to text", min(1.0, part.end / length) if length else None)
            length = capture.length or capture.second
        finally:
            await capture.stop()
        segments = [part for part in heard if isinstance(part, Segment)]
        self._check(segments, engines)
        told = tuple(part for part in segments if part.state is SegmentState.TOLD)
        spoken = [part.language for part in told if part.language]
        language = max(set(spoken), key=spoken.count, default=order.language)
        return Words(replace(video, seconds=video.seconds or length), told, told[0].engine, language)

    def _check(self, segments: Sequence[Segment], engines: Sequence[Patient]) -> None:
        """A transcript with holes is none: raises why an engine gave up, or that there was no speech at all."""
        states = {part.state for part in segments}
        if states & {SegmentState.FAILED, SegmentState.UNTOLD}:
            refused = next((name for name in (each.name for each in engines) if name in self.listening.refused), "")
            if refused:
                raise Denied("ENGINE_KEY", engine=refused)
            trouble = next((each.trouble for each in engines if each.trouble is not None), None)
            raise trouble or Transient("ENGINE_SILENT")
        if SegmentState.TOLD not in states:
            raise Invalid("NO_SPEECH")


def _captioned(video: Video, captions: Captions) -> Words:
    """Lines of captions as segments."""
    segments = tuple(Segment(line.start, line.end, line.text, captions.language, CAPTIONS) for line in captions.lines)
    return Words(video, segments, CAPTIONS, captions.language, captions.automatic)


def _scene(language: str, now: datetime) -> Scene:
    """What listening needs to know of a recording: its language, if anybody said it."""
    handle = Handle("video")
    follows = (Follow(0, "", 0, handle, "", now, language, chat=False),) if language else ()
    return Scene(Live(0, 0, handle, ("",), "", now), Account(0, handle), follows)
