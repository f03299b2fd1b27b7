"""Added to a group of Telegram: one message says what this is; a return says that everything goes on; channels read nothing."""

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.house import House
from bot.surfaces.telegram.client import TelegramClient
from tests.bot.surfaces.telegram.conftest import labels, placed, read
from tests.bot.surfaces.telegram.test_panels import following, working
from tests.builders import rows
from tests.doubles import BEGAN
from tests.platforms.chats import Telegram
from tests.waiting import PATIENCE, until

Thing = dict[str, Any]
HELLO = "I am Earshot."


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.surfaces.telegram.presence.SETTLES", 0.2)


@pytest.fixture
async def client(house: House, telegram: Telegram) -> AsyncIterator[TelegramClient]:
    async with working(house, telegram) as made:
        yield made


def group_of(telegram: Telegram, owner: Thing, title: str = "Pantry", **how: Any) -> Thing:
    """A group somebody manages, in which Earshot is not."""
    group: Thing = telegram.add_group(title, **how)
    telegram.admins[group["id"]] = {owner["id"]}
    telegram.blocked.add(group["id"])
    return group


async def afterwards(telegram: Telegram) -> None:
    """When whatever was said before is there: a group that is added now is greeted later."""
    last = group_of(telegram, telegram.alice, "Last")
    telegram.add_bot(last, by=telegram.alice)
    await telegram.wait_message(last, timeout=PATIENCE)


async def test_a_group_reads_what_was_added_and_that_nothing_happens_before_it_is_set_up(
    client: TelegramClient, telegram: Telegram
):
    group = group_of(telegram, telegram.alice)
    telegram.add_bot(group, by=telegram.alice)
    said = await telegram.wait_message(group)
    assert read(said).startswith(HELLO)
    assert "Nothing is looked at, recorded or posted here before an admin of the group sets me up" in read(said)
    assert labels(said) == ["Set up", "What is stored"]
    async with client.house.storage.reading() as work:
        assert await work.places.get(f"telegram:{group['id']}") is None
    refused = await telegram.press(said, "Set up", user=telegram.bob)
    assert "This is for managers of Pantry" in (refused.answer or {})["text"]
    pressed = await telegram.press(said, "Set up", user=telegram.alice)
    assert "step 1 of 4" in read(pressed.messages[-1])
    assert read(telegram.messages[group["id"], said["message_id"]]).startswith(HELLO), "it stays as it is"
    telegram.assert_clean()


async def test_it_speaks_the_language_of_whoever_added_it(client: TelegramClient, telegram: Telegram):
    lea = telegram.add_user("Léa", language="fr")
    group = group_of(telegram, lea)
    telegram.add_bot(group, by=lea)
    assert "Rien n'est regardé, enregistré ni publié ici" in read(await telegram.wait_message(group))
    telegram.assert_clean()


async def test_it_is_said_once_for_one_adding_over_restarts_too(house: House, telegram: Telegram):
    group = group_of(telegram, telegram.alice)
    telegram.blocked.discard(group["id"])
    old, new = telegram.standing(group, "left"), telegram.standing(group, "member")
    about = {
        "chat": group,
        "from": telegram.alice,
        "date": int(time.time()) - 60,  # one adding is known by its second
        "old_chat_member": old,
        "new_chat_member": new,
    }
    for _ in range(2):
        async with working(house, telegram):
            telegram.push({"my_chat_member": about})
            await telegram.wait_message(group, timeout=PATIENCE)
            await afterwards(telegram)
    assert len(telegram.messages_in(group)) == 1
    async with working(house, telegram):
        telegram.kick_bot(group)
        await until(lambda: len(telegram.updates) == 0)
        telegram.add_bot(group, by=telegram.alice)
        await telegram.wait_message(group, after=1, timeout=PATIENCE)  # a poller before it may still be there
        telegram.promote_bot(group, by=telegram.alice, rights={"can_pin_messages"})
        await afterwards(telegram)
    assert len(telegram.messages_in(group)) == 2, "another adding, and no rights that come afterwards"
    telegram.assert_clean(ignore=("refused",))  # three pollers after one another


