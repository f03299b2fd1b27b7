"""TikTok's official API on loopback: sign-in (OAuth 2), the person's profile, the person's own videos (Display API).

    async with TikTokOpen(redirect="http://127.0.0.1:8080/oauth/tiktok/callback") as tiktok:
        chef = tiktok.person("chef", videos=45)           # the first person is who is signed in in the browser (`browser`)
        # a sign-in page: f"{tiktok.origin}/v2/auth/authorize/?…" says yes at once and redirects with a code

Both of its hosts (www.tiktok.com for the sign-in page, open.tiktokapis.com for the rest) are this one origin: TIKTOK_OPEN_API_BASE.
`denies`: the next so many sign-ins are refused; `grants_only`: scopes the person ticks. `advance(seconds)`: tokens age.
`refuse(route, code)`: an error of the API's own; other faults by `fail_next`. Routes: authorize token revoke user videos query.
`violations` lists what a client did that TikTok would not like. Sources: TikTok for Developers, "Manage User Access Tokens",
"Get User Info", "List Videos", "Query Videos" (2026-11-05).
"""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from tests.platforms.service import CALL, Fault, Service, Window
from tests.platforms.tiktok_open_rules import (
    SCOPES,
    USER_FIELDS,
    VIDEO_FIELDS,
    RefusedError,
    api_error,
    challenges,
    fields,
    oauth_error,
    ok,
)

ACCESS_S, REFRESH_S, CODE_S = 2 * 3600, 180 * 86_400, 300
PER_MINUTE = 600


@dataclass
class Person:
    """Somebody on TikTok; `videos` newest first, `more` overrides fields of the profile."""

    username: str
    display_name: str
    open_id: str
    union_id: str
    videos: list[dict[str, Any]] = field(default_factory=list)
    more: dict[str, Any] = field(default_factory=dict)


@dataclass
class Grant:
    """One sign-in: its scopes and its newest pair of tokens."""

    person: Person
    scopes: set[str]
    access: str = ""
    refresh: str = ""
    access_until: float = 0.0
    refresh_until: float = 0.0
    revoked: bool = False


@dataclass(frozen=True)
class Code:
    """What a sign-in gives for a token, once."""

    person: Person
    scopes: set[str]
    redirect: str
    until: float
    challenge: str


