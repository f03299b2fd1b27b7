"""TikTok's official API by httpx: sign-in (OAuth 2), the person's profile and videos (Display API).

Sources: TikTok for Developers, "Manage User Access Tokens", "Login Kit for Desktop" (the form of the challenge), "Get User
Info", "List Videos", "Query Videos", "Rate Limits" (600 requests a minute for each endpoint).
"""

import asyncio
import hashlib
import importlib
import json
import secrets
import ssl
import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from core.adapters.sealing import Sealing
from core.adapters.tiktok.proxies import proxy_on_the_way
from core.adapters.tiktok.web import proxy_address, trust
from core.errors import Denied, EarshotError, Transient
from core.model.link import PROFILE_SCOPE, SCOPES, Grant, OwnProfile, OwnVideo, VideoPage

DEFAULT_BASE = "https://open.tiktokapis.com"
SIGN_IN_PAGE = "https://www.tiktok.com"
"""Where people say yes when the API is TikTok's own. Any other base serves its sign-in page itself."""

TIMEOUT_SECONDS = 10.0
MOST_BYTES = 1_000_000
PER_MINUTE = 600
PAGE = 20
VIDEO_FIELDS = "id,title,video_description,duration,cover_image_url,share_url,create_time"
BASIC_FIELDS, PROFILE_FIELDS = "open_id,display_name,avatar_url", "username"
SETUP = frozenset(
    {"invalid_client", "unauthorized_client", "invalid_request", "invalid_scope", "unsupported_grant_type"}
)
SCOPE = frozenset({"scope_not_authorized", "scope_permission_missed"})


class Budget:
    """How much may still be asked: `limit` requests in any minute for each route, none while TikTok has said "later"."""

    def __init__(self, limit: int = PER_MINUTE, now: Callable[[], float] = time.monotonic) -> None:
        self._limit, self._now = limit, now
        self._asked: dict[str, deque[float]] = {}
        self._shut: dict[str, float] = {}

    def take(self, route: str) -> None:
        """Count one request. Raises Transient TIKTOK_LIMIT with the seconds until there is room."""
        now, asked = self._now(), self._asked.setdefault(route, deque())
        while asked and asked[0] <= now - 60:
            asked.popleft()
        opens = asked[0] + 60 if len(asked) >= self._limit else now
        opens = max(opens, self._shut.get(route, now))
        if opens > now:
            raise Transient("TIKTOK_LIMIT", retry_after=opens - now)
        asked.append(now)

    def shut(self, route: str, seconds: float) -> None:
        """Ask nothing there for a while."""
        self._shut[route] = self._now() + seconds


