"""The sign server's budget: never more questions than it allows, who comes first, and when to come again."""

from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from core.adapters.tiktok.chat.chat import Chat
from core.adapters.tiktok.chat.signing import LATER, SOON, Signing
from core.adapters.tiktok.web import Web, trust
from core.errors import Denied, EarshotError, Transient
from tests.core.adapters.tiktok.chats import Reading, failure, left_behind, reading
from tests.platforms.tiktok import TikTok
from tests.platforms.tiktok.faults import Quota
from tests.platforms.tiktok.fixtures import tiktok, tiktok_media

__all__ = ["tiktok", "tiktok_media"]
NAMES = ("alice", "bella", "clara", "dora", "emma")


@dataclass
class Turned:
    """A clock a test turns."""

    at: datetime

    def now(self) -> datetime:
        """Where it stands."""
        return self.at

    async def sleep(self, seconds: float) -> None:
        """Nobody sleeps here."""
        raise NotImplementedError

    def turn(self, seconds: float) -> None:
        """Let time pass."""
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Turned:
    return Turned(datetime(2026, 11, 20, 20, 0, tzinfo=UTC))


@pytest.fixture
def signing(tiktok: TikTok, clock: Turned) -> Signing:
    """Asks a server whose quota is counted by the same clock."""
    tiktok.grounds.quota = Quota(lambda: clock.at.timestamp())
    return Signing(tiktok.url, "", "", trust(), clock)


async def refused(signing: Signing, first: bool = True) -> Transient:
    with pytest.raises(Transient) as caught:
        await signing.take(first)
    assert caught.value.code == "SIGN_LIMIT"
    return caught.value


async def test_five_lives_on_one_question_a_minute_all_get_their_chat(tiktok: TikTok, clock: Turned) -> None:
    tiktok.grounds.quota = Quota(lambda: clock.at.timestamp())
    tiktok.quota(minute=1)
    web = Web()
    chat = Chat(web, "", tiktok.url, clock)
    due = dict.fromkeys(NAMES, clock.at)
    rooms = {name: tiktok.live(name) for name in NAMES}
    heard: dict[str, Reading] = {}
    async with AsyncExitStack() as open_ones:
        while due:
            name = min(due, key=lambda each: due[each])
            clock.at = max(clock.at, due.pop(name))
            taken = await open_ones.enter_async_context(reading(chat, rooms[name]))
            if taken.over:
                assert isinstance(taken.error, Transient)
                assert taken.error.code == "SIGN_LIMIT"
                assert taken.error.retry_after
                due[name] = clock.at + timedelta(seconds=taken.error.retry_after)
            else:
                heard[name] = taken
        assert sorted(heard) == list(NAMES)
        assert not any(taken.over for taken in heard.values())
    assert tiktok.hits["sign"] == len(NAMES)  # not one more than was allowed
    assert clock.at - datetime(2026, 11, 20, 20, 0, tzinfo=UTC) < timedelta(minutes=6)
    await web.close()
    assert left_behind() == []


async def test_nobody_asks_when_nothing_is_left(signing: Signing, tiktok: TikTok) -> None:
    tiktok.quota(minute=3, hour=100)
    for _ in range(3):
        await signing.take(True)
    error = await refused(signing)
    assert error.retry_after is not None
    assert 60 + SOON[0] <= error.retry_after <= 60 + SOON[1]


async def test_the_longest_of_the_windows_that_are_used_up_counts(signing: Signing, tiktok: TikTok) -> None:
    tiktok.quota(minute=1, day=1)
    await signing.take(True)
    error = await refused(signing)
    assert error.retry_after is not None
    assert error.retry_after >= 86_400


async def test_after_the_reset_the_server_is_asked_again(signing: Signing, tiktok: TikTok, clock: Turned) -> None:
    tiktok.quota(minute=1)
    await signing.take(True)
    clock.turn((await refused(signing)).retry_after or 0.0)
    await signing.take(True)
    assert tiktok.hits["rate_limits"] == 2


async def test_those_that_matter_come_before_the_others(signing: Signing, tiktok: TikTok) -> None:
    tiktok.quota(minute=1)
    await signing.take(False)
    matter = [(await refused(signing, first=True)).retry_after or 0.0 for _ in range(20)]
    others = [(await refused(signing, first=False)).retry_after or 0.0 for _ in range(20)]
    assert max(matter) <= 60 + SOON[1] <= 60 + LATER[0] <= min(others)
    assert len(set(others)) > 1  # not all together


