"""Buttons on Telegram: always answered, done once, shown where they were."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from bot.asked import Asked
from bot.command import command
from bot.commands import ALL
from bot.house import House
from bot.kernel import Kernel
from bot.kinds import Text
from bot.replies.common import Working
from bot.replies.house import SourceShown
from bot.running import Running
from bot.surfaces.telegram.client import TelegramClient
from core.model.account import Handle
from core.model.live import Look
from core.model.risk import Assessment, Category, Label, Target, Virality
from core.model.tellable.finds import RiskRaised
from core.model.tellable.lives import LiveStarted
from core.model.transcript import Segment
from core.services.assessing import raised
from core.services.leaving import Doors
from tests.bot.surfaces.telegram.conftest import labels, notice, placed, read, running, settled
from tests.platforms.chats import Telegram
from tests.waiting import PATIENCE, until

CALLS: list[str] = []
GO = asyncio.Event()
SPENT: list[str] = []


@command("slow")
async def slow(asked: Asked, word: Text | None = None) -> SourceShown:
    """Take as long as a test wants"""
    CALLS.append(asked.person.id)
    await GO.wait()
    return SourceShown(Running("https://example.org", "1", "", "AGPL"))


@command("steps")
async def steps(asked: Asked) -> SourceShown:
    """Say how far it is"""
    for number in range(5):
        await asked.meanwhile(Working("At it", share=number / 5))
    return SourceShown(Running("https://example.org", "1", "", "AGPL"))


@pytest.fixture
async def slowly(house: House, telegram: Telegram, hurried: None) -> AsyncIterator[TelegramClient]:
    CALLS.clear()
    SPENT.clear()
    GO.clear()
    async with running(
        TelegramClient(replace(settled(house, telegram), doors=Doors(spent=SPENT.append)), Kernel((*ALL, slow, steps)))
    ) as client:
        yield client
    GO.set()


async def alerted(client: TelegramClient, telegram: Telegram) -> dict[str, Any]:
    """A risk alert in the kitchen, as a post."""
    place, now = await placed(client.house, telegram.kitchen), client.house.clock.now()
    judged = Assessment(
        Category.HATEFUL, Virality.MEDIUM, True, Target.GROUP, {Label.H: 0.9}, 0.9, "out with them", 30.0, "Rules: x."
    )
    async with client.house.storage.work() as work:
        account = await work.accounts.ensure(Handle("amina"))
        live, _ = await work.lives.begin(account, Look(now, True, "room", "Dinner", started=now), [place.id])
        assessment = await work.alerts.assessed(live.id, judged, now)  # type: ignore[attr-defined]
        alert = await work.alerts.raise_(place.id, live.id, assessment, now)
    said = raised(alert, "amina")
    assert isinstance(said, RiskRaised)
    await client.messenger.post(notice(place, said, subject=f"risk:{alert.id}"), "n", "")
    return telegram.messages_in(telegram.kitchen)[-1]


async def test_a_decision_changes_the_alert_at_once(client: TelegramClient, telegram: Telegram):
    post = await alerted(client, telegram)
    assert "Confirm" in labels(post)
    pressed = await telegram.press(post, "Confirm", user=telegram.alice)
    (edited,) = pressed.messages
    assert read(edited).startswith("Confirmed")
    assert "Alice" in read(edited)
    assert labels(edited) == ["Undo", "History", "Relabel", "Note", "Hear 45 s", "Context", "Keep as evidence"]
    assert edited["message_id"] == post["message_id"]
    assert "panel" not in str(edited["entities"])
    telegram.assert_clean()


async def test_who_may_not_is_told_so_and_nobody_else_reads_it(client: TelegramClient, telegram: Telegram):
    post = await alerted(client, telegram)
    pressed = await telegram.press(post, "Confirm", user=telegram.bob)
    assert pressed.answer is not None
    assert "moderators" in pressed.answer["text"]
    assert pressed.answer["show_alert"] is True
    assert pressed.messages == []
    telegram.assert_clean()


async def test_a_second_decision_says_who_was_first(client: TelegramClient, telegram: Telegram):
    post = await alerted(client, telegram)
    await placed(client.house, telegram.kitchen, reviewers=(f"telegram:{telegram.bob['id']}",))
    old = {**post}
    await telegram.press(post, "Confirm", user=telegram.alice)
    key = old["reply_markup"]["inline_keyboard"][0][1]["callback_data"]
    telegram.messages[telegram.kitchen["id"], post["message_id"]]["reply_markup"] = old["reply_markup"]
    pressed = await telegram.press(post, key, user=telegram.bob)
    assert pressed.answer is not None
    assert "Alice already confirmed" in pressed.answer["text"]
    telegram.assert_clean()


async def test_a_button_nobody_knows_any_more_says_so(client: TelegramClient, telegram: Telegram):
    (panel,) = await telegram.text("/start", user=telegram.alice)
    stored = telegram.messages[telegram.alice["id"], panel["message_id"]]
    for old in ("gone.verb:1", "follow:a;b;c;d;e;f;g;h;i", "\u202e<b>:x"):
        stored["reply_markup"]["inline_keyboard"] = [[{"text": "old", "callback_data": old}]]
        pressed = await telegram.press(stored, "old", user=telegram.alice)
        assert pressed.answer is not None
        assert pressed.answer["text"]
        assert pressed.messages == []
    telegram.assert_clean()


async def test_a_slow_command_keeps_nobody_waiting(slowly: TelegramClient, telegram: Telegram):
    (panel,) = await telegram.text("/start", user=telegram.alice)
    stored = telegram.messages[telegram.alice["id"], panel["message_id"]]
    stored["reply_markup"]["inline_keyboard"] = [[{"text": "slow", "callback_data": "slow"}]]
    pressed = await telegram.press(stored, "slow", user=telegram.alice)
    assert "text" not in (pressed.answer or {})
    asking = asyncio.create_task(telegram.text("/slow", user=telegram.bob))
    await until(lambda: telegram.sent("sendChatAction"))  # who waits sees it
    for number in range(30):  # and nobody else waits with them
        someone = telegram.add_user(f"Guest{number}")
        (said,) = await telegram.text("/start", user=someone, settle=0.0)
        assert "I am Earshot" in read(said)
    GO.set()
    (late,) = await asking
    assert "Earshot" in read(late)
    telegram.assert_clean()


async def test_a_reply_moves_rarely_and_becomes_the_result(
    slowly: TelegramClient, telegram: Telegram, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bot.surfaces.telegram.screen.GROUP_MOVES", 3600.0)
    monkeypatch.setattr("bot.surfaces.telegram.screen.TYPING", PATIENCE)
    (said,) = await telegram.text("/steps", user=telegram.bob, chat=telegram.kitchen, settle=0.2)
    methods = [call.method for call in telegram.calls if call.params.get("chat_id") == telegram.kitchen["id"]]
    assert [one for one in methods if one != "getChatAdministrators"] == ["sendMessage", "editMessageText"]
    (message,) = telegram.messages_in(telegram.kitchen)
    assert message["message_id"] == said["message_id"]
    assert "free software" in read(message)
    assert [f"telegram:{telegram.kitchen['id']}"] * 2 == SPENT  # what waits in the outbox knows of both calls
    telegram.assert_clean()


async def test_a_double_press_is_done_once_and_answered_twice(
    slowly: TelegramClient, telegram: Telegram, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bot.surfaces.telegram.press.AGAIN", 3600.0)
    (panel,) = await telegram.text("/start", user=telegram.alice)
    stored = telegram.messages[telegram.alice["id"], panel["message_id"]]
    stored["reply_markup"]["inline_keyboard"] = [[{"text": "slow", "callback_data": "slow"}]]
    both = [asyncio.create_task(telegram.press(stored, "slow", user=telegram.alice)) for _ in range(2)]
    await until(lambda: len(telegram.sent("answerCallbackQuery")) == 2)
    GO.set()
    await asyncio.gather(*both)
    assert [f"telegram:{telegram.alice['id']}"] == CALLS
    telegram.assert_clean()


async def test_pages_turn_in_place_and_a_post_stays_what_it_is(client: TelegramClient, telegram: Telegram):
    place = await placed(client.house, telegram.kitchen)
    for number in range(7):
        async with client.house.storage.work() as work:
            account = await work.accounts.ensure(Handle(f"chef{number}"))
            now = client.house.clock.now()
            look = Look(now, True, f"room{number}", "Dinner", started=now)
            live, _ = await work.lives.begin(account, look, [place.id])
            await work.transcripts.add(live.id, [Segment(1.0, 3.0, "Good evening.", "en", "captions")])
    (listed,) = await telegram.text("/lives list", user=telegram.bob, chat=telegram.kitchen)
    turned = await telegram.press(listed, "▶", user=telegram.bob)
    assert [one["message_id"] for one in turned.messages] == [listed["message_id"]]
    started = LiveStarted(live.id, "chef6", "Dinner", now)
    await client.messenger.post(notice(place, started, subject="live"), "n", "")
    post = telegram.messages_in(telegram.kitchen)[-1]
    opened = await telegram.press(post, "Follow the transcript", user=telegram.bob)
    (below,) = opened.messages
    assert below["message_id"] != post["message_id"]
    assert below["reply_to_message"]["message_id"] == post["message_id"]
    telegram.assert_clean()


async def test_buttons_of_a_former_process_work(house: House, client: TelegramClient, telegram: Telegram):
    post = await alerted(client, telegram)
    async with running(TelegramClient(settled(house, telegram), Kernel(ALL)), ready=False):
        client._state("")  # both are there for a moment, as at a restart
        pressed = await telegram.press(post, "Dismiss", user=telegram.alice)
        assert read(pressed.messages[0]).startswith("Dismissed")


async def test_personal_buttons_in_a_group_open_the_private_chat(client: TelegramClient, telegram: Telegram):
    (panel,) = await telegram.text("/following", user=telegram.alice, chat=telegram.kitchen)
    stored = telegram.messages[telegram.kitchen["id"], panel["message_id"]]
    stored["reply_markup"] = {"inline_keyboard": [[{"text": "Mine", "callback_data": "me.settings"}]]}
    pressed = await telegram.press(stored, "Mine", user=telegram.bob)
    assert pressed.answer is not None
    assert pressed.answer["url"] == "https://t.me/earshot_bot?start=me_settings"
    telegram.assert_clean()


async def test_readers_of_a_channel_are_answered_in_private(client: TelegramClient, telegram: Telegram):
    channel = telegram.add_channel("News")
    place = await placed(client.house, channel)
    async with client.house.storage.work() as work:
        account = await work.accounts.ensure(Handle("amina"))
        now = client.house.clock.now()
        live, _ = await work.lives.begin(account, Look(now, True, "room", "Dinner", started=now), [place.id])
        await work.transcripts.add(live.id, [Segment(1.0, 3.0, "Good evening.", "en", "captions")])
    await client.messenger.post(notice(place, LiveStarted(live.id, "amina", "Dinner", now)), "n", "")
    (post,) = telegram.messages_in(channel)
    pressed = await telegram.press(post, "Follow the transcript", user=telegram.bob)
    assert [one["chat"]["id"] for one in pressed.messages] == [telegram.bob["id"]]
    telegram.blocked.add(telegram.bob["id"])
    again = await telegram.press(post, "Save a clip", user=telegram.bob)
    assert again.answer is not None
    assert again.answer["url"].startswith("https://t.me/earshot_bot")
    assert len(telegram.messages_in(channel)) == 1
    telegram.assert_clean()
