"""What Telegram is offered and shown, sent through the real library into a loopback that keeps the bytes, against its rules."""

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from telegram import Bot, MessageEntity
from telegram.ext import ExtBot
from telegram.request import BaseRequest, RequestData

from bot.asked import Asked
from bot.card import Button, Card, Choice, File, Item, Press, Question, Quote, Tone
from bot.clean import typed
from bot.command import command
from bot.commands import ALL
from bot.kernel import Kernel
from bot.kinds import Text
from bot.replies.accounts import FollowBack, Unfollowed
from bot.surfaces.telegram import offer
from bot.surfaces.telegram.draw import Body, Over, draw_telegram, drawn
from bot.surfaces.telegram.hidden import question_in
from bot.surfaces.telegram.marks import escape, utf16
from bot.wording import Run, Style, Words, catalog
from core.model.account import Handle
from core.model.person import Role
from tests.bot.surfaces import shapes
from tests.bot.surfaces.probe import KERNEL, Shelf, Transcribed, asked_by, follow_of, working
from tests.platforms import telegram_rules as rules

ENGLISH, FRENCH = Words("en", ZoneInfo("UTC")), Words("fr", ZoneInfo("Europe/Paris"))


def translate(language: str, text: str) -> str:
    return catalog(language).gettext(text)


class Kept(BaseRequest):
    """Keeps what the library would have sent, and says that all is well."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, Any], dict[str, Any]]] = []

    @property
    def read_timeout(self) -> float:
        return 1.0

    async def initialize(self) -> None:
        pass

    async def shutdown(self) -> None:
        pass

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *args: Any, **kwargs: Any
    ) -> tuple[int, bytes]:
        assert request_data is not None
        files = dict(request_data.multipart_data or {}) if request_data.contains_files else {}
        self.sent.append((url.rpartition("/")[2], dict(request_data.json_parameters), files))
        told = b"true" if "Commands" in url else b'{"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}}'
        return 200, b'{"ok": true, "result": ' + told + b"}"


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
async def bot(kept: Kept) -> Bot:
    return ExtBot("1:x", request=kept, get_updates_request=Kept())


async def send(bot: Bot, body: Body) -> None:
    """As a post would be sent."""
    where = {"chat_id": 1, **({"message_id": 2} if body.method.startswith("edit") else {})}
    await getattr(bot, body.method)(**where, **body.arguments())


def breaches(body: Body) -> list[str]:
    return rules.body_breaches(body.method, body.params, set(body.files))


def keys(body: Body) -> list[str]:
    rows = body.params.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["callback_data"] for row in rows for button in row if "callback_data" in button]


def said(body: Body) -> str:
    holder = body.params.get("media", body.params)
    return rules.parse(holder["caption"] if "caption" in holder else holder["text"])[0]


# ---------------------------------------------------------------- what is offered


def test_the_menus_obey_telegram_in_every_scope_and_language() -> None:
    told = offer.menus(ALL, translate, owners=(5678,))
    assert [rules.menu_breaches(json.loads(json.dumps(menu.body()))) for menu in told] == [[]] * 8
    assert {menu.language for menu in told} == {"", "fr"}
    assert [menu.body()["scope"]["type"] for menu in told[::2]] == [
        "all_private_chats", "all_group_chats", "all_chat_administrators", "chat",
    ]  # fmt: skip


def test_everybody_is_offered_only_what_their_right_allows() -> None:
    private, member, admin = offer.menus(KERNEL.commands, translate)[::2]
    assert [entry.command for entry in member.entries] == ["transcribe"]
    assert [entry.command for entry in private.entries] == ["follow", "unfollow", "transcribe"]
    assert admin.entries == private.entries


def test_descriptions_are_translated_and_cut() -> None:
    told = offer.menus(KERNEL.commands, lambda language, text: "très " * 90 if language == "fr" else text)
    assert told[0].entries[0].description == "Follow a TikTok account and post its lives here"
    assert told[1].entries[0].description.endswith("très…")
    assert rules.menu_breaches(json.loads(json.dumps(told[1].body()))) == []


def test_the_digest_changes_with_the_menus_and_only_then() -> None:
    assert offer.digest(offer.menus(ALL, translate)) == offer.digest(offer.menus(ALL, translate))
    assert offer.digest(offer.menus(ALL, translate)) != offer.digest(offer.menus(ALL[1:], translate))


async def test_the_library_takes_a_menu_as_it_is(bot: Bot, kept: Kept) -> None:
    menu = offer.menus(KERNEL.commands, translate)[0]
    await bot.set_my_commands(menu.entries, menu.scope, menu.language or None)
    method, sent, _ = kept.sent[0]
    assert method == "setMyCommands"
    assert json.loads(sent["commands"]) == menu.body()["commands"]


# ---------------------------------------------------------------- what is shown


@pytest.mark.parametrize("over", list(Over))
def test_every_shape_of_card_with_every_text_obeys_telegram(over: Over, tmp_path: Path) -> None:
    found = {}
    for name, card in shapes.every(tmp_path / "plot.png"):
        shown = drawn(card, over)
        found[name] = [breach for body in (shown.first, *shown.more) for breach in breaches(body)]
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("words", [ENGLISH, FRENCH], ids=["en", "fr"])
def test_replies_obey_telegram_in_every_language(words: Words) -> None:
    for meaning in (Unfollowed(follow_of(1, "amina")), FollowBack(follow_of(1, "amina")), working(0.3)):
        assert breaches(draw_telegram(meaning, words).first) == []


@given(text=st.text(max_size=400), start=st.integers(0, 60), end=st.integers(0, 60), hidden=st.booleans())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example(text="0{/", start=0, end=0, hidden=False)
@example(text="a @bob", start=0, end=3, hidden=False)
def test_no_text_at_all_can_break_a_card(text: str, start: int, end: int, hidden: bool) -> None:
    quote = Quote(text, start, end, hidden, folded=True)
    card = Card((Run(text, Style.BOLD),), shapes.lines(text, 2), (quote,), foot=(Run(text),))
    assert breaches(drawn(card).first) == []


def test_text_is_shown_letter_by_letter() -> None:
    card = Card((Run("<b>x</b> & </blockquote> &amp;", Style.BOLD),))
    assert typed(said(drawn(card).first)) == "<b>x</b> & </blockquote> &amp;"
    assert drawn(card).first.params["text"].startswith("<b>&lt;b&gt;x")


def test_no_name_calls_a_stranger_and_no_quote_calls_a_command() -> None:
    """A TikTok handle is somebody else's name on Telegram: it would notify them."""
    body = drawn(Card((Run("@amina is live", Style.BOLD),), quotes=(Quote("say /stop to @karim_92"),))).first
    plain, entities = rules.parse(body.params["text"])
    assert rules.calls(plain, entities) == []
    assert typed(plain).startswith("@amina is live")
    assert Handle.parse(typed(escape("@amina"))) == "amina"
    code = drawn(Card((Run("Type "), Run("/follow @name", Style.CODE)))).first
    assert "<code>/follow @name</code>" in code.params["text"]


