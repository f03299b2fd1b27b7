"""Which engines turn speech into text, in the order they are tried when nobody chose; who judges it elsewhere, who sums up, and
who looks at clips before they are posted."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from core.adapters.clock import SystemClock
from core.adapters.groq_cloud import GroqCloud
from core.adapters.risk.groq.assessor import GroqAssessor
from core.adapters.risk.groq.model import DEADLINE_SECONDS, GroqModel
from core.adapters.risk.groq.packs import packs
from core.adapters.risk.places import broken
from core.adapters.risk.rules import RulesAssessor
from core.adapters.risk.safeguard import GroqModerator
from core.adapters.risk.scoring import LocalScorer
from core.adapters.risk.vision import GroqViewer
from core.adapters.speech.assemblyai import AssemblyAISpeech
from core.adapters.speech.captions import CaptionsSpeech
from core.adapters.speech.groq import GroqSpeech
from core.adapters.speech.weights import WhisperShelf
from core.adapters.speech.whisper import WhisperSpeech
from core.adapters.summaries.groq import GroqSummarizer
from core.model.pack import Packs
from core.ports.assessor import ModelAssessor
from core.ports.clock import Clock
from core.ports.media import Pictures
from core.ports.speech import Check, Readiness
from core.ports.store import Storage
from core.services.assessing.paying import Purse
from core.services.assessing.sharing import Sharing
from core.services.choosing import Choice
from core.services.listening import Listening
from core.services.screening import Screens, Viewing
from core.settings import Settings


def shelf_of(settings: Settings, endpoint: str = "") -> WhisperShelf:
    """The weights of an installation; they come from `endpoint`, else from where the settings say."""
    return WhisperShelf(settings.DATA_DIR / "models", endpoint or settings.HF_ENDPOINT, SystemClock())


def own_heads(settings: Settings) -> Path:
    """Where an installation keeps the heads of the judge inside that it trained itself."""
    return settings.DATA_DIR / "moderation"


def broken_heads(settings: Settings) -> list[tuple[Path, str]]:
    """The folders of heads that cannot be used, and why: the one Earshot ships with, the installation's own, those of places."""
    return broken(own_heads(settings))


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


class Checked(Protocol):
    """A model that can be asked whether it would work (see ModelAssessor)."""

    @property
    def name(self) -> str: ...

    def readiness(self) -> Readiness: ...

    async def check(self) -> Check: ...


@dataclass(frozen=True)
class Judges:
    """The judges elsewhere: `screen` looks at everything, `judge` again at what may be risky; `vision` sees, when one is set."""

    screen: ModelAssessor
    judge: ModelAssessor
    vision: Checked | None = None

    def both(self) -> tuple[tuple[str, ModelAssessor], ...]:
        """Each with what it is for."""
        return ("screen", self.screen), ("judge", self.judge)

    def all(self) -> tuple[tuple[str, Checked], ...]:
        """Every model, with what it is for."""
        return (*self.both(), *([("vision", self.vision)] if self.vision is not None else []))


def packs_of(settings: Settings) -> Packs:
    """The prompt packs of an installation: those of this version, and those in DATA_DIR/packs."""
    return packs(settings.DATA_DIR / "packs")


@asynccontextmanager
async def judges_of(settings: Settings) -> AsyncIterator[Judges | None]:
    """The judges of an installation; None without a key. Their connections are closed at the end."""
    if settings.GROQ_API_KEY is None:
        yield None
        return
    key = settings.GROQ_API_KEY.get_secret_value()
    cloud = GroqCloud(key, settings.GROQ_BASE_URL, settings.GROQ_PATH_PREFIX, DEADLINE_SECONDS)
    known = packs_of(settings)
    screen = GroqModel(cloud, settings.GROQ_SCREEN_MODEL, "GROQ_SCREEN_MODEL")
    judge = GroqModel(cloud, settings.GROQ_JUDGE_MODEL, "GROQ_JUDGE_MODEL")
    seeing = settings.GROQ_VISION_MODEL.strip()
    vision = GroqModel(cloud, seeing, "GROQ_VISION_MODEL") if seeing else None
    try:
        yield Judges(GroqAssessor(screen, "low", known), GroqAssessor(judge, "medium", known), vision)
    finally:
        await cloud.close()


@asynccontextmanager
async def moderator_of(settings: Settings) -> AsyncIterator[GroqModerator | None]:
    """The model that puts labels on short texts; None without a key. Its connections are closed at the end."""
    if settings.GROQ_API_KEY is None:
        yield None
        return
    key = settings.GROQ_API_KEY.get_secret_value()
    cloud = GroqCloud(key, settings.GROQ_BASE_URL, settings.GROQ_PATH_PREFIX, DEADLINE_SECONDS)
    model = GroqModel(cloud, settings.GROQ_SAFEGUARD_MODEL, "GROQ_SAFEGUARD_MODEL")
    try:
        yield GroqModerator(model)
    finally:
        await cloud.close()


@asynccontextmanager
async def screens_of(settings: Settings, clock: Clock, storage: Storage, pictures: Pictures) -> AsyncIterator[Screens]:
    """What stands between clips and their posts. Without a model that sees, words alone are judged."""
    key = settings.GROQ_API_KEY.get_secret_value() if settings.GROQ_API_KEY else ""
    model = settings.GROQ_VISION_MODEL.strip()
    viewer = GroqViewer(key, model, settings.GROQ_BASE_URL, settings.GROQ_PATH_PREFIX) if model else None
    try:
        judge = RulesAssessor(LocalScorer(own_heads(settings)))
        purse = Purse(storage, Sharing(clock, settings.PLACE_JUDGE_DOLLARS))
        yield Screens(storage, clock, judge, Viewing(pictures, viewer, purse=purse), settings.VIDEO_LOCAL_POLICY)
    finally:
        if viewer is not None:
            await viewer.close()
