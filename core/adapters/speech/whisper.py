"""Speech to text by Whisper on this machine (faster-whisper): nothing is sent anywhere, and nothing is fetched."""

import asyncio
import ctypes
import gc
import math
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from core.adapters.speech.timed import clamped, plain, spread
from core.adapters.speech.weights import WhisperShelf
from core.adapters.speech.whispering import code_of, confidence, doubtful, prompt_of, samples_of
from core.errors import EarshotError, Invalid, Transient
from core.model.transcript import Heard, Span, Word
from core.model.weights import Presence
from core.ports.speech import About, Check, Hint, Readiness

ENGINE = "whisper"
DEADLINE_SECONDS = 120.0
"""A large model on a small machine takes longer for a piece of speech than it lasts; who waits behind it waits as well."""

THREADS = 2  # of the processor: a bot beside it must still be heard
REST_SECONDS = 600.0  # without work, after which the memory of the model (0.1 to 3 GB) is given back
CUBLAS = "cublas64_12.dll" if sys.platform == "win32" else "libcublas.so.12"
LOOK_SECONDS = 1.0  # between two looks at the folder


@dataclass(frozen=True)
class _Loaded:
    """A model in memory, and the file it was made of."""

    model: Any = field(repr=False)
    version: tuple[str, int]


class WhisperSpeech:
    """The model called `model()` on `shelf`, one piece of speech after the other in a thread of its own. It is loaded with the
    first one, on the graphics card where CTranslate2 sees one, else in 8 bits on the processor, and let go after a while."""

    name = ENGINE
    about = About("weights", True, False, "99, found out", "0")

    def __init__(
        self,
        shelf: WhisperShelf,
        model: Callable[[], str],
        deadline_seconds: float = DEADLINE_SECONDS,
        rest_seconds: float = REST_SECONDS,
    ) -> None:
        self._shelf = shelf
        self._model = model
        self._deadline_seconds = deadline_seconds
        self._rest_seconds = rest_seconds
        self._hands = ThreadPoolExecutor(1, thread_name_prefix="whisper")
        self._loaded: _Loaded | None = None
        self._broken: dict[tuple[str, int], str] = {}
        self._seen: tuple[float, str, Readiness] | None = None
        self._resting: asyncio.TimerHandle | None = None
        self._closed = False

    @property
    def loaded(self) -> bool:
        """Whether a model is in memory."""
        return self._loaded is not None

    def readiness(self) -> Readiness:
        """Not ready without whole weights. Looks at the folder once a second at most."""
        name, now = self._model(), time.monotonic()
        if self._seen is None or self._seen[1] != name or now - self._seen[0] >= LOOK_SECONDS:
            lacks = self._lacks(name)
            self._seen = (now, name, Readiness(not lacks, lacks))
        return self._seen[2]

    async def check(self) -> Check:
        """Which model would be used, whether its weights are whole, and on what it would run."""
        name = self._model()
        cure = f"earshot models get {name} fetches them"
        try:
            if lacks := await asyncio.to_thread(self._lacks, name):
                return Check(None, lacks, cure)
            await asyncio.to_thread(self._shelf.check, name)
            device, _ = await asyncio.to_thread(_device)
        except EarshotError as error:
            return Check(False, _said(error), cure)
        return Check(
            True, f"{name} in {self._shelf.path(name)}, on the {'processor' if device == 'cpu' else 'graphics card'}"
        )

    async def hear(self, span: Span, hint: Hint) -> Heard:
        """The words of `span` with times of their own. Sound without a voice is not listened to.

        Raises Missing NO_WEIGHTS (x), Invalid WEIGHTS_BROKEN (x, file, reason) or BAD_SOUND, Transient ENGINE_DOWN when it takes
        too long. Whoever is cancelled leaves nothing behind but the window (30 s at most) the model is at.
        """
        over = threading.Event()
        try:
            async with asyncio.timeout(self._deadline_seconds):
                return await asyncio.get_running_loop().run_in_executor(self._hands, self._hear, span, hint, over)
        except (TimeoutError, RuntimeError) as error:  # RuntimeError: it is being closed
            raise Transient("ENGINE_DOWN", engine=ENGINE) from error
        finally:
            over.set()
            self._rest_later()

    async def close(self) -> None:
        """Let the model go; what is under way is not waited for."""
        self._closed = True
        if self._resting is not None:
            self._resting.cancel()
        self._hands.shutdown(wait=False, cancel_futures=True)
        self._loaded = None

    # ------------------------------------------------------------------ in the thread

    def _hear(self, span: Span, hint: Hint, over: threading.Event) -> Heard:
        samples = samples_of(span.pcm, ENGINE)
        if not len(samples):
            return Heard("", code_of(hint.language))
        model = self._open().model
        if over.is_set():
            raise Transient("ENGINE_DOWN", engine=ENGINE)
        try:
            pieces, info = model.transcribe(
                samples.astype("float32") / 32_768,
                language=_known(hint.language, model),
                initial_prompt=prompt_of(hint.before) or None,
                beam_size=1,  # twice as fast as the usual five, for words that are almost always the same
                temperature=0.0,
                condition_on_previous_text=False,
                word_timestamps=True,
                vad_filter=False,  # a span is speech already
            )
            lines = [piece for piece in _until(over, pieces) if not _doubtful(piece)]
        except (RuntimeError, ValueError, MemoryError) as error:
            raise Transient("ENGINE_DOWN", engine=ENGINE) from error
        words = tuple(_in_order([word for line in lines for word in _words(line, span)]))
        sure = confidence((line.avg_logprob, line.end - line.start) for line in lines) if words else None
        return Heard(" ".join(word.text for word in words), code_of(hint.language) or info.language, words, sure)

    def _open(self) -> _Loaded:
        """The model, loaded when it is not, or when its weights have been changed since."""
        name = self._model()
        version = self._version(name)
        if self._loaded is None or self._loaded.version != version:
            self._loaded = None
            self._shelf.check(name)
            self._loaded = self._load(name, version)
        return self._loaded

    def _load(self, name: str, version: tuple[str, int]) -> _Loaded:
        os.environ["HF_HUB_OFFLINE"] = "1"  # read when the library is imported, which asks nobody anything then
        from faster_whisper import WhisperModel

        device, kind = _device()
        path = str(self._shelf.path(name))
        try:
            model = WhisperModel(path, device=device, compute_type=kind, cpu_threads=THREADS, local_files_only=True)
        except Exception as error:  # the tokenizer's library raises nothing narrower
            self._broken[version] = reason = plain(str(error))[:200]
            self._seen = None
            raise Invalid("WEIGHTS_BROKEN", x=name, file="model.bin", reason=reason) from error
        return _Loaded(model, version)

    # ------------------------------------------------------------------ kept an eye on

    def _version(self, name: str) -> tuple[str, int]:
        with suppress(OSError):
            return name, (self._shelf.path(name) / "model.bin").stat().st_mtime_ns
        return name, 0

    def _lacks(self, name: str) -> str:
        """What is missing before anything can be heard; empty when nothing is."""
        try:
            known = self._shelf.of(name)
        except EarshotError as error:
            return _said(error)
        except OSError as error:
            return f"broken weights: {name}, {error.strerror}"
        if known.presence is Presence.HERE:
            reason = self._broken.get(self._version(name), "")
            return f"broken weights: {name}, {reason}" if reason else ""
        if known.presence is Presence.BROKEN:
            return f"broken weights: {name}, {known.fault}"
        return f"no weights: earshot models get {name}"

    def _rest_later(self) -> None:
        if self._resting is not None:
            self._resting.cancel()
        if self._closed:
            return
        loop = asyncio.get_running_loop()
        self._resting = loop.call_later(self._rest_seconds, lambda: loop.run_in_executor(self._hands, self._rest))

    def _rest(self) -> None:
        self._loaded = None
        gc.collect()


