"""Telegram's own pickers: a chat is chosen from the private chat and commanded there, a person is chosen to be a reviewer."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.house import House
from bot.surfaces.telegram.client import TelegramClient
from tests.bot.surfaces.telegram.conftest import labels, placed, read
from tests.bot.surfaces.telegram.test_panels import place_of, press, working
from tests.doubles import BEGAN
from tests.platforms.chats import Telegram

Thing = dict[str, Any]


@pytest.fixture
async def client(house: House, telegram: Telegram) -> AsyncIterator[TelegramClient]:
    async with working(house, telegram) as made:
        yield made


@pytest.fixture
def camille(telegram: Telegram) -> Thing:
    """Somebody who runs nothing."""
    made: Thing = telegram.add_user("Camille")
    return made


def channel_of(telegram: Telegram, owner: Thing, title: str = "News") -> Thing:
    """A channel of somebody's, in which Earshot is not."""
    channel: Thing = telegram.add_channel(title)
    telegram.admins[channel["id"]] = {owner["id"]}
    telegram.kick_bot(channel)
    return channel


def keyboard(telegram: Telegram, user: Thing) -> list[str]:
    """What stands on the keyboard under somebody's private chat."""
    rows = telegram.keyboards.get(user["id"], {}).get("keyboard", [])
    return [button["text"] for row in rows for button in row]


async def offered(telegram: Telegram, user: Thing) -> Thing:
    """The keyboard is asked for, from the panel of the private chat."""
    (panel,) = await telegram.text("/setup", user=user)
    assert "A channel or a group" in labels(panel)
    return await press(telegram, panel, "A channel or a group", user)


async def test_a_channel_is_chosen_and_set_up_to_the_test_post(
    client: TelegramClient, telegram: Telegram, camille: Thing
):
    channel = channel_of(telegram, camille)
    assert read(await offered(telegram, camille)).startswith("Which channel or group")
    assert keyboard(telegram, camille) == ["Pick a channel", "Pick a group", "Not now"]
    told, chosen = await telegram.pick("Pick a channel", user=camille, chat=channel, expect=2)
    assert read(told) == "You chose News."
    assert keyboard(telegram, camille) == []
    assert "it acts on that channel" in read(chosen)
    panel = await press(telegram, chosen, "Set it up", camille)
    assert "I may post there." in read(panel), "Telegram gave it the right to post with the choice"
    panel = await press(telegram, panel, "Next", camille)
    question = await press(telegram, panel, "Follow an account", camille)
    (panel,) = await telegram.text("@amina", user=camille, reply_to=question)
    await press(telegram, await press(telegram, panel, "Next", camille), "Send a test post", camille)
    assert "Posts arrive here" in read(await telegram.wait_message(channel))
    async with client.house.storage.reading() as work:
        (follow,) = await work.follows.of_place(f"telegram:{channel['id']}")
        assert await work.follows.of_place(f"telegram:{camille['id']}") == []
    assert follow.address == f"telegram:{channel['id']}"
    telegram.assert_clean()


async def test_a_group_is_chosen_and_commanded_from_the_private_chat(
    client: TelegramClient, telegram: Telegram, camille: Thing
):
    pantry = telegram.add_group("Pantry")
    telegram.admins[pantry["id"]] = {camille["id"]}
    telegram.kick_bot(pantry)
    await offered(telegram, camille)
    _, chosen = await telegram.pick("Pick a group", user=camille, chat=pantry, expect=2)
    assert "it acts on that group" in read(chosen)
    assert "step 1 of 4" in read((await telegram.text("/setup", user=camille, reply_to=chosen))[0])
    await telegram.text("/follow @amina", user=camille, reply_to=chosen)
    async with client.house.storage.reading() as work:
        assert [follow.handle for follow in await work.follows.of_place(f"telegram:{pantry['id']}")] == ["amina"]
    telegram.assert_clean()


async def test_who_does_not_manage_a_chat_gets_nothing_by_choosing_it(
    client: TelegramClient, telegram: Telegram, camille: Thing
):
    channel = telegram.add_channel("News")
    telegram.admins[channel["id"]] = {telegram.alice["id"]}
    await placed(client.house, channel, set_up=BEGAN)
    await offered(telegram, camille)
    shared = {
        "chat_shared": {"request_id": 1, "chat_id": channel["id"], "title": "News"}
    }  # what a client of her own might send
    telegram.push({"message": telegram._user_message(camille, telegram.private(camille), shared)})
    refused = await telegram.wait_message(camille, match=lambda one: "This is for managers of News" in read(one))
    assert labels(refused) == []
    assert keyboard(telegram, camille) == []
    (refused,) = await telegram.text("/follow @amina", user=camille, reply_to=refused)
    async with client.house.storage.reading() as work:
        assert await work.follows.of_place(f"telegram:{channel['id']}") == []
    telegram.assert_clean()


async def test_a_chat_in_which_earshot_is_not_says_so_only_by_refusing(
    client: TelegramClient, telegram: Telegram, camille: Thing
):
    channel = channel_of(telegram, camille, "</b> @everyone \u202e<i>")
    shared = {"chat_shared": {"request_id": 1, "chat_id": channel["id"], "title": channel["title"]}}
    telegram.push({"message": telegram._user_message(camille, telegram.private(camille), shared)})
    refused = await telegram.wait_message(camille, match=lambda one: "This is for managers" in read(one))
    assert "</b> @everyone <i>" in read(refused)
    telegram.assert_clean()


