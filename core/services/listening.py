"""Listening: from a capture's spans of speech to segments with words, by the first engine that can."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from core.errors import Denied, EarshotError, Missing, Transient
from core.model.joining import join_text, join_words
from core.model.live import CaptionShown
from core.model.transcript import Gap, Heard, Segment, SegmentState, Span, Word
from core.ports.media import LiveCapture
from core.ports.speech import CAPTIONS, Hint, SpeechToText
from core.services.lives.scene import Scene

log = logging.getLogger(__name__)
AUTO, NOTHING = "auto", "none"
"""What may be chosen besides the name of one engine: the first that can, and none at all."""

CONTEXT_GAP = 2.0  # seconds: after a longer pause the words before only make an engine loop
CONTEXT_CHARACTERS = 200
CAPTION_PATIENCE = 3.0  # seconds TikTok's captions may come after the words
PATIENCE = (
    180.0  # seconds a quota is waited for where nobody waits for the words: a minute's limit passes, an hour's does not
)
REFUSED_SECONDS = (
    900.0  # after which an engine that refused is asked again: somebody may have mended its key over there
)
LATEST = 60.0  # seconds the words of a live may be behind
WHY = {
    "": SegmentState.UNTOLD,
    "BUDGET": SegmentState.UNTOLD,
    "KEY": SegmentState.UNTOLD,
    "FAILED": SegmentState.FAILED,
}
"""What a segment without words is, by why it has none; LATE for SLOW and QUOTA."""


@dataclass(frozen=True)
class Tried:
    """What came of asking the engines once: a segment, or the name of one that failed, or of `engine` which may be asked again
    in `opens` seconds."""

    segment: Segment | None = None
    failed: str = ""
    engine: str = ""
    opens: float | None = None

    def later(self, engine: str, opens: float | None) -> "Tried":
        """`engine` may be asked in `opens` seconds, None: not by itself. The one that opens first counts."""
        sooner = opens is not None and (self.opens is None or opens < self.opens)
        return replace(self, engine=engine, opens=opens) if sooner else self

    def opens_before(self, until: float) -> float | None:
        """In how many seconds to ask again; None: there are words, or it would be after `until` (time.monotonic)."""
        in_time = self.segment is None and self.opens is not None and time.monotonic() + self.opens < until
        return self.opens if in_time else None


@dataclass(frozen=True)
class Piece:
    """A piece of speech, what is known beside its sound, and who is asked for its words, in order."""

    scene: Scene
    span: Span
    before: Segment | None
    hint: Hint
    asking: Sequence[SpeechToText]


async def forgets(scene: Scene, span: Span) -> bool:
    """Keeps no sound."""
    return False


@dataclass
class Listening:
    """The engines in the order they are tried when nobody chose; `chosen` is what the installation chose: the name of one, AUTO
    or NOTHING. An engine that refuses its key is not asked again for REFUSED_SECONDS; `refused` says why, until it hears again.
    `failures`: pieces of speech in a row that no engine made words of though one should have, `unheard`: for which there was no
    engine. `keep` keeps the sound of what has no words, and says whether it could."""

    engines: Sequence[SpeechToText]
    chosen: Callable[[], str] = lambda: AUTO
    refused: dict[str, Denied] = field(default_factory=dict)
    failures: int = 0
    unheard: int = 0
    keep: Callable[[Scene, Span], Awaitable[bool]] = forgets
    now: Callable[[], float] = time.monotonic
    again: dict[str, float] = field(default_factory=dict)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)  # fair: whoever has waited longest for a quota asks first
    _queued: int = (
        0  # who waits for that: a lock that was just released is not locked, though others have waited for it
    )

    def order(self, own: str = "") -> list[SpeechToText]:
        """The engines that are tried, first to last: `own` (the choice for one account or one video), then the installation's."""
        chosen = self.chosen()
        if chosen == NOTHING:
            return []
        first = [engine for engine in self.engines if engine.name == own]
        return first + [e for e in self.engines if chosen in (AUTO, e.name) and e not in first]

    def able(self, own: str = "") -> list[SpeechToText]:
        """Those of `order` that can work now."""
        return [engine for engine in self.order(own) if not self.shut(engine.name) and engine.readiness().ready]

    def refuse(self, name: str, error: Denied) -> None:
        """The engine `name` refuses its key: it is left alone for a while."""
        self.refused[name], self.again[name] = error, self.now() + REFUSED_SECONDS
        log.warning("%s refused: %s", name, error)

    def shut(self, name: str) -> bool:
        """Whether the engine `name` has refused lately: it is not asked."""
        return name in self.refused and self.now() < self.again.get(name, 0.0)

    async def caption(self, scene: Scene, event: CaptionShown) -> None:
        """Keep TikTok's caption for the span it belongs to."""
        start = scene.second_of(event.at)
        word = Word(start, start + (event.until - event.at).total_seconds(), event.text)
        scene.captions.add(word, event.language)

    async def segments(
        self, scene: Scene, capture: LiveCapture, latest: float | None = None
    ) -> AsyncIterator[Segment | Gap]:
        """Every span as a segment in seconds of the live, in order; gaps as they are. Where nobody can wait, `latest` is how many
        seconds words may be behind: what is older gets none now, so that a slow engine never falls further behind."""
        before: Segment | None = None
        async for part in capture.spans():
            moved = replace(part, start=part.start + scene.offset, end=part.end + scene.offset)
            if isinstance(moved, Gap):
                yield moved
                continue
            patience = PATIENCE if latest is None else latest - _behind(scene, capture, moved)
            segment = await self._hear(scene, moved, before, patience, live=latest is not None)
            if segment.text is None and scene.lag.why != "BUDGET":
                scene.lag.kept = await self.keep(scene, moved)
            scene.lag.behind = _behind(scene, capture, moved)
            yield segment
            before = segment

    async def later(self, scene: Scene, span: Span) -> Tried:
        """Ask once more for the words of a span that was kept. No overlap is joined."""
        hint = Hint(language=scene.tongue.hint())
        return await self._ask(Piece(scene, span, None, hint, self._asking(scene, live=False)))

    async def _hear(self, scene: Scene, span: Span, before: Segment | None, patience: float, *, live: bool) -> Segment:
        """The words of `span`. A quota that opens within `patience` is waited for."""
        tried, why = Tried(), "SLOW"
        if patience > 0:
            until, asking = time.monotonic() + patience, self._asking(scene, live=live)
            piece = Piece(scene, span, before, await _hint(asking, scene, span, before), asking)
            tried = await self._wait(piece, until)
            why = self._why(scene, tried)
        lag = scene.lag
        if tried.segment is not None:
            self.failures, self.unheard, lag.why = 0, 0, ""
            return tried.segment
        self.failures += why in ("FAILED", "KEY")
        self.unheard += not why
        lag.why, lag.engine, lag.opens = why, tried.failed or tried.engine, tried.opens
        return Segment(span.start, span.end, None, scene.tongue.said, state=WHY.get(why, SegmentState.LATE))

    def _why(self, scene: Scene, tried: Tried) -> str:
        """Why a piece that was tried has no words; empty when there was nobody to hear it."""
        if scene.frugal:
            return "BUDGET"
        if tried.failed:
            return "FAILED"
        if tried.opens is not None:
            return "QUOTA"
        return "KEY" if self.refused else ""

    async def _wait(self, piece: Piece, until: float) -> Tried:
        """Ask until a quota would open only after `until`, one piece of speech after the other."""
        tried = await self._ask(piece, queue=self._queued > 0)
        if tried.opens_before(until) is None:
            return tried
        self._queued += 1
        try:
            if await self._its_turn(until):
                try:
                    while (opens := tried.opens_before(until)) is not None:  # it keeps its turn until it has words
                        await asyncio.sleep(opens)
                        tried = await self._ask(piece)
                finally:
                    self._turn.release()
        finally:
            self._queued -= 1
        return tried

    async def _its_turn(self, until: float) -> bool:
        try:
            async with asyncio.timeout(until - time.monotonic()):
                return await self._turn.acquire()
        except TimeoutError:
            return False

    async def _ask(self, piece: Piece, *, queue: bool = False) -> Tried:
        """Ask the engines in their order. `queue`: others wait for a quota already, so nothing but captions is taken."""
        tried = Tried()
        for engine in piece.asking:
            state = engine.readiness()
            if not state.ready or (queue and engine.name != CAPTIONS):
                tried = tried.later(engine.name, 0.0 if state.ready else state.again_in)
                continue
            try:
                heard = await _asked(engine, piece.span, piece.hint, patient=not self.failures)
            except Missing:
                continue
            except Denied as error:
                self.refuse(engine.name, error)
            except EarshotError as error:
                log.info("%s: %s", engine.name, error)
                tried = _failed(tried, engine, error)
            else:
                self.refused.pop(engine.name, None)
                return Tried(_segment(piece, heard, engine.name))
        return tried

    def _asking(self, scene: Scene, *, live: bool) -> list[SpeechToText]:
        """Who is asked for a scene; for a `live` nobody who takes longer than it lasts."""
        own = next((follow.engine for follow in scene.heard if follow.engine), "")
        able = [engine for engine in self.order(own) if not self.shut(engine.name)]
        if scene.frugal:
            return [engine for engine in able if engine.name == CAPTIONS]
        return [engine for engine in able if engine.about.live or not live]


