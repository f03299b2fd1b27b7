"""Commands as people type them on Telegram, and where the answers go."""

from typing import Any

import pytest

from bot.house import House
from bot.surfaces.telegram.client import TelegramClient
from tests.bot.surfaces.telegram.conftest import labels, placed, read
from tests.doubles import BEGAN
from tests.platforms.chats import Telegram
from tests.waiting import until


async def followed(house: House, place: str) -> list[str]:
    async with house.storage.reading() as work:
        return [follow.handle for follow in await work.follows.of_place(place)]


async def test_a_follow_is_typed_in_order_with_names_of_options_behind(client: TelegramClient, telegram: Telegram):
    place = f"telegram:{telegram.alice['id']}"
    said = await telegram.text("/follow @amina transcript=no", user=telegram.alice)
    assert "@amina" in read(said[0])
    async with client.house.storage.reading() as work:
        (follow,) = await work.follows.of_place(place)
    assert (follow.handle, follow.transcript, follow.address) == ("amina", False, place)
    telegram.assert_clean()


async def test_quotes_of_phones_keep_words_together(client: TelegramClient, telegram: Telegram):
    said = await telegram.text("/trigger add “free money” where=chat", user=telegram.alice)
    assert "free money" in read(said[0])
    async with client.house.storage.reading() as work:
        (trigger,) = await work.triggers.of_place(f"telegram:{telegram.alice['id']}")
    assert trigger.word == "free money"
    telegram.assert_clean()


async def test_the_first_word_alone_opens_a_panel_whose_buttons_ask(client: TelegramClient, telegram: Telegram):
    (panel,) = await telegram.text("/trigger", user=telegram.alice)
    assert {"add", "list", "remove"} <= set(labels(panel))
    pressed = await telegram.press(panel, "add", user=telegram.alice)
    (question,) = pressed.messages
    assert telegram.sent("sendMessage")[-1].params["reply_markup"]["force_reply"] is True
    (added,) = await telegram.text("giveaway", user=telegram.alice, reply_to=question)
    assert "giveaway" in read(added)
    telegram.assert_clean()


async def test_a_member_is_shown_only_what_they_may(client: TelegramClient, telegram: Telegram):
    (refused,) = await telegram.text("/trigger", user=telegram.bob, chat=telegram.kitchen)
    assert "manager" in read(refused)
    (panel,) = await telegram.text("/account", user=telegram.alice, chat=telegram.kitchen)
    assert "pause" in labels(panel)
    telegram.assert_clean()


async def test_a_group_is_set_up_by_one_press_before_anything_is_followed_there(
    client: TelegramClient, telegram: Telegram
):
    group = telegram.add_group("Pantry")
    telegram.admins[group["id"]] = {telegram.alice["id"]}
    place = f"telegram:{group['id']}"
    (refused,) = await telegram.text("/follow @amina", user=telegram.alice, chat=group)
    assert "is not set up yet" in read(refused)
    assert labels(refused) == ["Set up"]
    assert await followed(client.house, place) == []
    pressed = await telegram.press(refused, "Set up", user=telegram.alice)
    assert "Set up · step 1 of 4" in read(pressed.messages[-1])
    await telegram.text("/follow @amina", user=telegram.alice, chat=group)
    assert await followed(client.house, place) == ["amina"]
    telegram.assert_clean()


async def test_a_question_in_a_group_is_for_who_asked_and_finds_its_command_after_a_restart(
    house: House, client: TelegramClient, telegram: Telegram
):
    await placed(client.house, telegram.kitchen, set_up=BEGAN)
    (question,) = await telegram.text("/follow", user=telegram.alice, chat=telegram.kitchen)
    sent = telegram.sent("sendMessage")[-1].params
    assert sent["reply_markup"]["force_reply"]
    assert sent["reply_markup"]["selective"]
    assert sent["reply_parameters"]["allow_sending_without_reply"]
    stored = telegram.messages[telegram.kitchen["id"], question["message_id"]]
    said = await telegram.text("@Amina", user=telegram.bob, chat=telegram.kitchen, reply_to=stored)
    assert "manager" in read(said[0])
    await telegram.text("@Amina", user=telegram.alice, chat=telegram.kitchen, reply_to=stored)
    assert await followed(client.house, f"telegram:{telegram.kitchen['id']}") == ["amina"]
    telegram.assert_clean()