async def test_a_forwarded_post_or_a_no_takes_the_keyboard_away(
    client: TelegramClient, telegram: Telegram, camille: Thing
):
    channel = telegram.add_channel("News")
    telegram.admins[channel["id"]] = {camille["id"]}
    await offered(telegram, camille)
    origin = {"type": "channel", "date": 1, "chat": channel, "message_id": 5}
    body = {"text": "a post", "forward_origin": origin}
    telegram.push({"message": telegram._user_message(camille, telegram.private(camille), body)})
    await telegram.wait_message(camille, match=lambda one: "it acts on that channel" in read(one))
    assert keyboard(telegram, camille) == []
    await offered(telegram, camille)
    (said,) = await telegram.pick("Not now", user=camille)
    assert read(said) == "All right, nothing was chosen."
    assert keyboard(telegram, camille) == []
    (said,) = await telegram.text("Not now", user=camille)
    assert "I am Earshot" in read(said), "without a keyboard they are words like any others"
    telegram.assert_clean()


async def test_the_keyboard_speaks_french_and_so_does_its_no(client: TelegramClient, telegram: Telegram):
    lea = telegram.add_user("Léa", language="fr")
    (panel,) = await telegram.text("/setup", user=lea)
    await press(telegram, panel, "Un canal ou un groupe", lea)
    assert keyboard(telegram, lea) == ["Choisir un canal", "Choisir un groupe", "Pas maintenant"]
    (said,) = await telegram.pick("Pas maintenant", user=lea)
    assert "rien n'a été choisi" in read(said)
    telegram.assert_clean()


async def test_groups_and_what_speaks_of_another_chat_have_no_keyboard(client: TelegramClient, telegram: Telegram):
    await placed(client.house, telegram.kitchen, set_up=BEGAN)
    (panel,) = await telegram.text("/setup", user=telegram.alice, chat=telegram.kitchen)
    assert "A channel or a group" not in labels(panel)
    stored = telegram.messages[telegram.kitchen["id"], panel["message_id"]]
    stored["reply_markup"]["inline_keyboard"] = [[{"text": "x", "callback_data": "setup.elsewhere"}]]
    await press(telegram, stored, "x")
    assert telegram.keyboards == {}
    telegram.assert_clean()


# ---------------------------------------------------------------- people


async def who(telegram: Telegram, camille: Thing) -> tuple[Thing, Thing, Thing]:
    """A channel of Camille's, the panel about who may do what there, and the question who shall be a reviewer of it."""
    channel = channel_of(telegram, camille)
    await offered(telegram, camille)
    _, chosen = await telegram.pick("Pick a channel", user=camille, chat=channel, expect=2)
    await telegram.text("/setup", user=camille, reply_to=chosen)
    (panel,) = await telegram.text("/settings section=who", user=camille, reply_to=chosen)
    return channel, panel, await press(telegram, panel, "Name a reviewer", camille)


async def test_a_reviewer_of_a_channel_is_picked_from_people(
    client: TelegramClient, telegram: Telegram, camille: Thing
):
    telegram.bob["last_name"] = "Baker"
    channel, _, question = await who(telegram, camille)
    assert read(question).startswith("Who?")
    assert keyboard(telegram, camille) == ["Pick a person", "Not now"]
    told, panel = await telegram.pick("Pick a person", user=camille, person=telegram.bob, expect=2)
    assert read(told) == "You chose Bob Baker."
    assert read(panel).endswith("Bob Baker")
    assert keyboard(telegram, camille) == []
    place = await place_of(client.house, channel)
    assert place.reviewers == (f"telegram:{telegram.bob['id']}",)
    assert place.called(place.reviewers[0]) == "Bob Baker"
    assert "Remove Bob Baker" in labels(await press(telegram, panel, "Remove one", camille))
    telegram.assert_clean()


async def test_what_was_asked_is_known_after_a_restart_and_an_older_keyboard_says_so(
    house: House, telegram: Telegram, camille: Thing
):
    async with working(house, telegram):
        channel, panel, _ = await who(telegram, camille)
        older = telegram.keyboards[camille["id"]]
        await press(telegram, panel, "Name a reviewer", camille)
    newer, telegram.keyboards[camille["id"]] = telegram.keyboards[camille["id"]], older
    async with working(house, telegram):
        _, refused = await telegram.pick("Pick a person", user=camille, person=telegram.bob, expect=2)
        assert "from an older version" in read(refused)
        await press(telegram, panel, "Name a reviewer", camille)
        newer = telegram.keyboards[camille["id"]]
    async with working(house, telegram):
        assert telegram.keyboards[camille["id"]] == newer
        await telegram.pick("Pick a person", user=camille, person=telegram.bob, expect=2)
        assert (await place_of(house, channel)).reviewers == (f"telegram:{telegram.bob['id']}",)
    telegram.assert_clean(ignore=("refused",))  # three pollers after one another


async def test_who_is_no_manager_any_more_names_nobody(client: TelegramClient, telegram: Telegram, camille: Thing):
    channel, *_ = await who(telegram, camille)
    telegram.admins[channel["id"]] = {telegram.alice["id"]}
    client._rights.forget(channel["id"])
    _, refused = await telegram.pick("Pick a person", user=camille, person=telegram.bob, expect=2)
    assert "This is for managers of News" in read(refused)
    assert (await place_of(client.house, channel)).reviewers == ()
    telegram.assert_clean()


async def test_a_server_that_knows_no_pickers_asks_in_words(client: TelegramClient, telegram: Telegram, camille: Thing):
    channel, panel, _ = await who(telegram, camille)
    telegram.fail_next("sendMessage", 400, "Bad Request: can't parse keyboard button")
    question = await press(telegram, panel, "Name a reviewer", camille)
    assert telegram.asked(question)
    await telegram.text(str(telegram.bob["id"]), user=camille, reply_to=question)
    assert (await place_of(client.house, channel)).reviewers == (f"telegram:{telegram.bob['id']}",)
    telegram.assert_clean()
