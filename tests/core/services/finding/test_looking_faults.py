"""Looks at the loopback TikTok when it does not answer as it should: nothing flips, nobody else suffers, and it is said why."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from core.adapters.tiktok.rooms import Rooms
from core.adapters.tiktok.web import Web
from core.model.account import Account, AccountStatus, Handle
from core.model.live import Look
from core.services.finding.looking import Looking
from tests.builders import followed
from tests.core.services.conftest import Running
from tests.doubles import BEGAN, CountedStorage, HandClock
from tests.platforms.tiktok import TikTok
from tests.platforms.tiktok.fixtures import tiktok, tiktok_media
from tests.waiting import PATIENCE, until

__all__ = ["tiktok", "tiktok_media"]
FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "captcha": ({"status": 200, "body": "captcha"}, "TIKTOK_LIMIT"),
    "403": ({"status": 403}, "TIKTOK_LIMIT"),
    "429": ({"status": 429}, "TIKTOK_LIMIT"),
    "429 with its time": ({"status": 429, "headers": {"Retry-After": "120"}}, "TIKTOK_LIMIT"),
    "500": ({"status": 500}, "TIKTOK_DOWN"),
    "empty": ({"status": 200, "body": ""}, "TIKTOK_DOWN"),
    "cut": ({"abort": True}, "TIKTOK_DOWN"),
    "slow": ({"delay_s": 600.0}, "TIKTOK_DOWN"),
    "unknown name": ({"status": 200, "body": '{"message": "user_not_found", "data": {}}'}, "NAME_UNKNOWN"),
}


@dataclass
class Seen:
    """Looks at two accounts, one of which is live."""

    storage: CountedStorage
    clock: HandClock
    looking: Looking
    web: Web
    read: list[tuple[str, bool]] = field(default_factory=list)

    async def account(self, name: str) -> Account:
        async with self.storage.reading() as work:
            account = await work.accounts.by_handle(Handle(name))
        assert account is not None
        return account

    async def until(self, true: Callable[[], Any]) -> Any:
        """Let the clock run until something is so."""
        return await until(true, pause=self._pass_on)

    async def until_says(self, name: str, why: str) -> Account:
        async def said() -> Account | None:
            account = await self.account(name)
            return account if account.why == why else None

        account: Account = await self.until(said)
        return account

    def wait(self, seconds: float) -> None:
        """So long for an answer from now on."""
        self.web._timeout_seconds = seconds

    async def _pass_on(self) -> None:
        await self.clock.advance(1.0)
        await asyncio.sleep(0.005)  # the loopback's answers take real time, and the clock stands still meanwhile


@pytest.fixture
async def seen(tiktok: TikTok, storage: CountedStorage, clock: HandClock) -> AsyncIterator[Seen]:
    web = Web(looks_per_second=500)
    for name in ("maria", "amina"):
        await followed(storage, name)
        tiktok.account(name)
    tiktok.live("maria")

    async def told(account: Account, look: Look) -> None:
        async with storage.work() as work:
            status = AccountStatus.LIVE if look.live else AccountStatus.OFFLINE
            await work.accounts.saw(account.id, look, status)
        seen.read.append((account.handle, look.live))

    seen = Seen(storage, clock, Looking(Rooms(web, clock), storage, clock, 60.0, told), web)
    yield seen
    await web.close()


@pytest.mark.parametrize("name", FAULTS)
async def test_a_live_stays_live_whatever_keeps_tiktok_from_answering_and_the_next_answer_counts(
    tiktok: TikTok, seen: Seen, running: Running, name: str
):
    fault, why = FAULTS[name]
    async with running(seen.looking.run()):
        await seen.until(lambda: len(seen.read) == 2)
        before = await seen.account("maria")
        assert before.status is AccountStatus.LIVE
        tiktok.fault("api_live", times=-1, **fault)
        seen.wait(0.2 if "delay_s" in fault else PATIENCE)
        during = await seen.until_says("maria", why)
        assert during.status is AccountStatus.LIVE
        assert during.looked_at == before.looked_at
        assert len([one for one in seen.read if one == ("maria", False)]) == 0
        tiktok.clear_faults()
        seen.wait(PATIENCE)
        await seen.until(lambda: len([one for one in seen.read if one == ("maria", True)]) == 2)
        after = await seen.account("maria")
        assert (after.why, after.missing_since) == ("", None)
        assert after.tried_at == after.looked_at


@pytest.mark.parametrize("name", [name for name in FAULTS if name != "429 with its time"])
async def test_what_goes_wrong_with_one_account_delays_no_other(
    tiktok: TikTok, seen: Seen, running: Running, name: str
):
    fault, why = FAULTS[name]
    tiktok.fault("api_live", times=-1, match="uniqueId=maria", **fault)
    seen.wait(0.4 if "delay_s" in fault else PATIENCE)
    async with running(seen.looking.run()):
        await seen.until_says("maria", why)
        asked = len(tiktok.asked("api_live"))
        await seen.until(lambda: seen.read.count(("amina", False)) >= 4)
        marias = [call for call in tiktok.asked("api_live")[asked:] if "uniqueId=maria" in call.path]
        assert len(marias) <= 8  # 5, 10, 20, 40, 80, 160, 240, 240 s apart at the most
        assert seen.looking.limited_until is None
    assert (await seen.account("maria")).status is AccountStatus.UNKNOWN


async def test_while_tiktok_limits_everybody_nothing_is_asked_and_everybody_is_said_to_be_unknown(
    tiktok: TikTok, seen: Seen, running: Running
):
    tiktok.fault("api_live", status=429, headers={"Retry-After": "300"}, times=-1)
    async with running(seen.looking.run()):
        await seen.until(lambda: seen.looking.limited_until is not None)
        until = seen.looking.limited_until
        asked = tiktok.hits["api_live"]
        for name in ("maria", "amina"):
            account = await seen.until_says(name, "TIKTOK_LIMIT")
            assert (account.status, account.looked_at) == (AccountStatus.UNKNOWN, None)
        assert until is not None
        while seen.clock.now() < until:
            await seen.clock.advance(20)
        assert tiktok.hits["api_live"] <= asked + 1
        assert until >= BEGAN
        tiktok.clear_faults()
        await seen.until(lambda: {"maria", "amina"} <= {name for name, _ in seen.read})
    assert seen.looking.limited_until is None