def test_a_hidden_quote_is_hidden_whatever_else_needs_styling() -> None:
    many = tuple((Run("bold", Style.BOLD), Run(" and "), Run("code", Style.CODE)) for _ in range(60))
    for body in ((), many):
        text = drawn(Card((Run("Risk"),), body, (Quote("the words", 0, 3, hidden=True),))).first.params["text"]
        plain, entities = rules.parse(text)
        at = plain.find("the words")
        hidden = [(e.offset, e.length) for e in entities if e.kind == "spoiler"]
        assert (hidden == [(utf16(plain[:at]), 9)]) if at >= 0 else hidden == []
        assert len(entities) <= rules.ENTITIES


def test_captions_are_cut_shorter_than_texts_and_say_so(tmp_path: Path) -> None:
    lines = tuple((Run(f"line {n} of the summary, which goes on and on"),) for n in range(80))
    text = drawn(Card((Run("Ended"),), lines)).first
    caption = drawn(Card((Run("Ended"),), lines, picture=tmp_path / "plot.png")).first
    assert (text.method, caption.method) == ("sendMessage", "sendPhoto")
    assert 900 < utf16(said(caption)) <= 1024
    assert 3500 < utf16(said(text)) <= 4096
    assert said(caption).rstrip().rpartition("\n")[2].startswith("… (+")


def test_a_clip_is_sent_as_a_video_with_its_shape_and_the_rest_follows(tmp_path: Path) -> None:
    clip = File("clip.mp4", tmp_path / "clip.mp4", width=720, height=1280, seconds=30.4)
    shown = drawn(Card((Run("Clip"),), picture=tmp_path / "p.png", files=(File("a.srt", data=b"1"), clip)))
    assert shown.first.method == "sendVideo"
    assert {
        "width": 720,
        "height": 1280,
        "duration": 30,
        "supports_streaming": True,
    }.items() <= shown.first.params.items()
    assert [body.method for body in shown.more] == ["sendPhoto", "sendDocument"]