class TikTokOpen(Service):
    """One registered app. `oauth_status`: TikTok has answered OAuth errors with 200 too."""

    def __init__(
        self,
        *,
        redirect: str = "http://127.0.0.1:8080/oauth/tiktok/callback",
        client_key: str = "loopback-key",
        client_secret: str = "loopback-secret",
        per_minute: int = PER_MINUTE,
        oauth_status: int | None = None,
    ) -> None:
        super().__init__(
            [
                ("GET", "/v2/auth/authorize/", "authorize", self._authorize),
                ("POST", "/v2/oauth/token/", "token", self._answered(self._token)),
                ("POST", "/v2/oauth/revoke/", "revoke", self._answered(self._revoke)),
                ("GET", "/v2/user/info/", "user", self._answered(self._user)),
                ("POST", "/v2/video/list/", "videos", self._answered(self._videos)),
                ("POST", "/v2/video/query/", "query", self._answered(self._query)),
            ]
        )
        self.client_key, self.client_secret, self.redirects = client_key, client_secret, [redirect]
        self.oauth_status = oauth_status
        self.people: dict[str, Person] = {}
        self.browser: Person | None = None
        self.denies = 0
        self.grants_only: set[str] | None = None
        self.grants: list[Grant] = []
        self.violations: list[str] = []
        self._codes: dict[str, Code] = {}
        self._spent: set[str] = set()  # refresh tokens that were rotated away
        self._later = 0.0
        self._per_minute, self._windows = per_minute, dict[str, Window]()

    # The world ------------------------------------------------------------------------------------------------

    def person(self, username: str, *, videos: int = 0, display_name: str | None = None, **more: Any) -> Person:
        """Somebody new with so many public videos, "Video 1" the oldest, an hour apart."""
        name = username.title() if display_name is None else display_name
        person = Person(username, name, f"-000{secrets.token_hex(16)}", secrets.token_hex(16), more=more)
        self.people[username] = person
        self.browser = self.browser or person
        for age in range(1, videos + 1):
            self.video(person, title=f"Video {videos + 1 - age}", create_time=int(time.time()) - 3600 * age)
        return person

    def video(self, person: Person, **told: Any) -> dict[str, Any]:
        """A video of theirs; `told` as the API names its fields."""
        number = str(told.pop("id", 7_400_000_000_000_000_000 + secrets.randbelow(10**15)))
        title, page = told.get("title", ""), f"https://www.tiktok.com/@{person.username}/video/{number}"
        video = {
            "id": number,
            "title": title,
            "video_description": title,
            "create_time": int(time.time()),
            "duration": 12,
            "height": 1024,
            "width": 576,
            "cover_image_url": f"{self.origin}/cover/{number}.jpg",
            "share_url": f"{page}?utm_campaign=tt4d_open_api&utm_source={self.client_key}",
            "embed_link": f"https://www.tiktok.com/player/v1/{number}",
            "embed_html": "",
            "like_count": 3,
            "comment_count": 1,
            "share_count": 0,
            "view_count": 42,
            **told,
        }
        person.videos.append(video)
        person.videos.sort(key=lambda each: -int(each["create_time"]))
        return video

    def advance(self, seconds: float) -> None:
        """It is later."""
        self._later += seconds

    def refuse(self, route: str, code: str | int, times: int = 1) -> None:
        """The next calls of a route fail with an error of the API's own, or any number such as 10231 (not to be shown)."""
        answer = oauth_error(str(code), "") if route in ("token", "revoke") else api_error(str(code))
        body = answer.text or ""
        self.fail_next(Fault(route, answer.status, body, "application/json", times=times))

    def cancel(self, person: Person) -> None:
        """They take the app's rights back in TikTok's own settings."""
        for grant in self.grants:
            grant.revoked = grant.revoked or grant.person is person

    @property
    def now(self) -> float:
        """Unix time as the service sees it."""
        return time.time() + self._later

    # Sign-in --------------------------------------------------------------------------------------------------

    async def _authorize(self, request: web.Request) -> web.StreamResponse:
        asked = request.query
        redirect = asked.get("redirect_uri", "")
        request[CALL].data = dict(asked)
        right = {
            "client_key": asked.get("client_key") == self.client_key,
            "redirect_uri": redirect in self.redirects,
            "response_type": asked.get("response_type") == "code",
        }
        if wrong := [name for name, good in right.items() if not good]:
            return web.Response(status=400, text=f"<h1>Something went wrong</h1>{wrong[0]}", content_type="text/html")
        if not asked.get("state"):
            self.violations.append("authorize: no state, so anybody can finish somebody else's sign-in")
        state = {"state": asked["state"]} if "state" in asked else {}
        raise web.HTTPFound(redirect + ("&" if "?" in redirect else "?") + urlencode(self._decided(request) | state))

    def _decided(self, request: web.Request) -> dict[str, str]:
        wanted = set(filter(None, request.query.get("scope", "").replace(" ", "").split(",")))
        if not wanted or wanted - set(SCOPES):
            return {"error": "invalid_scope", "error_description": "Invalid scope"}
        if self.denies or self.browser is None:
            self.denies = max(0, self.denies - 1)
            return {"error": "access_denied", "error_description": "User denied access"}
        scopes = wanted if self.grants_only is None else wanted & self.grants_only
        code = secrets.token_urlsafe(48) + "*0!6410"  # real codes hold such signs: they must be decoded exactly once
        redirect, challenge = request.query["redirect_uri"], request.query.get("code_challenge", "")
        self._codes[code] = Code(self.browser, scopes, redirect, self.now + CODE_S, challenge)
        return {"code": code, "scopes": ",".join(sorted(scopes))}

    @staticmethod
    def _answered(
        handler: Callable[[web.Request], Any],
    ) -> Callable[[web.Request], Any]:
        async def answer(request: web.Request) -> web.StreamResponse:
            try:
                return web.json_response(await handler(request))
            except RefusedError as refused:
                return refused.answer

        return answer

    async def _form(self, request: web.Request) -> dict[str, str]:
        """The form of an OAuth call by our own app."""
        if request.content_type != "application/x-www-form-urlencoded":
            raise self._oauth("invalid_request", "Content-Type must be application/x-www-form-urlencoded")
        form = {name: str(value) for name, value in (await request.post()).items()}
        request[CALL].data = {"grant_type": form.get("grant_type", "")}
        if (form.get("client_key"), form.get("client_secret")) != (self.client_key, self.client_secret):
            raise self._oauth("invalid_client")
        return form

    def _oauth(self, code: str, words: str = "") -> RefusedError:
        answer = oauth_error(code, words)
        if self.oauth_status is not None:
            answer.set_status(self.oauth_status)
        return RefusedError(answer)

    async def _token(self, request: web.Request) -> dict[str, Any]:
        form = await self._form(request)
        if form.get("grant_type") == "authorization_code":
            return self._exchanged(form)
        if form.get("grant_type") != "refresh_token":
            raise self._oauth("unsupported_grant_type")
        token = form.get("refresh_token", "")
        grant = next((each for each in self.grants if each.refresh == token and not each.revoked), None)
        if grant is None or grant.refresh_until <= self.now:
            if token in self._spent:
                self.violations.append("token: a refresh token was used twice; it is single-use and rotates")
            raise self._oauth("invalid_grant")
        self._spent.add(token)
        return self._issued(grant, grant.refresh_until)

    def _exchanged(self, form: dict[str, str]) -> dict[str, Any]:
        code = self._codes.pop(form.get("code", ""), None)  # a code works once, also when the try fails
        if code is None or code.until <= self.now:
            raise self._oauth("invalid_grant", "Authorization code is expired.")
        if form.get("redirect_uri") != code.redirect:
            raise self._oauth("invalid_grant", "Redirect_uri is not matched with the uri when requesting code.")
        if code.challenge and code.challenge not in challenges(form.get("code_verifier", "")):
            raise self._oauth("invalid_grant", "Code verifier or code challenge is invalid.")
        grant = Grant(code.person, code.scopes)
        self.grants.append(grant)
        return self._issued(grant, self.now + REFRESH_S)

    def _issued(self, grant: Grant, refresh_until: float) -> dict[str, Any]:
        grant.access, grant.refresh = f"act.{secrets.token_hex(24)}", f"rft.{secrets.token_hex(24)}"
        grant.access_until, grant.refresh_until = self.now + ACCESS_S, refresh_until
        return {
            "access_token": grant.access,
            "expires_in": ACCESS_S,
            "open_id": grant.person.open_id,
            "refresh_token": grant.refresh,
            "refresh_expires_in": int(refresh_until - self.now),
            "scope": ",".join(sorted(grant.scopes)),
            "token_type": "Bearer",
        }

    async def _revoke(self, request: web.Request) -> dict[str, Any]:
        form = await self._form(request)
        grant = next((each for each in self.grants if form.get("token") in (each.access, each.refresh)), None)
        if grant is None:
            raise self._oauth("invalid_request", "Token is invalid.")
        grant.revoked = True
        return {}

    # Display API ----------------------------------------------------------------------------------------------

    def _grant(self, request: web.Request) -> Grant:
        """Whose token it is; the pace is checked first."""
        window = self._windows.setdefault(request.path, Window(self._per_minute, 60))
        if window.wait(1, self.now):
            raise RefusedError(api_error("rate_limit_exceeded"))
        window.take(1, self.now)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        grant = next((each for each in self.grants if token and each.access == token), None)
        if grant is None or grant.revoked or grant.access_until <= self.now:
            raise RefusedError(api_error("access_token_invalid"))
        return grant

    async def _user(self, request: web.Request) -> dict[str, Any]:
        grant = self._grant(request)
        wanted = fields(request, USER_FIELDS)
        missing = [s for s, names in SCOPES.items() if set(wanted) & set(names) and s not in grant.scopes]
        if missing:
            raise RefusedError(api_error("scope_not_authorized"))
        person = grant.person
        address, picture = f"https://www.tiktok.com/@{person.username}", f"{self.origin}/avatar/{person.username}.jpg"
        whole = {
            "open_id": person.open_id,
            "union_id": person.union_id,
            "display_name": person.display_name,
            "username": person.username,
            "bio_description": "",
            "profile_deep_link": address,
            "profile_web_link": address,
            "is_verified": False,
            "follower_count": 10,
            "following_count": 5,
            "likes_count": 99,
            "video_count": len(person.videos),
            **dict.fromkeys(("avatar_url", "avatar_url_100", "avatar_large_url"), picture),
            **person.more,
        }
        return ok({"user": {name: whole[name] for name in wanted}})

    async def _listing(self, request: web.Request) -> tuple[Person, list[str], dict[str, Any]]:
        grant = self._grant(request)
        if "video.list" not in grant.scopes:
            raise RefusedError(api_error("scope_not_authorized"))
        wanted = fields(request, VIDEO_FIELDS)
        try:
            body = await request.json() if request.can_read_body else {}
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise RefusedError(api_error("invalid_params", "The request body must be JSON"))
        request[CALL].data = body
        return grant.person, wanted, body

    async def _videos(self, request: web.Request) -> dict[str, Any]:
        """Newest first; `cursor` is a time in milliseconds: only videos older than it (0: from the newest)."""
        person, wanted, body = await self._listing(request)
        count, cursor = body.get("max_count", 10), body.get("cursor", 0)
        if not isinstance(count, int) or not 1 <= count <= 20 or not isinstance(cursor, int):
            raise RefusedError(api_error("invalid_params", "max_count must be between 1 and 20, cursor an integer"))
        older = [each for each in person.videos if not cursor or each["create_time"] * 1000 < cursor]
        page = older[:count]
        videos = [{name: each[name] for name in wanted} for each in page]
        following = page[-1]["create_time"] * 1000 if page else cursor
        return ok({"videos": videos, "has_more": len(older) > len(page), "cursor": following})

    async def _query(self, request: web.Request) -> dict[str, Any]:
        person, wanted, body = await self._listing(request)
        ids = (body.get("filters") or {}).get("video_ids")
        if not isinstance(ids, list) or not 1 <= len(ids) <= 20:
            raise RefusedError(api_error("invalid_params", "filters.video_ids must hold 1 to 20 ids"))
        return ok({"videos": [{name: each[name] for name in wanted} for each in person.videos if each["id"] in ids]})
