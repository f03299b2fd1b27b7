"""The connection to Telegram's Bot API: where it is, how long it may take, and that nothing of it writes the token down.

Measured with python-telegram-bot 22.8 on two cores: `import telegram` takes 0.16 s and 36 MB, `telegram.ext` 0.05 s and 7 MB
more. Of the latter nothing would be used: its Application retries a refused token for ever and hides a second poller, and its
AIORateLimiter stops every chat of the bot when one of them is flooded. Hence the plain `Bot` and loops of our own.
"""

import asyncio
import logging
import os
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
from telegram import Bot
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

from bot.surfaces.telegram.addresses import Spot
from bot.surfaces.telegram.faults import meant
from core.errors import Denied, Transient
from core.settings import Settings

CONNECT, READ, WRITE, UPLOAD, POOL = 10.0, 20.0, 20.0, 40.0, 5.0  # seconds; UPLOAD for each piece of a file
AT_ONCE = 64
HELD = 50  # seconds Telegram holds a question for updates that has no answer yet
TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")
PIECE = 1 << 18


@dataclass(frozen=True)
class Connection:
    """`bot` asks on one pool of connections, for updates on another; `web` fetches files."""

    bot: Bot
    requests: tuple[HTTPXRequest, ...]
    web: httpx.AsyncClient
    local: bool

    async def close(self) -> None:
        """End all connections."""
        for request in self.requests:
            await request.shutdown()
        await self.web.aclose()

    async def pieces(self, file_id: str) -> AsyncIterator[bytes]:
        """A file people sent, piece by piece. Raises what sending raises."""
        try:
            found = await self.bot.get_file(file_id)
        except TelegramError as error:
            raise meant(error, Spot(0)) from error
        path = found.file_path or ""
        if self.local and path.startswith("/"):
            file = await asyncio.to_thread(Path(path).open, "rb")
            try:
                while piece := await asyncio.to_thread(file.read, PIECE):
                    yield piece
            finally:
                file.close()
            return
        try:
            async with self.web.stream("GET", path) as answer:
                if answer.status_code != 200:
                    raise Transient("TELEGRAM_DOWN")
                async for piece in answer.aiter_bytes(PIECE):
                    yield piece
        except httpx.HTTPError:
            raise Transient("TELEGRAM_DOWN") from None  # its address holds the token


def connect(settings: Settings) -> Connection:
    """The connection of an installation; nothing is asked yet. Raises Denied TOKEN for what cannot be a token."""
    token = settings.TELEGRAM_TOKEN.get_secret_value() if settings.TELEGRAM_TOKEN else ""
    if not TOKEN.fullmatch(token):
        raise Denied("TOKEN", name="TELEGRAM_TOKEN")
    for name in ("telegram", "httpx", "httpcore"):  # what they tell at lower levels holds addresses with the token
        logger = logging.getLogger(name)
        logger.setLevel(max(logging.WARNING, logger.level))
    os.environ.setdefault(
        "PTB_TIMEDELTA", "true"
    )  # lengths of time as such; the library warns about every other reading
    proxy = settings.TELEGRAM_PROXY or None  # None: HTTPS_PROXY and its kin, read by httpx
    verify = httpx.create_ssl_context()  # 30 ms of processor each: one for all
    shared = {"verify": verify}
    asking = HTTPXRequest(
        AT_ONCE, READ, WRITE, CONNECT, POOL, proxy=proxy, media_write_timeout=UPLOAD, httpx_kwargs=shared
    )
    updates = HTTPXRequest(2, READ, WRITE, CONNECT, POOL, proxy=proxy, httpx_kwargs=shared)
    bot = Bot(
        token,
        settings.TELEGRAM_API_BASE,
        settings.TELEGRAM_FILE_BASE,
        asking,
        updates,
        local_mode=settings.TELEGRAM_LOCAL_MODE,
    )
    timeout, limits = httpx.Timeout(READ, connect=CONNECT), httpx.Limits(max_connections=8)
    web = httpx.AsyncClient(proxy=proxy, timeout=timeout, limits=limits, verify=verify)
    return Connection(bot, (asking, updates), web, settings.TELEGRAM_LOCAL_MODE)


async def quietly(asking: object) -> None:
    """Await something whose failure changes nothing: a sign that one is typing, the answer to a press that is too old."""
    with suppress(TelegramError):
        await asking  # type: ignore[misc]
