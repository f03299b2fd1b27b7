"""Hearing: from a video or a file to its words, by TikTok's captions or by the first engine that can."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from core.errors import Denied, EarshotError, Invalid, Missing, Transient
from core.model.account import Account, Follow, Handle
from core.model.live import Live
from core.model.transcript import Segment, SegmentState, Span
from core.model.video import TITLE, Video, cut
from core.ports.clock import Clock
from core.ports.media import Capture, LiveCapture
from core.ports.speech import CAPTIONS, RecordingToText, SpeechToText
from core.ports.tiktok import StreamAddress
from core.ports.video import Captions, VideoSource, Watcher, Wish
from core.services.listening import AUTO, NOTHING, Listening, forgets
from core.services.lives.scene import Scene
from core.services.videos.entrusting import Entrusting
from core.services.videos.ordering import Order
from core.services.videos.patience import Patient
from core.services.videos.telling import Telling

LONGEST_VIDEO = 3600.0  # seconds; what TikTok itself takes
LARGEST_VIDEO = 300_000_000  # bytes


@dataclass(frozen=True)
class Words:
    """A video with what is said in it. `automatic`: by TikTok's machine. `passed`: the engines that were tried before, each with
    the code of what it said."""

    video: Video
    segments: tuple[Segment, ...]
    engine: str
    language: str
    automatic: bool = False
    passed: tuple[tuple[str, str], ...] = ()


@dataclass
class Recording:
    """What is heard: the sound at `path`; `telling` is told how far it is. `length` in seconds is known once it was read."""

    order: Order
    video: Video
    path: Path
    telling: Telling
    length: float = field(default=0.0, init=False)

    def read(self, capture: LiveCapture, second: float) -> None:
        """It was read up to `second`. Raises Invalid TOO_LONG."""
        length = capture.length or self.video.seconds
        self.length = capture.length or max(capture.second, second)
        if length > LONGEST_VIDEO:
            raise Invalid("TOO_LONG", m=round(length / 60), n=round(LONGEST_VIDEO / 60))
        self.telling.now("speech to text", min(1.0, second / length) if length else None)


@dataclass(frozen=True)
class Hearing:
    """Hears one video after another. `entrusting` has those heard that are heard elsewhere."""

    source: VideoSource
    capture: Capture
    listening: Listening
    clock: Clock
    entrusting: Entrusting

    def engines(self, wanted: str = "", *, speakers: bool = False) -> list[SpeechToText]:
        """The engines for sound that can work, in the order they are tried; `wanted` is the name of one, empty for all. `speakers`:
        those that tell speakers apart, whichever was chosen for everything else."""
        order = self.listening.order(wanted)
        if speakers and self.listening.chosen() != NOTHING:
            order = [each for each in self.listening.engines if each.about.speakers]
        able = [each for each in order if each.name != CAPTIONS and wanted in ("", each.name)]
        return [each for each in able if not self.listening.shut(each.name) and _can(each)]

    def lacking(self, order: Order) -> Denied:
        """Why no engine can hear what was ordered: one refuses its key (ENGINE_KEY and the like), the one that was asked for cannot
        while others can (ENGINE_ASKED), or there is none (ENGINE, ENGINE_SPEAKERS)."""
        for engine in self.listening.engines if order.speakers else self.listening.order(order.engine):
            asked = engine.about.speakers if order.speakers else order.engine in ("", engine.name)
            if asked and self.listening.shut(engine.name):
                refused = self.listening.refused[engine.name]
                return Denied(refused.code, **refused.values)
        if order.speakers:
            return Denied("ENGINE_SPEAKERS")
        return Denied("ENGINE_ASKED", engine=order.engine) if order.engine and self.engines() else Denied("ENGINE")

    def others(self, order: Order, heard: str = "") -> list[str]:
        """The engines that can work and were not asked for yet: `heard` was, else, of those nobody chose, the first."""
        tried = heard or order.engine or next((each.name for each in self.engines()), "")
        able = [each.name for each in self.listening.engines if each.name != CAPTIONS and self.engines(each.name)]
        captions = [CAPTIONS] if order.engine not in ("", CAPTIONS) and not order.file else []
        return [name for name in able + captions if name != tried]

    async def hear(self, order: Order, folder: Path, telling: Telling) -> Words:
        """The words of what was ordered; files only in `folder`. Raises what VideoSource raises, Denied ENGINE, ENGINE_SPEAKERS or
        ENGINE_KEY, Missing NO_TRACK, Invalid NO_SPEECH and what a capture raises, Transient QUOTA or ENGINE_DOWN."""
        engines = self.engines(order.engine, speakers=order.speakers)
        if not engines and (order.speakers or order.file):
            raise self.lacking(order)
        if order.file:
            video = Video(0, order.video, Handle(""), "", cut(order.name, TITLE), "", 0.0)
            return await self._sound(Recording(order, video, Path(order.file), telling), engines, folder)
        wish = Wish(
            captions=order.engine in ("", CAPTIONS) and not order.speakers,
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
            raise Missing("NO_TRACK") if order.engine == CAPTIONS else self.lacking(order)
        return await self._sound(Recording(order, fetched.video, fetched.file, telling), engines, folder)

    async def _sound(self, of: Recording, engines: Sequence[SpeechToText], folder: Path) -> Words:
        """By the first engine that hears all of it: a transcript with holes is none. What is wrong with an engine leads to the
        next, anything else to the end."""
        failures: list[tuple[str, EarshotError]] = []
        for engine in await self.entrusting.begun_first(of.telling.job, engines):
            of.telling.now("speech to text", 0.0)
            try:
                if isinstance(engine, RecordingToText):
                    told = await self._elsewhere(of, engine, folder)
                else:
                    told = await self._here(of, engine)
            except EarshotError as error:
                if "engine" not in error.values:
                    raise
                failures.append((engine.name, error))
                if isinstance(error, Denied):
                    self.listening.refuse(engine.name, error)
                continue
            if not told:
                raise Invalid("NO_SPEECH", heard=engine.name)
            spoken = [part.language for part in told if part.language]
            language = max(set(spoken), key=spoken.count, default=of.order.language)
            length = of.video.seconds or of.length or told[-1].end
            passed = tuple((name, error.code) for name, error in failures)
            return Words(replace(of.video, seconds=length), told, engine.name, language, passed=passed)
        errors = [error for _, error in failures]
        raise next((error for error in errors if isinstance(error, Transient)), errors[0])

    async def _here(self, of: Recording, engine: SpeechToText) -> tuple[Segment, ...]:
        """Span by span, as a live is heard. Raises why the engine gave up."""
        patient = Patient(engine, self.clock)
        listening = replace(self.listening, engines=[patient], chosen=lambda: AUTO, keep=forgets)
        capture, told = self._opened(of), []
        try:
            async for part in listening.segments(_scene(of.order.language, self.clock.now()), capture):
                if isinstance(part, Segment) and part.text is None:
                    raise self.listening.refused.get(engine.name) or patient.trouble or _silent(engine)
                if isinstance(part, Segment) and part.state is SegmentState.TOLD:
                    told.append(part)
                of.read(capture, part.end)
            of.length = capture.length or capture.second
        finally:
            await capture.stop()
        return tuple(told)

    async def _elsewhere(self, of: Recording, engine: RecordingToText, folder: Path) -> tuple[Segment, ...]:
        """All of it at once, in the engine's own time."""
        order = of.order
        async with aclosing(self._spans(of)) as spans:
            return await self.entrusting.hear(
                of.telling.job, engine, spans, folder / "speech", order.language, speakers=order.speakers
            )

    async def _spans(self, of: Recording) -> AsyncGenerator[Span, None]:
        """The speech in it."""
        capture = self._opened(of)
        try:
            async for part in capture.spans():
                of.read(capture, part.end)
                if isinstance(part, Span):
                    yield part
            of.telling.now("speech to text", None)
        finally:
            await capture.stop()

    def _opened(self, of: Recording) -> LiveCapture:
        address = StreamAddress(str(of.path), live=False, pace=0)

        async def fresh() -> StreamAddress:
            return address

        return self.capture.open("video", fresh)


def _can(engine: SpeechToText) -> bool:
    """Whether it can work, now or by itself later."""
    state = engine.readiness()
    return state.ready or state.again_in is not None


def _silent(engine: SpeechToText) -> EarshotError:
    return Transient("ENGINE_SILENT", engine=engine.name)


def _captioned(video: Video, captions: Captions) -> Words:
    """Lines of captions as segments."""
    segments = tuple(Segment(line.start, line.end, line.text, captions.language, CAPTIONS) for line in captions.lines)
    return Words(video, segments, CAPTIONS, captions.language, captions.automatic)


def _scene(language: str, now: datetime) -> Scene:
    """What listening needs to know of a recording: its language, if anybody said it."""
    handle = Handle("video")
    follows = (Follow(0, "", 0, handle, "", now, language, chat=False),) if language else ()
    return Scene(Live(0, 0, handle, ("",), "", now), Account(0, handle), follows)
