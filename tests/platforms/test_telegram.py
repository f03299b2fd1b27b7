"""The loopback Telegram carries the real python-telegram-bot, and catches what the server would refuse."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from telegram import Bot, InputMediaDocument, InputMediaPhoto
from telegram.ext import Application
from telegram.request import HTTPXRequest

from tests.platforms.chats import Telegram, furnish_telegram
from tests.platforms.recorded import telegram_posts
from tests.platforms.sample_bots import telegram_bot
from tests.platforms.telegram import Upload

HELLO = "Hello & welcome"
pytestmark = pytest.mark.filterwarnings(
    "ignore::telegram.warnings.PTBDeprecationWarning"
)  # of RetryAfter, by the library


@asynccontextmanager
async def running(telegram: Telegram, hook: str = "") -> AsyncIterator[Any]:
    """The sample application; `hook`: an address to be called at instead of polling."""
    app = telegram_bot.build(telegram.token, telegram.base_url, telegram.base_file_url)
    async with app:
        await telegram_bot.after_init(app)
        await app.start()
        if hook:
            port = int(hook.rpartition(":")[2])
            await app.updater.start_webhook(
                "127.0.0.1", port, "hook", secret_token="s3cret", webhook_url=f"{hook}/hook"
            )
        else:
            await app.updater.start_polling(poll_interval=0.0, allowed_updates=list(ALL))
        try:
            await telegram.wait_ready()
            yield app
        finally:
            await app.updater.stop()
            await app.stop()


ALL = ("message", "channel_post", "callback_query", "inline_query", "my_chat_member")


@pytest.fixture
async def app(telegram: Telegram) -> AsyncIterator[Any]:
    async with running(telegram) as app:
        yield app


# ---------------------------------------------------------------- what people do


async def test_a_command_its_button_and_its_file_are_answered(telegram: Telegram, app: Any) -> None:
    assert [one["command"] for one in telegram.menu(telegram.alice)] == ["start", "transcript"]
    hello = (await telegram.text("/start", user=telegram.alice))[0]
    assert (hello["text"], hello["entities"][0]["type"]) == (HELLO, "bold")
    pressed = await telegram.press(hello, "Follow", user=telegram.alice)
    assert (pressed.answer["text"], pressed.messages[0]["text"]) == ("followed by Alice", "Following 1")
    document = (await telegram.text("/transcript", user=telegram.alice))[0]
    assert (telegram.file_data(document), document["caption"]) == (telegram_bot.SUBTITLES, "Transcript")
    sized = await telegram.send_file("document", Upload("a.txt", b"x" * 1000, "text/plain"), user=telegram.alice)
    assert sized[0]["text"] == "1000 bytes"
    assert (await telegram.inline("q", user=telegram.alice))[0]["title"] == "Hit"
    posts = telegram_posts(telegram)
    assert [post["method"] for post in posts] == ["sendMessage", "editMessageText", "sendDocument", "sendMessage"]
    assert posts[2]["payload"]["document"] == "attachment://t.srt"
    telegram.assert_clean()


async def test_anybody_in_a_group_can_press_a_button(telegram: Telegram, app: Any) -> None:
    hello = (await telegram.text("/start", user=telegram.alice, chat=telegram.kitchen))[0]
    pressed = await telegram.press(hello, "Follow", user=telegram.bob)
    assert pressed.answer["text"] == "followed by Bob"
    telegram.delete_message(hello)
    with pytest.raises(LookupError):
        await telegram.press(hello, "Follow", user=telegram.alice)
    telegram.assert_clean()


async def test_talk_in_a_group_is_heard_only_when_it_is_meant(telegram: Telegram, app: Any) -> None:
    assert await telegram.text("small talk", user=telegram.bob, chat=telegram.kitchen) == []
    asked = (await telegram.text("/ask", user=telegram.bob, chat=telegram.kitchen))[0]
    assert telegram.asked(asked) == {"force_reply": True, "selective": True}
    said = await telegram.text("@chef", user=telegram.bob, chat=telegram.kitchen, reply_to=asked)
    assert said[0]["text"] == "Bob says @chef to Which account?"
    telegram.promote_bot(telegram.kitchen, by=telegram.alice, rights={"can_pin_messages"})
    heard = await telegram.text("small talk", user=telegram.bob, chat=telegram.kitchen)
    assert heard[0]["text"] == "Bob says small talk"  # an administrator hears everything
    telegram.assert_clean()


async def test_posts_of_channels_and_of_anonymous_administrators_are_of_nobody(telegram: Telegram, app: Any) -> None:
    news = telegram.add_channel("News")
    assert (await telegram.text("hello", user=telegram.alice, chat=news))[0]["text"] == "News says hello"
    said = await telegram.text("@earshot_bot hi", user=telegram.alice, chat=telegram.kitchen, anonymous=True)
    assert said[0]["text"] == "Kitchen says @earshot_bot hi"
    assert [message["text"] for message in telegram.messages_in(news)] == ["News says hello"]
    telegram.assert_clean()


async def test_deep_links_start_with_their_payload(telegram: Telegram, app: Any) -> None:
    links = "https://t.me/earshot_bot"
    assert (await telegram.open_link(f"{links}?start=a_1-b", user=telegram.bob))[0]["text"] == f"{HELLO} a_1-b"
    club = telegram.add_group("Club")
    added = await telegram.open_link(f"{links}?startgroup=key", user=telegram.bob, chat=club)
    assert added[0]["text"] == f"{HELLO} key"
    assert app.bot_data["standings"] == ["supergroup left member"]
    with pytest.raises(ValueError, match="payload"):
        await telegram.open_link(f"{links}?start={'x' * 65}", user=telegram.bob)
    with pytest.raises(LookupError):
        await telegram.open_link("https://t.me/other_bot?start=x", user=telegram.bob)
    telegram.assert_clean()


async def test_the_menu_is_of_the_place_and_in_the_language_of_the_person(telegram: Telegram, app: Any) -> None:
    telegram.bob["language_code"] = "fr"
    assert [one["description"] for one in telegram.menu(telegram.bob)] == ["Commencer"]
    assert [one["description"] for one in telegram.menu(telegram.alice)] == ["Start", "Get a transcript"]
    here = {"type": "chat_administrators", "chat_id": telegram.kitchen["id"]}
    await app.bot.set_my_commands([("pause", "Pause it")], scope=here)
    assert [one["command"] for one in telegram.menu(telegram.alice, telegram.kitchen)] == ["pause"]
    assert [one["command"] for one in telegram.menu(telegram.bob, telegram.kitchen)] == ["start"]
    telegram.assert_clean()


# ---------------------------------------------------------------- places


async def test_being_blocked_thrown_out_and_taken_back_is_told(telegram: Telegram, app: Any) -> None:
    async def posted(chat: dict[str, Any]) -> str:
        return (await telegram.text(f"/post {chat['id']}", user=telegram.alice))[-1]["text"]

    await telegram.block(telegram.bob)
    assert await posted(telegram.bob) == "Forbidden: Forbidden: bot was blocked by the user"
    await telegram.unblock(telegram.bob)
    assert await posted(telegram.bob) == "sent"
    telegram.kick_bot(telegram.kitchen)
    assert await posted(telegram.kitchen) == "Forbidden: Forbidden: bot was kicked from the supergroup chat"
    telegram.add_bot(telegram.kitchen, by=telegram.alice, rights={"can_delete_messages"})
    assert await posted(telegram.kitchen) == "sent"
    assert app.bot_data["standings"] == [
        "private member kicked",
        "private kicked member",
        "supergroup member kicked",
        "supergroup kicked administrator",
    ]
    me = await app.bot.get_chat_member(telegram.kitchen["id"], app.bot.id)
    assert (me.status, me.can_delete_messages, me.can_pin_messages) == ("administrator", True, None)
    telegram.assert_clean()


async def test_a_forum_has_topics_for_those_who_may(telegram: Telegram, app: Any) -> None:
    poor, forum = (
        telegram.add_group("Poor", forum=True),
        telegram.add_group("Forum", forum=True, rights={"can_manage_topics"}),
    )
    refused = await telegram.text("/topic", user=telegram.alice, chat=poor)
    assert refused[0]["text"] == "Not enough rights to create a topic"
    assert (await telegram.text("/topic", user=telegram.alice, chat=forum))[0]["is_topic_message"]
    await telegram.wait_for(lambda: telegram.reactions)

    async def posted(thread: int) -> str:
        return (await telegram.text(f"/post {poor['id']} {thread}", user=telegram.alice))[-1]["text"]

    thread = telegram.add_topic(poor, "Talk")
    assert await posted(thread) == "sent"
    telegram.close_topic(poor, thread)
    assert await posted(thread) == "BadRequest: Topic_closed"
    telegram.delete_topic(poor, thread)
    assert await posted(thread) == "BadRequest: Message thread not found"
    telegram.assert_clean()
    assert await posted(5) == "BadRequest: Message thread not found"
    assert [violation.kind for violation in telegram.violations] == ["refused"]  # there never was one


async def test_albums_channels_and_local_files_go_out(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"m" * 1000)
    async with Telegram(local=True) as telegram:
        news, person = telegram.add_channel("News"), telegram.add_user("Ann")["id"]
        builder = Application.builder().token(telegram.token).base_url(telegram.base_url)
        async with builder.base_file_url(telegram.base_file_url).local_mode(True).build().bot as bot:
            sent = await bot.send_video(news["id"], path, caption="c")
            assert telegram.sent("sendVideo")[0].params["video"].startswith("file://")
            again = await bot.send_video(person, sent.video.file_id)
            assert not telegram.sent("sendVideo")[1].files  # no second upload
            assert again.video.file_size == 1000
            album = [InputMediaDocument(b"a", filename="a.txt"), InputMediaDocument(b"b", filename="b.txt")]
            await bot.send_media_group(person, album)
            await bot.copy_message(person, news["id"], sent.message_id)
            assert (await bot.get_chat(news["id"])).title == "News"
            text = await bot.send_message(person, "soon")
            drawn = await bot.edit_message_media(InputMediaPhoto(b"p", caption="now"), person, text.message_id)
            assert (drawn.text, drawn.caption, len(drawn.photo)) == (None, "now", 1)
            bold = "<b>" + "x" * 4096 + "</b>"  # counted after parsing, when edited too
            more = await bot.send_message(person, "soon")
            assert len((await more.edit_text(bold, parse_mode="HTML")).text) == 4096
            await bot.delete_message(person, again.message_id)
        telegram.assert_clean()


async def test_updates_are_brought_to_a_webhook_with_its_secret() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    async with Telegram(local=True) as telegram:
        furnish_telegram(telegram)
        async with running(telegram, f"http://127.0.0.1:{port}"):
            assert (await telegram.text("/start", user=telegram.alice))[0]["text"] == HELLO
            assert telegram.webhook["secret_token"] == "s3cret"
            assert not telegram.webhook_errors
        telegram.assert_clean()


# ---------------------------------------------------------------- trouble


async def test_errors_reach_the_bot(telegram: Telegram, app: Any) -> None:
    async def ask(text: str) -> str:
        return (await telegram.text(text, user=telegram.alice))[-1]["text"]

    assert "can't find end tag" in await ask("/raw <b>x")
    assert "unsupported start tag" in await ask("/raw a < b")
    assert "too long" in await ask("/raw " + "x" * 4097)
    assert await ask("/raw " + "<b>" + "x" * 4096 + "</b>") == "x" * 4096  # counted after parsing
    old = telegram.add_group("old", kind="group")
    new = telegram.migrate(old)
    assert str(new["id"]) in await ask(f"/post {old['id']}")
    assert await ask("/post 5") == "BadRequest: Chat not found"
    stranger = telegram.add_user("Zoe", started=False)
    assert await ask(f"/post {stranger['id']}") == "BadRequest: Chat not found"
    telegram.fail_next("sendMessage", 429, retry_after=1)
    assert await ask("/start") == HELLO  # the library's limiter waits and tries again
    assert {violation.kind for violation in telegram.violations} == {"refused"}
    assert telegram.rate_limited == 0


async def test_a_group_takes_so_many_messages_a_minute() -> None:
    async with Telegram(group_per_minute=3) as telegram, asking(telegram) as ask:
        group = telegram.add_group("G")
        codes = [(await ask("sendMessage", chat_id=group["id"], text=str(n)))[0] for n in range(5)]
        assert codes == [200, 200, 200, 429, 429]
        assert (telegram.pace(group), telegram.rate_limited) == (5, 2)


# ---------------------------------------------------------------- what is refused


@asynccontextmanager
async def asking(telegram: Telegram) -> AsyncIterator[Callable[..., Any]]:
    """A way to call the server by hand."""
    async with aiohttp.ClientSession() as http:

        async def ask(method: str, token: str = telegram.token, **params: Any) -> tuple[int, Any]:
            async with http.post(f"{telegram.origin}/bot{token}/{method}", data=params) as answer:
                return answer.status, await answer.json()

        yield ask


@pytest.fixture
async def ask(telegram: Telegram) -> AsyncIterator[Callable[..., Any]]:
    async with asking(telegram) as ask:
        yield ask


LONG_DATA = '{"inline_keyboard":[[{"text":"a","callback_data":"' + "x" * 65 + '"}]]}'
REFUSED: list[tuple[str, dict[str, str], str]] = [
    ("sendMessage", {}, "message text is empty"),
    ("sendMessage", {"text": "a.b", "parse_mode": "MarkdownV2"}, "is reserved and must be escaped"),
    ("sendMessage", {"text": "*a", "parse_mode": "MarkdownV2"}, "Can't find end of Bold entity at byte offset 0"),
    ("sendMessage", {"text": "x", "parse_mode": "BBCode"}, "unsupported parse_mode"),
    ("sendMessage", {"text": "x", "disable_notification": "perhaps"}, "disable_notification"),
    ("sendMessage", {"text": "x", "reply_markup": LONG_DATA}, "BUTTON_DATA_INVALID"),
    ("sendMessage", {"text": "x", "message_thread_id": "7"}, "message thread not found"),
    ("sendDocument", {"document": "nonsense"}, "wrong file identifier"),
    ("sendPhoto", {"photo": "http://a.b/c", "caption": "x" * 1025}, "caption is too long"),
    ("answerCallbackQuery", {"callback_query_id": "1"}, "query is too old"),
    ("setMyCommands", {"commands": '[{"command":"Upper","description":"abc"}]'}, "BOT_COMMAND_INVALID"),
    ("editMessageText", {"message_id": "1", "text": "x"}, "message to edit not found"),
    ("setWebhook", {"url": "http://127.0.0.1/x"}, "HTTPS URL must be provided"),
]


@pytest.mark.parametrize(("method", "params", "words"), REFUSED)
async def test_a_call_telegram_refuses_is_refused(
    telegram: Telegram, ask: Callable[..., Any], method: str, params: dict[str, str], words: str
) -> None:
    to = {"chat_id": str(telegram.alice["id"])} if method.startswith(("send", "edit")) else {}
    status, body = await ask(method, **to, **params)
    assert (status, words in body["description"]) == (400, True), body


async def test_pickers_are_for_private_chats_and_ask_for_no_more_than_the_person_has(
    telegram: Telegram, ask: Callable[..., Any]
) -> None:
    def keyboard(*asked: dict[str, Any]) -> str:
        rows = [[{"text": "Pick", **one}] for one in asked]
        return json.dumps({"keyboard": rows, "one_time_keyboard": True})

    user, chat = {"request_users": {"request_id": 1}}, {"request_chat": {"request_id": 2, "chat_is_channel": True}}
    none = dict.fromkeys(telegram.spec.types["ChatAdministratorRights"]["fields"], False)
    posting = {"bot_administrator_rights": none | {"can_post_messages": True}, "user_administrator_rights": none}
    greedy = {"request_chat": {**chat["request_chat"], **posting}}
    for to, markup, words in (
        (telegram.kitchen, keyboard(user), "Users can be requested in private chats only"),
        (telegram.kitchen, keyboard(chat), "Chats can be requested in private chats only"),
        (telegram.alice, keyboard(user, user), "unique"),
        (telegram.alice, keyboard({**user, **chat}), "can't parse keyboard button"),
        (telegram.alice, keyboard(greedy), "USER_RIGHTS_MISSING"),
        (telegram.alice, keyboard({"request_chat": {"request_id": 2}}), "chat_is_channel"),
    ):
        status, body = await ask("sendMessage", chat_id=to["id"], text="x", reply_markup=markup)
        assert (status, words in body["description"]) == (400, True), body
    assert telegram.keyboards == {}
    await ask("sendMessage", chat_id=telegram.alice["id"], text="x", reply_markup=keyboard(user, chat))
    assert telegram.alice["id"] in telegram.keyboards
    with pytest.raises(LookupError):
        await telegram.pick("Pick", user=telegram.bob, person=telegram.alice)
    await ask("sendMessage", chat_id=telegram.alice["id"], text="x", reply_markup='{"remove_keyboard": true}')
    assert telegram.keyboards == {}


async def test_what_telegram_would_ignore_is_noted(telegram: Telegram, ask: Callable[..., Any]) -> None:
    assert (await ask("getMe", token="1:x"))[0] == 401
    assert (await ask("noSuchMethod"))[0] == 404
    assert (await ask("sendDice", chat_id=telegram.alice["id"]))[0] == 501
    assert (await ask("sendMessage", chat_id=telegram.alice["id"], text="x", txt="typo"))[0] == 200
    assert [violation.kind for violation in telegram.violations] == ["method", "unimplemented", "unknown-key"]
    with pytest.raises(AssertionError, match="txt"):
        telegram.assert_clean()


async def test_two_pollers_are_in_each_others_way(telegram: Telegram, ask: Callable[..., Any]) -> None:
    first = asyncio.create_task(ask("getUpdates", timeout="5"))
    await telegram.wait_for(lambda: telegram.polled)
    second = asyncio.create_task(ask("getUpdates", timeout="1"))
    status, body = await first
    assert (status, "terminated by other getUpdates" in body["description"]) == (409, True)
    assert (await second)[0] == 200


async def test_an_upload_over_the_limit_is_refused(telegram: Telegram) -> None:
    telegram.upload_limit = 1000
    request = HTTPXRequest(connection_pool_size=4)
    async with Bot(telegram.token, telegram.base_url, telegram.base_file_url, request=request) as bot:
        with pytest.raises(Exception, match="Entity Too Large"):
            await bot.send_document(telegram.alice["id"], b"x" * 1001, filename="big.mp4")
