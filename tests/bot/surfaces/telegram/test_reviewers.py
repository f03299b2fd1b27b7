"""Reviewers on Telegram: named by a reply or a mention, shown by their names, never anybody who was not meant."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.house import House
from bot.surfaces.telegram.client import TelegramClient
from core.model.person import Place
from tests.bot.surfaces.telegram.conftest import labels, placed, read
from tests.bot.surfaces.telegram.test_panels import now, place_of, press, working
from tests.bot.surfaces.telegram.test_pressing import alerted
from tests.doubles import BEGAN
from tests.platforms.chats import Telegram

Thing = dict[str, Any]


@pytest.fixture
async def client(house: House, telegram: Telegram) -> AsyncIterator[TelegramClient]:
    """Alice, who runs Earshot here, is an administrator of the kitchen; it is set up."""
    await placed(house, telegram.kitchen, set_up=BEGAN)
    async with working(house, telegram) as made:
        yield made


def wrote(telegram: Telegram, user: Thing, **about: Any) -> Thing:
    """What somebody wrote in the kitchen, which no bot is told of."""
    made: Thing = telegram._user_message(user, telegram.kitchen, {"text": "good evening", **about})
    return made


async def allow(telegram: Telegram, reply_to: Thing | None, text: str = "/settings allow", **how: Any) -> Thing:
    """What Alice's command in the kitchen is answered with."""
    how = {"user": telegram.alice, "chat": telegram.kitchen, "reply_to": reply_to, **how}
    return (await telegram.text(text, **how))[0]  # type: ignore[no-any-return]


async def kitchen(client: TelegramClient, telegram: Telegram) -> Place:
    return await place_of(client.house, telegram.kitchen)


async def test_whoever_wrote_the_answered_message_may_decide_from_then_on(client: TelegramClient, telegram: Telegram):
    post = await alerted(client, telegram)
    await placed(client.house, telegram.kitchen, set_up=BEGAN)
    panel = await allow(telegram, wrote(telegram, telegram.bob))
    assert read(panel).endswith("Bob")
    assert str(telegram.bob["id"]) not in read(panel)
    assert (await kitchen(client, telegram)).reviewers == (f"telegram:{telegram.bob['id']}",)
    decided = await press(telegram, post, "Confirm", telegram.bob)
    assert "Bob" in read(decided)
    removing = await press(telegram, panel, "Remove one")
    assert labels(removing)[0] == "Remove Bob"
    await press(telegram, removing, "Remove Bob")
    place = await kitchen(client, telegram)
    assert (place.reviewers, place.names) == ((), ())
    telegram.assert_clean()


async def test_a_reply_takes_a_reviewer_off_too(client: TelegramClient, telegram: Telegram):
    said = wrote(telegram, telegram.bob)
    await allow(telegram, said)
    panel = await allow(telegram, said, "/settings@earshot_bot disallow")
    assert "Bob" not in read(panel)
    assert (await kitchen(client, telegram)).reviewers == ()
    telegram.assert_clean()


async def test_only_a_manager_names_anybody(client: TelegramClient, telegram: Telegram):
    refused = await allow(telegram, wrote(telegram, telegram.bob), user=telegram.bob)
    assert "This is for managers of Kitchen" in read(refused)
    assert (await kitchen(client, telegram)).reviewers == ()
    telegram.assert_clean()


async def test_bots_and_whoever_writes_in_a_chats_name_are_nobody_who_decides(
    client: TelegramClient, telegram: Telegram
):
    robot = {"id": 4711, "is_bot": True, "first_name": "Robot", "username": "robot_bot"}
    refused = await allow(telegram, wrote(telegram, robot))
    assert read(refused).startswith("⚠️ Robot is a bot, and only people decide alerts.")
    (own,) = await telegram.text("/status", user=telegram.alice, chat=telegram.kitchen)
    assert "Earshot is a bot" in read(await allow(telegram, own))
    anonymous = telegram._user_message(telegram.alice, telegram.kitchen, {"text": "hello"}, anonymous=True)
    assert "in the name of Kitchen" in read(await allow(telegram, anonymous))
    channel = telegram.add_channel("News")
    service = {"id": 777000, "is_bot": False, "first_name": "Telegram"}
    posted = wrote(telegram, service, sender_chat=channel, is_automatic_forward=True)
    assert "in the name of News" in read(await allow(telegram, posted))
    assert (await kitchen(client, telegram)).reviewers == ()
    telegram.assert_clean()