async def test_one_look_at_the_quota_serves_a_whole_burst(signing: Signing, tiktok: TikTok) -> None:
    tiktok.quota(minute=50)
    for _ in range(20):
        await signing.take(True)
    assert tiktok.hits["rate_limits"] == 1


@pytest.mark.parametrize(
    "fault", [{"status": 500}, {"status": 404, "body": "<html>"}, {"status": 200, "body": "[]"}, {"abort": True}]
)
async def test_a_quota_that_is_not_told_is_eight_a_minute(
    signing: Signing, tiktok: TikTok, clock: Turned, fault: dict[str, object]
) -> None:
    tiktok.fault("rate_limits", times=-1, **fault)
    for _ in range(8):
        await signing.take(True)
    await refused(signing)
    clock.turn(61)
    await signing.take(True)


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ('{"minute": {"max": 5, "remaining": 0, "reset_at": "2026-11-20T20:00:20.000Z"}}', 20),
        ('{"minute": {"max": 5, "remaining": 0, "reset_at": 1795204820000}}', 20),
        ('{"hour": {"max": 5, "remaining": 0.0, "reset_at": null}}', 3600),
        ('{"minute": {"max": 5, "remaining": 0, "reset_at": "soon"}}', 60),
        ('{"minute": {"max": 5, "remaining": -3, "reset_at": 9e300}, "hour": "none", "day": {"remaining": "?"}}', 60),
    ],
)
async def test_a_reset_is_understood_in_whatever_form_it_is_told(
    signing: Signing, tiktok: TikTok, told: str, seconds: float
) -> None:
    tiktok.fault("rate_limits", status=200, body=told)
    error = await refused(signing)
    assert error.retry_after is not None
    assert seconds + SOON[0] <= error.retry_after <= seconds + SOON[1]


async def test_a_refusal_in_spite_of_the_quota_keeps_everybody_away_until_the_reset(
    tiktok: TikTok, clock: Turned
) -> None:
    """Somebody else uses the same key."""
    web = Web()
    chat = Chat(web, "", tiktok.url, clock)
    room = tiktok.live("alice")
    reset = str(round(clock.at.timestamp()) + 30)
    tiktok.fault("sign", status=429, headers={"RateLimit-Reset": reset, "RateLimit-Remaining": "0"})
    for _ in range(2):
        error = await failure(chat, room)
        assert isinstance(error, Transient)
        assert (error.code, tiktok.hits["sign"]) == ("SIGN_LIMIT", 1)
        assert error.retry_after is not None
        assert 30 < error.retry_after < 40
    clock.turn(41)
    async with reading(chat, room) as taken:
        assert not taken.over
    await web.close()


async def test_a_refusal_without_any_time_is_a_minute(tiktok: TikTok, clock: Turned) -> None:
    web = Web()
    chat = Chat(web, "", tiktok.url, clock)
    tiktok.fault("sign", status=429)
    error = await failure(chat, tiktok.live("alice"))
    assert isinstance(error, Transient)
    assert error.code == "SIGN_LIMIT"
    assert error.retry_after is not None
    assert 60 < error.retry_after < 70
    await web.close()


async def test_a_refused_key_is_said_before_anything_is_signed(tiktok: TikTok, clock: Turned) -> None:
    tiktok.fault("rate_limits", status=401)
    signing = Signing(tiktok.url, "wrong", "", trust(), clock)
    with pytest.raises(EarshotError) as caught:
        await signing.take(True)
    assert isinstance(caught.value, Denied)
    assert "wrong" not in repr(caught.value)


async def test_what_is_left_can_be_asked_without_using_any(signing: Signing, tiktok: TikTok) -> None:
    tiktok.quota(minute=3)
    assert [await signing.told() for _ in range(4)] == [3] * 4
    await signing.take(True)
    tiktok.fault("rate_limits", status=200, body="[]")
    with pytest.raises(Transient, match="SIGN_DOWN"):
        await signing.told()
    tiktok.fault("rate_limits", status=401)
    with pytest.raises(Denied, match="SIGN_KEY"):
        await signing.told()
