"""Listening: from a capture's spans of speech to segments with words, by the first engine that can."""

import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
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
REFUSED_SECONDS = (
    900.0  # after which an engine that refused is asked again: somebody may have mended its key over there
)


@dataclass
class Listening:
    """The engines in the order they are tried when nobody chose; `chosen` is what the installation chose: the name of one, AUTO
    or NOTHING. An engine that refuses its key is not asked again for REFUSED_SECONDS; `refused` says why, until it hears again.
    `failures`: pieces of speech in a row that no engine made words of though one should have."""

    engines: Sequence[SpeechToText]
    chosen: Callable[[], str] = lambda: AUTO
    refused: dict[str, Denied] = field(default_factory=dict)
    failures: int = 0
    now: Callable[[], float] = time.monotonic
    again: dict[str, float] = field(default_factory=dict)

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

    def shut(self, name: str) -> bool:
        """Whether the engine `name` has refused lately: it is not asked."""
        return name in self.refused and self.now() < self.again.get(name, 0.0)

    async def caption(self, scene: Scene, event: CaptionShown) -> None:
        """Keep TikTok's caption for the span it belongs to."""
        start = scene.second_of(event.at)
        word = Word(start, start + (event.until - event.at).total_seconds(), event.text)
        scene.captions.add(word, event.language)

    async def segments(self, scene: Scene, capture: LiveCapture) -> AsyncIterator[Segment | Gap]:
        """Every span as a segment in seconds of the live, in order; gaps as they are."""
        before: Segment | None = None
        async for part in capture.spans():
            moved = replace(part, start=part.start + scene.offset, end=part.end + scene.offset)
            if isinstance(moved, Gap):
                yield moved
                continue
            segment = await self._hear(scene, moved, before)
            yield segment
            before = segment

    async def _hear(self, scene: Scene, span: Span, before: Segment | None) -> Segment:
        own = next((follow.engine for follow in scene.heard if follow.engine), "")
        able = [engine for engine in self.able(own) if engine.about.live]
        if any(engine.name == CAPTIONS for engine in able):
            alone = scene.wants_chat and len(able) == 1
            await scene.captions.reach(span.end - span.overlap, CAPTION_PATIENCE, first=alone)
        hint = self._hint(scene, span, before)
        failed = False
        for engine in able:
            try:
                heard = await _asked(engine, span, hint)
            except Missing:
                continue
            except Denied as error:
                self.refused[engine.name], self.again[engine.name] = error, self.now() + REFUSED_SECONDS
                log.warning("%s refused: %s", engine.name, error)
                continue
            except EarshotError as error:
                log.info("%s: %s", engine.name, error)
                failed = True
                continue
            self.failures = 0
            self.refused.pop(engine.name, None)
            return _segment(span, heard, engine.name, before)
        self.failures += failed or bool(self.refused)
        state = SegmentState.FAILED if failed else SegmentState.UNTOLD
        return Segment(span.start, span.end, None, hint.language, state=state)

    def _hint(self, scene: Scene, span: Span, before: Segment | None) -> Hint:
        near = before is not None and span.start - before.end < CONTEXT_GAP
        language = next((follow.language for follow in scene.follows if follow.language), "")
        return Hint(
            language=language,
            before=(before.text or "")[-CONTEXT_CHARACTERS:] if before is not None and near else "",
            captions=scene.captions.within(span.start, span.end),
            caption_language=scene.captions.language,
        )


async def _asked(engine: SpeechToText, span: Span, hint: Hint) -> Heard:
    """What `engine` hears. A hiccup (a connection that broke) must not cost words: it is asked once more, unless it said when."""
    try:
        return await engine.hear(span, hint)
    except Transient as error:
        if error.retry_after is not None:
            raise
        return await engine.hear(span, hint)


def _segment(span: Span, heard: Heard, engine: str, before: Segment | None) -> Segment:
    """The words without those the segment before already has."""
    text, words = heard.text, heard.words
    if span.overlap and before is not None and before.text:
        if words and before.words:
            words = join_words(before.words, words, span.start, span.overlap)
            text = " ".join(word.text.strip() for word in words)
        else:
            text = join_text(before.text, text, span.overlap)
    state = SegmentState.TOLD if text.strip() else SegmentState.SILENT
    return Segment(span.start, span.end, text.strip(), heard.language, engine, words, state)
