"""Speech to text by Groq's Whisper: one span, one request, within a deadline."""

import asyncio
import json
import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from core.adapters.groq_cloud import DEFAULT_BASE_URL, DEFAULT_PATH_PREFIX, ENGINE, GroqCloud
from core.adapters.speech.timed import clamped, spread
from core.adapters.speech.whispering import code_of, confidence, doubtful, prompt_of, samples_of
from core.errors import EarshotError, Transient
from core.model.transcript import Heard, Span, Word
from core.ports.speech import About, Check, Hint, Readiness

DEFAULT_MODEL = "whisper-large-v3-turbo"
DEADLINE_SECONDS = 30.0
PAUSE_SECONDS = 10.0
"""How long nothing is asked after a refusal for quota that names no time."""


@dataclass(frozen=True)
class _Line:
    """One piece of an answer: seconds from the start of the sound, and Whisper's figures, None where it gave none."""

    start: float
    end: float
    text: str
    logprob: float | None
    no_speech: float | None
    compression: float | None

    @property
    def doubtful(self) -> bool:
        """Whether nobody said it: words over silence or music, or one phrase repeated without end."""
        return doubtful(self.logprob, self.no_speech, self.compression)


class GroqSpeech:
    """Whisper at Groq, or at a server that speaks like it. Sound goes up as Opus; nothing is asked again by itself.

    After a refusal for quota it is not ready, and asks nothing, until the time the service named. `now` gives seconds of
    a clock that never goes back.
    """

    name = ENGINE
    about = About("GROQ_API_KEY", True, False, "99, found out", "$0.04 an hour (turbo), $0.111 (large-v3)")

    def __init__(
        self,
        key: str,
        base_url: str = DEFAULT_BASE_URL,
        path_prefix: str = DEFAULT_PATH_PREFIX,
        model: str = DEFAULT_MODEL,
        deadline_seconds: float = DEADLINE_SECONDS,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._cloud = GroqCloud(key, base_url, path_prefix, deadline_seconds)
        self._model = model
        self._deadline_seconds = deadline_seconds
        self._now = now
        self._shut_until = -math.inf

    def readiness(self) -> Readiness:
        """Not ready without a key, and while the quota is used up."""
        lacks = self._cloud.lacks
        if not lacks and (wait := self._shut_until - self._now()) > 0:
            return Readiness(False, f"the quota at Groq is used up; it opens again in {math.ceil(wait)} s", wait)
        return Readiness(not lacks, lacks)

    async def hear(self, span: Span, hint: Hint) -> Heard:
        """The words of `span`; word times are spread over Whisper's segments. Sound without a voice is not sent.

        Raises what GroqCloud.asked raises, Transient QUOTA at once while the quota is used up, Transient ENGINE_DOWN for an
        answer that makes no sense or none in time, Invalid BAD_SOUND for broken PCM, TOO_BIG_SPEECH.
        """
        if (wait := self._shut_until - self._now()) > 0:
            raise Transient("QUOTA", retry_after=wait, engine=ENGINE)
        try:
            async with asyncio.timeout(self._deadline_seconds):
                sound = await asyncio.to_thread(_sound, span.pcm)
                if not sound:
                    return Heard("", code_of(hint.language))
                answer = await self._ask(sound, hint)
        except TimeoutError as error:
            raise Transient("ENGINE_DOWN", engine=ENGINE) from error
        except Transient as error:
            self._note(error)
            raise
        return _heard(answer, span, hint)

    async def check(self) -> Check:
        """Whether the key is taken and the model is there."""
        if lacks := self._cloud.lacks:
            return Check(None, lacks, "https://console.groq.com/keys makes one: put it into GROQ_API_KEY")
        try:
            async with self._cloud.asked(self._model, too_big="TOO_BIG_SPEECH") as client:
                await client.models.retrieve(self._model)
        except EarshotError as error:
            return Check(False, str(error))
        return Check(True, f"the key works, {self._model} is there")

    async def close(self) -> None:
        """Give the connections back."""
        await self._cloud.close()

    def _note(self, error: Transient) -> None:
        if error.code == "QUOTA":
            pause = PAUSE_SECONDS if error.retry_after is None else error.retry_after
            self._shut_until = max(self._shut_until, self._now() + pause)

    async def _ask(self, sound: bytes, hint: Hint) -> str:
        async with self._cloud.asked(self._model, too_big="TOO_BIG_SPEECH") as client:
            from groq import omit  # imported by now, without holding up the loop

            answer = await client.audio.transcriptions.with_raw_response.create(
                file=("speech.ogg", sound, "audio/ogg"),
                model=self._model,
                response_format="verbose_json",
                temperature=0,
                language=code_of(hint.language) or omit,
                prompt=prompt_of(hint.before) or omit,
            )
            return await answer.text()


def _sound(pcm: bytes) -> bytes:
    """`pcm` packed; empty when there is too little to send: too short or too quiet. Raises Invalid BAD_SOUND for half a sample.

    For a thread. It imports numpy and PyAV (0.1 s, 40 MB), which an Earshot that only waits need not hold.
    """
    from core.adapters.speech.opus import packed

    return packed(pcm) if len(samples_of(pcm, ENGINE)) else b""


def _named(language: str) -> str:
    """The code of a language Whisper names in English (`French` → `fr`); empty when nobody knows it."""
    if len(language) <= 3:
        return code_of(language)
    from babel import Locale

    wanted = language.casefold()
    return next((code for code, name in Locale("en").languages.items() if name.casefold() == wanted), "")


def _heard(answer: str, span: Span, hint: Hint) -> Heard:
    try:
        body = json.loads(answer)
    except (ValueError, RecursionError) as error:
        raise Transient("ENGINE_DOWN", engine=ENGINE) from error
    lines = [line for line in _lines(body, span.seconds) if not line.doubtful]
    words = tuple(word for line in lines for word in _words(line, span))
    language = code_of(hint.language) or _named(str(body.get("language") or ""))
    return Heard(
        " ".join(word.text for word in words),
        language,
        words,
        confidence((line.logprob, line.end - line.start) for line in lines) if words else None,
    )


def _words(line: _Line, span: Span) -> tuple[Word, ...]:
    said = spread(span.start + line.start, span.start + line.end, line.text)
    return tuple(clamped(word, span.start, span.end) for word in said)


def _lines(body: object, seconds: float) -> list[_Line]:
    """The pieces of an answer; the whole text as one when the server gives no pieces. Raises Transient for nonsense."""
    text = body.get("text") if isinstance(body, dict) else None
    if not isinstance(body, dict) or not isinstance(text, str):
        raise Transient("ENGINE_DOWN", engine=ENGINE)
    pieces = body.get("segments")
    return [_line(piece, seconds) for piece in ([{"text": text}] if pieces is None else _listed(pieces))]


def _listed(pieces: object) -> list[object]:
    if not isinstance(pieces, list):
        raise Transient("ENGINE_DOWN", engine=ENGINE)
    return pieces


def _line(piece: object, seconds: float) -> _Line:
    if not isinstance(piece, dict) or not isinstance(piece.get("text"), str):
        raise Transient("ENGINE_DOWN", engine=ENGINE)
    start = _number(piece.get("start")) or 0.0
    end = _number(piece.get("end"))
    figures = (_number(piece.get(name)) for name in ("avg_logprob", "no_speech_prob", "compression_ratio"))
    return _Line(start, max(start, seconds if end is None else end), piece["text"], *figures)


def _number(value: object) -> float | None:
    """A finite number, or None: servers also say null, NaN and words."""
    try:
        return float(value) if isinstance(value, int | float) and math.isfinite(value) else None
    except OverflowError:
        return None
