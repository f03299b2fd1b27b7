"""Coming up, staying up and going down on Telegram."""

import asyncio
import io
import json
import logging
from typing import Any

import pytest
from aiohttp import ClientSession, web

from bot.commands import ALL
from bot.house import House
from bot.kernel import Kernel
from bot.surfaces.telegram.client import TelegramClient
from core.errors import Denied, EarshotError, Invalid
from tests.bot.surfaces.telegram.conftest import Heard, read, running, settled
from tests.platforms.chats import Telegram
from tests.platforms.tiktok.proxy import Proxy
from tests.waiting import until

SECRET = "a-secret_1"
KERNEL = Kernel(ALL)


def ours(caplog: pytest.LogCaptureFixture) -> str:
    """What was logged, but for the diary of the loopback itself."""
    told = [record for record in caplog.records if not record.name.startswith("aiohttp")]
    return "\n".join(f"{record.getMessage()} {record.exc_info}" for record in told)


async def test_menus_are_told_once_and_again_when_asked_or_changed(house: House, telegram: Telegram):
    owner = f"telegram:{telegram.alice['id']}"
    settled_house = settled(house, telegram, OWNERS=owner)
    async with running(TelegramClient(settled_house, KERNEL)) as client:
        assert len(telegram.sent("setMyCommands")) == 8
        assert telegram.commands[json.dumps({"type": "chat", "chat_id": telegram.alice["id"]}, sort_keys=True) + "fr"]
        names = {command.name.split()[0] for command in ALL if command.offered}
        assert await client.sync() == len(names)
        assert len(telegram.sent("setMyCommands")) == 16
    async with running(TelegramClient(settled_house, KERNEL)):
        assert len(telegram.sent("setMyCommands")) == 16
    async with running(TelegramClient(settled_house, Kernel(ALL[3:]))):
        assert len(telegram.sent("setMyCommands")) == 24
    telegram.assert_clean(ignore=("refused",))  # three pollers after one another


@pytest.mark.parametrize(("code", "why"), [(429, "TELEGRAM_RATE"), (502, "TELEGRAM_ANSWER")])
async def test_menus_that_are_not_taken_when_asked_again_are_an_error_of_this_house(
    house: House, telegram: Telegram, code: int, why: str
):
    async with running(TelegramClient(settled(house, telegram), KERNEL)) as client:
        telegram.fail_next("setMyCommands", code, retry_after=30 if code == 429 else None)
        with pytest.raises(EarshotError) as raised:
            await client.sync()
        assert raised.value.code == why
        assert client.ready
    telegram.assert_clean(ignore=("refused",))


async def test_an_owner_who_has_never_written_keeps_nobody_waiting(house: House, telegram: Telegram):
    carol = telegram.add_user("Carol", started=False)
    async with running(TelegramClient(settled(house, telegram, OWNERS=f"telegram:{carol['id']}"), KERNEL)) as client:
        assert client.ready
    telegram.assert_clean()