class TikTokOfficial:
    """The app with `key` and `secret`; people come back to `redirect`. `proxy` wins over the environment's, NO_PROXY over both.

    Each request has a connection of its own: there are few. Secrets are in no repr, no log and no error.
    """

    def __init__(
        self,
        key: str,
        secret: str,
        redirect: str,
        sealing: Sealing,
        base: str = DEFAULT_BASE,
        proxy: str = "",
        timeout_seconds: float = TIMEOUT_SECONDS,
        budget: Budget | None = None,
    ) -> None:
        self._app = {"client_key": key, "client_secret": secret}
        self._redirect, self._sealing, self._base = redirect, sealing, base
        self._page = SIGN_IN_PAGE if base == DEFAULT_BASE else base
        self._proxy, self._timeout_seconds = proxy_address(proxy), timeout_seconds
        self._budget = budget or Budget()
        self._trust: ssl.SSLContext | None = None

    def authorise(self, state: str) -> tuple[str, bytes]:
        verifier = secrets.token_urlsafe(48)
        asked = {
            "client_key": self._app["client_key"],
            "response_type": "code",
            "scope": ",".join(SCOPES),
            "redirect_uri": self._redirect,
            "state": state,
            "code_challenge": hashlib.sha256(verifier.encode()).hexdigest(),  # hexadecimal: TikTok refuses RFC 7636's
            "code_challenge_method": "S256",
        }
        return f"{self._page}/v2/auth/authorize/?{urlencode(asked)}", self._sealing.seal(verifier)

    async def exchange(self, code: str, verifier: bytes) -> Grant:
        form = {"code": code, "redirect_uri": self._redirect, "code_verifier": self._sealing.open(verifier)}
        return self._grant(await self._oauth("token", {"grant_type": "authorization_code", **form}))

    async def refresh(self, refresh: bytes) -> Grant:
        form = {"grant_type": "refresh_token", "refresh_token": self._sealing.open(refresh)}
        return self._grant(await self._oauth("token", form))

    async def revoke(self, access: bytes) -> None:
        try:
            await self._oauth("revoke", {"token": self._sealing.open(access)})
        except Denied as error:
            if error.code != "LINK_OVER":
                raise

    async def profile(self, access: bytes, scopes: frozenset[str]) -> OwnProfile:
        wanted = f"{BASIC_FIELDS},{PROFILE_FIELDS}" if PROFILE_SCOPE in scopes else BASIC_FIELDS
        user = _object(await self._display("GET", "user/info", access, {"fields": wanted}), "user")
        picture = _text(user, "avatar_url")
        return OwnProfile(
            _text(user, "display_name").strip(),
            picture if picture.startswith(("https://", "http://")) else "",
            _text(user, "username").strip().lower(),
        )

    async def videos(self, access: bytes, cursor: int = 0) -> VideoPage:
        wanted = {"max_count": PAGE, **({"cursor": cursor} if cursor else {})}
        said = await self._display("POST", "video/list", access, {"fields": VIDEO_FIELDS}, wanted)
        older = said.get("cursor") if said.get("has_more") is True else 0
        if not isinstance(older, int) or older < 0:
            raise Transient("TIKTOK_DOWN")
        return VideoPage(tuple(_videos(said)), older)

    async def videos_of(self, access: bytes, ids: Sequence[str]) -> list[OwnVideo]:
        wanted = {"filters": {"video_ids": list(ids)}}
        return _videos(await self._display("POST", "video/query", access, {"fields": VIDEO_FIELDS}, wanted))

    def renewed(self, sealed: bytes) -> bytes:
        return self._sealing.renewed(sealed)

    def _grant(self, said: dict[str, Any]) -> Grant:
        access, refresh, open_id = (_text(said, name) for name in ("access_token", "refresh_token", "open_id"))
        if not access or not refresh or not open_id:
            raise Transient("TIKTOK_DOWN")
        return Grant(
            open_id,
            self._sealing.seal(access),
            _seconds(said, "expires_in"),
            self._sealing.seal(refresh),
            _seconds(said, "refresh_expires_in"),
            frozenset(filter(None, _text(said, "scope").replace(" ", "").split(","))),
        )

    async def _oauth(self, route: str, form: dict[str, str]) -> dict[str, Any]:
        status, body = await self._ask("POST", f"/v2/oauth/{route}/", data={**self._app, **form})
        said = _read(body)
        if said is None or status >= 500:
            raise self._failed(f"/v2/oauth/{route}/", status)
        error = said.get("error")  # with status 200 too
        if isinstance(error, str) and error:
            raise self._oauth_meaning(route, error, status)
        if status >= 400:
            raise self._failed(f"/v2/oauth/{route}/", status)
        return said

    def _oauth_meaning(self, route: str, error: str, status: int) -> EarshotError:
        if error == "invalid_grant" or (route == "revoke" and error in ("invalid_request", "access_token_invalid")):
            return Denied("LINK_OVER")
        return Denied("OAUTH_SETUP") if error in SETUP else self._failed(f"/v2/oauth/{route}/", status)

    async def _display(
        self, method: str, route: str, access: bytes, query: dict[str, str], body: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        path = f"/v2/{route}/"
        more: dict[str, Any] = {"params": query, "headers": {"Authorization": f"Bearer {self._sealing.open(access)}"}}
        status, answer = await self._ask(method, path, **more, **({"json": body} if body is not None else {}))
        said = _read(answer)
        error = said.get("error") if said else None
        if said is None or not isinstance(error, dict):
            raise self._failed(path, status)
        code = str(error.get("code", ""))
        if code == "ok":
            return _object(said, "data")
        if code == "access_token_invalid":
            raise Denied("LINK_REFUSED")
        if code in SCOPE:
            raise Denied("LINK_SCOPE")
        if code.isdecimal() and status < 500:
            raise Denied("OWN_PRIVATE", n=int(code[:9]))  # 10231 and its neighbours: not to be shown to us
        raise self._failed(path, 429 if code == "rate_limit_exceeded" else status)

    def _failed(self, path: str, status: int) -> EarshotError:
        """What an answer without a meaning of its own says by its status."""
        if status == 429:
            self._budget.shut(path, 60.0)
            return Transient("TIKTOK_LIMIT", retry_after=60.0)
        return Transient("TIKTOK_DOWN")

    async def _ask(self, method: str, path: str, **more: Any) -> tuple[int, bytes]:
        """(status, body). Raises Transient TIKTOK_LIMIT without asking, TIKTOK_DOWN when no whole answer came."""
        self._budget.take(path)
        # The import takes 0.2 s and the trust 29 ms: in a thread, and not before somebody signs in.
        httpx = await asyncio.to_thread(importlib.import_module, "httpx")
        self._trust = self._trust or await asyncio.to_thread(trust)
        proxy = proxy_on_the_way(self._base, self._proxy) or None
        client = httpx.AsyncClient(proxy=proxy, verify=self._trust, timeout=self._timeout_seconds, trust_env=False)
        try:
            async with (
                asyncio.timeout(2 * self._timeout_seconds),  # an answer that trickles keeps each single read in time
                client,
                client.stream(method, f"{self._base}{path}", **more) as response,
            ):
                body = b""
                async for chunk in response.aiter_bytes():
                    body += chunk
                    if len(body) > MOST_BYTES:
                        raise Transient("TIKTOK_DOWN")
                return int(response.status_code), body
        except (TimeoutError, httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError) as error:
            raise Transient("TIKTOK_DOWN") from error


def _read(body: bytes) -> dict[str, Any] | None:
    """The JSON object of an answer; None for anything else. Revoking answers with nothing at all."""
    try:
        said = json.loads(body) if body.strip() else {}
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _object(said: dict[str, Any], name: str) -> dict[str, Any]:
    value = said.get(name)
    if not isinstance(value, dict):
        raise Transient("TIKTOK_DOWN")
    return value


def _text(said: dict[str, Any], name: str) -> str:
    value = said.get(name)
    return value if isinstance(value, str) else ""


def _seconds(said: dict[str, Any], name: str) -> timedelta:
    value = said.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 10**9:
        raise Transient("TIKTOK_DOWN")
    return timedelta(seconds=value)


def _videos(said: dict[str, Any]) -> list[OwnVideo]:
    listed = said.get("videos")
    if not isinstance(listed, list):
        raise Transient("TIKTOK_DOWN")
    return sorted((_video(one) for one in listed), key=lambda video: video.posted, reverse=True)


def _video(one: Any) -> OwnVideo:
    try:
        number, seconds = str(one["id"]), float(one.get("duration") or 0)
        posted = datetime.fromtimestamp(int(one["create_time"]), UTC)
        title = _text(one, "title").strip() or _text(one, "video_description").strip()
        return OwnVideo(number, title, str(one["share_url"]), seconds, posted)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError) as error:
        raise Transient("TIKTOK_DOWN") from error
