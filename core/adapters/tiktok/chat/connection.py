"""One connection of TikTokLive to one room. Importing this imports TikTokLive, which takes 2 s: see chat.py.

The library signs, connects, enters the room, sends heartbeats and acknowledges as it always does. Only what it would make of
frames and messages, an object for every field and a task for every event, is replaced: see frames.py and decoding.py.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx
from TikTokLive import TikTokLiveClient
from TikTokLive.client.logger import TikTokLiveLogHandler
from TikTokLive.client.ws.ws_client import WebcastWSClient
from websockets.exceptions import ConnectionClosedOK

from core.adapters.tiktok.chat.backlog import Backlog
from core.adapters.tiktok.chat.decoding import Decoder
from core.adapters.tiktok.chat.faults import of_connection, of_signing
from core.adapters.tiktok.chat.frames import ProxiedSocket, Socket
from core.adapters.tiktok.chat.limits import Limits, Losses
from core.adapters.tiktok.chat.signing import Signing
from core.adapters.tiktok.proxies import proxy_on_the_way
from core.errors import EarshotError, Missing, Transient
from core.model.live import HostEnded, LiveEvent
from core.ports.clock import Clock

GOODBYE_SECONDS = 1.0  # for the other side to answer our closing frame


@dataclass(frozen=True)
class Line:
    """What all connections of a process share. `proxy`: see proxies.py."""

    signing: Signing
    context: ssl.SSLContext
    proxy: str = field(repr=False)  # it may hold a password
    clock: Clock
    limits: Limits

    def connection(self, room: str, backlog: Backlog, losses: Losses) -> "Connection":
        """A connection to `room`, not begun yet."""
        return Connection(room, self, backlog, losses)


def line(url: str, key: str, proxy: str, context: ssl.SSLContext, clock: Clock, limits: Limits) -> Line:
    """A line over the sign server at `url`. From now on TikTokLive is silent: it logs cookies, and to standard error."""
    TikTokLiveLogHandler.get_logger().disabled = True
    signing = Signing(url, key, proxy_on_the_way(url, proxy), context, clock)
    return Line(signing, context, proxy, clock, limits)


class Connection(TikTokLiveClient):  # type: ignore[misc]  # the library is untyped here
    """Reads `room` into `backlog`, from `begin` to `end`, both awaited once. The library's own ways to do either are not used:
    some never return, some cancel every task of the loop."""

    def __init__(self, room: str, line: Line, backlog: Backlog, losses: Losses) -> None:
        super().__init__(room, web_kwargs={"httpx_kwargs": {"verify": line.context}})
        self._signer = line.signing.client()
        self._web.signer.sdk_client.set_async_httpx_client(self._signer)
        self._room, self._line, self._backlog, self._losses = room, line, backlog, losses
        self._decoder = Decoder(losses)
        self._loop = asyncio.get_running_loop()
        self._hear()

    async def begin(self, first: bool) -> None:
        """Have an address signed and start to connect to it. Raises what `Signing` raises, and as `of_signing` says; `first`:
        see Signing.later."""
        if not self._room.isdecimal():
            raise Missing("ROOM_OVER", x=self._room)
        signing = self._line.signing
        await signing.take(first)
        try:
            async with asyncio.timeout(self._line.limits.start):
                reader = await self.start(room_id=int(self._room), fetch_live_check=False)
        except EarshotError as error:
            if error.code == "SIGN_LIMIT":
                raise signing.later(first) from error
            raise
        except Exception as error:  # supervision: whatever the library lets out becomes one of our errors
            raise of_signing(error) from error
        reader.add_done_callback(lambda _: self._over())

    async def events(self) -> AsyncIterator[LiveEvent]:
        """What happens, until the host ends or the connection is closed. Raises as `of_connection` says."""
        while True:
            while (event := self._backlog.take()) is not None:
                yield event
            if self._backlog.closed:
                break
            await self._more()
        reader: asyncio.Task[None] = self._event_loop_task
        error = reader.exception() if reader.done() and not reader.cancelled() else None
        if error is not None and not isinstance(error, ConnectionClosedOK):
            raise of_connection(error) from error

    async def end(self) -> None:
        """Close what is open. Leaves no task behind."""
        tasks = [task for task in (self._event_loop_task, self._ws._ping_loop) if task is not None]
        for task in tasks:
            task.cancel()
        if tasks:
            _, open_ones = await asyncio.wait(tasks, timeout=self._line.limits.leave)
            if open_ones:
                self._cut()
                await asyncio.wait(open_ones, timeout=GOODBYE_SECONDS)
        for task in tasks:
            if task.done() and not task.cancelled():
                task.exception()  # looked at: what ended the connection has been raised by `events`
        await self._signer.aclose()
        await self._web.close()

    async def _more(self) -> None:
        """Wait for the next events, as long as anything at all is heard."""
        left = self._heard + self._line.limits.silence - self._loop.time()
        if left <= 0:
            raise Transient("CHAT_LOST", why="silence")
        with suppress(TimeoutError):
            async with asyncio.timeout(left):
                await self._backlog.more()

    def _over(self) -> None:
        for event in self._decoder.rest():
            self._backlog.put(event)
        self._backlog.close()

    def _hear(self) -> None:
        self._heard = self._loop.time()

    def _cut(self) -> None:
        protocol = self._ws.ws
        if protocol is not None and protocol.transport is not None:
            protocol.transport.abort()

    async def _ws_client_loop(self, initial_webcast_response: Any, **how: Any) -> None:
        """As the library does it, but on a socket made for the address, which is known only now."""
        self._ws = self._socket(initial_webcast_response.push_server)
        await super()._ws_client_loop(initial_webcast_response=initial_webcast_response, **how)

    def _socket(self, address: str) -> Any:
        proxy = proxy_on_the_way(address, self._line.proxy)
        options = {"hear": self._hear, "losses": self._losses, "close_timeout": GOODBYE_SECONDS}
        if urlsplit(address).scheme == "wss":
            options["ssl"] = self._line.context
        client = WebcastWSClient(options, httpx.Proxy(proxy) if proxy else None)
        client._connect_generator_class = ProxiedSocket if proxy else Socket
        return client

    async def _parse_webcast_response(self, webcast_response: Any) -> AsyncIterator[Any]:
        """Everything a frame tells goes into the backlog; nothing is left for the library to hand out."""
        now, ended = self._line.clock.now(), False
        for message in webcast_response.messages:
            for event in self._decoder.events(message.method, message.payload, message.is_history, now):
                self._backlog.put(event)
                ended = ended or isinstance(event, HostEnded)
        if ended:
            self._backlog.close()
        nothing: tuple[Any, ...] = ()
        for event in nothing:
            yield event
