"""Patience: an engine asked about a recording, which can wait, instead of a live, which cannot."""

from dataclasses import dataclass

from core.errors import Transient
from core.model.transcript import Heard, Span
from core.ports.clock import Clock
from core.ports.speech import About, Check, Hint, Readiness, SpeechToText

LONGEST_SECONDS = 180.0
"""How long a quota is waited for. Groq's free plan opens again after a minute at most, or after an hour: that is too long."""

TRIES = 4


@dataclass
class Patient:
    """`engine`, waited for when its quota is used up for a while. `trouble` is why it gave up last."""

    engine: SpeechToText
    clock: Clock
    trouble: Transient | None = None

    @property
    def name(self) -> str:
        """The engine's."""
        return self.engine.name

    @property
    def about(self) -> About:
        """The engine's."""
        return self.engine.about

    async def check(self) -> Check:
        """See SpeechToText."""
        return await self.engine.check()

    def readiness(self) -> Readiness:
        """Ready also when it soon will be."""
        state = self.engine.readiness()
        soon = state.again_in is not None and state.again_in <= LONGEST_SECONDS
        return Readiness(state.ready or soon, state.lacks, state.again_in)

    async def hear(self, span: Span, hint: Hint) -> Heard:
        """See SpeechToText."""
        for attempt in range(TRIES):
            if wait := self.engine.readiness().again_in:
                await self._rest(wait)
            try:
                return await self.engine.hear(span, hint)
            except Transient as error:
                self.trouble = error
                if attempt + 1 == TRIES:
                    raise
                await self._rest(error.retry_after or 2.0**attempt)
        raise AssertionError("unreachable")

    async def _rest(self, seconds: float) -> None:
        if seconds > LONGEST_SECONDS:
            self.trouble = Transient("QUOTA", retry_after=seconds, engine=self.name)
            raise self.trouble
        await self.clock.sleep(seconds)