async def _hint(asking: Sequence[SpeechToText], scene: Scene, span: Span, before: Segment | None) -> Hint:
    """What is known beside the sound, once captions have come as far as they will."""
    able = [engine for engine in asking if engine.readiness().ready]
    if any(engine.name == CAPTIONS for engine in able):
        alone = scene.wants_chat and len(able) == 1
        await scene.captions.reach(span.end - span.overlap, CAPTION_PATIENCE, first=alone)
    near = before is not None and span.start - before.end < CONTEXT_GAP
    scene.tongue.said = next((follow.language for follow in scene.follows if follow.language), "")
    return Hint(
        language=scene.tongue.hint(),
        before=(before.text or "")[-CONTEXT_CHARACTERS:] if before is not None and near else "",
        captions=scene.captions.within(span.start, span.end),
        caption_language=scene.captions.language,
    )


def _behind(scene: Scene, capture: LiveCapture, span: Span) -> float:
    """Seconds since `span` ended, by the clock of its live."""
    return max(0.0, scene.offset + capture.second - span.end)


def _failed(tried: Tried, engine: SpeechToText, error: EarshotError) -> Tried:
    if error.code != "QUOTA":
        return replace(tried, failed=engine.name)
    said = error.retry_after if isinstance(error, Transient) else None
    return tried.later(engine.name, engine.readiness().again_in if said is None else said)


async def _asked(engine: SpeechToText, span: Span, hint: Hint, *, patient: bool) -> Heard:
    """What `engine` hears. A hiccup (a connection that broke) must not cost words: while `patient` it is asked once more, unless
    it said when. One that is down is not asked twice for each piece."""
    try:
        return await engine.hear(span, hint)
    except Transient as error:
        if error.retry_after is not None or error.code == "QUOTA" or not patient:
            raise
        return await engine.hear(span, hint)


def _segment(piece: Piece, heard: Heard, engine: str) -> Segment:
    """The words without those the segment before already has, in the language of the live."""
    span, before, tongue = piece.span, piece.before, piece.scene.tongue
    text, words = heard.text, heard.words
    if span.overlap and before is not None and before.text:
        if words and before.words:
            words = join_words(before.words, words, span.start, span.overlap)
            text = " ".join(word.text.strip() for word in words)
        else:
            text = join_text(before.text, text, span.overlap)
    state = SegmentState.TOLD if text.strip() else SegmentState.SILENT
    if state is SegmentState.TOLD:
        tongue.hears(heard.language, span.seconds)
    return Segment(span.start, span.end, text.strip(), tongue.language, engine, words, state)