async def test_commands_for_another_bot_and_talk_in_groups_are_left_alone(client: TelegramClient, telegram: Telegram):
    await telegram.text("/follow@other_bot @x", user=telegram.alice, chat=telegram.kitchen, expect=0)
    await telegram.text("/whatever", user=telegram.alice, chat=telegram.kitchen, expect=0)
    telegram.privacy_mode = False
    await telegram.text(
        "https://www.tiktok.com/@a/video/7400000000000000001", user=telegram.alice, chat=telegram.kitchen, expect=0
    )
    said = await telegram.text("/following@Earshot_Bot", user=telegram.alice, chat=telegram.kitchen)
    assert len(said) == 1
    assert len(telegram.sent("send*")) == 1
    telegram.assert_clean()


async def test_an_unknown_command_is_told_in_private_and_when_the_bot_is_named(
    client: TelegramClient, telegram: Telegram
):
    (private,) = await telegram.text("/whatever", user=telegram.alice)
    (named,) = await telegram.text("/whatever@earshot_bot", user=telegram.alice, chat=telegram.kitchen)
    assert "whatever" in read(private)
    assert "whatever" in read(named)
    telegram.assert_clean()


async def test_start_welcomes_and_words_without_a_command_do_too(client: TelegramClient, telegram: Telegram):
    (hello,) = await telegram.text("/start", user=telegram.alice)
    assert "I am Earshot" in read(hello)
    assert labels(hello) == ["What I can do", "Follow an account"]
    (again,) = await telegram.text("hello there", user=telegram.alice)
    assert read(again) == read(hello)
    pressed = await telegram.press(hello, "What I can do", user=telegram.alice)
    assert "/follow" in read(pressed.messages[0])
    assert [call.method for call in pressed.calls] == ["editMessageText", "answerCallbackQuery"]
    telegram.assert_clean()


async def test_links_open_what_they_name_and_do_nothing_else(client: TelegramClient, telegram: Telegram):
    for payload, told in (
        ("live_8812", "8812"),
        ("t330", "v330"),
        ("login", "TikTok"),
        ("me_settings", "Your settings"),
        ("unfollow_undo", "I am Earshot"),
        ("account_export", "I am Earshot"),
        ("<b>", "I am Earshot"),
    ):
        (said,) = await telegram.text(f"/start {payload}", user=telegram.alice)
        assert told in read(said), payload
    telegram.assert_clean()


@pytest.mark.parametrize(("language", "words"), [("fr", "Vos réglages"), ("pt-br", "Your settings")])
async def test_a_person_is_answered_in_their_language(
    client: TelegramClient, telegram: Telegram, language: str, words: str
):
    someone = telegram.add_user("Zoé", language=language)
    (said,) = await telegram.text("/me settings", user=someone)
    assert words in read(said)
    telegram.assert_clean()


async def test_what_concerns_the_asker_alone_leads_from_a_group_to_the_private_chat(
    client: TelegramClient, telegram: Telegram
):
    (said,) = await telegram.text("/me settings", user=telegram.bob, chat=telegram.kitchen)
    (button,) = said["reply_markup"]["inline_keyboard"][0]
    assert button["url"] == "https://t.me/earshot_bot?start=me_settings"
    assert "Your settings" not in read(said)
    telegram.assert_clean()


async def test_a_file_of_settings_is_handed_over_in_private(client: TelegramClient, telegram: Telegram):
    (said,) = await telegram.text("/account export", user=telegram.alice, chat=telegram.kitchen)
    assert "sent it to you in private" in read(said)
    assert [call.params["chat_id"] for call in telegram.sent("sendDocument")] == [telegram.alice["id"]]
    stranger = telegram.add_user("Carol")
    telegram.blocked.add(stranger["id"])
    telegram.admins[telegram.kitchen["id"]].add(stranger["id"])
    client._rights.forget(telegram.kitchen["id"])
    (refused,) = await telegram.text("/account export", user=stranger, chat=telegram.kitchen)
    assert "I answer this in private" in read(refused)
    assert len(telegram.sent("sendDocument")) == 1
    telegram.assert_clean()