async def test_the_library_uploads_what_is_drawn(bot: Bot, kept: Kept, tmp_path: Path) -> None:
    picture = tmp_path / "plot.png"
    picture.write_bytes(b"png bytes")
    card = Card((Run("Ended", Style.BOLD),), picture=picture, buttons=((Button("All", "lives.list"),),))
    for over in Over:
        body = drawn(card, over).first
        await send(bot, body)
        method, sent, files = kept.sent[-1]
        assert method == body.method
        if body.files:
            assert [file[:2] for file in files.values()] == [("plot.png", b"png bytes")]
        assert json.loads(sent["reply_markup"])["inline_keyboard"][0][0]["callback_data"] == "lives.list"
    assert [sent[0] for sent in kept.sent] == ["sendPhoto", "editMessageText", "editMessageCaption"]
    assert drawn(replace(card, shown=True), Over.TEXT).more == (), "it was sent with an earlier version"
    (alone,) = drawn(card, Over.TEXT).more
    await send(bot, alone)
    assert [file[:2] for file in kept.sent[-1][2].values()] == [("plot.png", b"png bytes")]


async def test_the_library_would_send_the_same_body(bot: Bot, kept: Kept) -> None:
    body = drawn(Card((Run("Hello"),), buttons=((Button("Stop", "watch.stop:1", Press.DANGER),),))).first
    await send(bot, body)
    sent = kept.sent[-1][1]
    assert json.loads(sent["reply_markup"]) == body.params["reply_markup"]
    assert json.loads(sent["reply_markup"])["inline_keyboard"][0][0]["style"] == "danger"
    assert json.loads(sent["link_preview_options"]) == {"is_disabled": True}
    assert sent["parse_mode"] == "HTML"


def test_entries_of_a_list_open_by_their_number() -> None:
    items = (
        Item((Run("@amina · live"),), "following:amina"),
        Item((Run("nobody"),)),
        Item((Run("@chef"),), "following:chef"),
    )
    body = drawn(Card((Run("Following", Style.BOLD),), items=items)).first
    assert [line for line in typed(said(body)).split("\n") if line] == [
        "Following",
        "1. @amina · live",
        "nobody",
        "2. @chef",
    ]
    row = body.params["reply_markup"]["inline_keyboard"][0]
    assert [(b["text"], b["callback_data"]) for b in row] == [("1", "following:amina"), ("2", "following:chef")]


def test_buttons_share_rows_a_phone_can_show() -> None:
    labels = ["Confirm", "Dismiss", "Mute 30 min", "Stop capture", "Hear 45 s"]
    card = Card((Run("Risk"),), buttons=(tuple(Button(label, f"review:{n}") for n, label in enumerate(labels)),))
    rows = drawn(card).first.params["reply_markup"]["inline_keyboard"]
    assert [[b["text"] for b in row] for row in rows] == [
        ["Confirm", "Dismiss", "Mute 30 min"],
        ["Stop capture", "Hear 45 s"],
    ]


def test_a_mood_without_colours_has_a_sign() -> None:
    assert said(drawn(Card((Run("High risk"),), tone=Tone.DANGER)).first).startswith("🚨 ")
    assert said(drawn(Card((Run("It went wrong"),), tone=Tone.WARN)).first).startswith("⚠️ ")


# ---------------------------------------------------------------- pressing and asking


async def test_unfollowing_asks_then_undoes_and_the_old_buttons_go_on_working() -> None:
    shelf = Shelf([follow_of(1, "amina")])
    asked = asked_by(shelf)
    confirm = await KERNEL.run(KERNEL.commands[1], {"account": "@amina"}, asked)
    sure = next(one for one in keys(draw_telegram(confirm, ENGLISH).first) if one.startswith("unfollow:"))
    done = await KERNEL.press(sure, asked)
    assert isinstance(done, Unfollowed)
    undo = keys(draw_telegram(done, ENGLISH).first)
    assert isinstance(await KERNEL.press(undo[0], asked), FollowBack)
    assert isinstance(await KERNEL.press(sure, asked), Unfollowed)


async def test_a_press_asks_for_the_right_again() -> None:
    shelf = Shelf([follow_of(1, "amina")])
    refused = await KERNEL.press("unfollow:amina;sure=yes", asked_by(shelf, Role.VIEWER))
    assert refused.code == "NO_RIGHT"
    assert len(shelf.rows) == 1


