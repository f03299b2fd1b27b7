"""Speech to text by AssemblyAI: whole recordings in its own time, speakers told apart, nothing left there afterwards."""

import asyncio
import math
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from core.adapters.assemblyai_cloud import CALL_SECONDS, DEFAULT_BASE_URL, ENGINE, UPLOAD_SECONDS, AssemblyAICloud
from core.adapters.speech.timed import clamped, plain, spread
from core.errors import EarshotError, Invalid, Missing, Transient
from core.model.recording import Recorded, Said
from core.model.transcript import Heard, Span, Word
from core.ports.speech import SHOWN, About, Check, Hint, Hook, Readiness

if TYPE_CHECKING:
    import assemblyai
    from assemblyai import types

    from core.adapters.speech.opus import Packing

T = TypeVar("T")
MODELS = ("universal-3-pro", "universal-2")
"""The first that knows the language is taken: the better one knows six, the other all."""

DEADLINE_SECONDS, GLANCE_SECONDS = 60.0, 1.0  # of one span; between two looks whether it is heard
PAUSE_SECONDS = 10.0  # how long nothing is asked after a refusal for quota that names no time
LOOKED_THROUGH = 100  # works, newest first, among which one is looked for
NUMBER = re.compile(r"[\w-]{1,100}", re.ASCII)
SPEAKER = 20  # characters of what it calls a speaker
SILENT = "no spoken audio"
"""Part of what it says, as an error, of sound without a voice whose language it should have found out."""


