"""The loopback Telegram as one server, in the event loop of a test."""

import asyncio
from typing import Self

from aiohttp import ClientSession, ClientTimeout, web

from tests.platforms.telegram.calls import Calls
from tests.platforms.telegram.chats import Chats
from tests.platforms.telegram.messages import Messages
from tests.platforms.telegram.own import Own
from tests.platforms.telegram.people import People


class FakeTelegram(People, Messages, Chats, Own, Calls):
    """The server."""

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> Self:
        app = web.Application(client_max_size=1 << 32)
        app.router.add_get("/file/bot{token}/{path:.+}", self._download)
        app.router.add_route("*", "/bot{token}/{method}", self._call)
        self._runner = web.AppRunner(app, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        self.origin = f"http://{host}:{self._runner.addresses[0][1]}"
        self.base_url, self.base_file_url = self.origin + "/bot", self.origin + "/file/bot"
        self._session = ClientSession(timeout=ClientTimeout(total=60))
        self._sender = asyncio.create_task(self._deliver_webhooks())
        return self

    def environment(self) -> dict[str, str]:
        """The settings that lead a bot here."""
        return {
            "TELEGRAM_TOKEN": self.token,
            "TELEGRAM_API_BASE": self.base_url,
            "TELEGRAM_FILE_BASE": self.base_file_url,
        }

    async def stop(self) -> None:
        self._sender.cancel()
        if self._poll and not self._poll.done():
            self._poll.cancel()
        await self._session.close()
        await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *exc: object) -> None:
        await self.stop()
