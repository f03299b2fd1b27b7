"""Where lives come from: TikTok, its official side, and who looks for lives there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from core.adapters.clock import SystemClock
from core.adapters.sealing import Sealing
from core.adapters.tiktok.official import TikTokOfficial
from core.adapters.tiktok.source import TikTok
from core.ports.clock import Clock
from core.ports.store import Storage
from core.ports.tiktok import LiveSource
from core.services.finding.hinting import Hinting
from core.services.finding.looking import Looking
from core.services.finding.tracing import Tracing
from core.services.lives.watching import Watching
from core.settings import Settings


def official_of(settings: Settings) -> TikTokOfficial | None:
    """TikTok's official side; None while a setting it needs is missing."""
    key, secret = settings.TIKTOK_CLIENT_KEY, settings.TIKTOK_CLIENT_SECRET
    if settings.sign_in_lacks or key is None or secret is None:
        return None
    return TikTokOfficial(
        key.get_secret_value(),
        secret.get_secret_value(),
        settings.redirect_uri,
        Sealing(settings.secret_keys),
        settings.TIKTOK_OPEN_API_BASE,
        settings.TIKTOK_PROXY,
    )


@asynccontextmanager
async def tiktok_of(settings: Settings, clock: Clock | None = None) -> AsyncIterator[TikTok]:
    """TikTok itself. Nothing is asked before somebody wants to know something."""
    key = settings.SIGN_API_KEY.get_secret_value() if settings.SIGN_API_KEY else ""
    tiktok = TikTok(settings.TIKTOK_PROXY, key, settings.SIGN_API_URL, clock or SystemClock())
    try:
        yield tiktok
    finally:
        await tiktok.close()


def looking_of(
    settings: Settings, database: Storage, clock: Clock, watching: Watching, live: LiveSource, tiktok: TikTok | None
) -> Looking:
    """Who looks for lives, and hands them to `watching`."""
    tracing, hinting = (Tracing(tiktok, database, clock), Hinting(tiktok, clock)) if tiktok else (None, None)
    looking = Looking(live, database, clock, settings.LOOK_EVERY, watching.read, tracing, hinting)
    watching.look_now = looking.soon
    return looking