class AssemblyAISpeech:
    """AssemblyAI by its own client. Nothing is asked again by itself; after a refusal for quota nothing at all before the time it
    named. A span is heard like a recording of its own, which takes seconds: nothing for a live. `now` gives seconds of a clock
    that never goes back.
    """

    name = ENGINE
    about = About("ASSEMBLYAI_API_KEY", False, True, "99, found out", "$0.15 to 0.21 an hour")

    def __init__(
        self,
        key: str,
        base_url: str = DEFAULT_BASE_URL,
        deadline_seconds: float = DEADLINE_SECONDS,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._cloud = AssemblyAICloud(key, base_url)
        self._deadline_seconds = deadline_seconds
        self._now = now
        self._shut_until = -math.inf
        self._left: set[str] = set()  # works on spans that nobody waits for any more

    def readiness(self) -> Readiness:
        """Not ready without a key, and while the quota is used up."""
        lacks = self._cloud.lacks
        if not lacks and (wait := self._shut_until - self._now()) > 0:
            return Readiness(False, f"the quota at AssemblyAI is used up; it opens again in {math.ceil(wait)} s", wait)
        return Readiness(not lacks, lacks)

    async def check(self) -> Check:
        """Whether the key is taken."""
        if lacks := self._cloud.lacks:
            return Check(None, lacks, "assemblyai.com, API keys, makes one: put it into ASSEMBLYAI_API_KEY")
        try:
            await self._listed(1)
        except EarshotError as error:
            if error.code == "ENGINE_KEY":
                return Check(False, "the key is refused", "Copy it anew from assemblyai.com into ASSEMBLYAI_API_KEY")
            cure = "See whether ASSEMBLYAI_BASE_URL and the network are right; else wait"
            return Check(False, "it does not answer as it should", cure)
        return Check(True, "the key works")

    async def close(self) -> None:
        """Delete what still lies there of spans, if that goes at once, and give the connections back."""
        with suppress(TimeoutError):
            async with asyncio.timeout(GLANCE_SECONDS):
                await self._tidy()
        await self._cloud.close()

    # ------------------------------------------------------------------ whole recordings

    async def pack(self, spoken: AsyncIterator[bytes], to: Path) -> None:
        """Opus in Ogg: 11 MB an hour. See RecordingToText."""
        packing = await asyncio.to_thread(_packing, to)
        try:
            async for pcm in spoken:
                await asyncio.to_thread(packing.add, pcm)
        finally:
            await asyncio.to_thread(packing.close)

    async def upload(self, path: Path) -> str:
        """See RecordingToText. The file is read piece by piece."""
        return await self._uploaded(str(path))

    async def submit(self, upload: str, language: str, speakers: bool, hook: Hook | None) -> str:
        """See RecordingToText."""
        code = _code_of(language)

        def submitted(transcriber: "assemblyai.AsyncTranscriber") -> Awaitable["assemblyai.AsyncTranscript"]:
            import assemblyai

            config = assemblyai.TranscriptionConfig(
                speech_models=list(MODELS),
                language_code=code or None,
                language_detection=None if code else True,
                speaker_labels=speakers or None,
                webhook_url=hook.address if hook else None,
                webhook_auth_header_name=SHOWN if hook else None,
                webhook_auth_header_value=hook.secret if hook else None,
            )
            return transcriber.submit(upload, config)

        return _number((await self._ask(submitted)).id)

    async def submitted(self, upload: str) -> str:
        """See RecordingToText. It is looked for among the newest works."""
        listed = await self._listed(LOOKED_THROUGH)
        return next((_number(one.id) for one in listed.transcripts if one.audio_url == upload), "")

    async def result(self, external: str) -> Recorded | None:
        """See RecordingToText."""
        told = await self._ask(lambda transcriber: _fetched(transcriber, external), known=True)
        if told.audio_url == "http://deleted_by_user":
            raise Missing("REMOTE_GONE", engine=ENGINE)
        if told.status in ("queued", "processing"):
            return None
        if told.status == "error":
            if SILENT in (told.error or ""):
                return Recorded(())
            raise Invalid("ENGINE_REFUSED", engine=ENGINE, said=self._cloud.told(told.error or ""))
        return Recorded(tuple(_said(told)), _code_of(str(told.language_code or "")))

    async def forget(self, external: str) -> None:
        """See RecordingToText. The sound that was handed over goes with it."""
        try:
            await self._ask(lambda transcriber: transcriber.delete_by_id(external), known=True)
        except Invalid as error:  # it is still worked on
            raise Transient("ENGINE_DOWN", engine=ENGINE) from error

    # ------------------------------------------------------------------ a span

    async def hear(self, span: Span, hint: Hint) -> Heard:
        """The words of `span`, heard like a recording and deleted there. Sound without a voice is not sent.

        Raises what the calls above raise, Transient ENGINE_DOWN when it is not heard in time, Invalid BAD_SOUND for broken PCM.
        """
        try:
            async with asyncio.timeout(self._deadline_seconds):
                await self._tidy()
                sound = await asyncio.to_thread(_sound, span.pcm)
                if not sound:
                    return Heard("", _code_of(hint.language))
                external = await self.submit(await self._uploaded(sound), hint.language, False, None)
                try:
                    found = await self._heard(external)
                finally:
                    self._left.add(external)
                await self._tidy()
        except TimeoutError as error:
            raise Transient("ENGINE_DOWN", engine=ENGINE) from error
        words = tuple(
            clamped(Word(span.start + one.word.start, span.start + one.word.end, one.word.text), span.start, span.end)
            for one in found.said
        )
        return Heard(" ".join(word.text for word in words), found.language or _code_of(hint.language), words)

    async def _heard(self, external: str) -> Recorded:
        while True:
            found = await self.result(external)
            if found is not None:
                return found
            await asyncio.sleep(min(GLANCE_SECONDS, self._deadline_seconds / 10))

    async def _tidy(self) -> None:
        for external in tuple(self._left):
            with suppress(Transient, Missing):
                await self.forget(external)
                self._left.discard(external)

    # ------------------------------------------------------------------ asking

    async def _uploaded(self, sound: str | bytes) -> str:
        upload = await self._ask(lambda transcriber: transcriber.upload_file(sound), UPLOAD_SECONDS)
        if not isinstance(upload, str) or not upload.startswith(("https://", "http://")) or len(upload) > 2_000:
            raise Transient("ENGINE_DOWN", engine=ENGINE)
        return upload

    async def _listed(self, limit: int) -> "types.ListTranscriptResponse":
        def listed(transcriber: "assemblyai.AsyncTranscriber") -> Awaitable["types.ListTranscriptResponse"]:
            import assemblyai

            return transcriber.list_transcripts(assemblyai.ListTranscriptParameters(limit=limit))

        return await self._ask(listed)

    async def _ask(
        self,
        question: Callable[["assemblyai.AsyncTranscriber"], Awaitable[T]],
        seconds: float = CALL_SECONDS,
        *,
        known: bool = False,
    ) -> T:
        if (wait := self._shut_until - self._now()) > 0:
            raise Transient("QUOTA", retry_after=wait, engine=ENGINE)
        try:
            return await self._cloud.ask(question, seconds, known=known)
        except Transient as error:
            if error.code == "QUOTA":
                pause = PAUSE_SECONDS if error.retry_after is None else error.retry_after
                self._shut_until = max(self._shut_until, self._now() + pause)
            raise


async def _fetched(transcriber: "assemblyai.AsyncTranscriber", external: str) -> "types.TranscriptResponse":
    """A work as it is now. The client's own way of asking waits for its end."""
    from assemblyai.prerecorded.v2.async_api import get_transcript

    return await get_transcript(transcriber.client.http_client, external)


def _packing(to: Path) -> "Packing":
    """It imports numpy and PyAV (0.1 s, 40 MB), which an Earshot that only waits need not hold: for a thread."""
    from core.adapters.speech.opus import Packing

    return Packing(to)


def _sound(pcm: bytes) -> bytes:
    """See packed_voice; as `_packing` for a thread."""
    from core.adapters.speech.opus import packed_voice

    return packed_voice(pcm, ENGINE)


def _number(external: object) -> str:
    """A number of its, which is asked for in an address."""
    if not isinstance(external, str) or not NUMBER.fullmatch(external):
        raise Transient("ENGINE_DOWN", engine=ENGINE)
    return external


def _code_of(language: str) -> str:
    """`en_us` → `en`; empty for what is no code."""
    code = language.replace("_", "-").partition("-")[0].lower()
    return code if code.isascii() and code.isalpha() and 2 <= len(code) <= 3 and code != "und" else ""


def _said(told: "types.TranscriptResponse") -> list[Said]:
    """The words in seconds; the whole text over the whole length when it gives no words."""
    if told.words is None:
        return [Said(word) for word in spread(0.0, float(told.audio_duration or 0), told.text or "")]
    return [
        Said(word, plain(one.speaker or "")[:SPEAKER])
        for one in told.words
        for word in spread(one.start / 1000, max(one.start, one.end) / 1000, one.text)
    ]
