"""Speech to text: which engines would work, and which of them hear."""

from collections.abc import AsyncIterator

from bot.engines import listening_of, start_of
from bot.health import Part
from core.ports.speech import Check, SpeechToText
from core.services.listening import AUTO, NOTHING, Listening
from core.settings import Settings


async def look(settings: Settings, *, quick: bool) -> AsyncIterator[tuple[str, Part]]:
    """Each engine as it says itself (asked on the net unless `quick`), then who hears."""
    async with listening_of(settings, lambda: start_of(settings)) as listening:
        for engine in listening.engines:
            check = _unasked(engine) if quick else await engine.check()
            said = {"engine": engine.name, "finding": check.finding, "cure": check.cure}
            yield engine.name, Part("ENGINE_CURE" if check.cure else "ENGINE_WELL", check.ok, said)
        yield "chosen", _chosen(listening)


def _unasked(engine: SpeechToText) -> Check:
    state = engine.readiness()
    return Check(True if state.ready else None, "ready" if state.ready else state.lacks)


def _chosen(listening: Listening) -> Part:
    chosen = listening.chosen()
    able = ", ".join(engine.name for engine in listening.able())
    if chosen == NOTHING:
        return Part("SPEECH_NONE", None)
    if not able:
        return Part("NO_ENGINE", None) if chosen == AUTO else Part("SPEECH_NOT_READY", False, {"engine": chosen})
    return Part("ENGINE", True, {"engine": able})
