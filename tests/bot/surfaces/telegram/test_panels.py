"""What is answered with panels and lists, by the real library: every step of it, its rights, and after a restart."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from bot.commands import ALL
from bot.couriers import courier_of
from bot.house import House
from bot.kernel import Kernel
from bot.limiting import Wish
from bot.surfaces.telegram.client import TelegramClient
from core.model.account import Follow, Handle
from core.model.feed import OFF, Event
from core.model.person import Place, Platform
from storage.database import Database
from storage.news import News
from tests.at_work import at_work
from tests.bot.surfaces.telegram.conftest import labels, placed, read, running, settled
from tests.bot.surfaces.telegram.test_pressing import alerted
from tests.doubles import BEGAN
from tests.platforms.chats import Telegram
from tests.waiting import until

Thing = dict[str, Any]


@asynccontextmanager
async def working(house: House, telegram: Telegram, kernel: Kernel | None = None) -> AsyncIterator[TelegramClient]:
    """A client whose chats are asked for rights, and a courier that carries what is told; Alice runs Earshot."""
    assert isinstance(house.storage, Database)
    house = settled(house, telegram, OWNERS=f"telegram:{telegram.alice['id']}")
    client = TelegramClient(house, kernel or Kernel(ALL))
    house.following.channels[Platform.TELEGRAM] = client.channels
    house.chats[Platform.TELEGRAM] = client
    courier, _ = courier_of(house, {Platform.TELEGRAM: client.messenger})
    house.storage.on = {News.TOLD: courier.soon}
    carrying = asyncio.create_task(courier.run())
    try:
        async with running(client):
            yield client
    finally:
        carrying.cancel()
        with suppress(asyncio.CancelledError):
            await carrying


@pytest.fixture
async def client(house: House, telegram: Telegram) -> AsyncIterator[TelegramClient]:
    async with working(house, telegram) as made:
        yield made


async def press(telegram: Telegram, panel: Thing, button: str, user: Thing | None = None) -> Thing:
    """What the press leads to: the panel as it is then, or the message below; in a private chat it may wait a second."""
    before, chat = len(telegram.calls), panel["chat"]["id"]

    def shown() -> list[Thing]:
        since = [one.result for one in telegram.calls[before:] if one.method.startswith(("sendM", "editM"))]
        return [one for one in since if isinstance(one, dict) and one["chat"]["id"] == chat]

    await telegram.press(panel, button, user=user or telegram.alice)
    return (await telegram.wait_for(shown))[0]  # type: ignore[no-any-return]


def now(telegram: Telegram, message: Thing) -> Thing:
    """A message as it is by now."""
    found: Thing = telegram.messages[message["chat"]["id"], message["message_id"]]
    return found


async def place_of(house: House, chat: Thing) -> Place:
    async with house.storage.reading() as work:
        found = await work.places.get(f"telegram:{chat['id']}")
    assert found is not None
    return found


async def following(house: House, chat: Thing, *names: str) -> None:
    """The chat follows them, as if it had said so long ago."""
    place = f"telegram:{chat['id']}"
    async with house.storage.work() as work:
        for name in names:
            account = await work.accounts.ensure(Handle(name))
            await work.follows.add(Follow(0, place, account.id, account.handle, place, house.clock.now()))


def forum_of(telegram: Telegram) -> Thing:
    """A forum Alice manages, in which Earshot may open no topics."""
    forum: Thing = telegram.add_group("Lives", forum=True)
    telegram.admins[forum["id"]] = {telegram.alice["id"]}
    return forum


# ---------------------------------------------------------------- setting up


async def test_a_group_is_set_up_in_four_steps_and_the_test_post_arrives(client: TelegramClient, telegram: Telegram):
    forum = forum_of(telegram)
    telegram.withheld[forum["id"]] = {"can_send_photos"}
    (panel,) = await telegram.text("/setup", user=telegram.alice, chat=forum)
    assert "step 1 of 4" in read(panel)
    assert "I cannot post in Lives yet. Missing: Send Photos." in read(panel)
    assert labels(panel) == ["Check again", "Next"]
    telegram.promote_bot(forum, by=telegram.alice, rights={"can_manage_topics"})
    panel = await press(telegram, panel, "Check again")
    assert "I may post there." in read(panel)
    panel = await press(telegram, panel, "Next")
    question = await press(telegram, panel, "Follow an account")
    assert read(question).startswith("Which account?")
    assert telegram.asked(question)
    (panel,) = await telegram.text("@amina", user=telegram.alice, chat=forum, reply_to=question)
    assert "@amina is followed now." in read(panel)
    panel = await press(telegram, panel, "Newsroom")
    assert "Why this place watches: Newsroom" in read(panel)
    panel = await press(telegram, panel, "Next")
    await telegram.press(panel, "Send a test post", user=telegram.alice)
    await until(lambda: "A test post is on its way to Lives." in read(now(telegram, panel)))
    post = await telegram.wait_message(forum, match=lambda message: "Posts arrive" in read(message))
    assert "Alice asked for this test" in read(post)
    place = await place_of(client.house, forum)
    assert (place.begun, place.address, place.purpose) == (True, place.id, "newsroom")
    telegram.assert_clean()


async def test_a_channel_is_set_up_from_a_forwarded_post_to_the_test_post(client: TelegramClient, telegram: Telegram):
    channel = telegram.add_channel("News of the kitchen")
    camille = telegram.add_user("Camille", language="fr")
    telegram.admins[channel["id"]] = {camille["id"]}
    telegram.rights[channel["id"]] = {"can_edit_messages"}
    origin = {"type": "channel", "date": 1, "chat": channel, "message_id": 5}
    body = {"text": "a post", "forward_origin": origin}
    telegram.push({"message": telegram._user_message(camille, telegram.private(camille), body)})
    chosen = await telegram.wait_message(telegram.private(camille))
    panel = await press(telegram, chosen, "Le configurer", camille)
    assert "News of the kitchen" in read(panel)
    assert "Publier des messages" in read(panel), "as Telegram names it in French"
    assert telegram.messages_in(channel) == []
    telegram.rights[channel["id"]] = {"can_post_messages"}
    panel = await press(telegram, panel, "Vérifier encore", camille)
    assert "Les messages vont dans News of the kitchen" in read(panel)
    panel = await press(telegram, panel, "Suite", camille)
    question = await press(telegram, panel, "Suivre un compte", camille)
    (panel,) = await telegram.text("@amina", user=camille, reply_to=question)
    assert "@amina est maintenant suivi" in read(panel)
    panel = await press(telegram, panel, "Suite", camille)
    await press(telegram, panel, "Envoyer un message d'essai", camille)
    post = await telegram.wait_message(channel)
    assert "Les messages arrivent ici" in read(post)
    async with client.house.storage.reading() as work:
        (follow,) = await work.follows.of_place(f"telegram:{channel['id']}")
    assert (follow.handle, follow.address) == ("amina", f"telegram:{channel['id']}")
    telegram.assert_clean()


# ---------------------------------------------------------------- settings


async def test_every_section_is_opened_and_changed_by_pressing(client: TelegramClient, telegram: Telegram):
    chat = telegram.private(telegram.alice)
    await placed(client.house, chat, set_up=BEGAN)
    await following(client.house, chat, "amina")
    (panel,) = await telegram.text("/settings", user=telegram.alice)
    assert labels(panel)[:9] == [str(number) for number in range(1, 10)]
    matrix = await press(telegram, panel, "1")
    assert matrix["message_id"] == panel["message_id"], "one panel that moves"
    event = await press(telegram, matrix, "5")
    assert "A clip is saved" in read(event)
    event = await press(telegram, event, "Off")
    assert labels(event) == ["Post here", "As before", "Back"]
    assert await client.house.settling.routes(f"telegram:{chat['id']}") == {Event.CLIP: OFF}
    event = await press(telegram, event, "As before")
    assert await client.house.settling.routes(f"telegram:{chat['id']}") == {}
    (alone,) = await telegram.text("/settings account=amina event=live to=off", user=telegram.alice)
    assert "For @amina alone." in read(alone)
    panel = await press(telegram, await press(telegram, alone, "Back"), "Everything set here")
    risk = await press(telegram, await press(telegram, panel, "3"), "0.9")
    assert "from 0.90" in read(risk)
    (tongue,) = await telegram.text("/settings section=language", user=telegram.alice)
    tongue = await press(telegram, tongue, "Français")
    question = await press(telegram, tongue, "Another time zone")
    (wrong,) = await telegram.text("Pariss", user=telegram.alice, reply_to=question)
    assert "I do not know the time zone" in read(wrong)
    await press(telegram, wrong, "Europe/Paris")
    place = await place_of(client.house, chat)
    assert (place.risk_threshold, place.language, place.time_zone) == (0.9, "fr", "Europe/Paris")
    telegram.assert_clean()


async def test_a_named_reviewer_may_decide_until_they_are_taken_off(client: TelegramClient, telegram: Telegram):
    post = await alerted(client, telegram)
    await placed(client.house, telegram.kitchen, set_up=BEGAN)
    panel = (await telegram.text("/settings section=who", user=telegram.alice, chat=telegram.kitchen))[0]
    question = await press(telegram, panel, "Name a reviewer")
    bob = str(telegram.bob["id"])
    (panel,) = await telegram.text(bob, user=telegram.alice, chat=telegram.kitchen, reply_to=question)
    assert bob in read(panel)
    decided = await press(telegram, post, "Confirm", telegram.bob)
    assert "Bob" in read(decided)
    removing = await press(telegram, panel, "Remove one")
    await press(telegram, removing, "Remove Bob")
    refused = await telegram.press(decided, "Undo", user=telegram.bob)
    assert "moderators" in (refused.answer or {})["text"]
    assert (await place_of(client.house, telegram.kitchen)).reviewers == ()
    telegram.assert_clean()


async def test_nobody_presses_what_they_may_not_in_a_panel_of_somebody_else(client: TelegramClient, telegram: Telegram):
    await placed(client.house, telegram.kitchen, set_up=BEGAN)
    (panel,) = await telegram.text("/settings section=risk", user=telegram.alice, chat=telegram.kitchen)
    for button in ("0.9", "Off", "Everything set here"):
        pressed = await telegram.press(panel, button, user=telegram.bob)
        assert "This is for managers" in (pressed.answer or {})["text"]
        assert pressed.messages == []
    assert (await place_of(client.house, telegram.kitchen)).risk_threshold == 0.7
    assert len(telegram.messages_in(telegram.kitchen)) == 1, "nobody else reads of it"
    telegram.assert_clean()


# ---------------------------------------------------------------- lists


async def test_pages_live_in_their_keys_and_turn_after_a_restart(house: House, telegram: Telegram):
    await placed(house, telegram.kitchen, set_up=BEGAN)
    await following(house, telegram.kitchen, *(f"cook{n:02}" for n in range(12)))
    async with working(house, telegram):
        (panel,) = await telegram.text("/following", user=telegram.bob, chat=telegram.kitchen)
        assert "cook04" in read(panel)
        panel = await press(telegram, panel, "▶", telegram.bob)
    async with working(house, telegram):
        panel = await press(telegram, panel, "▶", telegram.bob)
        assert ("cook10" in read(panel), labels(panel)[-1]) == (True, "◀")
        panel = await press(telegram, panel, "◀", telegram.bob)
        opened = await press(telegram, panel, "1")
        assert read(opened).startswith("@cook05")
        sure = await press(telegram, opened, "Unfollow")
        gone = await press(telegram, sure, "Unfollow @cook05")
        refused = await telegram.press(gone, "Undo", user=telegram.bob)
        assert "managers" in (refused.answer or {})["text"]
        back = await press(telegram, gone, "Undo")
        assert "followed again" in read(back)
    async with house.storage.reading() as work:
        assert len(await work.follows.of_place(f"telegram:{telegram.kitchen['id']}")) == 12
    telegram.assert_clean()


async def test_who_presses_thirty_times_a_minute_is_asked_to_wait(house: House, telegram: Telegram):
    chat, kernel = telegram.private(telegram.bob), Kernel(ALL)
    place, who = f"telegram:{chat['id']}", f"telegram:{telegram.bob['id']}"
    await placed(house, chat, set_up=BEGAN)
    async with working(house, telegram, kernel):
        (panel,) = await telegram.text("/settings section=risk", user=telegram.bob)
        panel = await press(telegram, panel, "0.8", telegram.bob)
        panel = await press(telegram, panel, "Risk", telegram.bob)
        for _ in range(27):  # Telegram itself lets nobody press so fast
            kernel.limits.take(place, who, Wish.QUEUE, house.clock.now())
        pressed = await telegram.press(panel, "0.9", user=telegram.bob)
        assert "That was 31 requests in a minute; the limit is 30." in (pressed.answer or {})["text"]
        assert (await place_of(house, chat)).risk_threshold == 0.8
    telegram.assert_clean()


# ---------------------------------------------------------------- the rest


async def test_help_opens_task_by_task(client: TelegramClient, telegram: Telegram):
    (panel,) = await telegram.text("/help", user=telegram.alice)
    assert "Follow accounts · /following /follow /unfollow /account" in read(panel)
    opened = await press(telegram, panel, "3")
    assert "/follow ACCOUNT" in read(opened)
    assert "Turn videos into text" in read(await press(telegram, opened, "Everything"))
    telegram.assert_clean()


async def test_the_digest_is_set_by_pressing_where_posting_is_allowed(client: TelegramClient, telegram: Telegram):
    forum = forum_of(telegram)
    await placed(client.house, forum, set_up=BEGAN, address=f"telegram:{forum['id']}")
    (shown,) = await telegram.text("/digest", user=telegram.alice, chat=forum)
    assert "It is posted every day at 09:00" in read(shown)
    weekly = await press(telegram, shown, "Every week")
    assert "on Mondays" in read(weekly)
    telegram.withheld[forum["id"]] = {"can_send_photos"}
    (refused,) = await telegram.text("/digest daily", user=telegram.alice, chat=forum)
    assert "I cannot post in this chat. Missing: Send Photos" in read(refused).replace("\n", " ")
    assert labels(refused) == ["Check again"]
    telegram.withheld.clear()
    assert "every day" in read(await press(telegram, refused, "Check again"))
    telegram.assert_clean()


async def test_who_runs_it_sees_its_work_and_tells_every_place(client: TelegramClient, telegram: Telegram):
    await placed(client.house, telegram.kitchen, set_up=BEGAN, address=f"telegram:{telegram.kitchen['id']}")
    async with at_work(client.house):
        for line, said in (
            ("/admin health", "Telegram is connected"),
            ("/admin jobs", "Work waiting: 0"),
            ("/admin run check accounts", "looked at now"),
            ("/admin run clean up", "nothing to clean up"),
            ("/admin sync", "registered again"),
            ("/privacy", "What is stored, and for how long"),
        ):
            (answer,) = await telegram.text(line, user=telegram.alice)
            await until(lambda answer=answer, said=said: said in read(now(telegram, answer)))
    (shown,) = await telegram.text("/admin say Down on Sunday.", user=telegram.alice)
    assert "Tell 1 place this?" in read(shown)
    assert telegram.messages_in(telegram.kitchen) == []
    await telegram.press(shown, "Send", user=telegram.alice)
    post = await telegram.wait_message(telegram.kitchen)
    assert "Down on Sunday." in read(post)
    (refused,) = await telegram.text("/admin health", user=telegram.bob)
    assert "owner" in read(refused)
    telegram.assert_clean()


async def test_a_chosen_language_holds_in_every_chat(client: TelegramClient, telegram: Telegram):
    (mine,) = await telegram.text("/me settings", user=telegram.bob)
    mine = await press(telegram, mine, "Français", telegram.bob)
    assert read(mine).startswith("Vos réglages")
    await placed(client.house, telegram.kitchen, set_up=BEGAN)
    (listed,) = await telegram.text("/help", user=telegram.bob, chat=telegram.kitchen)
    assert await until(lambda: "Ce que vous pouvez faire ici" in read(listed))
    telegram.assert_clean()
