"""Updates that Telegram brings: who knows the secret is let in, and answered at once."""

import asyncio
import hashlib
import hmac
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from aiohttp import web
from telegram import Update
from telegram.error import TelegramError

from bot.surfaces.serving import serve
from bot.surfaces.telegram.connection import Connection
from bot.surfaces.telegram.polling import FIRST, LONGEST, TELLS
from bot.surfaces.telegram.updates import KINDS, Updates
from core.errors import Invalid
from core.settings import Settings

log = logging.getLogger(__name__)
HEADER = "X-Telegram-Bot-Api-Secret-Token"
PATH = "/hooks/telegram"
LARGEST = 1 << 20  # bytes of an update; a long message with everything it answers has a tenth of it
LOOK_AFTER = 60.0  # seconds between two looks whether the hook is still ours


def secret_of(settings: Settings) -> str:
    """What Telegram has to say along: as it is set, else made from the token."""
    if settings.TELEGRAM_WEBHOOK_SECRET:
        return settings.TELEGRAM_WEBHOOK_SECRET.get_secret_value()
    token = settings.TELEGRAM_TOKEN.get_secret_value() if settings.TELEGRAM_TOKEN else ""
    return hmac.new(token.encode(), b"webhook of Telegram", hashlib.sha256).hexdigest()


@dataclass
class Hooking:
    """`state` is told what is wrong, empty when nothing is."""

    connection: Connection
    updates: Updates
    settings: Settings
    state: Callable[[str], None]
    _trouble: str = ""

    async def arrived(self, request: web.Request) -> web.Response:
        """One call: 403 without the secret, 413 and 400 for what is no update, 503 while there is no room, else 200."""
        said = request.headers.get(HEADER, "").encode(errors="replace")
        if not hmac.compare_digest(said, secret_of(self.settings).encode()):
            return web.Response(status=403)
        body = (
            await request.content.read(LARGEST + 1)
            if (request.content_length or 0) <= LARGEST
            else b" " * (LARGEST + 1)
        )
        while len(body) <= LARGEST and not request.content.at_eof():
            body += await request.content.read(LARGEST + 1 - len(body))
        if len(body) > LARGEST:
            return web.Response(status=413)
        if self.updates.full:
            return web.Response(status=503)
        try:
            told = json.loads(body)
            update = Update.de_json(told, self.connection.bot)
        except Exception:  # noqa: BLE001  whatever a stranger's bytes do to the library's reader is their fault
            return web.Response(status=400)
        self.updates.take(update)
        return web.Response()

    async def run(self) -> None:
        """Have Telegram call, and look now and then whether it still calls us, until cancelled."""
        url, wait = self.settings.webhook_url, FIRST
        while True:
            try:
                await self.connection.bot.set_webhook(
                    url, allowed_updates=KINDS, secret_token=secret_of(self.settings), max_connections=40
                )
                break
            except TelegramError as error:
                log.warning("Telegram does not take the webhook: %s", error)
                self._tell("DISCONNECTED")
                await asyncio.sleep(wait)
                wait = min(LONGEST, wait * 2)
        self._tell("")
        while True:
            await asyncio.sleep(LOOK_AFTER)
            try:
                found = await self.connection.bot.get_webhook_info()
            except TelegramError:
                self._tell("DISCONNECTED")
            else:
                self._tell("" if found.url == url else "SECOND_POLLER")

    def _tell(self, trouble: str) -> None:
        if trouble and trouble != self._trouble:
            log.warning("%s", TELLS[trouble])
        self._trouble = trouble
        self.state(trouble)

    async def listen(self) -> None:
        """Serve the hook on an address of its own until cancelled. Raises Invalid SETTING when it is taken."""
        host, port = self.settings.TELEGRAM_WEBHOOK_LISTEN, self.settings.TELEGRAM_WEBHOOK_PORT
        app = web.Application(client_max_size=LARGEST)
        for path in {PATH, urlsplit(self.settings.webhook_url).path or PATH}:
            app.router.add_post(path, self.arrived)
        try:
            await serve(app, host, port)
        except OSError as error:
            reason = f"{host}:{port} cannot be listened on ({error.strerror})"
            raise Invalid("SETTING", name="TELEGRAM_WEBHOOK_PORT", reason=reason) from error
