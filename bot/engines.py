"""Which engines turn speech into text: every one there is, in the order they are tried when nobody chose; and who sums up."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from core.adapters.speech.assemblyai import AssemblyAISpeech
from core.adapters.speech.captions import CaptionsSpeech
from core.adapters.speech.groq import GroqSpeech
from core.adapters.summaries.groq import GroqSummarizer
from core.services.listening import Listening
from core.settings import Settings


@asynccontextmanager
async def listening_of(settings: Settings) -> AsyncIterator[Listening]:
    """The engines of an installation and its choice among them; their connections are closed at the end."""
    key = settings.GROQ_API_KEY.get_secret_value() if settings.GROQ_API_KEY else ""
    groq = GroqSpeech(key, settings.GROQ_BASE_URL, settings.GROQ_PATH_PREFIX, settings.GROQ_STT_MODEL)
    key = settings.ASSEMBLYAI_API_KEY.get_secret_value() if settings.ASSEMBLYAI_API_KEY else ""
    assemblyai = AssemblyAISpeech(key, settings.ASSEMBLYAI_BASE_URL)
    try:
        yield Listening((CaptionsSpeech(), groq, assemblyai), lambda: settings.SPEECH.value)
    finally:
        await groq.close()
        await assemblyai.close()


@asynccontextmanager
async def summarizer_of(settings: Settings) -> AsyncIterator[GroqSummarizer]:
    """The language model of an installation."""
    key = settings.GROQ_API_KEY.get_secret_value() if settings.GROQ_API_KEY else ""
    groq = GroqSummarizer(key, settings.GROQ_BASE_URL, settings.GROQ_PATH_PREFIX, settings.GROQ_JUDGE_MODEL)
    try:
        yield groq
    finally:
        await groq.close()
