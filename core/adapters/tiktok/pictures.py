"""Still pictures on TikTok (covers of lives and videos, faces of accounts): only from its media hosts, only pictures, at most
2 MB and 10 s."""

import asyncio
import importlib
import ssl
from pathlib import Path
from urllib.parse import urlsplit

from core.adapters.tiktok.web import HEADERS, trust
from core.errors import EarshotError

HOSTS = (
    "tiktok.com",
    "tiktokcdn.com",
    "tiktokcdn-us.com",
    "tiktokcdn-eu.com",
    "tiktokv.com",
    "tiktokv.us",
    "tiktokv.eu",
    "ttwstatic.com",
    "ibyteimg.com",
    "muscdn.com",
)
MOST_BYTES = 2_000_000
SECONDS = 10.0
KINDS = {b"\xff\xd8\xff": ".jpg", b"\x89PNG\r\n\x1a\n": ".png"}


class TikTokPictures:
    """A post without a picture is a post all the same: whatever goes wrong gives None. `proxy` as TIKTOK_PROXY."""

    def __init__(self, proxy: str = "") -> None:
        self._proxy = proxy
        self._trust: ssl.SSLContext | None = None

    async def fetch(self, address: str, folder: Path, name: str = "cover") -> Path | None:
        """The picture at `address` as a file in `folder`, called `name` with the ending of its kind."""
        if not allowed(address):
            return None
        httpx = importlib.import_module("httpx")
        try:
            self._trust = self._trust or await asyncio.to_thread(trust)
            body = bytearray()
            async with (
                asyncio.timeout(SECONDS),
                httpx.AsyncClient(
                    headers=HEADERS | {"Accept": "image/jpeg,image/png,image/webp", "Accept-Encoding": "identity"},
                    proxy=self._proxy or None,
                    verify=self._trust,
                    timeout=SECONDS,
                    follow_redirects=False,
                ) as client,
                client.stream("GET", address) as response,
            ):
                if response.status_code != 200:
                    return None
                async for chunk in response.aiter_raw():
                    body += chunk
                    if len(body) > MOST_BYTES:
                        return None
            return await asyncio.to_thread(_kept, bytes(body), folder, name)
        except (TimeoutError, httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, EarshotError):
            return None


def allowed(address: str) -> bool:
    """Whether it is https at one of TikTok's media hosts."""
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return False
    own = any(host == each or host.endswith(f".{each}") for each in HOSTS)
    return address.isascii() and parts.scheme == "https" and own and port in (None, 443) and parts.username is None


def _kept(body: bytes, folder: Path, name: str) -> Path | None:
    """The file, if it is a picture by its first bytes."""
    ending = next((ending for head, ending in KINDS.items() if body.startswith(head)), "")
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        ending = ".webp"
    if not ending:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}{ending}"
    part = folder / f".{name}{ending}.part"
    part.write_bytes(body)
    part.replace(path)  # never half a picture
    return path
