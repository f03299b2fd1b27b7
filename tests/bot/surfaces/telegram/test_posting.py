"""Posts on Telegram: every kind, in both languages, where they belong, changed by what comes later."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.surfaces.telegram.client import TelegramClient
from core.model.account import Handle
from core.model.feed import Event, Feed
from core.model.notice import KINDS
from core.model.risk import Target, Virality
from core.model.tellable.accounts import AccountRenamed
from core.model.tellable.finds import HitFound, RiskRaised
from core.model.tellable.lives import LiveEnded, LiveStarted, Rolling
from core.model.trigger import Where
from core.ports.stores.leftovers import Leftover, Since
from tests.bot.surfaces.telegram.conftest import labels, notice, placed, read
from tests.house.samples import every
from tests.platforms.chats import Telegram

NOW = datetime(2026, 11, 20, 20, 14, tzinfo=UTC)
STARTED = LiveStarted(7, "amina", "Dinner", NOW, 1204, 4)
HIT = HitFound(1, 7, 1, "amina", "giveaway", Where.CHAT, "a giveaway <b>&", 2, 10, NOW, 31.0, "bob")
RISK = RiskRaised(
    1, 7, "amina", 1.0, "Discours haineux", Virality.HIGH, Target.GROUP, ["H"], "out", "why", [("base", 0.2)], "rules", NOW, 42.0
)  # fmt: skip


def ended(plot: Path | str = "", words: str = "") -> LiveEnded:
    return LiveEnded(7, "amina", "Dinner", NOW, NOW + timedelta(minutes=48), 1204, 300.0, lines=words, plot=str(plot))


def topic(telegram: Telegram, chat: dict[str, Any], name: str) -> int:
    return next(
        number for (where, number), made in telegram.topics.items() if where == chat["id"] and made["name"] == name
    )


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_everything_that_can_be_told_is_posted_and_changed(
    client: TelegramClient, telegram: Telegram, language: str
):
    place = await placed(client.house, telegram.alice, language=language)
    telegram.global_per_second = None
    client._sender.budget._wait = lambda chat, most: 0.0  # type: ignore[method-assign]  not what is asked here
    told = [meaning for _, meaning in every() if type(meaning) in KINDS.values()]
    assert len(told) > 60
    for number, meaning in enumerate(told):
        made = notice(place, meaning, key=f"{number}", subject=f"{number}")
        if getattr(meaning, "only", ""):
            continue
        post = await client.messenger.post(made, "n", "")
        again = await client.messenger.post(replace(made, edits=True), "n", post)
        assert again.removesuffix("m") == post.removesuffix("m"), type(meaning).__name__
    telegram.assert_clean()


async def test_a_live_is_one_message_that_ends_with_its_plot(
    client: TelegramClient, telegram: Telegram, tmp_path: Path
):
    plot = tmp_path / "plot.png"
    plot.write_bytes(b"a picture")
    place = await placed(client.house, telegram.kitchen, language="fr", time_zone="Europe/Paris")
    post = await client.messenger.post(notice(place, STARTED, subject="live:7"), "n", "")
    assert "@amina est en direct" in read(telegram.messages_in(telegram.kitchen)[0])
    done = notice(place, ended(plot), key="end", subject="live:7", edits=True)
    now = await client.messenger.post(done, "n", post)
    assert now == post
    message, picture = telegram.messages_in(telegram.kitchen)
    assert telegram.file_data(picture) == b"a picture"
    assert picture["reply_to_message"]["message_id"] == message["message_id"]
    assert "21:14" in message["text"]
    assert await client.messenger.post(done, "n", now) == now  # "not modified" is fine, and brings no second picture
    assert len(telegram.messages_in(telegram.kitchen)) == 2
    plot.unlink()
    late = notice(place, ended(plot, "Good evening"), key="end2", subject="live:7", edits=True)
    assert await client.messenger.post(late, "n", now) == now
    assert "Good evening" in telegram.messages_in(telegram.kitchen)[0]["text"]
    telegram.assert_clean()


async def test_a_live_with_its_cover_is_a_photo_whose_caption_changes_and_its_plot_answers_it(
    client: TelegramClient, telegram: Telegram, tmp_path: Path
):
    cover, plot = tmp_path / "cover.jpg", tmp_path / "plot.png"
    cover.write_bytes(b"the cover")
    plot.write_bytes(b"the plot")
    place = await placed(client.house, telegram.kitchen)
    begun = replace(STARTED, cover=str(cover))
    post = await client.messenger.post(notice(place, begun, subject="live:7"), "n", "")
    (message,) = telegram.messages_in(telegram.kitchen)
    assert telegram.file_data(message) == b"the cover"
    assert "@amina is live" in read(message)
    assert {"Watch", "Stop"} <= set(labels(message))
    changed = replace(begun, viewers=2000, cover=str(tmp_path / "newer.jpg"))
    edit = notice(place, changed, key="edit", subject="live:7", edits=True, silent=True)
    assert await client.messenger.post(edit, "n", post) == post
    assert "2,000 watching" in read(telegram.messages_in(telegram.kitchen)[0])
    done = notice(place, ended(plot, "Good evening. " * 200), key="end", subject="live:7", edits=True)
    assert await client.messenger.post(done, "n", post) == post
    first, second = telegram.messages_in(telegram.kitchen)
    assert (first["message_id"], telegram.file_data(first)) == (message["message_id"], b"the cover")
    assert "@amina's live has ended" in read(first)
    assert len(first["caption"].encode("utf-16-le")) // 2 <= 1024
    assert telegram.file_data(second) == b"the plot"
    assert second["reply_to_message"]["message_id"] == first["message_id"]
    assert telegram.sent("sendPhoto")[-1].params["disable_notification"] is True
    assert [len(telegram.sent(method)) for method in ("editMessageCaption", "editMessageMedia")] == [2, 0]
    telegram.assert_clean()


async def test_a_cover_that_telegram_refuses_or_that_is_gone_leaves_the_words(
    client: TelegramClient, telegram: Telegram, tmp_path: Path
):
    cover = tmp_path / "cover.jpg"
    cover.write_bytes(b"no picture")
    place = await placed(client.house, telegram.kitchen)
    telegram.fail_next("sendPhoto", 400, "Bad Request: IMAGE_PROCESS_FAILED")
    begun = notice(place, replace(STARTED, cover=str(cover)))
    assert not (await client.messenger.post(begun, "n", "")).endswith("m")
    cover.unlink()
    assert not (await client.messenger.post(replace(begun, key="gone"), "n", "")).endswith("m")
    assert [
        "@amina is live" in one["text"].replace("\u2060", "") for one in telegram.messages_in(telegram.kitchen)
    ] == [True, True]
    telegram.assert_clean()


async def test_what_is_found_hangs_on_the_start_where_lives_share_a_chat(client: TelegramClient, telegram: Telegram):
    place = await placed(client.house, telegram.kitchen)
    made = notice(place, STARTED, subject="live:7")
    async with client.house.storage.work() as work:
        await work.outbox.put(made, NOW)
        (delivery,) = await work.outbox.claim("me", ["telegram"], NOW, timedelta(minutes=1), 1)
    post = await client.messenger.post(made, "n", "")
    async with client.house.storage.work() as work:
        await work.outbox.settle(delivery, "sent", NOW, external=post)  # type: ignore[arg-type]
    await client.messenger.post(notice(place, HIT, key="hit"), "n", "")
    hit = telegram.messages_in(telegram.kitchen)[-1]
    assert hit["reply_to_message"]["message_id"] == int(post)
    assert "a giveaway <b>&" in read(hit)
    await client.messenger.post(notice(place, RISK, key="risk"), "n", "")
    assert telegram.messages_in(telegram.kitchen)[-1]["reply_to_message"]["message_id"] == int(post)
    async with client.house.storage.work() as work:
        await work.feeds.put(Feed(place.id, Event.RISK, place.id))
    await client.messenger.post(notice(place, replace(RISK, alert_id=2), key="risk2"), "n", "")
    assert "reply_to_message" not in telegram.messages_in(telegram.kitchen)[-1], "alerts have an address of their own"
    del telegram.messages[telegram.kitchen["id"], int(post)]  # somebody deletes the start
    await client.messenger.post(notice(place, HIT, key="hit2"), "n", "")
    assert len(telegram.messages_in(telegram.kitchen)) == 4
    telegram.assert_clean()


async def test_silent_posts_make_no_sound(client: TelegramClient, telegram: Telegram):
    place = await placed(client.house, telegram.kitchen)
    rolling = Rolling(7, "amina", "fr", "captions", [(NOW, "On commence."), (NOW, None)])
    await client.messenger.post(notice(place, rolling, silent=True, edits=True), "n", "")
    await client.messenger.post(notice(place, RISK, key="risk"), "n", "")
    assert [call.params.get("disable_notification") for call in telegram.sent("sendMessage")] == [True, None]
    telegram.assert_clean()


async def test_a_risky_line_of_a_live_says_so_and_is_under_a_spoiler(client: TelegramClient, telegram: Telegram):
    place = await placed(client.house, telegram.kitchen)
    lines = [(NOW, "On commence."), (NOW + timedelta(seconds=15), "<b> vermin")]
    said = Rolling(7, "amina", "fr", "captions", lines, risky=[lines[1][0]])
    await client.messenger.post(notice(place, said, silent=True, edits=True), "n", "")
    (call,) = telegram.sent("sendMessage")
    assert "⚠️ risk</code> <tg-spoiler>&lt;b&gt; vermin</tg-spoiler>" in call.params["text"]
    assert "</code> On commence." in call.params["text"]
    telegram.assert_clean()


async def test_each_account_has_a_topic_of_its_own_made_once(client: TelegramClient, telegram: Telegram):
    forum = telegram.add_group("Forum", forum=True, rights={"can_manage_topics"})
    place = await placed(client.house, forum)
    async with client.house.storage.work() as work:
        for handle in ("amina", "chef"):
            await work.accounts.ensure(Handle(handle))
    for number, said in enumerate((STARTED, HIT, replace(STARTED, handle="chef"))):
        await client.messenger.post(notice(place, said, key=f"{number}"), "n", "")
    await client.messenger.post(notice(place, RISK, key="risk"), "n", "")
    amina, chef = topic(telegram, forum, "@amina"), topic(telegram, forum, "@chef")
    threads = [message.get("message_thread_id") for message in telegram.messages_in(forum)]
    assert threads == [amina, amina, chef, amina]
    assert len(telegram.sent("createForumTopic")) == 2
    async with client.house.storage.work() as work:
        account = await work.accounts.by_handle(Handle("amina"))
        assert account is not None
        assert await work.topics.of(place.id, f"account:{account.id}") == str(amina)
    there = notice(place, HIT, key="there", address=f"{place.id}/{chef}")
    await client.messenger.post(there, "n", "")
    assert telegram.messages_in(forum)[-1]["message_thread_id"] == chef
    telegram.assert_clean()


async def test_a_deleted_topic_is_made_anew_and_a_closed_one_is_told_of_once(
    client: TelegramClient, telegram: Telegram
):
    forum = telegram.add_group("Forum", forum=True, rights={"can_manage_topics"})
    place = await placed(client.house, forum)
    await client.messenger.post(notice(place, STARTED), "n", "")
    telegram.topics.pop((forum["id"], topic(telegram, forum, "@amina")))
    await client.messenger.post(notice(place, HIT, key="hit"), "n", "")
    anew = topic(telegram, forum, "@amina")
    assert telegram.messages_in(forum)[-1]["message_thread_id"] == anew
    telegram.topics[forum["id"], anew]["_closed"] = True
    telegram.rights[forum["id"]].clear()
    for number in range(2):
        await client.messenger.post(notice(place, HIT, key=f"closed{number}"), "n", "")
    general = [read(message) for message in telegram.messages_in(forum) if "message_thread_id" not in message]
    assert [text.startswith("⚠️ The topic of @amina is closed") for text in general] == [True, False, False]
    async with client.house.storage.reading() as work:
        name = f"telegram:closed:{forum['id']}/{anew}"
        assert await work.memos.get(name)
        later = datetime.now(UTC) + timedelta(days=91)
        left = await work.leftovers.find(Leftover.MEMOS, Since(later, later, later, later, later), 9)
        assert (name,) in left
    gone = notice(place, HIT, key="gone", address=f"{place.id}/99999")
    await client.messenger.post(gone, "n", "")
    assert "message_thread_id" not in telegram.messages_in(forum)[-1]
    telegram.assert_clean(ignore=("refused",))  # a deleted topic is found out by being refused


async def test_where_no_topics_may_be_made_posts_go_to_the_group(client: TelegramClient, telegram: Telegram):
    forum = telegram.add_group("Forum", forum=True)
    place = await placed(client.house, forum)
    for number in range(2):
        await client.messenger.post(notice(place, STARTED, key=f"{number}"), "n", "")
    assert [message.get("message_thread_id") for message in telegram.messages_in(forum)] == [None, None]
    assert len(telegram.sent("createForumTopic")) == 1
    telegram.assert_clean()


async def test_a_renamed_account_keeps_its_topic_under_the_new_name(client: TelegramClient, telegram: Telegram):
    forum = telegram.add_group("Forum", forum=True, rights={"can_manage_topics"})
    place = await placed(client.house, forum)
    await client.messenger.post(notice(place, STARTED), "n", "")
    renamed = AccountRenamed("amina", "amina.old")
    await client.messenger.post(notice(place, renamed, key="renamed"), "n", "")
    (thread,) = {message["message_thread_id"] for message in telegram.messages_in(forum)}
    assert telegram.topics[forum["id"], thread]["name"] == "@amina"
    assert len(telegram.sent("editForumTopic")) == 1
    telegram.assert_clean()


async def test_a_private_chat_is_told_in_the_language_its_person_chose(client: TelegramClient, telegram: Telegram):
    place = await placed(client.house, telegram.alice, language="en")
    async with client.house.storage.work() as work:
        await work.people.speaks(place.id, "fr")
    await client.messenger.post(notice(place, STARTED), "n", "")
    assert "Regarder" in labels(telegram.messages_in(telegram.alice)[-1])