async def test_errors_go_from_a_group_by_themselves_and_at_a_stop_at_once(
    house: House, client: TelegramClient, telegram: Telegram, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bot.surfaces.telegram.screen.VANISH", 0.05)
    (refused,) = await telegram.text("/follow @x", user=telegram.bob, chat=telegram.kitchen, settle=0.01)
    await until(lambda: telegram.sent("deleteMessage"))
    assert telegram.sent("deleteMessage")[0].params["message_id"] == refused["message_id"]
    await telegram.text("/follow", user=telegram.alice, settle=0.2)
    await telegram.text("/following", user=telegram.bob, chat=telegram.kitchen, settle=0.2)
    assert len(telegram.sent("deleteMessage")) == 1
    monkeypatch.setattr("bot.surfaces.telegram.screen.VANISH", 60.0)
    (late,) = await telegram.text("/follow @x", user=telegram.bob, chat=telegram.kitchen)
    await client._vanishing.now()
    assert telegram.sent("deleteMessage")[1].params["message_id"] == late["message_id"]
    telegram.assert_clean()


async def test_an_administrator_who_speaks_as_the_group_is_a_manager(client: TelegramClient, telegram: Telegram):
    anonymous: dict[str, Any] = {
        "id": 1087968824,
        "is_bot": True,
        "first_name": "Group",
        "username": "GroupAnonymousBot",
    }
    await placed(client.house, telegram.kitchen, set_up=BEGAN)
    message = telegram._user_message(anonymous, telegram.kitchen, {"text": "/follow @amina"}, None)
    message["sender_chat"] = telegram.kitchen
    telegram.push({"message": message})
    await until(lambda: telegram.sent("sendMessage"))
    assert await followed(client.house, f"telegram:{telegram.kitchen['id']}") == ["amina"]
    telegram.assert_clean()


async def test_answers_stand_in_the_topic_they_were_asked_in(client: TelegramClient, telegram: Telegram):
    forum = telegram.add_group("Forum", forum=True)
    telegram.admins[forum["id"]] = {telegram.alice["id"]}
    await placed(client.house, forum, set_up=BEGAN)
    telegram.topics[forum["id"], 77] = {"message_thread_id": 77, "name": "lives", "icon_color": 7322096}
    await placed(client.house, forum, set_up=BEGAN)
    (said,) = await telegram.text("/follow @amina", user=telegram.alice, chat=forum, thread=77)
    assert said["message_thread_id"] == 77
    async with client.house.storage.reading() as work:
        (follow,) = await work.follows.of_place(f"telegram:{forum['id']}")
    assert follow.address == f"telegram:{forum['id']}/77"
    (general,) = await telegram.text("/following", user=telegram.alice, chat=forum)
    assert "message_thread_id" not in general
    telegram.assert_clean()


async def test_a_channel_is_commanded_from_the_private_chat_of_its_managers(client: TelegramClient, telegram: Telegram):
    channel = telegram.add_channel("News of the kitchen")
    telegram.admins[channel["id"]] = {telegram.alice["id"]}
    origin = {"type": "channel", "date": 1, "chat": channel, "message_id": 5}

    async def forward(user: dict[str, Any]) -> dict[str, Any]:
        before = len(telegram.sent("sendMessage"))
        body = {"text": "a post", "forward_origin": origin}
        telegram.push({"message": telegram._user_message(user, telegram.private(user), body, None)})
        call = (await until(lambda: [c for c in telegram.sent("sendMessage")[before:] if c.result]))[0]
        return telegram.messages[user["id"], call.result["message_id"]]

    await placed(client.house, channel, set_up=BEGAN)
    chosen = await forward(telegram.alice)
    assert "News of the kitchen" in read(chosen)
    assert "step 1" in read((await telegram.text("/setup", user=telegram.alice, reply_to=chosen))[0])
    await telegram.text("/follow @amina", user=telegram.alice, reply_to=chosen)
    assert await followed(client.house, f"telegram:{channel['id']}") == ["amina"]
    pressed = await telegram.press(chosen, "Who is followed", user=telegram.alice)
    assert "@amina" in read(pressed.messages[-1])
    await telegram.text("/follow @chef", user=telegram.alice)
    assert await followed(client.house, f"telegram:{telegram.alice['id']}") == ["chef"]
    assert "manager" in read(await forward(telegram.bob))
    telegram.admins[channel["id"]] = set()
    client._rights.forget(channel["id"])
    (refused,) = await telegram.text("/follow @late", user=telegram.alice, reply_to=chosen)
    assert "manager" in read(refused)
    telegram.assert_clean()


async def test_hostile_words_are_shown_letter_by_letter(client: TelegramClient, telegram: Telegram):
    for word in ("<b>x</b> & _*[`", "\u202eevil", "🍅" * 60, "@everyone </blockquote>"):
        (said,) = await telegram.text(f"/trigger add {word}", user=telegram.alice)
        assert read(said)
    someone = telegram.add_user("<b>Eve</b>")
    await telegram.text("/follow", user=someone, chat=telegram.kitchen)
    telegram.assert_clean()
