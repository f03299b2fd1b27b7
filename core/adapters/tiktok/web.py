"""TikTok's web pages and interfaces: one shared client, its trust, the pace of looks, and every refusal as one of our errors."""

import asyncio
import importlib
import json
import math
import os
import ssl
import time
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from core.errors import EarshotError, Invalid, Transient

if TYPE_CHECKING:
    import httpx

TIMEOUT_SECONDS = 5.0
LOOKS_PER_SECOND, AT_ONCE = 2.0, 4
"""What one address on the net may ask without being taken for a flood: about 20 names at a minute each are fine for all who
reported, 1,000 (17 requests a second) for none."""

MOST_BYTES = 2_000_000
"""A profile page is about 300 KB. Whatever is larger, or becomes larger when it is unpacked, is no answer."""

HOPS = 3
CONNECTIONS = 100  # of one client
KEPT_ALIVE_SECONDS = 50.0  # idle; a new connection costs a TLS handshake, and looks at few accounts are far apart
LONGEST_PAUSE_SECONDS = 3600.0
HOST = "tiktok.com"
WALLS = (b"captcha", b"_wafchallengeid", b"please wait", b"verify-center", b"security check")
"""Marks of the pages TikTok shows to whom it takes for a machine. Lower case."""

HEADERS = {
    "User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "Accept": "text/html,application/json;q=0.9,*/*;q=0.8",
    "Accept-Language": "en-US,en;q=0.9",
    "Accept-Encoding": "gzip, deflate",
    "Referer": "https://www.tiktok.com/",
}


def trust() -> ssl.SSLContext:
    """Whom connections to TikTok and the sign server believe: SSL_CERT_FILE and SSL_CERT_DIR, else certifi. Always verifying.

    It costs 29 ms and 0.9 MB: make one and share it. Raises Invalid SETTING when SSL_CERT_FILE cannot be used.
    """
    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    try:
        if file or folder:
            return ssl.create_default_context(cafile=file, capath=folder)
        return ssl.create_default_context(cafile=importlib.import_module("certifi").where())
    except OSError as error:
        reason = f"the certificates it names cannot be read ({error.strerror or 'no certificates'})"
        raise Invalid("SETTING", name="SSL_CERT_FILE", reason=reason) from error


def proxy_address(text: str) -> str:
    """`text` as the address of an http proxy, empty for none. Raises Invalid SETTING."""
    if not text:
        return ""
    address = text if "://" in text else f"http://{text}"
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        reason = "it is no address of a proxy; for example http://127.0.0.1:3128"
        raise Invalid("SETTING", name="TIKTOK_PROXY", reason=reason)
    return address


class Gate:
    """Lets `rate` a second begin, after a pause up to `at_once` together, and no more than `at_once` be under way. In order."""

    def __init__(self, rate: float, at_once: int) -> None:
        self._apart, self._burst = 1 / rate, at_once - 1
        self._slots = asyncio.Semaphore(at_once)
        self._turn = -math.inf

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn, and hold its slot."""
        async with self._slots:
            now = time.monotonic()
            self._turn = max(self._turn + self._apart, now - self._burst * self._apart)
            if self._turn > now:
                await asyncio.sleep(self._turn - now)
            yield


class Web:
    """The one client of a process for TikTok. `proxy` is an http proxy's address; without one the environment's is used.

    Everything raises Transient TIKTOK_LIMIT (refused as a machine: 403, 429, a captcha; `retry_after` as TikTok says, at most
    an hour) or TIKTOK_DOWN (whatever else is no answer). `gate` is for looks; who does not pass it is not counted.
    """

    def __init__(
        self,
        proxy: str = "",
        timeout_seconds: float = TIMEOUT_SECONDS,
        looks_per_second: float = LOOKS_PER_SECOND,
        at_once: int = AT_ONCE,
    ) -> None:
        self.proxy = proxy_address(proxy)
        self.gate = Gate(looks_per_second, at_once)
        self._timeout_seconds = timeout_seconds
        self._trust: ssl.SSLContext | None = None
        self._built: httpx.AsyncClient | None = None
        self._left: httpx.AsyncClient | None = None
        self._building = asyncio.Lock()

    async def trust(self) -> ssl.SSLContext:
        """The trust of this client, for whoever else speaks to TikTok."""
        await self._client()
        assert self._trust is not None
        return self._trust

    async def json(self, address: str, params: dict[str, str]) -> dict[str, Any]:
        """The JSON object at `address`."""
        body = await self._get(address, params)
        try:
            said = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise _no_answer(body) from error
        if not isinstance(said, dict):
            raise _no_answer(body)
        return said

    async def page(self, address: str) -> str:
        """The page at `address`, a page that says "not found" included."""
        return (await self._get(address, {}, also=HTTPStatus.NOT_FOUND)).decode("utf-8", "replace")

    async def close(self) -> None:
        """Give the connections back."""
        for client in (self._built, self._left):
            if client is not None:
                await client.aclose()
        self._built = self._left = None

    async def _get(self, address: str, params: dict[str, str], also: int = 200) -> bytes:
        """The body of an answer that says something (status 200, or `also`), redirects within TikTok followed."""
        client = await self._client()
        httpx = importlib.import_module("httpx")
        try:
            async with asyncio.timeout(
                2 * self._timeout_seconds
            ):  # an answer that trickles keeps each single read in time
                for _ in range(HOPS + 1):
                    async with client.stream("GET", address, params=params or None) as response:
                        if response.status_code in (200, also):
                            return await _body(response)
                        if response.next_request is None:
                            raise _refused(response)
                    address, params = _followed(address, response.headers["location"]), {}
        except httpx.PoolTimeout as error:
            await self._renew(client)
            raise Transient("TIKTOK_DOWN") from error
        except (TimeoutError, httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError) as error:
            raise Transient("TIKTOK_DOWN") from error
        raise Transient("TIKTOK_DOWN")

    async def _renew(self, client: "httpx.AsyncClient") -> None:
        """Take no more of a client that has no connection left: it keeps those of questions that were given up for ever
        (encode/httpcore #1093). Who still uses it may finish; the one before it is closed."""
        if self._built is client:
            self._built, before, self._left = None, self._left, client
            if before is not None:
                await before.aclose()

    async def _client(self) -> "httpx.AsyncClient":
        async with self._building:
            if self._built is None:
                # The import takes 0.2 to 0.4 s and the trust 29 ms: in a thread, and not before somebody is looked at.
                self._built = await asyncio.to_thread(self._build)
            return self._built

    def _build(self) -> "httpx.AsyncClient":
        import httpx

        self._trust = self._trust or trust()
        return httpx.AsyncClient(
            headers=HEADERS,
            proxy=self.proxy or None,
            verify=self._trust,
            timeout=httpx.Timeout(self._timeout_seconds),
            limits=httpx.Limits(max_connections=CONNECTIONS, keepalive_expiry=KEPT_ALIVE_SECONDS),
            follow_redirects=False,
        )


async def _body(response: "httpx.Response") -> bytes:
    """What was sent, unpacked. Raises Transient TIKTOK_DOWN when it is empty, broken or too large."""
    packed = bytearray()
    async for chunk in response.aiter_raw():
        packed += chunk
        if len(packed) > MOST_BYTES:
            raise Transient("TIKTOK_DOWN")
    body = bytes(packed)
    if response.headers.get("content-encoding", "identity").lower() in ("gzip", "deflate"):
        unpacking = zlib.decompressobj(zlib.MAX_WBITS | 32)  # 32: gzip or zlib, by its first bytes
        try:
            body = unpacking.decompress(body, MOST_BYTES)
        except zlib.error as error:
            raise Transient("TIKTOK_DOWN") from error
        if unpacking.unconsumed_tail or not unpacking.eof:
            raise Transient("TIKTOK_DOWN")
    if not body.strip():
        raise Transient("TIKTOK_DOWN")
    return body


def _followed(address: str, location: str) -> str:
    """Where a redirect leads. A wall is a limit; another site is no answer of TikTok's."""
    target = urljoin(address, location)
    parts = urlsplit(target)
    host = (parts.hostname or "").lower()
    if parts.scheme != "https" or not (host == HOST or host.endswith(f".{HOST}")):
        raise Transient("TIKTOK_DOWN")
    if parts.path.startswith("/login"):
        raise Transient("TIKTOK_LIMIT")
    return target


def _refused(response: "httpx.Response") -> EarshotError:
    if response.status_code in (HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS):
        return Transient("TIKTOK_LIMIT", retry_after=_retry_after(response.headers.get("retry-after", "")))
    return Transient("TIKTOK_DOWN")


def _no_answer(body: bytes) -> EarshotError:
    """What a body that should have been data says: a wall, or nothing."""
    start = body[:65536].lower()
    return Transient("TIKTOK_LIMIT") if any(mark in start for mark in WALLS) else Transient("TIKTOK_DOWN")


def no_data(page: str) -> EarshotError:
    """The same for a page without the data it should hold."""
    return _no_answer(page[:65536].encode("utf-8", "replace"))


def _retry_after(text: str) -> float | None:
    """Seconds of a Retry-After header (a number or a date), at most an hour; None when it says none."""
    try:
        seconds = float(text)
    except ValueError:
        try:
            until = parsedate_to_datetime(text)
        except ValueError:
            return None
        aware = until if until.tzinfo else until.replace(tzinfo=UTC)
        seconds = (aware - datetime.now(UTC)).total_seconds()
    return min(max(seconds, 0.0), LONGEST_PAUSE_SECONDS) if math.isfinite(seconds) else None
