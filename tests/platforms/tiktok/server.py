"""The loopback TikTok as one server with its proxy, in the event loop of a test."""

import asyncio
import contextlib
import ssl
import tempfile
import time
from pathlib import Path
from typing import Any, Self

from aiohttp import web
from aiohttp.typedefs import Handler

from tests.platforms.tiktok import pages
from tests.platforms.tiktok.cdn import Cdn
from tests.platforms.tiktok.certificates import Certificates, make_certificates
from tests.platforms.tiktok.control import Remote
from tests.platforms.tiktok.direction import Direction
from tests.platforms.tiktok.environment import environment
from tests.platforms.tiktok.faults import Call, Fault
from tests.platforms.tiktok.grounds import HOSTS, Grounds, Names
from tests.platforms.tiktok.proxy import Proxy
from tests.platforms.tiktok.recordings import Recordings
from tests.platforms.tiktok.signing import Signer
from tests.platforms.tiktok.site import Site
from tests.platforms.tiktok.world import OFFLINE


class TikTok(Direction):
    """`async with TikTok() as tiktok`. `folder`: where media made from the recordings is kept for others to use too.

    `url`: plain http for everything; `proxy`: the way in by TikTok's own names; `refused`: names somebody asked it for in vain.
    """

    def __init__(
        self, *, names: Names = "loopback", folder: Path | None = None, port: int = 0, proxy_port: int = 0
    ) -> None:
        self._home = tempfile.TemporaryDirectory(prefix="loopback-tiktok-", ignore_cleanup_errors=True)
        home = Path(self._home.name)
        super().__init__(Grounds(Recordings(folder or home / "media"), names, port))
        self.certificates: Certificates = make_certificates(home, HOSTS)
        self._proxy_port = proxy_port
        self._proxy = Proxy(0, 0)
        app = web.Application(middlewares=[self._around], client_max_size=4 << 20)
        for part in (
            Cdn(self.grounds),
            self.webcast,
            Signer(self.grounds),
            Remote(self, self.egress),
            Site(self.grounds),
        ):
            app.add_routes(part.routes())
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(self.certificates.leaf)
        await web.TCPSite(self._runner, "127.0.0.1", self.grounds.port).start()
        await web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=tls).start()
        self.grounds.port, tls_port = (address[1] for address in self._runner.addresses)
        self._proxy = await Proxy(self.grounds.port, tls_port).start(self._proxy_port)
        self._watching = asyncio.create_task(self.webcast.beat())
        return self

    async def __aexit__(self, *exc: object) -> None:
        tasks = [*self._tasks, self._watching]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for room in self.world.rooms.values():
            room.status = OFFLINE
            for each in list(room.sockets):
                each.cut()
        await self._proxy.stop()
        await self._runner.cleanup()
        self._home.cleanup()

    @property
    def url(self) -> str:
        """Where everything answers in plain http, and the sign server (SIGN_API_URL) with it."""
        return self.grounds.url

    @property
    def proxy(self) -> str:
        """The http proxy that knows TikTok's names."""
        return self._proxy.url

    @property
    def refused(self) -> dict[str, int]:
        """Names that are not TikTok's, and how often somebody wanted to go there."""
        return dict(self._proxy.refused)

    def egress(self) -> dict[str, dict[str, int]]:
        """`reached` (host:port) and `refused`."""
        return {"reached": dict(self._proxy.reached), "refused": self.refused}

    def environment(self, *, shim: bool = False) -> dict[str, str]:
        """What leads a program here by its environment alone; see environment.py."""
        return environment(self.proxy, self.certificates.bundle, shim=shim)

    @web.middleware
    async def _around(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        route = (request.match_info.route.name or "unrouted").partition(":")[0]
        if route == "control":
            return await handler(request)
        script = self.grounds.script
        script.hits[route] += 1
        headers = {name.lower(): value for name, value in request.headers.items()}
        script.calls.append(Call(time.time(), route, request.method, request.host, request.path_qs, headers))
        fault = script.take(route, request.path_qs)
        return await handler(request) if fault is None else await self._faulty(fault, request, handler)

    async def _faulty(self, fault: Fault, request: web.Request, handler: Handler) -> web.StreamResponse:
        await asyncio.sleep(fault.delay_s)
        if fault.passthrough:
            return await handler(request)
        if fault.abort:
            return _cut(request)
        if fault.cut_after is not None:
            return await self._shortened(fault.cut_after, request, handler)
        body = pages.WALLS.get(fault.body, fault.body)
        kind = "application/json" if body[:1] in ("{", "[") else "text/html"
        return web.Response(status=fault.status, text=body, content_type=kind, headers=fault.headers)

    async def _shortened(self, length: int, request: web.Request, handler: Handler) -> web.StreamResponse:
        """The first `length` bytes of the true answer, which promised all of them, and then nothing."""
        whole = await handler(request)
        body = await _body(whole)
        if body is None:
            return whole
        headers = {"Content-Type": whole.content_type, "Content-Length": str(len(body))}
        response = web.StreamResponse(status=whole.status, headers=headers)
        with contextlib.suppress(ConnectionError):
            await response.prepare(request)
            await response.write(body[:length])
            await asyncio.sleep(0.05)  # let it leave before the connection breaks
        return _cut(request, response)


def _cut(request: web.Request, response: web.StreamResponse | None = None) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return response or web.Response(status=500)


async def _body(response: web.StreamResponse) -> bytes | None:
    if isinstance(response, web.FileResponse):
        path: Any = response._path  # aiohttp keeps it to itself
        return await asyncio.to_thread(Path(path).read_bytes)
    body = response.body if isinstance(response, web.Response) else None
    return body if isinstance(body, bytes) else None
