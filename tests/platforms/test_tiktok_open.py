"""The loopback side of TikTok's official API: what a client that does it right gets, and what one that does not is told."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.platforms.service import Fault
from tests.platforms.tiktok_open import TikTokOpen
from tests.waiting import PATIENCE

REDIRECT = "http://127.0.0.1:9/oauth/tiktok/callback"
SCOPE = "user.info.basic,user.info.profile,user.info.stats,video.list"


@pytest.fixture
async def api() -> AsyncIterator[TikTokOpen]:
    async with TikTokOpen(redirect=REDIRECT, per_minute=20) as serving:
        serving.person("chef", videos=25)
        yield serving


class App:
    """A client that does it right."""

    def __init__(self, api: TikTokOpen, client: httpx.AsyncClient) -> None:
        self.api, self.client = api, client
        self.tokens: dict[str, Any] = {}

    async def sign_in(self, **more: str) -> dict[str, str]:
        asked = {"client_key": self.api.client_key, "scope": SCOPE, "response_type": "code", "redirect_uri": REDIRECT}
        answer = await self.client.get("/v2/auth/authorize/", params={**asked, "state": "s3cret", **more})
        assert answer.status_code == 302
        return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}

    async def oauth(self, path: str, **form: str) -> httpx.Response:
        secret = {"client_key": self.api.client_key, "client_secret": self.api.client_secret}
        return await self.client.post(f"/v2/oauth/{path}/", data={**secret, **form})

    async def token(self, code: str) -> dict[str, Any]:
        form = {"code": code, "grant_type": "authorization_code", "redirect_uri": REDIRECT}
        self.tokens = (await self.oauth("token", **form)).json()
        return self.tokens

    async def refresh(self, token: str) -> dict[str, Any]:
        told: dict[str, Any] = (await self.oauth("token", grant_type="refresh_token", refresh_token=token)).json()
        return told

    async def call(self, method: str, path: str, fields: str, body: Any = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.tokens['access_token']}"}
        return await self.client.request(method, path, params={"fields": fields}, json=body, headers=headers)


@pytest.fixture
async def app(api: TikTokOpen) -> AsyncIterator[App]:
    async with httpx.AsyncClient(base_url=api.origin, trust_env=False, timeout=PATIENCE) as client:
        signed = App(api, client)
        await signed.token((await signed.sign_in())["code"])
        yield signed


async def test_a_sign_in_gives_a_profile_and_pages_of_videos(app: App) -> None:
    profile = await app.call("GET", "/v2/user/info/", "open_id,display_name,username,video_count")
    assert profile.json()["data"]["user"]["display_name"] == "Chef"
    assert profile.json()["data"]["user"]["video_count"] == 25
    first = (await app.call("POST", "/v2/video/list/", "id,title", {"max_count": 20})).json()["data"]
    second = (
        await app.call("POST", "/v2/video/list/", "id,title", {"max_count": 20, "cursor": first["cursor"]})
    ).json()
    assert (len(first["videos"]), first["has_more"], first["videos"][0]["title"]) == (20, True, "Video 25")
    assert (len(second["data"]["videos"]), second["data"]["has_more"]) == (5, False)
    chosen = {"filters": {"video_ids": [first["videos"][3]["id"]]}}
    assert (await app.call("POST", "/v2/video/query/", "title", chosen)).json()["data"]["videos"] == [
        {"title": "Video 22"}
    ]
    assert not app.api.violations


async def test_a_refresh_token_works_once(app: App) -> None:
    first = app.tokens["refresh_token"]
    assert (await app.refresh(first))["access_token"] != app.tokens["access_token"]
    assert (await app.refresh(first))["error"] == "invalid_grant"
    assert len(app.api.violations) == 1


async def test_tokens_age(app: App) -> None:
    app.api.advance(2 * 3600 + 1)
    refused = await app.call("GET", "/v2/user/info/", "open_id")
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "access_token_invalid")
    assert "access_token" in await app.refresh(app.tokens["refresh_token"])


async def test_a_revoked_or_cancelled_sign_in_is_over(app: App) -> None:
    assert (await app.oauth("revoke", token=app.tokens["access_token"])).json() == {}
    assert (await app.call("GET", "/v2/user/info/", "open_id")).status_code == 401
    await app.token((await app.sign_in())["code"])
    app.api.cancel(app.api.people["chef"])
    assert (await app.refresh(app.tokens["refresh_token"]))["error"] == "invalid_grant"


async def test_people_say_no_or_untick_scopes(app: App) -> None:
    app.api.denies = 1
    assert (await app.sign_in())["error"] == "access_denied"
    app.api.grants_only = {"user.info.basic"}
    await app.token((await app.sign_in())["code"])
    assert (await app.call("POST", "/v2/video/list/", "id", {})).json()["error"]["code"] == "scope_not_authorized"


async def test_a_code_works_once_and_only_with_the_redirect_it_was_given_to(app: App) -> None:
    code = (await app.sign_in())["code"]
    assert "access_token" in await app.token(code)
    assert (await app.token(code))["error"] == "invalid_grant"
    code = (await app.sign_in())["code"]
    wrong = await app.oauth("token", code=code, grant_type="authorization_code", redirect_uri="http://127.0.0.1:9/x")
    assert (wrong.status_code, wrong.json()["error"]) == (400, "invalid_grant")


async def test_it_refuses_by_script_and_by_pace(app: App) -> None:
    app.api.refuse("videos", 10231)
    app.api.refuse("token", "server_error")
    app.api.fail_next(Fault("user", 503, "<html>", "text/html"))
    refused = await app.call("POST", "/v2/video/list/", "id", {})
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "10231")
    assert (await app.refresh(app.tokens["refresh_token"]))["error"] == "server_error"
    assert (await app.call("GET", "/v2/user/info/", "open_id")).status_code == 503
    answers = [(await app.call("GET", "/v2/user/info/", "open_id")).status_code for _ in range(21)]
    assert answers == [200] * 20 + [429]
