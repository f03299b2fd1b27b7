"""The Groq engine on its loopback, a piece of the recorded live, and what goes wrong."""

from collections.abc import AsyncIterator

import pytest

from core.adapters.speech.groq import GroqSpeech
from core.errors import EarshotError
from core.model.transcript import SAMPLE_RATE, Span
from core.ports.speech import Hint
from tests.platforms import speech
from tests.platforms.groq import LoopbackGroq

LIVE, _ = speech.decoded(speech.RECORDINGS[0][0])
KNOWN = speech.Known()


def cut(start: float, end: float) -> Span:
    """A piece of the recorded live."""
    piece = LIVE[int(start * SAMPLE_RATE) : int(end * SAMPLE_RATE)]
    return Span(start, end, (piece.clip(-1, 1) * 32_767).astype("<i2").tobytes())


SPOKEN = cut(42.0, 46.4)


@pytest.fixture
async def service() -> AsyncIterator[LoopbackGroq]:
    async with LoopbackGroq(KNOWN) as groq:
        yield groq
        assert not groq.violations


@pytest.fixture
async def engine(service: LoopbackGroq) -> AsyncIterator[GroqSpeech]:
    made = GroqSpeech(service.key, service.origin)
    yield made
    await made.close()


async def failure(engine: GroqSpeech, sound: Span = SPOKEN, hint: Hint | None = None) -> EarshotError:
    """What `hear` raises."""
    with pytest.raises(EarshotError) as raised:
        await engine.hear(sound, hint or Hint())
    return raised.value
