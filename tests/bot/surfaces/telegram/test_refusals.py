"""What Telegram does not take, or not now: told apart by what is certain, and nobody else waits."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.surfaces.telegram.client import TelegramClient
from core.errors import Ambiguous, Denied, Invalid, Missing, Transient
from core.model.tellable.finds import HitFound
from core.model.tellable.lives import LiveStarted
from core.model.trigger import Where
from tests.bot.surfaces.telegram.conftest import notice, placed, read
from tests.platforms.chats import Telegram
from tests.waiting import PATIENCE

NOW = datetime(2026, 11, 20, 20, 14, tzinfo=UTC)
STARTED = LiveStarted(7, "amina", "Dinner", NOW, 1204, 4)
HIT = HitFound(1, 7, 1, "amina", "giveaway", Where.CHAT, "a giveaway <b>&", 2, 10, NOW, 31.0, "bob")


async def test_failures_are_told_apart_by_what_is_certain(client: TelegramClient, telegram: Telegram):
    place = await placed(client.house, telegram.kitchen)
    told = notice(place, STARTED)

    async def failing(kind: type[Exception], made: Any = told, post: str = "") -> Any:
        with pytest.raises(kind) as raised:
            await client.messenger.post(made, "n", post)
        assert type(raised.value) is kind
        return raised.value

    telegram.fail_next("sendMessage", 429, retry_after=3)
    assert (await failing(Transient)).retry_after == 3.0
    for code in (500, 502):
        telegram.fail_next("sendMessage", code, raw="<html>bad gateway</html>")
        await failing(Ambiguous)
    telegram.fail_next("sendMessage", 200, raw="no json at all")
    await failing(Ambiguous)
    assert (await failing(Missing, post="4711")).code == "POST_GONE"
    telegram.readonly.add(telegram.kitchen["id"])
    assert (await failing(Denied)).code == "NO_POST"
    telegram.readonly.clear()
    telegram.blocked.add(telegram.kitchen["id"])
    assert (await failing(Denied)).code == "NO_POST"
    nowhere = notice(place, STARTED, address="telegram:-100999")
    assert (await failing(Missing, nowhere)).code == "CHAT_GONE"
    telegram.assert_clean()


async def test_a_group_that_moved_says_where_to(client: TelegramClient, telegram: Telegram):
    old = telegram.add_group("Old", kind="group")
    place, new = await placed(client.house, old), telegram.migrate(old)
    with pytest.raises(Missing) as raised:
        await client.messenger.post(notice(place, STARTED), "n", "")
    assert raised.value.code == "MOVED"
    assert raised.value.values == {"address": place.id, "to": f"telegram:{new['id']}"}
    telegram.assert_clean()


async def test_what_is_refused_is_said_plainly_once(client: TelegramClient, telegram: Telegram):
    place = await placed(client.house, telegram.kitchen)
    telegram.fail_next("sendMessage", 400, "Bad Request: something about entities")
    assert await client.messenger.post(notice(place, HIT), "n", "")
    (message,) = telegram.messages_in(telegram.kitchen)
    assert "a giveaway <b>&" in read(message)
    assert "reply_markup" not in message
    telegram.fail_next("sendMessage", 400, "Bad Request: whatever", times=2)
    with pytest.raises(Invalid):
        await client.messenger.post(notice(place, HIT, key="2"), "n", "")
    telegram.assert_clean()


async def test_a_connection_that_does_not_come_about_is_no_doubt(client: TelegramClient, telegram: Telegram):
    place = await placed(client.house, telegram.kitchen)
    await telegram._runner.cleanup()
    with pytest.raises(Transient) as raised:
        await client.messenger.post(notice(place, STARTED), "n", "")
    assert type(raised.value) is Transient


async def test_the_flood_of_one_chat_stops_no_other(client: TelegramClient, telegram: Telegram):
    place, other = await placed(client.house, telegram.kitchen), await placed(client.house, telegram.alice)
    telegram.fail_next("sendMessage", 429, retry_after=3600)
    with pytest.raises(Transient):
        await client.messenger.post(notice(place, STARTED), "n", "")
    async with asyncio.timeout(PATIENCE):
        await client.messenger.post(notice(other, STARTED), "n", "")
        await telegram.text("/start", user=telegram.bob)
    telegram.assert_clean()


async def test_an_answer_waits_out_a_flood_and_is_not_lost(client: TelegramClient, telegram: Telegram):
    telegram.fail_next("sendMessage", 429, retry_after=1)
    (said,) = await telegram.text("/start", user=telegram.bob)
    assert "I am Earshot" in read(said)
    telegram.assert_clean()


async def test_a_busy_group_is_never_called_more_often_than_it_takes(client: TelegramClient, telegram: Telegram):
    place = await placed(client.house, telegram.kitchen)
    for number in range(20):
        await client.messenger.post(notice(place, HIT, key=f"{number}"), "n", "")
    with pytest.raises(Transient) as raised:
        await client.messenger.post(notice(place, HIT, key="more"), "n", "")
    assert raised.value.retry_after
    assert raised.value.retry_after > 2
    assert len(telegram.messages_in(telegram.kitchen)) == 20
    telegram.assert_clean()


async def test_paces_are_those_of_the_chat_with_all_its_topics(client: TelegramClient):
    pace = client.messenger.pace
    assert pace("telegram:-100/7#m5").key == pace("telegram:-100").key == "telegram:-100"
    assert (pace("telegram:-100").every, pace("telegram:-100").edits_every) == (3.0, 5.0)
    assert (pace("telegram:5").every, pace("telegram:5").edits_every) == (1.0, 0.0)
    assert await client.messenger.find(None, "n", NOW) is None  # type: ignore[arg-type]
