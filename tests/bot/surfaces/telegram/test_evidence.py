"""Evidence and the audit log as files on Telegram: asked for in a group, handed over in private, to who may have them then."""

from typing import Any

import pytest

from bot.surfaces.telegram.client import TelegramClient
from core.model.audit import Verb
from core.model.risk import Label
from tests.bot.surfaces.telegram.conftest import labels, placed, read
from tests.bot.surfaces.telegram.test_pressing import alerted
from tests.bot.surfaces.telegram.test_reviewing import alert_of
from tests.builders import judged
from tests.platforms.chats import Telegram
from tests.waiting import until

Message = dict[str, Any]


def documents(telegram: Telegram) -> list[tuple[str, str]]:
    """(chat, name) of every file that was sent."""
    return [(str(one.params["chat_id"]), one.files["document"].filename) for one in telegram.sent("sendDocument")]


async def frozen(client: TelegramClient, telegram: Telegram) -> int:
    """An alert whose evidence Alice keeps in the group; its number."""
    post = await alerted(client, telegram)
    number = (await alert_of(client, telegram)).id
    await telegram.press(post, "Keep as evidence", user=telegram.alice)
    await until(lambda: panels(telegram))
    return number


def panels(telegram: Telegram) -> list[Message]:
    """What Alice has in private with a button that hands something out."""
    return [one for one in telegram.messages_in(telegram.alice) if "Hand out" in labels(one)]


async def handed(client: TelegramClient, telegram: Telegram) -> int:
    """How often the audit log says that evidence was handed out."""
    async with client.house.storage.reading() as work:
        rows = await work.audit.of_place(f"telegram:{telegram.kitchen['id']}")
    return sum(one.verb is Verb.EXPORT for one in rows)


async def test_evidence_asked_for_in_a_group_comes_in_private_and_the_group_sees_no_file(
    client: TelegramClient, telegram: Telegram
):
    number = await frozen(client, telegram)
    await telegram.text(f"/review evidence {number} export", user=telegram.alice, chat=telegram.kitchen)
    await until(lambda: documents(telegram))
    assert documents(telegram) == [(str(telegram.alice["id"]), f"evidence_{number}.zip")]
    assert "I have sent it to you in private." in read(telegram.messages_in(telegram.kitchen)[-1])
    assert await handed(client, telegram) == 1
    telegram.assert_clean()


async def test_the_panel_in_private_goes_on_speaking_of_the_group(client: TelegramClient, telegram: Telegram):
    number = await frozen(client, telegram)
    await telegram.press(panels(telegram)[-1], "Hand out", user=telegram.alice)
    await until(lambda: documents(telegram))
    assert documents(telegram) == [(str(telegram.alice["id"]), f"evidence_{number}.zip")]
    telegram.assert_clean()


async def test_who_lost_the_right_a_moment_ago_gets_nothing_by_an_old_button_or_by_asking(
    client: TelegramClient, telegram: Telegram
):
    number = await frozen(client, telegram)
    old = panels(telegram)[-1]
    telegram.admins[telegram.kitchen["id"]].discard(telegram.alice["id"])
    pressed = await telegram.press(old, "Hand out", user=telegram.alice)
    assert "This is for" in str((pressed.answer or {}).get("text"))
    (said,) = await telegram.text(f"/review evidence {number} export", user=telegram.alice, chat=telegram.kitchen)
    assert "This is for" in read(said)
    assert documents(telegram) == []
    assert await handed(client, telegram) == 0


async def test_another_member_and_another_chat_get_nothing_by_the_same_button(
    client: TelegramClient, telegram: Telegram
):
    number = await frozen(client, telegram)
    line = f"/review evidence {number} export"
    await telegram.text(line, user=telegram.bob, chat=telegram.kitchen)
    await telegram.text(line, user=telegram.bob)
    await telegram.text(line, user=telegram.alice)  # her own place has no such alert
    assert documents(telegram) == []
    assert await handed(client, telegram) == 0


async def test_who_lets_the_bot_not_write_is_told_how_and_gets_it_then(client: TelegramClient, telegram: Telegram):
    number = await frozen(client, telegram)
    carol = telegram.add_user("Carol")
    telegram.blocked.add(carol["id"])
    telegram.admins[telegram.kitchen["id"]].add(carol["id"])
    line = f"/review evidence {number} export"
    (said,) = await telegram.text(line, user=carol, chat=telegram.kitchen)
    assert "press Start there, and then ask here once more" in read(said)
    assert labels(said) == ["Open our chat"]
    assert (documents(telegram), await handed(client, telegram)) == ([], 0)
    telegram.blocked.discard(carol["id"])
    await telegram.text(line, user=carol, chat=telegram.kitchen)
    await until(lambda: documents(telegram))
    assert [chat for chat, _ in documents(telegram)] == [str(carol["id"])]
    assert await handed(client, telegram) == 1


async def test_the_audit_log_as_a_file_comes_in_private_by_its_button_in_the_group(
    client: TelegramClient, telegram: Telegram, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bot.surfaces.telegram.press.AGAIN", 0.0)
    await frozen(client, telegram)
    (shown,) = await telegram.text("/review audit", user=telegram.alice, chat=telegram.kitchen)
    await telegram.press(shown, "CSV", user=telegram.alice)
    await until(lambda: documents(telegram))
    ((chat, name),) = documents(telegram)
    assert (chat, name.endswith(".csv")) == (str(telegram.alice["id"]), True)
    telegram.blocked.add(telegram.alice["id"])
    await telegram.press(shown, "CSV", user=telegram.alice)
    await until(lambda: "press Start there" in read(telegram.messages_in(telegram.kitchen)[-1]))
    assert len(documents(telegram)) == 1


async def test_evidence_about_minors_is_handed_to_nobody_but_those_the_group_has_named(
    client: TelegramClient, telegram: Telegram
):
    await alerted(client, telegram)
    place = f"telegram:{telegram.kitchen['id']}"
    async with client.house.storage.work() as work:
        number = await work.alerts.assessed(None, judged(labels={Label.S3: 0.9}), client.house.clock.now())
        alert = await work.alerts.raise_(place, None, number, client.house.clock.now())
    line = f"/review evidence {alert.id} export"
    await telegram.text(f"/review evidence {alert.id} keep", user=telegram.alice, chat=telegram.kitchen)
    (said,) = await telegram.text(line, user=telegram.alice, chat=telegram.kitchen)
    assert documents(telegram) == []
    assert "named" in read(said)
    await placed(client.house, telegram.kitchen, reviewers=(f"telegram:{telegram.alice['id']}",))
    await telegram.text(line, user=telegram.alice, chat=telegram.kitchen)
    await until(lambda: documents(telegram))
    assert documents(telegram)[0][0] == str(telegram.alice["id"])