async def test_readers_of_a_channel_a_mute_group_and_people_alone_read_nothing(
    client: TelegramClient, telegram: Telegram
):
    channel, mute = group_of(telegram, telegram.alice, kind="channel"), group_of(telegram, telegram.alice, "Mute")
    telegram.withheld[mute["id"]] = {"can_send_messages"}
    forum = group_of(telegram, telegram.alice, "No photos", forum=True)
    telegram.withheld[forum["id"]] = {"can_send_photos"}
    telegram.add_bot(channel, by=telegram.alice, rights={"can_post_messages"})
    telegram.add_bot(mute, by=telegram.alice)
    telegram.add_bot(forum, by=telegram.alice)
    await telegram.block(telegram.bob)
    await telegram.unblock(telegram.bob)
    assert read(await telegram.wait_message(forum)).startswith(HELLO)
    await afterwards(telegram)
    assert telegram.messages_in(channel) == telegram.messages_in(mute) == telegram.messages_in(telegram.bob) == []
    telegram.assert_clean()


async def test_a_group_that_takes_it_back_reads_that_its_accounts_go_on(client: TelegramClient, telegram: Telegram):
    await placed(client.house, telegram.kitchen, set_up=BEGAN, language="fr")
    await following(client.house, telegram.kitchen, "amina", "chef")
    telegram.kick_bot(telegram.kitchen)
    telegram.add_bot(telegram.kitchen, by=telegram.alice)
    said = await telegram.wait_message(telegram.kitchen)
    assert read(said) == "Me revoilà.\n2 comptes continuent, comme ils ont été réglés ici."
    async with client.house.storage.reading() as work:
        place = await work.places.get(f"telegram:{telegram.kitchen['id']}")
    assert place is not None
    assert place.left is None
    telegram.assert_clean()


async def test_who_starts_it_while_adding_it_reads_the_panel_alone(client: TelegramClient, telegram: Telegram):
    group = group_of(telegram, telegram.alice)
    link = f"https://t.me/{telegram.username}?startgroup=setup"
    (panel,) = await telegram.open_link(link, user=telegram.alice, chat=group)
    assert "step 1 of 4" in read(panel)
    await afterwards(telegram)
    assert telegram.messages_in(group) == [panel]
    telegram.assert_clean()


@pytest.mark.parametrize("set_up", [BEGAN, None])
async def test_a_group_that_becomes_a_supergroup_is_not_greeted_again(
    client: TelegramClient, telegram: Telegram, set_up: datetime | None, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bot.surfaces.telegram.presence.SETTLES", 1.0)
    old = telegram.add_group("Old", kind="group")
    telegram.admins[old["id"]] = {telegram.alice["id"]}
    await placed(client.house, old, set_up=set_up)
    new = telegram.add_group("Old")
    telegram.admins[new["id"]] = {telegram.alice["id"]}
    telegram._member_update(new, telegram.alice, "left", "member")  # may come before it is told where the group went
    telegram.migrated[old["id"]] = new["id"]
    telegram._service(new, telegram.alice, {"migrate_from_chat_id": old["id"]})
    await afterwards(telegram)
    assert telegram.messages_in(new) == []
    telegram.assert_clean()


@pytest.mark.parametrize(("code", "more"), [(403, {}), (500, {}), (429, {"retry_after": 30})])
async def test_a_greeting_that_fails_is_let_go(
    client: TelegramClient, telegram: Telegram, code: int, more: dict[str, int]
):
    group = group_of(telegram, telegram.alice)
    telegram.fail_next("sendMessage", code, "Forbidden: no", **more)
    telegram.add_bot(group, by=telegram.alice)
    await until(lambda: telegram.sent("sendMessage", group))
    await afterwards(telegram)
    assert len(telegram.sent("sendMessage", group)) == 1
    async with client.house.storage.reading() as work:
        assert await work.outbox.count_closed() == (0, 0)
    assert client.trouble == ""
    telegram.assert_clean()


async def test_that_it_was_said_is_remembered_for_two_days_only(
    client: TelegramClient, telegram: Telegram, tmp_path: Path
):
    group = group_of(telegram, telegram.alice)
    telegram.add_bot(group, by=telegram.alice)
    await telegram.wait_message(group)
    (memo,) = rows(tmp_path, "select value, until from memo where name like 'arrived%'")
    kept = datetime.fromisoformat(memo["until"]).replace(tzinfo=UTC) - datetime.fromisoformat(memo["value"])
    assert kept == timedelta(days=2)
    telegram.assert_clean()
