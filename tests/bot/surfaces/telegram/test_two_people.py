"""A place on Telegram asks for two people, and an alert that becomes critical is heard there."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.surfaces.telegram.client import TelegramClient
from core.model.feed import Event, Feed
from core.model.notice import DeliveryState
from core.model.person import Two
from core.model.risk import Level
from tests.bot.surfaces.telegram.conftest import labels, notice, placed, read
from tests.bot.surfaces.telegram.test_panels import place_of, press
from tests.bot.surfaces.telegram.test_posting import NOW, RISK
from tests.bot.surfaces.telegram.test_pressing import alerted
from tests.doubles import BEGAN
from tests.platforms.chats import Telegram


async def test_the_panel_and_the_typed_form_choose_which_alerts_take_two(client: TelegramClient, telegram: Telegram):
    await placed(client.house, telegram.kitchen, set_up=BEGAN)
    (panel,) = await telegram.text("/settings section=risk", user=telegram.alice, chat=telegram.kitchen)
    assert "Two people · for no alert" in read(panel)
    opened = await press(telegram, panel, "5")
    assert labels(opened)[:2] == ["What is critical", "Every alert"]
    chosen = await press(telegram, opened, "What is critical")
    assert "for what is critical" in read(chosen)
    assert (await place_of(client.house, telegram.kitchen)).two is Two.SEVERE
    (typed,) = await telegram.text("/settings second=every", user=telegram.alice, chat=telegram.kitchen)
    assert "for every alert" in read(typed)
    assert (await place_of(client.house, telegram.kitchen)).two is Two.EVERY
    telegram.assert_clean()


async def test_for_one_person_alone_there_is_nobody_to_agree_with(client: TelegramClient, telegram: Telegram):
    (refused,) = await telegram.text("/settings second=every", user=telegram.alice)
    assert "this place is yours alone" in read(refused)
    telegram.assert_clean()


async def test_the_first_person_proposes_the_second_settles_it(client: TelegramClient, telegram: Telegram):
    post = await alerted(client, telegram)
    await placed(client.house, telegram.kitchen, reviewers=(f"telegram:{telegram.bob['id']}",), two=Two.EVERY)
    (proposed,) = (await telegram.press(post, "Dismiss", user=telegram.alice, settle=1.1)).messages
    assert "Alice would dismiss it. A second person has to agree." in read(proposed)
    assert "Ask a second person" not in labels(proposed)
    twice = await telegram.press(proposed, "Dismiss", user=telegram.alice)
    assert "Two different people" in ((twice.answer or {}).get("text") or "")
    (opposed,) = (await telegram.press(proposed, "Confirm", user=telegram.bob, settle=1.1)).messages
    assert "Alice would dismiss it, Bob would confirm it." in read(opposed)
    (listed,) = await telegram.text("/review list", user=telegram.alice, chat=telegram.kitchen)
    assert "two disagree" in read(listed)
    (settled,) = (await telegram.press(opposed, "Dismiss", user=telegram.bob)).messages
    assert read(settled).startswith("Dismissed")
    assert "by Alice and Bob" in read(settled)
    async with client.house.storage.reading() as work:
        deeds = await work.audit.of_place(f"telegram:{telegram.kitchen['id']}")
    assert [(one.name, one.verb.value) for one in reversed(deeds)] == [
        ("Alice", "propose"), ("Bob", "propose"), ("Bob", "dismiss"),
    ]  # fmt: skip
    telegram.assert_clean()


@pytest.mark.parametrize("apart", [False, True], ids=["with the live", "at an address of its own"])
async def test_an_alert_that_becomes_critical_is_answered_with_a_sound(
    client: TelegramClient, telegram: Telegram, apart: bool
):
    place = await placed(client.house, telegram.kitchen)
    if apart:
        async with client.house.storage.work() as work:
            await work.feeds.put(Feed(place.id, Event.RISK, place.id))
    first = notice(place, RISK, subject="risk:7", silent=True)
    async with client.house.storage.work() as work:
        await work.outbox.put(first, NOW)
        (delivery,) = await work.outbox.claim("me", ["telegram"], NOW, timedelta(minutes=1), 1)
    external = await client.messenger.post(first, "n", "")
    async with client.house.storage.work() as work:
        await work.outbox.settle(delivery, DeliveryState.SENT, NOW, external=external)
    alert = telegram.messages_in(telegram.kitchen)[-1]
    grown = replace(RISK, alert_id=7, level=Level.CRITICAL, grown=True)
    await client.messenger.post(notice(place, grown, subject="risk:7:critical", urgent=True), "m", "")
    answer = telegram.messages_in(telegram.kitchen)[-1]
    assert answer["reply_to_message"]["message_id"] == alert["message_id"]
    assert "disable_notification" not in telegram.sent("sendMessage")[-1].params
    assert read(answer).startswith("🚨 Critical now")
    assert labels(answer) == ["The alert"]
    telegram.assert_clean()
