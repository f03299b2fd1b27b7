"""TikTok's official API by the real HTTP client: the sign-in page's address, and every answer as one of our errors."""

from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.fernet import Fernet

from core.adapters.sealing import Sealing
from core.adapters.tiktok.official import Budget, TikTokOfficial
from core.errors import Denied, EarshotError, Transient
from core.model.link import SCOPES, Grant
from tests.own_accounts import KEY, OLD_KEY, REDIRECT, official, went
from tests.platforms.service import Fault
from tests.platforms.tiktok_open import TikTokOpen
from tests.waiting import PATIENCE


@pytest.fixture
async def tiktok() -> AsyncIterator[TikTokOpen]:
    async with TikTokOpen(redirect=REDIRECT) as made:
        made.person("chef", videos=3)
        yield made


async def granted(side: TikTokOfficial) -> Grant:
    page, verifier = side.authorise("s" * 43)
    return await side.exchange((await went(page))["code"], verifier)


async def test_people_sign_in_at_tiktok_s_own_page_unless_another_host_is_set() -> None:
    sealing = Sealing([KEY])
    page, _ = TikTokOfficial("k", "s", REDIRECT, sealing).authorise("state")
    assert page.startswith("https://www.tiktok.com/v2/auth/authorize/?")
    asked = parse_qs(urlsplit(page).query)
    assert asked["scope"] == [",".join(SCOPES)]
    assert (asked["redirect_uri"], asked["state"], asked["client_key"]) == ([REDIRECT], ["state"], ["k"])
    assert "secret" not in page
    page, _ = TikTokOfficial("k", "secret", REDIRECT, sealing, "http://127.0.0.1:9").authorise("state")
    assert page.startswith("http://127.0.0.1:9/v2/auth/authorize/?")
    assert "secret" not in page


async def test_a_code_is_proven_by_the_verifier_that_never_left_us(tiktok: TikTokOpen) -> None:
    side = official(tiktok)
    page, verifier = side.authorise("state")
    _, another = side.authorise("state")
    code = (await went(page))["code"]
    with pytest.raises(Denied, match="LINK_OVER"):
        await side.exchange(code, another)
    assert Sealing([KEY]).open(verifier) not in page


async def test_tokens_come_sealed_and_never_show(tiktok: TikTokOpen) -> None:
    grant = await granted(official(tiktok))
    access = tiktok.grants[0].access
    assert Sealing([KEY]).open(grant.access) == access
    assert access not in repr(grant)
    assert grant.scopes == set(SCOPES)
    assert (grant.access_for.total_seconds(), round(grant.refresh_for / timedelta(days=1))) == (7200, 180)


async def test_only_what_the_person_allowed_is_asked_for(tiktok: TikTokOpen) -> None:
    side = official(tiktok)
    tiktok.grants_only = {"user.info.basic"}
    grant = await granted(side)
    own = await side.profile(grant.access, grant.scopes)
    assert (own.name, own.handle) == ("Chef", "")
    tiktok.grants_only = None
    grant = await granted(side)
    assert (await side.profile(grant.access, grant.scopes)).handle == "chef"


@pytest.mark.parametrize(
    ("said", "kind", "code"),
    [
        ("invalid_grant", Denied, "LINK_OVER"),
        ("invalid_client", Denied, "OAUTH_SETUP"),
        ("invalid_request", Denied, "OAUTH_SETUP"),
        ("server_error", Transient, "TIKTOK_DOWN"),
    ],
)
@pytest.mark.parametrize("status", [None, 200])
async def test_an_error_of_the_sign_in_means_the_same_with_any_status(
    tiktok: TikTokOpen, said: str, kind: type[EarshotError], code: str, status: int | None
) -> None:
    side = official(tiktok)
    grant = await granted(side)
    body = {"error": said, "error_description": "words"}
    tiktok.fail_next(Fault("token", status or 400, body))
    with pytest.raises(kind, match=code):
        await side.refresh(grant.refresh)


@pytest.mark.parametrize(
    "fault",
    [
        Fault("token", 200, "<html>"),
        Fault("token", 200, "{}"),
        Fault("token", 502, "<html>"),
        Fault("token", abort=True),
        Fault("token", delay_s=60.0),
        Fault("token", 200, {"access_token": "a", "refresh_token": "r", "open_id": "o", "expires_in": "soon"}),
        Fault("token", 302, headers={"Location": "http://192.0.2.1/"}),
        Fault("token", 200, "x" * 2_000_000),
    ],
    ids=["garbage", "empty", "502", "cut", "slow", "odd", "redirect", "endless"],
)
async def test_no_answer_is_tiktok_down(tiktok: TikTokOpen, fault: Fault) -> None:
    grant = await granted(official(tiktok))
    tiktok.fail_next(fault)
    side = official(tiktok, timeout_seconds=0.4 if fault.delay_s else PATIENCE)
    with pytest.raises(Transient, match="TIKTOK_DOWN"):
        await side.refresh(grant.refresh)


async def test_after_a_limit_nothing_is_asked_for_a_minute(tiktok: TikTokOpen) -> None:
    side = official(tiktok)
    grant = await granted(side)
    tiktok.refuse("videos", "rate_limit_exceeded")
    for _ in range(3):
        with pytest.raises(Transient, match="TIKTOK_LIMIT") as caught:
            await side.videos(grant.access)
        assert 0 < (caught.value.retry_after or 0) <= 60
    assert len(tiktok.sent("videos")) == 1
    assert await side.videos_of(grant.access, ["7400000000000000000"]) == [], "other routes go on"


async def test_a_proxy_is_used_except_for_hosts_that_need_none(
    tiktok: TikTokOpen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    side = TikTokOfficial(
        tiktok.client_key, tiktok.client_secret, REDIRECT, Sealing([KEY]), tiktok.origin, "http://127.0.0.1:1"
    )
    grant = await granted(side)
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")
    with pytest.raises(Transient, match="TIKTOK_DOWN"):
        await side.videos(grant.access)
    assert tiktok.sent("videos") == []


def test_no_more_is_asked_in_a_minute_than_tiktok_allows() -> None:
    at = [0.0]
    budget = Budget(3, lambda: at[0])
    for second in (0.0, 10.0, 20.0):
        at[0] = second
        budget.take("videos")
    with pytest.raises(Transient) as caught:
        budget.take("videos")
    assert caught.value.retry_after == 40.0
    budget.take("user")
    at[0] = 60.0
    budget.take("videos")


async def test_revoking_what_is_gone_already_is_no_error(tiktok: TikTokOpen) -> None:
    side = official(tiktok)
    grant = await granted(side)
    tiktok.grants.clear()
    await side.revoke(grant.access)


def test_a_seal_is_renewed_once_and_opened_by_any_key_that_is_kept() -> None:
    old = Sealing([OLD_KEY]).seal("token")
    both = Sealing([KEY, OLD_KEY])
    new = both.renewed(old)
    assert (both.open(old), both.open(new), both.renewed(new)) == ("token", "token", new)
    assert Sealing([KEY]).open(new) == "token"
    stranger = Sealing([Fernet.generate_key().decode()])
    assert stranger.renewed(new) == new
    with pytest.raises(Denied, match="LINK_SEALED"):
        stranger.open(new)
