"""A loopback HTTP service for tests: a record of the calls, scripted faults, sliding limits."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Fault:
    """Answer calls to `route` wrongly, `times` times: `delay_s` first, then `status` with `body`, or `abort` the connection.

    With `delay_s` alone the true answer follows.
    """

    route: str
    status: int | None = None
    body: str | dict[str, Any] = ""
    content_type: str = "text/plain"
    headers: dict[str, str] = field(default_factory=dict)
    times: int = 1
    delay_s: float = 0.0
    abort: bool = False


@dataclass
class Call:
    """One request as it came in. `at` is time.monotonic(), `data` what the service read out of it."""

    route: str
    path: str
    at: float
    headers: dict[str, str]
    status: int = 0
    data: dict[str, Any] = field(default_factory=dict)


CALL = web.RequestKey("call", Call)


class Window:
    """At most `limit` units in any `seconds`."""

    def __init__(self, limit: float, seconds: float) -> None:
        self.limit, self.seconds = limit, seconds
        self._used: deque[tuple[float, float]] = deque()

    def used(self, now: float) -> float:
        """Units taken in the last `seconds`."""
        while self._used and self._used[0][0] <= now - self.seconds:
            self._used.popleft()
        return sum(amount for _, amount in self._used)

    def wait(self, amount: float, now: float) -> float:
        """Seconds until `amount` more fits; 0 when it does."""
        if self.used(now) + amount <= self.limit:
            return 0.0
        return self._used[0][0] + self.seconds - now if self._used else self.seconds

    def take(self, amount: float, now: float) -> None:
        """Count `amount`."""
        self._used.append((now, amount))


class Service:
    """`async with Service(routes) as it`: serves on a free loopback port, `origin` says where.

    `routes` are (method, path, name, handler). A queued fault answers instead of the handler.
    """

    MAX_BODY = 64 << 20

    def __init__(self, routes: list[tuple[str, str, str, Handler]]) -> None:
        self.calls: list[Call] = []
        self.origin = ""
        self._faults: list[Fault] = []
        app = web.Application(middlewares=[self._around], client_max_size=self.MAX_BODY)
        for method, path, name, handler in routes:
            app.router.add_route(method, path, handler, name=name)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)

    async def start(self, port: int = 0) -> Self:
        """Serve; port 0 takes a free one."""
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.origin = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *exc: object) -> None:
        await self._runner.cleanup()

    def fail_next(self, fault: Fault) -> None:
        """Queue a fault behind those already queued."""
        self._faults.append(fault)

    def heal(self) -> None:
        """Forget the faults that are queued."""
        self._faults.clear()

    def sent(self, route: str) -> list[Call]:
        """The calls to a route so far, oldest first."""
        return [call for call in self.calls if call.route == route]

    @web.middleware
    async def _around(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        route = request.match_info.route.name or "unrouted"
        call = Call(route, request.path, time.monotonic(), dict(request.headers))
        self.calls.append(call)
        request[CALL] = call
        try:
            answer = await self._faulty(route, request) or await handler(request)
        except web.HTTPException as error:
            call.status = error.status
            raise
        call.status = answer.status
        return answer

    async def _faulty(self, route: str, request: web.Request) -> web.StreamResponse | None:
        fault = next((each for each in self._faults if each.times and each.route == route), None)
        if fault is None:
            return None
        fault.times -= 1
        await asyncio.sleep(fault.delay_s)
        if fault.abort:
            if request.transport:
                request.transport.abort()
            return web.Response(status=500)
        if fault.status is None:
            return None
        await request.read()
        if isinstance(fault.body, dict):
            return web.json_response(fault.body, status=fault.status, headers=fault.headers)
        return web.Response(
            text=fault.body, status=fault.status, content_type=fault.content_type, headers=fault.headers
        )
