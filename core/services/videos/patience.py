"""Patience: an engine asked about a recording, which can wait, instead of a live, which cannot."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from core.errors import EarshotError, Transient
from core.model.transcript import Heard, Span
from core.ports.clock import Clock
from core.ports.speech import About, Check, Hint, Readiness, SpeechToText

T = TypeVar("T")
LONGEST_SECONDS = 180.0
"""How long a quota is waited for. Groq's free plan opens again after a minute at most, or after an hour: that is too long."""

TRIES = 4


@dataclass
class Patient:
    """`engine`, waited for when its quota is used up for a while. `trouble` is why it gave up last."""

    engine: SpeechToText
    clock: Clock
    trouble: EarshotError | None = None

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
        try:
            return await insisting(self.clock, self.name, lambda: self._hear(span, hint))
        except EarshotError as error:
            self.trouble = error
            raise

    async def _hear(self, span: Span, hint: Hint) -> Heard:
        if wait := self.engine.readiness().again_in:
            await _rest(self.clock, self.name, wait)
        return await self.engine.hear(span, hint)


async def insisting(clock: Clock, engine: str, ask: Callable[[], Awaitable[T]]) -> T:
    """What `ask` gives, asked a few times where it may pass. Raises Transient QUOTA at once for a pause that is too long."""
    for attempt in range(TRIES - 1):
        try:
            return await ask()
        except Transient as error:
            if (error.retry_after or 0.0) > LONGEST_SECONDS:
                raise
            await _rest(clock, engine, error.retry_after or 2.0**attempt)
    return await ask()


async def _rest(clock: Clock, engine: str, seconds: float) -> None:
    if seconds > LONGEST_SECONDS:
        raise Transient("QUOTA", retry_after=seconds, engine=engine)
    await clock.sleep(seconds)
