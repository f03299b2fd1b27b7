"""Every failure of a chat's connection as one of our errors. Importing this imports TikTokLive: see chat.py."""

import asyncio
import logging

import httpx
from python_socks import ProxyError
from TikTokLive.client.errors import (
    InitialCursorMissingError,
    SignAPIError,
    WebsocketURLMissingError,
)
from websockets.exceptions import ConnectionClosed, InvalidHandshake, WebSocketException
from websockets.legacy.exceptions import InvalidStatusCode

from core.errors import Transient

log = logging.getLogger(__name__)
NO_MACHINES, TOO_MANY = (200, 400, 401, 403), 429  # statuses of a refused handshake
BLOCKED = (InitialCursorMissingError, WebsocketURLMissingError)
BROKEN = (ConnectionClosed, WebSocketException)
AWAY = (InvalidHandshake, ProxyError, asyncio.TimeoutError, OSError)


def of_signing(error: Exception) -> Transient:
    """What went wrong before there was an address to connect to, apart from what the sign server said itself: SIGN_DOWN."""
    if not isinstance(error, SignAPIError | httpx.HTTPError | TimeoutError):
        log.warning("the sign server's answer could not be used", exc_info=error)
    return Transient("SIGN_DOWN", why=type(error).__name__)


def of_connection(error: BaseException) -> Transient:
    """What ended a connection, or kept it from beginning: CHAT_BLOCKED, TIKTOK_LIMIT, TIKTOK_DOWN, CHAT_LOST."""
    status = error.status_code if isinstance(error, InvalidStatusCode) else 0
    if status in NO_MACHINES or isinstance(error, BLOCKED):
        return Transient("CHAT_BLOCKED", why=type(error).__name__, status=status)
    if status == TOO_MANY:
        return Transient("TIKTOK_LIMIT")
    if isinstance(error, AWAY):
        return Transient("TIKTOK_DOWN", why=type(error).__name__)
    if not isinstance(error, BROKEN):
        log.warning("a connection ended in a way nobody knows", exc_info=error)
    return Transient("CHAT_LOST", why=type(error).__name__)