@pytest.mark.parametrize("token", ["123456789:AAFakeTelegramTokenThatIsWrong00000000", "no token at all", "1:x y\n"])
async def test_a_wrong_token_is_said_by_its_name_and_nowhere_by_its_value(
    house: House, telegram: Telegram, token: str, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    with pytest.raises(Denied) as raised:
        async with running(TelegramClient(settled(house, telegram, TELEGRAM_TOKEN=token), KERNEL)):
            pass
    assert (raised.value.code, raised.value.values) == ("TOKEN", {"name": "TELEGRAM_TOKEN"})
    assert token.strip() not in ours(caplog)


async def test_nothing_that_is_logged_holds_the_token(
    client: TelegramClient, telegram: Telegram, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    telegram.fail_next("sendMessage", 500)
    telegram.fail_next("getUpdates", 502, raw="<html>")
    await telegram.text("/start", user=telegram.alice, expect=0)
    await telegram.text("/start", user=telegram.bob)
    assert telegram.token not in ours(caplog)


async def test_a_network_that_is_down_at_the_start_is_waited_for(house: House, telegram: Telegram):
    telegram.fail_next("getMe", 502, times=1)
    telegram.fail_next("setMyCommands", 500, times=1)
    telegram.fail_next("deleteWebhook", 500, times=1)
    client = TelegramClient(settled(house, telegram), KERNEL)
    async with running(client, ready=False):
        await until(lambda: client.trouble == "DISCONNECTED")
        assert not client.ready
        await until(lambda: client.ready)
        (said,) = await telegram.text("/start", user=telegram.alice)
        assert "Earshot" in read(said)
    telegram.assert_clean()


async def test_a_webhook_that_is_left_over_is_taken_away_with_nothing_lost(house: House, telegram: Telegram):
    telegram.webhook = {"url": "https://example.org/old"}
    waiting = telegram._user_message(telegram.alice, telegram.private(telegram.alice), {"text": "/start"}, None)
    telegram.updates.append({"update_id": 699_999, "message": waiting})
    async with running(TelegramClient(settled(house, telegram), KERNEL)):
        await until(lambda: telegram.messages_in(telegram.alice))
    telegram.assert_clean()


async def test_a_second_poller_is_told_once_and_never_fought(
    house: House, client: TelegramClient, telegram: Telegram, caplog: pytest.LogCaptureFixture, monkeypatch: Any
):
    monkeypatch.setattr("bot.surfaces.telegram.polling.CONFLICT", 0.2)
    monkeypatch.setattr("bot.surfaces.telegram.polling.PROBE", 30)
    await until(lambda: telegram._poll is not None and not telegram._poll.done())
    async with ClientSession() as other:
        url = f"{telegram.base_url}{telegram.token}/getUpdates"
        began = len(telegram.sent("getUpdates"))
        for _ in range(3):
            await until(lambda: telegram._poll is not None and not telegram._poll.done())
            asking = asyncio.create_task(other.post(url, json={"timeout": 60}))
            await until(lambda: client.trouble == "SECOND_POLLER")
            assert not client.ready
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
        monkeypatch.setattr("bot.surfaces.telegram.polling.PROBE", 1)
        ours = len(telegram.sent("getUpdates")) - began - 3
        assert ours <= 6
    await until(lambda: client.ready)
    assert client.trouble == ""
    told = [record for record in caplog.records if "another program uses the token" in record.message]
    assert 1 <= len(told) <= 3
    (said,) = await telegram.text("/start", user=telegram.alice)
    assert "Earshot" in read(said)
    telegram.assert_clean(ignore=("refused",))


async def test_a_service_that_fails_in_between_is_asked_on(client: TelegramClient, telegram: Telegram):
    telegram.fail_next("getUpdates", 502, raw="<html>", times=2)
    await telegram.text("/start", user=telegram.alice)  # ends the question that is being held
    await until(lambda: client.trouble == "DISCONNECTED")
    (said,) = await telegram.text("/start", user=telegram.bob)
    assert "Earshot" in read(said)
    await until(lambda: client.ready)
    telegram.assert_clean()


async def test_a_token_that_is_taken_back_ends_nothing_else(client: TelegramClient, telegram: Telegram):
    telegram.fail_next("getUpdates", 401, "Unauthorized")
    await telegram.text("/start", user=telegram.alice)
    await until(lambda: client.trouble == "TOKEN")
    assert not client.ready


async def test_a_right_that_was_taken_away_counts_no_longer(client: TelegramClient, telegram: Telegram):
    (said,) = await telegram.text("/follow @amina", user=telegram.alice, chat=telegram.kitchen)
    assert "@amina" in read(said)
    telegram.admins[telegram.kitchen["id"]] = set()
    telegram._member_update(telegram.kitchen, telegram.bob, "member", "administrator")  # whatever changes there
    (said,) = await telegram.text("/follow @chef", user=telegram.alice, chat=telegram.kitchen)
    assert "manager" in read(said)


@pytest.mark.parametrize("name", ["TELEGRAM_PROXY", "HTTP_PROXY"])
async def test_a_proxy_is_gone_through(house: House, telegram: Telegram, name: str, monkeypatch: pytest.MonkeyPatch):
    port = int(telegram.origin.rpartition(":")[2])
    proxy = await Proxy(port, 9).start()
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9" if name == "TELEGRAM_PROXY" else proxy.url)
    more = {"TELEGRAM_PROXY": proxy.url} if name == "TELEGRAM_PROXY" else {}
    async with running(TelegramClient(settled(house, telegram, **more), KERNEL)):
        (said,) = await telegram.text("/start", user=telegram.alice)
        assert "Earshot" in read(said)
    assert proxy.reached[f"127.0.0.1:{port}"] > 0
    await proxy.stop()
    telegram.assert_clean()


# ---------------------------------------------------------------- where the bot is


async def test_blocking_removing_and_coming_back_are_told(client: TelegramClient, telegram: Telegram, heard: Heard):
    alice, kitchen = telegram.private(telegram.alice), telegram.kitchen
    steps: list[tuple[dict[str, Any], str, str]] = [
        (alice, "member", "kicked"),
        (alice, "kicked", "member"),
        (kitchen, "member", "kicked"),
        (kitchen, "left", "member"),
    ]
    for chat, old, new in steps:
        telegram._member_update(chat, telegram.alice, old, new)
    one, two = f"telegram:{alice['id']}", f"telegram:{kitchen['id']}"
    await until(lambda: len(heard.told) == 6)
    assert heard.told == [
        ("left", one), ("back", one), ("reopened", one), ("left", two), ("back", two), ("reopened", two),
    ]  # fmt: skip
    telegram.assert_clean()


async def test_a_right_that_is_given_back_opens_the_chat(client: TelegramClient, telegram: Telegram, heard: Heard):
    def restricted(may: bool) -> dict[str, Any]:
        rights = (
            "can_send_messages can_send_audios can_send_documents can_send_photos can_send_videos can_send_video_notes "
            "can_send_voice_notes can_send_polls can_send_other_messages can_add_web_page_previews can_change_info "
            "can_invite_users can_pin_messages can_manage_topics can_edit_tag can_react_to_messages"
        ).split()
        fields = telegram.spec.types["ChatMemberRestricted"]["fields"]
        return {
            "user": telegram.me, "status": "restricted", "is_member": True, "until_date": 0,
            **{right: may for right in rights if right in fields},
        }  # fmt: skip

    for old, new in ((True, False), (False, True)):
        telegram.push(
            {
                "my_chat_member": {
                    "chat": telegram.kitchen,
                    "from": telegram.alice,
                    "date": 1,
                    "old_chat_member": restricted(old),
                    "new_chat_member": restricted(new),
                }
            }
        )
    await until(lambda: heard.told)
    assert heard.told == [("reopened", f"telegram:{telegram.kitchen['id']}")]
    telegram.assert_clean()


async def test_a_group_that_becomes_a_supergroup_moves_once(client: TelegramClient, telegram: Telegram, heard: Heard):
    old = telegram.add_group("Old", kind="group")
    new = telegram.add_group("Old")
    gone = telegram._user_message(telegram.alice, old, {"migrate_to_chat_id": new["id"]}, None)
    come = telegram._user_message(telegram.alice, new, {"migrate_from_chat_id": old["id"]}, None)
    for message in (gone, come):
        telegram.push({"message": message})
    telegram._member_update(old, telegram.alice, "member", "left")
    await telegram.text("/start", user=telegram.bob)
    assert heard.told == [("moved", f"telegram:{old['id']}", f"telegram:{new['id']}")]
    telegram.assert_clean()


# ---------------------------------------------------------------- webhook


async def test_telegram_calls_and_strangers_are_turned_away(house: House, unused_tcp_port: int):
    async with Telegram(local=True) as telegram:
        telegram.alice = telegram.add_user("Alice")
        url = f"http://127.0.0.1:{unused_tcp_port}/hooks/telegram"
        more = {
            "TELEGRAM_MODE": "webhook",
            "TELEGRAM_WEBHOOK_URL": url,
            "TELEGRAM_WEBHOOK_LISTEN": "127.0.0.1",
            "TELEGRAM_WEBHOOK_PORT": unused_tcp_port,
            "TELEGRAM_WEBHOOK_SECRET": SECRET,
        }
        async with running(TelegramClient(settled(house, telegram, **more), KERNEL)) as client:
            assert telegram.webhook == {"url": url, "secret_token": SECRET}
            (said,) = await telegram.text("/start", user=telegram.alice)
            assert "Earshot" in read(said)
            update = {"update_id": 5, "message": telegram._user_message(
                telegram.alice, telegram.private(telegram.alice), {"text": "/start"}, None)}  # fmt: skip
            name = "X-Telegram-Bot-Api-Secret-Token"
            async with ClientSession() as stranger:
                for headers, body, status in (
                    ({}, json.dumps(update), 403),
                    ({name: "wrong"}, json.dumps(update), 403),
                    ({name: "é"}, json.dumps(update), 403),
                    ({name: SECRET}, "{", 400),
                    ({name: SECRET}, "[1]", 400),
                    ({name: SECRET}, '{"update_id": "x", "message": 7}', 400),
                    ({name: SECRET}, " " * (2 << 20), 413),
                    ({name: SECRET}, json.dumps(update), 200),
                    ({name: SECRET}, json.dumps(update), 200),  # told again: done once
                ):
                    async with stranger.post(url, data=io.BytesIO(body.encode()), headers=headers) as answer:
                        assert answer.status == status, (headers, body[:20])
            await until(lambda: len(telegram.messages_in(telegram.alice)) == 2)
            assert client.ready
        assert len(telegram.messages_in(telegram.alice)) == 2
        telegram.assert_clean()


async def test_the_web_can_take_the_calls_and_the_secret_is_made_from_the_token(house: House, unused_tcp_port: int):
    async with Telegram(local=True) as telegram:
        telegram.alice = telegram.add_user("Alice")
        more = {"TELEGRAM_MODE": "webhook", "PUBLIC_URL": f"http://127.0.0.1:{unused_tcp_port}"}
        client = TelegramClient(settled(house, telegram, **more), KERNEL)
        app = web.Application(client_max_size=64 * 1024)
        app.router.add_post("/hooks/telegram", client.hooks)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", unused_tcp_port).start()
        async with running(client):
            assert telegram.webhook["url"] == f"http://127.0.0.1:{unused_tcp_port}/hooks/telegram"
            secret = telegram.webhook["secret_token"]
            assert secret
            assert telegram.token not in secret
            (said,) = await telegram.text("/start", user=telegram.alice)
            assert "Earshot" in read(said)
        await runner.cleanup()
        telegram.assert_clean()


async def test_a_webhook_needs_an_address(house: House, telegram: Telegram):
    with pytest.raises(Invalid) as raised:
        TelegramClient(settled(house, telegram, TELEGRAM_MODE="webhook"), KERNEL)
    assert raised.value.values["name"] == "TELEGRAM_WEBHOOK_URL"
