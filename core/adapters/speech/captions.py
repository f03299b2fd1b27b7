"""Speech to text from TikTok's own captions: free, already timed, and only there when the platform made them."""

from collections.abc import Iterator

from core.adapters.speech.timed import clamped, spread
from core.errors import Missing
from core.model.transcript import Heard, Span, Word
from core.ports.speech import CAPTIONS, About, Check, Hint, Readiness


class CaptionsSpeech:
    """Hands out the words of the hint's captions that lie in the span.

    A caption is a line of several words with one start and one end; its words are spread over that time by their length.
    A word belongs to the span in which its middle falls; the silence after a span counts to it, so that a word a caption
    puts a little late is not lost between two spans.
    """

    name = CAPTIONS
    about = About("nothing", True, False, "the track's", "0")

    def readiness(self) -> Readiness:
        """Always ready: nothing to set up, nothing to ask."""
        return Readiness(ready=True)

    async def check(self) -> Check:
        """Nothing can be wrong."""
        return Check(True, "ready")

    async def hear(self, span: Span, hint: Hint) -> Heard:
        """The captions' words in `span`, their times held inside it. Raises Missing NO_CAPTIONS when none touch it."""
        words = tuple(clamped(word, span.start, span.end) for word in _inside(span, hint.captions))
        if not words:
            raise Missing("NO_CAPTIONS", engine=self.name)
        language = hint.caption_language or hint.language
        return Heard(" ".join(word.text for word in words), language, words)


def _inside(span: Span, captions: tuple[Word, ...]) -> Iterator[Word]:
    until = span.end + span.followed_by
    for line in sorted(captions, key=lambda word: word.start):
        for word in spread(line.start, max(line.start, line.end), line.text):
            if span.start <= (word.start + word.end) / 2 < until:
                yield word
