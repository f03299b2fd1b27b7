"""Where the library finds Discord, and which way leads there: the one place that touches its class variables.

discord.py has no options for other hosts: REST base, gateway and pictures are class variables, read when they are used.
"""

import logging
from copy import copy
from typing import TypedDict
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import yarl
from discord import VoiceClient
from discord.asset import Asset
from discord.gateway import DiscordWebSocket
from discord.http import Route

from core.settings import Settings

LONGEST_WAIT = 30.0  # seconds the library waits by itself when Discord asks it to slow down (its least)


class Way(TypedDict):
    """Options of the library's client."""

    proxy: str | None
    max_ratelimit_timeout: float


def led(settings: Settings) -> Way:
    """Lead the library to the addresses of the settings; gives the options its client is to be made with."""
    Route.BASE = settings.DISCORD_API_BASE
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(settings.DISCORD_GATEWAY_URL)
    Asset.BASE = settings.DISCORD_CDN_BASE
    _tame()
    VoiceClient.warn_nacl = VoiceClient.warn_dave = False  # nobody speaks here: it need not say that it cannot
    return Way(
        proxy=proxy_to(settings.DISCORD_API_BASE, settings.DISCORD_PROXY) or None, max_ratelimit_timeout=LONGEST_WAIT
    )


LAGGING = "Can't keep up"
"""How the library begins to say that Discord answers late. It reckons from the beat before when an answer is faster than its own
thread, and says 41 s then; whether this process lags is measured by itself."""


class _OneLine(logging.Handler):
    """What the library writes down, without the inside of its errors: a net that is away is no mistake of anybody's."""

    def emit(self, record: logging.LogRecord) -> None:
        """Hand it on to whoever writes logs."""
        if str(record.msg).startswith(LAGGING):
            return
        told = copy(record)
        if told.exc_info and told.exc_info[1] is not None:
            told.msg, told.args = f"{record.getMessage()} ({told.exc_info[1]!r})", ()
            told.exc_info = told.exc_text = None
        logging.getLogger().handle(told)


def _tame() -> None:
    log = logging.getLogger("discord")
    log.setLevel(max(logging.INFO, log.getEffectiveLevel()))  # below, it writes addresses with the tokens of replies
    if log.propagate:
        log.propagate = False
        log.addHandler(_OneLine())


def proxy_to(address: str, proxy: str) -> str:
    """The http proxy on the way to `address`, empty for none: `proxy`, else HTTPS_PROXY, HTTP_PROXY or ALL_PROXY. NO_PROXY wins."""
    parts = urlsplit(address)
    if not parts.hostname or proxy_bypass(parts.netloc.rpartition("@")[2]):
        return ""
    known = getproxies()
    found = proxy or known.get("https" if parts.scheme == "https" else "http", "") or known.get("all", "")
    return found if "://" in found or not found else f"http://{found}"
