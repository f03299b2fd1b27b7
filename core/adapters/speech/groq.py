"""Speech to text by Groq's Whisper: one span, one request, within a deadline."""

import asyncio
import json
import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, partial

from core.adapters.allowance import UsedUp, length, of_speech
from core.adapters.groq_cloud import DEFAULT_BASE_URL, DEFAULT_PATH_PREFIX, ENGINE, GroqCloud
from core.adapters.numbers import number_of
from core.adapters.speech.phantoms import Phantoms
from core.adapters.speech.timed import clamped, spread
from core.adapters.speech.whispering import code_of, doubtful, prompt_of
from core.errors import EarshotError, Transient
from core.model.transcript import Heard, Span, Word
from core.ports.speech import About, Check, Hint, Readiness

DEFAULT_MODEL = "whisper-large-v3-turbo"
DEADLINE_SECONDS = 30.0
MOST_SIGNS = 30_000
"""Of one answer. Nobody says a tenth of it in the longest span; more would only be words to keep."""

CHECK_SECONDS = 8.0
TYPICAL_SECONDS = 10.0
"""The sound of one request when nobody says how long it is."""

FOUND = {
    "ENGINE_MODEL": ("the model is not there", "Correct GROQ_STT_MODEL; whisper-large-v3-turbo is one"),
    "ENGINE_KEY": ("the key is refused", "Copy it anew from https://console.groq.com/keys into GROQ_API_KEY"),
    "ENGINE_ADDRESS": (
        "it answers, but says nothing of its models",
        "If it hears nothing either, correct GROQ_BASE_URL and GROQ_PATH_PREFIX (/v1 for most local servers)",
    ),
    "ENGINE_DOWN": (
        "it does not answer as it should",
        "See whether GROQ_BASE_URL and the network are right; else wait",
    ),
    "QUOTA": ("the key works; the quota is used up for now", "It opens again by itself; a paid plan has more"),
}
"""What a look at the service may find, and what to do."""


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

    It keeps to the limits of the account (allowance.py): when one is used up, and after a refusal for quota until the time the
    service named, it is not ready and asks nothing. `now` gives seconds of a clock that never goes back.
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
        self._allowance = of_speech(now)
        self._phantoms = Phantoms()

    def readiness(self) -> Readiness:
        """Not ready without a key, and while a limit is used up."""
        lacks = self._cloud.lacks
        if not lacks and (spent := self._allowance.used_up(TYPICAL_SECONDS)):
            which = f"Groq's limit of {spent.words}" if spent.words else "the quota at Groq"
            return Readiness(False, f"{which} is used up; it opens again in {length(spent.seconds)}", spent.seconds)
        return Readiness(not lacks, lacks)

    async def hear(self, span: Span, hint: Hint) -> Heard:
        """The words of `span`; word times are spread over Whisper's segments. Sound without a voice is not sent, words nobody said
        are not told (phantoms.py). The language is the one the service names, else the one that was asked for.

        Raises what GroqCloud.asked raises, Transient QUOTA at once while a limit is used up, Transient ENGINE_DOWN for an
        answer that makes no sense or none in time, Invalid BAD_SOUND for broken PCM, TOO_BIG_SPEECH.
        """
        self._refuse(self._allowance.used_up(span.seconds))
        try:
            async with asyncio.timeout(self._deadline_seconds):
                sound = await asyncio.to_thread(_sound, span.pcm)
                if not sound:
                    return Heard("", code_of(hint.language))
                self._refuse(self._allowance.used_up(span.seconds))  # others have asked meanwhile
                self._allowance.take(span.seconds)
                answer, headers = await self._ask(sound, span.seconds, hint)
        except TimeoutError as error:
            raise Transient("ENGINE_DOWN", engine=ENGINE) from error
        heard = self._heard(answer, span, hint)
        self._allowance.answered(headers)  # what is no answer says nothing of limits either
        return heard

    async def check(self) -> Check:
        """Whether the key is taken and the model is there."""
        if lacks := self._cloud.lacks:
            return Check(None, lacks, "https://console.groq.com/keys makes one: put it into GROQ_API_KEY")
        try:
            await self._cloud.load()
            async with asyncio.timeout(CHECK_SECONDS), self._cloud.asked(self._model, "TOO_BIG_SPEECH") as client:
                await client.models.retrieve(self._model)
        except TimeoutError:
            return Check(False, *FOUND["ENGINE_DOWN"])
        except EarshotError as error:
            return Check(
                None if error.code in ("ENGINE_ADDRESS", "QUOTA") else False,
                *FOUND.get(error.code, FOUND["ENGINE_DOWN"]),
            )
        return Check(True, "the key works, and the model is there")

    async def close(self) -> None:
        """Give the connections back."""
        await self._cloud.close()

    @staticmethod
    def _refuse(spent: UsedUp | None) -> None:
        if spent is not None:
            raise Transient("QUOTA", retry_after=spent.seconds, engine=ENGINE)

    async def _ask(self, sound: bytes, seconds: float, hint: Hint) -> tuple[str, Mapping[str, str]]:
        refused = partial(self._allowance.refused, seconds)
        async with self._cloud.asked(self._model, "TOO_BIG_SPEECH", refused) as client:
            from groq import omit  # imported by now, without holding up the loop

            answer = await client.audio.transcriptions.with_raw_response.create(
                file=("speech.ogg", sound, "audio/ogg"),
                model=self._model,
                response_format="verbose_json",
                temperature=0,
                language=code_of(hint.language) or omit,
                prompt=prompt_of(hint.before) or omit,
            )
            return await answer.text(), answer.headers

    def _heard(self, answer: str, span: Span, hint: Hint) -> Heard:
        try:
            body = json.loads(answer)
        except (ValueError, RecursionError) as error:
            raise Transient("ENGINE_DOWN", engine=ENGINE) from error
        lines = list(_sayable(line for line in _lines(body, span.seconds) if not line.doubtful))
        language = _named(str(body.get("language") or "")[:40]) or code_of(hint.language)
        text = " ".join(line.text for line in lines)
        logprob = _logprob(lines)
        silence = max((line.no_speech for line in lines if line.no_speech is not None), default=None)
        if self._phantoms.haunt(text, logprob, silence):
            return Heard("", language)
        words = tuple(word for line in lines for word in _words(line, span))
        confidence = None if logprob is None or not words else math.exp(min(0.0, logprob))
        return Heard(" ".join(word.text for word in words), language, words, confidence)