def _said(error: EarshotError) -> str:
    if error.code == "MODEL":
        return f"no such model: {error.values['x']}"
    return f"broken weights: {error.values.get('x')}, {error.values.get('file')}: {error.values.get('reason')}"


def _device() -> tuple[str, str]:
    """The device and the numbers a model is computed with: `cuda` where CTranslate2 sees a graphics card and finds CUBLAS, which it
    would look for in the middle of the first words; else `cpu`, in 8 bits where it can."""
    import ctranslate2

    try:
        if ctranslate2.get_cuda_device_count():
            ctypes.CDLL(CUBLAS)
            return "cuda", "auto"
    except (RuntimeError, OSError):  # a driver that does not fit, or no library
        pass
    return "cpu", "int8" if "int8" in ctranslate2.get_supported_compute_types("cpu") else "auto"


def _known(language: str, model: Any) -> str | None:
    """The code of a language the model speaks; None: let it find out."""
    code = code_of(language)
    return code if code in model.supported_languages else None


def _until(over: threading.Event, pieces: Iterable[Any]) -> Iterable[Any]:
    """The pieces as they are made; nobody waits for them any more once `over` is set."""
    for piece in pieces:
        if over.is_set():
            raise Transient("ENGINE_DOWN", engine=ENGINE)
        yield piece


def _doubtful(piece: Any) -> bool:
    return doubtful(piece.avg_logprob, piece.no_speech_prob, piece.compression_ratio)


def _in_order(words: Iterable[Word]) -> Iterable[Word]:
    """None begins before the one before it ends: the model times each piece for itself."""
    end = -math.inf
    for word in words:
        yield (word := clamped(word, max(word.start, end), max(word.end, end)))
        end = word.end


def _words(piece: Any, span: Span) -> list[Word]:
    """Words as the model timed them; of a piece it could not time, spread over it. A word with a blank in it becomes two."""
    timed = [(word.start, word.end, word.word) for word in piece.words or ()] or [(piece.start, piece.end, piece.text)]
    said = [
        word for start, end, text in timed for word in spread(span.start + float(start), span.start + float(end), text)
    ]
    return [clamped(word, span.start, span.end) for word in said]
