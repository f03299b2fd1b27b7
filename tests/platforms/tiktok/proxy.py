"""A forward proxy that leads TikTok's names to the loopback TikTok and nothing anywhere else.

CONNECT to port 443 of a TikTok name is joined to the TLS port; every other name is refused with 403 and counted, so that a test
can say that nothing left.
"""

import asyncio
import contextlib
from collections import Counter
from typing import Self

from tests.platforms.tiktok.grounds import HOSTS

REFUSAL = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
OPENED = b"HTTP/1.1 200 Connection established\r\n\r\n"


class Proxy:
    """`reached`: how often each host:port was asked for; `refused`: how often each name that is not TikTok's."""

    def __init__(self, plain_port: int, tls_port: int) -> None:
        self._plain, self._tls = plain_port, tls_port
        self.reached: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.url = ""
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()

    async def start(self, port: int = 0) -> Self:
        """Serve; port 0 takes a free one."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", port)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def stop(self) -> None:
        """Cut everything."""
        if self._server is not None:
            self._server.close()
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._attend(reader, writer))
        self._open.add(task)
        task.add_done_callback(self._open.discard)

    async def _attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._serve(reader, writer)
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError, ValueError):
            pass  # a client that went away or never spoke http
        finally:
            await _close(writer)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        verb, target, _ = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ", 2)
        tunnel = verb == "CONNECT"
        place, _, rest = target.partition("://")[2].partition("/") if not tunnel else (target, "", "")
        host, _, port = place.partition(":")
        port = port or "80"
        own = (host, port) == ("127.0.0.1", str(self._plain))
        if not own and not is_tiktok(host):
            self.refused[host] += 1
            writer.write(REFUSAL)
            await writer.drain()
            return
        self.reached[f"{host}:{port}"] += 1
        upstream = self._tls if tunnel and not own else self._plain
        up_reader, up_writer = await asyncio.open_connection("127.0.0.1", upstream)
        try:
            if tunnel:
                writer.write(OPENED)
            else:
                up_writer.write(head.replace(target.encode(), f"/{rest}".encode(), 1))
            await asyncio.gather(_pipe(reader, up_writer), _pipe(up_reader, writer))
        finally:
            await _close(up_writer)


def is_tiktok(host: str) -> bool:
    """Whether a name is one of TikTok's or the sign server's."""
    return any(host == each or host.endswith(f".{each}") for each in HOSTS)


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    await _close(writer)


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