async def test_who_is_mentioned_without_a_user_name_is_named_by_that(client: TelegramClient, telegram: Telegram):
    zoe = telegram.add_user("Zoë 🍅 Z")
    panel = await allow(telegram, None, "/settings allow Zoë 🍅 Z", naming=zoe)
    assert read(panel).endswith("Zoë 🍅 Z")
    panel = await allow(telegram, wrote(telegram, telegram.bob), "/settings disallow Zoë 🍅 Z", naming=zoe)
    assert (await kitchen(client, telegram)).reviewers == (), "the one in the words, not the one who is answered"
    question = await press(telegram, panel, "Name a reviewer")
    panel = await allow(telegram, question, "Zoë 🍅 Z", naming=zoe)
    assert (await kitchen(client, telegram)).called(f"telegram:{zoe['id']}") == "Zoë 🍅 Z"
    assert read(panel).endswith("Zoë 🍅 Z")
    telegram.assert_clean()


async def test_a_command_that_points_at_nobody_asks_and_says_how(client: TelegramClient, telegram: Telegram):
    question = await allow(telegram, None)
    assert read(question).startswith("Who?")
    refused = await allow(telegram, question, "@bob_test")
    assert "reply to a message of theirs with /settings allow" in read(refused)
    assert "by number" in read(await allow(telegram, None, "/settings section=who"))
    telegram.assert_clean()


async def test_in_a_topic_nobody_is_named_for_having_opened_it(client: TelegramClient, telegram: Telegram):
    forum = telegram.add_group("Forum", forum=True)
    telegram.admins[forum["id"]] = {telegram.alice["id"]}
    await placed(client.house, forum, set_up=BEGAN)
    thread = telegram.add_topic(forum, "Talk")
    question = await allow(telegram, None, chat=forum, thread=thread)
    assert read(question).startswith("Who?")
    said = telegram._user_message(telegram.bob, forum, {"text": "hello"}, thread)
    await allow(telegram, said, chat=forum, thread=thread)
    assert (await place_of(client.house, forum)).reviewers == (f"telegram:{telegram.bob['id']}",)
    telegram.assert_clean()


async def test_the_message_that_somebody_came_names_who_came(client: TelegramClient, telegram: Telegram):
    added = wrote(telegram, telegram.alice, new_chat_members=[telegram.bob])
    await allow(telegram, added)
    assert (await kitchen(client, telegram)).reviewers == (f"telegram:{telegram.bob['id']}",)
    carol = telegram.add_user("Carol")
    both = wrote(telegram, telegram.alice, new_chat_members=[telegram.bob, carol])
    assert read(await allow(telegram, both)).startswith("Who?")
    sent_away = wrote(telegram, telegram.alice, left_chat_member=carol)
    assert read(await allow(telegram, sent_away)).startswith("Who?")
    telegram.assert_clean()


async def test_a_number_becomes_a_name_once_its_owner_is_heard_and_follows_it(
    client: TelegramClient, telegram: Telegram
):
    number = str(telegram.bob["id"])
    panel = await allow(telegram, None, f"/settings allow {number}")
    assert read(panel).endswith(number)
    await telegram.text("/status", user=telegram.bob, chat=telegram.kitchen)
    assert read(await allow(telegram, None, "/settings section=who")).endswith("Bob")
    telegram.bob["last_name"] = "Baker"
    await telegram.text("/status", user=telegram.bob, chat=telegram.kitchen)
    assert read(await allow(telegram, None, "/settings section=who")).endswith("Bob Baker")
    telegram.assert_clean()


async def test_two_of_one_name_are_told_apart_and_a_hostile_name_does_nothing(
    client: TelegramClient, telegram: Telegram
):
    twin = telegram.add_user("bob")
    evil = telegram.add_user("\u202e<b>@everyone</b> " + "x" * 200)
    for one in (telegram.bob, twin, evil):
        panel = await allow(telegram, wrote(telegram, one))
    text = read(panel)
    assert f"Bob ({telegram.bob['id']})" in text
    assert f"bob ({twin['id']})" in text
    assert "<b>@everyone</b> xxx" in text
    assert "\u202e" not in text
    removing = await press(telegram, panel, "Remove one")
    assert f"Remove bob ({twin['id']})" in labels(removing)
    assert any(label.startswith("Remove <b>") and len(label) < 40 for label in labels(removing))
    assert "Bob" in read(now(telegram, removing))
    telegram.assert_clean()
