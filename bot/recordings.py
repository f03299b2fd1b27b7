"""Videos and files into text: who fetches them, who hears them, who prints what they say. Where clips can be watched."""

import logging

from core.adapters.paper.child import ChildPrinter
from core.adapters.sealing import Sealing, key_in
from core.adapters.tiktok.source import TikTok
from core.adapters.tiktok.videos.video import YtDlpVideos
from core.ports.clock import Clock
from core.ports.media import Capture
from core.ports.store import Storage
from core.services.clipping import Showing
from core.services.exporting import Exporting
from core.services.listening import Listening
from core.services.metering import Metering
from core.services.screening import Screens
from core.services.videos.airing import Airing
from core.services.videos.entrusting import Entrusting
from core.services.videos.hearing import Hearing
from core.services.videos.transcribing import Transcribing
from core.setting_values import CALLS
from core.settings import Settings

log = logging.getLogger(__name__)


def showing_of(settings: Settings, clock: Clock, database: Storage) -> Showing | None:
    """Pages of clips; None where the web is off or nobody outside knows it, or nothing can be sealed. Without SECRET_KEYS the
    key lies in the data folder: what it seals is over in a week."""
    if not (settings.WEB_LISTEN and settings.PUBLIC_URL):
        return None
    try:
        keys = settings.secret_keys or (key_in(settings.DATA_DIR / "pages.key"),)
    except (OSError, ValueError) as error:
        log.warning("clips have no pages: the key in %s cannot be used (%s)", settings.DATA_DIR, error)
        return None
    return Showing(database, clock, Sealing(keys), settings.PUBLIC_URL)


def transcribing_of(
    settings: Settings,
    clock: Clock,
    database: Storage,
    capture: Capture,
    listening: Listening,
    tiktok: TikTok,
    screens: Screens,
) -> Transcribing:
    """Videos into text. Lists of new videos pass the same gate as looks for lives."""
    videos = YtDlpVideos(settings.TIKTOK_PROXY, settings.YTDLP_COOKIES_FILE, tiktok.web.gate.turn)
    hook = f"{settings.PUBLIC_URL}{CALLS}" if settings.WEB_LISTEN and settings.PUBLIC_URL else ""
    entrusting = Entrusting(database, clock, listening.engines, hook)
    hearing = Hearing(videos, capture, listening, clock, entrusting)
    exporting, metering = Exporting(database, ChildPrinter()), Metering(database, clock, settings.PLACE_MINUTES)
    folders = settings.DATA_DIR / "videos", settings.DATA_DIR / "pictures"
    return Transcribing(database, clock, hearing, *folders, exporting, metering, Airing(database, clock, screens))
