"""The loopback Discord as one server, in the event loop of a test."""

from typing import Self

from aiohttp import web

from tests.platforms.discord.commands import Commands
from tests.platforms.discord.gateway import Connections
from tests.platforms.discord.messages import Messages
from tests.platforms.discord.people import People
from tests.platforms.discord.places import Places
from tests.platforms.discord.records import API
from tests.platforms.discord.rest import Rest
from tests.platforms.discord.threads import Threads
from tests.platforms.discord.webhooks import Webhooks


class FakeDiscord(Rest, Connections, People, Places, Commands, Webhooks, Messages, Threads):
    """The service."""

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> Self:
        app = web.Application(client_max_size=1 << 30)
        app.router.add_get("/gateway/", self._gateway)
        app.router.add_get("/cdn/{tail:.*}", self._cdn)
        app.router.add_route("*", API + "{tail:/.*}", self._rest)
        self._runner = web.AppRunner(app, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self.origin = f"http://{host}:{self.port}"
        self.api_base = self.origin + API
        self.gateway_url = f"ws://{host}:{self.port}/gateway/"
        self.cdn_base = self.origin + "/cdn"
        return self

    def environment(self) -> dict[str, str]:
        """The settings that lead a bot here."""
        return {
            "DISCORD_TOKEN": self.token,
            "DISCORD_API_BASE": self.api_base,
            "DISCORD_GATEWAY_URL": self.gateway_url,
            "DISCORD_CDN_BASE": self.cdn_base,
        }

    async def stop(self) -> None:
        for gateway in list(self._sockets):
            await gateway.socket.close()
        await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *exc: object) -> None:
        await self.stop()

    async def _cdn(self, request: web.Request) -> web.Response:
        file = self.files.get(request.match_info["tail"])
        if file is None:
            return web.Response(status=404)
        return web.Response(body=file.data, content_type=file.content_type.split(";")[0])