async def test_a_written_answer_finds_its_question_by_the_message_it_replies_to() -> None:
    """Nothing is kept between the question and the answer: a restart may lie between them."""
    shelf = Shelf()
    missing = await KERNEL.run(KERNEL.commands[0], {"transcript": "no"}, asked_by(shelf))
    body = draw_telegram(missing, ENGLISH).first
    assert body.params["reply_markup"]["force_reply"] is True
    assert breaches(body) == []
    _, entities = rules.parse(body.params["text"])
    back = [MessageEntity(e.kind, e.offset, e.length, url=e.url or None) for e in entities]
    found = question_in(back)
    assert found == ("follow:transcript=no", "account")
    await KERNEL.answer(*found, "@Amina", asked_by(shelf))
    assert [(one.handle, one.transcript) for one in shelf.rows] == [("amina", False)]
    assert question_in([MessageEntity("text_link", 0, 5, url="https://t.me/?ask=x&option=y")]) is None


async def test_a_choice_is_an_answer() -> None:
    shelf = Shelf([follow_of(1, "amina"), follow_of(2, "chef")])
    missing = await KERNEL.run(KERNEL.commands[1], {}, asked_by(shelf))
    body = draw_telegram(missing, ENGLISH).first
    assert breaches(body) == []
    assert keys(body) == ["unfollow:account=amina", "unfollow:account=chef"]
    confirm = await KERNEL.press(keys(body)[1], asked_by(shelf))
    assert confirm.follow.handle == "chef"


def test_a_choice_that_no_button_can_carry_is_left_out() -> None:
    choices = (Choice("long", "x" * 80), Choice("two", "a;b"), Choice("fine", "ok"))
    body = drawn(Card((Run("Which?"),), question=Question("word", "Which?", "trigger.add", choices))).first
    assert keys(body) == ["trigger.add:word=ok"]


# ---------------------------------------------------------------- a moving post


def test_a_working_post_moves_and_becomes_its_result_as_the_same_kind_of_message() -> None:
    first = draw_telegram(working(0.1), ENGLISH).first
    moved = draw_telegram(working(0.55), ENGLISH, Over.TEXT).first
    result = draw_telegram(Transcribed("Pâtes au citron", "Alors aujourd'hui. " * 400, 12), ENGLISH, Over.TEXT).first
    assert [body.method for body in (first, moved, result)] == ["sendMessage", "editMessageText", "editMessageText"]
    assert {frozenset(body.params) for body in (first, moved, result)} == {
        frozenset({"text", "parse_mode", "reply_markup", "link_preview_options"})
    }
    assert [breaches(body) for body in (first, moved, result)] == [[], [], []]
    assert said(moved).rstrip().endswith("▰▰▰▰▰▰▱▱▱▱ 55 %")
    assert keys(result) == ["transcript.open:12"]


def test_a_post_that_changes_keeps_its_room_and_a_picture_to_read_follows(tmp_path: Path) -> None:
    plot = Card((Run("Ended"),), picture=tmp_path / "p.png")
    cover = Card((Run("Live"),), picture=tmp_path / "c.jpg", aside=True)
    for card, over, method, more in (
        (plot, Over.TEXT, "editMessageText", ["sendPhoto"]),
        (plot, Over.MEDIA, "editMessageCaption", ["sendPhoto"]),
        (cover, Over.TEXT, "editMessageText", []),
        (cover, Over.MEDIA, "editMessageCaption", []),
        (cover, Over.NOTHING, "sendPhoto", []),
    ):
        told = drawn(card, over)
        assert (told.first.method, [body.method for body in told.more]) == (method, more)


def test_drawing_stays_quick() -> None:
    started = time.thread_time()
    for _ in range(50):
        draw_telegram(working(0.4), ENGLISH)
    assert (time.thread_time() - started) / 50 < 0.02


async def test_what_was_given_already_is_not_asked_again_as_far_as_a_button_can_carry_it() -> None:
    @command("takedown")
    async def takedown(asked: Asked, item: Text, reason: Text, note: Text | None = None) -> None:
        """Ask that something is taken down"""

    kernel = Kernel((takedown,))
    asked = asked_by(Shelf())
    by_name = await kernel.run(takedown, {"reason": "mine"}, asked)
    assert (by_name.option, by_name.key) == ("item", "takedown:reason=mine")
    long_note = await kernel.run(takedown, {"item": "12", "note": "x" * 60}, asked)
    assert (long_note.option, long_note.key) == ("reason", "takedown:item=12")
    too_long = await kernel.run(takedown, {"item": "x" * 60}, asked)
    assert (too_long.code, too_long.values) == ("TOGETHER", {"command": "takedown"})
