"""Links to videos: read, and short ones followed; nothing but TikTok's own hosts is ever asked."""

import asyncio
import importlib
import re
import ssl
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from core.adapters.tiktok.web import HEADERS, HOPS, trust
from core.errors import Invalid, Missing, Transient
from core.model.account import HANDLE
from core.model.video import ShortLink, VideoLink

if TYPE_CHECKING:
    import httpx

PAGES = frozenset({"tiktok.com", "www.tiktok.com", "m.tiktok.com"})
SHORT = frozenset({"vm.tiktok.com", "vt.tiktok.com", "m.tiktok.com"})
LONGEST = 500  # characters: shared links carry a long tail
SECONDS = 10.0

NUMBER = r"(?P<id>[0-9]{5,25})"
VIDEO = (
    re.compile(rf"/@(?P<handle>[A-Za-z0-9_.-]*)/video/{NUMBER}/?"),
    re.compile(rf"/(?:embed(?:/v[0-9])?|share/video|v)/{NUMBER}(?:\.html)?/?"),
)
PHOTO = re.compile(rf"/@[A-Za-z0-9_.-]*/photo/{NUMBER}/?|/share/photo/{NUMBER.replace('?P<id>', '?:')}/?")
LIVE = re.compile(r"/@(?P<handle>[A-Za-z0-9_.-]+)/live/?|/share/live/[0-9]+/?")
CODE = re.compile(r"/(?:t/)?[A-Za-z0-9]{4,20}/?")
LOOKS_LIKE_A_LINK = re.compile(r"(?:https?://)?[A-Za-z0-9.-]+\.[A-Za-z]{2,}(?:[/?#].*)?")


def parse(text: str) -> VideoLink | ShortLink:
    """The video a text names. Asks nothing. Raises Invalid LINK, NOT_TIKTOK or NOT_VIDEO, Missing LIVE_LINK (x)."""
    words = text.split()
    word = next((one for one in words if "tiktok.com/" in one), "") if len(words) > 1 else text.strip()  # a shared text
    if not word.isascii() or not word.isprintable() or len(word) > LONGEST or not LOOKS_LIKE_A_LINK.fullmatch(word):
        raise Invalid("NOT_TIKTOK") if _elsewhere(word) else Invalid("LINK")
    return _read(word if "://" in word else f"https://{word}")


def _elsewhere(word: str) -> bool:
    """Whether it is an address of some other site, written in a way we do not follow."""
    return re.match(r"[a-z][a-z0-9+.-]*://", word, re.IGNORECASE) is not None and len(word) <= LONGEST


def _read(address: str) -> VideoLink | ShortLink:
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError as error:
        raise Invalid("LINK") from error
    if host not in PAGES | SHORT or parts.username is not None or port not in (None, 80, 443):
        raise Invalid("NOT_TIKTOK")
    path = parts.path
    for form in VIDEO if host in PAGES else ():
        if found := form.fullmatch(path):
            handle = found.groupdict().get("handle") or ""
            return VideoLink(found["id"], handle.lower() if HANDLE.fullmatch(handle.lower()) else "")
    if host in PAGES and PHOTO.fullmatch(path):
        raise Invalid("NOT_VIDEO")
    if host in PAGES and (live := LIVE.fullmatch(path)):
        raise Missing("LIVE_LINK", x=live["handle"] or "name")
    if CODE.fullmatch(path) and (host in SHORT or path.startswith("/t/")):
        if host in SHORT:  # as TikTok itself shares them, however they were copied
            return ShortLink(f"https://{host}{path.rstrip('/')}/")
        return ShortLink(f"https://www.tiktok.com{path}")
    raise Invalid("LINK")


class ShortLinks:
    """Follows short links: https only, TikTok's hosts only, without cookies, without reading a page."""

    def __init__(self, proxy: str = "") -> None:
        self._proxy = proxy
        self._trust: ssl.SSLContext | None = None

    async def resolve(self, text: str) -> VideoLink:
        """The video a text names; a short link's is at most HOPS redirects away. See VideoSource."""
        link = parse(text)
        return link if isinstance(link, VideoLink) else await self._follow(link)

    async def _follow(self, link: ShortLink) -> VideoLink:
        httpx = importlib.import_module("httpx")  # 0.2 s, not before the first short link
        self._trust = self._trust or await asyncio.to_thread(trust)
        address = link.address
        try:
            async with asyncio.timeout(SECONDS), self._client() as client:
                for _ in range(HOPS):
                    client.cookies.clear()
                    location = await _location(client, address)
                    found = _target(urljoin(address, location))
                    if isinstance(found, VideoLink):
                        return found
                    address = found.address
        except (TimeoutError, httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise Transient("TIKTOK_DOWN") from error
        raise Invalid("LINK")

    def _client(self) -> "httpx.AsyncClient":
        import httpx

        assert self._trust is not None
        return httpx.AsyncClient(
            headers=HEADERS, proxy=self._proxy or None, verify=self._trust, timeout=SECONDS, follow_redirects=False
        )


async def _location(client: "httpx.AsyncClient", address: str) -> str:
    """Where the server sends us; its page is not read."""
    async with client.stream("GET", address) as response:
        if response.status_code in (403, 429):
            raise Transient("TIKTOK_LIMIT")
        if response.status_code >= 500:
            raise Transient("TIKTOK_DOWN")
        location = response.headers.get("location", "")
    if response.status_code not in (301, 302, 303, 307, 308) or not location:
        raise Missing("GONE", name="That video")
    return str(location)


def _target(address: str) -> VideoLink | ShortLink:
    """Where a redirect leads. One that leaves TikTok or its https leads nowhere."""
    if not address.startswith("https://"):
        raise Invalid("NOT_TIKTOK")
    path = urlsplit(address).path
    if path.strip("/") in ("", "login", "404", "hk/notfound"):
        raise Missing("GONE", name="That video")
    return _read(address)
