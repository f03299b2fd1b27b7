"""Files of a repository of the Hugging Face hub, or of a mirror that answers as it does: found, fetched, and gone on with."""

import asyncio
import hashlib
import importlib
import math
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeVar
from urllib.parse import urlsplit

from core.errors import Missing, Transient
from core.ports.clock import Clock

if TYPE_CHECKING:
    import httpx

ENDPOINT = "https://huggingface.co"
CONNECT, SILENCE = 10.0, 30.0  # seconds: until somebody answers, and without a byte
TRIES = 5  # in a row without a byte
HOPS = 4  # from one address of the same host to the next
LONGEST_PAUSE = 3600.0  # seconds
LONGEST_WAIT = 30.0  # seconds between two tries
SHA256 = re.compile(r"[0-9a-f]{64}")
Result = TypeVar("Result")


class _Broken(Exception):
    """The connection, or what came over it, was no use: worth another try."""


@dataclass(frozen=True)
class Part:
    """One file: its size in bytes, and what names its content. That of a large file is its SHA-256."""

    name: str
    size: int
    version: str
    address: str


class Hub:
    """`endpoint` is the root of the hub or a mirror. No token is sent, nothing is told of who asks. Proxies come from the
    environment. A connection that breaks is opened again and goes on where it broke."""

    def __init__(self, endpoint: str, clock: Clock) -> None:
        self._endpoint = (endpoint or ENDPOINT).rstrip("/")
        self._clock = clock

    @property
    def host(self) -> str:
        """Its name, for people."""
        return urlsplit(self._endpoint).hostname or self._endpoint

    @asynccontextmanager
    async def opened(self, repository: str) -> AsyncIterator["Repository"]:
        """A repository; connections end with the block."""
        web = await asyncio.to_thread(importlib.import_module, "httpx")
        headers = {"User-Agent": "earshot", "Accept-Encoding": "identity"}  # packed, a file would have another size
        try:
            client = web.AsyncClient(headers=headers, timeout=web.Timeout(SILENCE, connect=CONNECT))
        except (ValueError, ImportError) as error:  # a proxy nobody can use
            raise Transient("WEIGHTS_DOWN", host=self.host) from error
        async with client:
            yield Repository(client, f"{self._endpoint}/{repository}/resolve/main/", self.host, self._clock)


class Repository:
    """The files of one repository, as its main branch has them."""

    def __init__(self, client: "httpx.AsyncClient", root: str, host: str, clock: Clock) -> None:
        self._client = client
        self._root = root
        self._host = host
        self._clock = clock

    async def files(self, needed: Sequence[str], optional: Sequence[str]) -> list[Part]:
        """What there is of these. Raises Missing WEIGHTS_GONE when a needed one is not there, and what `get` raises."""
        found = []
        for name in (*needed, *optional):
            try:
                found.append(await self._patiently(partial(self._look, name)))
            except Missing:
                if name in needed:
                    raise
        return found

    async def get(self, part: Part, path: Path, watch: Callable[[int], None]) -> None:
        """The file as `path`; what is there already is gone on with. `watch` hears how many bytes are here.

        Raises Missing WEIGHTS_GONE (host), Transient WEIGHTS_DOWN (host) or WEIGHTS_BUSY (host), OSError for a full disk.
        """
        with path.open("ab") as file:
            if file.tell() != part.size:
                await self._patiently(lambda: self._more(part, file, watch), file.tell)
        if SHA256.fullmatch(part.version) and await asyncio.to_thread(_digest, path) != part.version:
            await asyncio.to_thread(path.unlink)
            raise Transient("WEIGHTS_DOWN", host=self._host)

    async def _patiently(self, ask: Callable[[], Awaitable[Result]], far: Callable[[], int] = lambda: 0) -> Result:
        """What `ask` gives, asked again after a break; only breaks without any progress (`far`) are counted."""
        httpx = importlib.import_module("httpx")
        tries = 0
        while True:
            before = far()
            try:
                return await ask()
            except (_Broken, httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
                tries = 0 if far() > before else tries + 1
                if tries >= TRIES:
                    raise Transient("WEIGHTS_DOWN", host=self._host) from error
            await self._clock.sleep(min(LONGEST_WAIT, 0.5 * 2**tries))

    async def _look(self, name: str) -> Part:
        """What the hub says of a file. Of a large one it says all itself, and where the content is: that is left for later."""
        address = self._root + name
        for _ in range(HOPS):
            answer = await self._client.head(address)
            says = answer.headers
            if answer.next_request is None or "x-linked-size" in says:
                break
            address = str(answer.next_request.url)
        if answer.next_request is None:
            self._check(answer)
        size, version = (
            says.get("x-linked-size") or says.get("content-length", ""),
            says.get("x-linked-etag") or says.get("etag", ""),
        )
        if not size.isdecimal() or not version:
            raise Missing("WEIGHTS_GONE", host=self._host)  # whoever answered is no hub
        return Part(name, int(size), version.removeprefix("W/").strip('"'), address)

    async def _more(self, part: Part, file: BinaryIO, watch: Callable[[int], None]) -> None:
        """The rest of a file. What is more than it should have is of no use at all."""
        start = file.tell()
        headers = {"Range": f"bytes={start}-"} if start else {}
        async with self._client.stream("GET", part.address, headers=headers, follow_redirects=True) as answer:
            if answer.status_code == 416:
                file.truncate(0)
                raise _Broken
            self._check(answer)
            if start and not answer.headers.get("content-range", "").startswith(f"bytes {start}-"):
                file.truncate(0)  # it begins anew
                file.seek(0)
            async for piece in answer.aiter_bytes():
                await asyncio.to_thread(_put, file, piece)
                watch(min(file.tell(), part.size))
                if file.tell() > part.size:
                    file.truncate(0)
                    raise _Broken
        if file.tell() != part.size:
            raise _Broken

    def _check(self, answer: "httpx.Response") -> None:
        """Raise what a status means."""
        if answer.status_code == 429:
            raise Transient("WEIGHTS_BUSY", retry_after=_pause(answer.headers.get("retry-after", "")), host=self._host)
        if 400 <= answer.status_code < 500:
            raise Missing("WEIGHTS_GONE", host=self._host)
        if answer.status_code not in (200, 206):
            raise _Broken


def _put(file: BinaryIO, piece: bytes) -> None:
    file.write(piece)
    file.flush()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _pause(text: str) -> float | None:
    """The seconds of a `retry-after`; None when it says none."""
    try:
        seconds = float(text)
    except ValueError:
        return None
    return min(max(seconds, 0.0), LONGEST_PAUSE) if math.isfinite(seconds) else None