def _sound(pcm: bytes) -> bytes:
    """See packed_voice. It imports numpy and PyAV (0.1 s, 40 MB), which an Earshot that only waits need not hold: for a thread."""
    from core.adapters.speech.opus import packed_voice

    return packed_voice(pcm, ENGINE)


@lru_cache(maxsize=256)
def _named(language: str) -> str:
    """The code of a language Whisper names in English (`French` → `fr`); empty when nobody knows it."""
    if len(language) <= 3:
        return code_of(language)
    from babel import Locale

    wanted = language.casefold()
    return next((code for code, name in Locale("en").languages.items() if name.casefold() == wanted), "")


def _sayable(lines: Iterator[_Line]) -> Iterator[_Line]:
    """`lines` up to MOST_SIGNS, the last of them cut."""
    left = MOST_SIGNS
    for line in lines:
        if left > 0:
            yield replace(line, text=line.text[:left])
        left -= len(line.text)


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
    start = number_of(piece.get("start")) or 0.0
    end = number_of(piece.get("end"))
    figures = (number_of(piece.get(name)) for name in ("avg_logprob", "no_speech_prob", "compression_ratio"))
    return _Line(start, max(start, seconds if end is None else end), piece["text"], *figures)


def _logprob(lines: list[_Line]) -> float | None:
    """The mean of Whisper's tokens (its exponential is their geometric mean probability), weighted by the length of the lines."""
    known = [(line.logprob, max(line.end - line.start, 0.01)) for line in lines if line.logprob is not None]
    weight = sum(length for _, length in known)
    return sum(logprob * length for logprob, length in known) / weight if known else None
