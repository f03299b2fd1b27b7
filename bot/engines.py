"""Which engines turn speech into text: every one there is, in the order they are tried when nobody chose; and who sums up."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from core.adapters.clock import SystemClock
from core.adapters.speech.assemblyai import AssemblyAISpeech
from core.adapters.speech.captions import CaptionsSpeech
from core.adapters.speech.groq import GroqSpeech
from core.adapters.speech.weights import WhisperShelf
from core.adapters.speech.whisper import WhisperSpeech
from core.adapters.summaries.groq import GroqSummarizer
from core.services.choosing import Choice
from core.services.listening import Listening
from core.settings import Settings


def shelf_of(settings: Settings, endpoint: str = "") -> WhisperShelf:
    """The weights of an installation; they come from `endpoint`, else from where the settings say."""
    return WhisperShelf(settings.DATA_DIR / "models", endpoint or settings.HF_ENDPOINT, SystemClock())


def start_of(settings: Settings) -> Choice:
    """What the settings choose."""
    return Choice(settings.SPEECH.value, settings.WHISPER_MODEL)


@asynccontextmanager
async def listening_of(settings: Settings, choice: Callable[[], Choice]) -> AsyncIterator[Listening]:
    """The engines of an installation and `choice` among them; their connections are closed at the end."""
    key = settings.GROQ_API_KEY.get_secret_value() if settings.GROQ_API_KEY else ""
    groq = GroqSpeech(key, settings.GROQ_BASE_URL, settings.GROQ_PATH_PREFIX, settings.GROQ_STT_MODEL)
    whisper = WhisperSpeech(shelf_of(settings), lambda: choice().model)
    key = settings.ASSEMBLYAI_API_KEY.get_secret_value() if settings.ASSEMBLYAI_API_KEY else ""
    assemblyai = AssemblyAISpeech(key, settings.ASSEMBLYAI_BASE_URL)
    try:
        yield Listening((CaptionsSpeech(), groq, assemblyai, whisper), lambda: choice().engine)
    finally:
        await groq.close()
        await assemblyai.close()
        await whisper.close()


@asynccontextmanager
async def summarizer_of(settings: Settings) -> AsyncIterator[GroqSummarizer]:
    """The language model of an installation."""
    key = settings.GROQ_API_KEY.get_secret_value() if settings.GROQ_API_KEY else ""
    groq = GroqSummarizer(key, settings.GROQ_BASE_URL, settings.GROQ_PATH_PREFIX, settings.GROQ_JUDGE_MODEL)
    try:
        yield groq
    finally:
        await groq.close()
