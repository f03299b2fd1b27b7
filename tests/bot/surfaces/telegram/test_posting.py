"""Posts on Telegram: every kind, in both languages, where they belong, changed by what comes later."""

import asyncio
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.surfaces.telegram.client import TelegramClient
from core.errors import Ambiguous, Denied, Invalid, Missing, Transient
from core.model.account import Handle
from core.model.notice import (
    KINDS,
    AccountRenamed,
    ClipSaved,
    HitFound,
    LiveEnded,
    LiveStarted,
    NoticeKind,
    NotTranscribed,
    RiskRaised,
    Rolling,
    Transcribed,
    Transcribing,
)
from core.model.risk import Target, Virality
from core.model.trigger import Where
from tests.bot.surfaces.telegram.conftest import notice, placed, read, until
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
    assert now == f"{post}m"
    (message,) = telegram.messages_in(telegram.kitchen)
    assert telegram.file_data(message) == b"a picture"
    assert "21:14" in message["caption"]
    assert await client.messenger.post(done, "n", now) == now  # "not modified" is fine
    plot.unlink()
    late = notice(place, ended(plot, "Good evening"), key="end2", subject="live:7", edits=True)
    assert await client.messenger.post(late, "n", now) == now
    assert "Good evening" in telegram.messages_in(telegram.kitchen)[0]["caption"]
    telegram.assert_clean()


async def test_hits_and_clips_hang_on_the_start_where_lives_share_a_chat(client: TelegramClient, telegram: Telegram):
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
    del telegram.messages[telegram.kitchen["id"], int(post)]  # somebody deletes the start
    await client.messenger.post(notice(place, HIT, key="hit2"), "n", "")
    assert len(telegram.messages_in(telegram.kitchen)) == 2
    telegram.assert_clean()


async def test_silent_posts_make_no_sound(client: TelegramClient, telegram: Telegram):
    place = await placed(client.house, telegram.kitchen)
    rolling = Rolling(7, "amina", "fr", "captions", [(NOW, "On commence."), (NOW, None)])
    await client.messenger.post(notice(place, rolling, silent=True, edits=True), "n", "")
    await client.messenger.post(notice(place, RISK, key="risk"), "n", "")
    assert [call.params.get("disable_notification") for call in telegram.sent("sendMessage")] == [True, None]
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
    assert threads == [amina, amina, chef, None]  # an alert is for those who decide
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


# ---------------------------------------------------------------- replies that become results


async def test_the_reply_itself_moves_and_becomes_the_result(
    client: TelegramClient, telegram: Telegram, tmp_path: Path
):
    link = "https://www.tiktok.com/@amina/video/7400000000000000001"
    place = await placed(client.house, telegram.alice)
    (reply,) = await telegram.text(link, user=telegram.alice)
    async with client.house.storage.reading() as work:
        (job,) = await work.jobs.of_place(place.id, "transcribe", unfinished=True)
    address = job.payload["address"]
    assert address.startswith(f"{place.id}#m")
    subject = f"job:{job.id}"
    move = notice(place, Transcribing(job.id, "amina", step="found"), address=address, subject=subject, edits=True)
    post = await client.messenger.post(move, "n", "")
    assert post == str(reply["message_id"])
    picture, file = tmp_path / "t.jpg", tmp_path / "Eggs.srt"
    picture.write_bytes(b"jpeg")
    file.write_bytes(b"1")
    told = Transcribed(
        3, "amina", "Eggs", "", 61.0, "en", "captions", True, lines="Boil.", thumbnail=str(picture), file=str(file)
    )
    done = await client.messenger.post(
        notice(place, told, key="d", address=address, subject=subject, edits=True), "n", post
    )
    assert done == f"{post}m"
    result, attached = telegram.messages_in(telegram.alice)
    assert result["message_id"] == reply["message_id"]
    assert "Boil." in read(result)
    assert attached["document"]["file_name"] == "Eggs.srt"
    telegram.assert_clean()


async def test_a_job_that_is_faster_than_its_reply_waits_for_it(client: TelegramClient, telegram: Telegram):
    place = await placed(client.house, telegram.alice)
    address = f"{place.id}#m77"
    client._replies.expect(address)
    over = notice(place, NotTranscribed(5, "NO_SPEECH"), address=address, subject="job:5", edits=True)
    posting = asyncio.create_task(client.messenger.post(over, "n", ""))
    (reply,) = await telegram.text("/start", user=telegram.alice)
    assert not posting.done()
    from bot.surfaces.telegram.addresses import Post

    client._replies.settle(address, Post(telegram.alice["id"], reply["message_id"]))
    assert await posting == str(reply["message_id"])
    telegram.assert_clean()


async def test_after_a_restart_the_result_answers_what_was_written(client: TelegramClient, telegram: Telegram):
    place = await placed(client.house, telegram.kitchen)
    written = telegram._user_message(telegram.bob, telegram.kitchen, {"text": "/transcribe x"}, None)
    address = f"{place.id}#m{written['message_id']}"
    over = notice(place, NotTranscribed(5, "NO_SPEECH"), address=address, subject="job:5", edits=True)
    await client.messenger.post(over, "n", "")
    (message,) = telegram.messages_in(telegram.kitchen)
    assert message["reply_to_message"]["message_id"] == written["message_id"]
    telegram.assert_clean()


async def test_what_is_for_one_person_goes_to_their_own_chat(client: TelegramClient, telegram: Telegram):
    place, bob = await placed(client.house, telegram.kitchen), telegram.bob["id"]
    only = f"telegram:{bob}"
    moving = notice(place, Transcribing(5, "amina", step="found", only=only), subject="job:5", edits=True)
    post = await client.messenger.post(moving, "n", "")
    assert post.startswith(f"{bob}/")
    assert await client.messenger.post(replace(moving, silent=True), "n", post) == post
    assert telegram.messages_in(telegram.kitchen) == []
    telegram.blocked.add(bob)
    with pytest.raises(Invalid):  # their chat is closed, the place is not
        await client.messenger.post(moving, "n", "")
    telegram.assert_clean()


# ---------------------------------------------------------------- failures


async def test_failures_are_told_apart_by_what_is_certain(client: TelegramClient, telegram: Telegram):
    place = await placed(client.house, telegram.kitchen)
    told = notice(place, STARTED)

    async def failing(kind: type[Exception], made: Any = told, post: str = "") -> Any:
        with pytest.raises(kind) as raised:
            await client.messenger.post(made, "n", post)
        assert type(raised.value) is kind
        return raised.value

    telegram.fail_next("sendMessage", 429, retry_after=3)
    assert (await failing(Transient)).retry_after == 3.0
    for code in (500, 502):
        telegram.fail_next("sendMessage", code, raw="<html>bad gateway</html>")
        await failing(Ambiguous)
    telegram.fail_next("sendMessage", 200, raw="no json at all")
    await failing(Ambiguous)
    assert (await failing(Missing, post="4711")).code == "POST_GONE"
    telegram.readonly.add(telegram.kitchen["id"])
    assert (await failing(Denied)).code == "NO_POST"
    telegram.readonly.clear()
    telegram.blocked.add(telegram.kitchen["id"])
    assert (await failing(Denied)).code == "NO_POST"
    nowhere = notice(place, STARTED, address="telegram:-100999")
    assert (await failing(Missing, nowhere)).code == "CHAT_GONE"
    telegram.assert_clean()


async def test_a_group_that_moved_says_where_to(client: TelegramClient, telegram: Telegram):
    old = telegram.add_group("Old", kind="group")
    place, new = await placed(client.house, old), telegram.migrate(old)
    with pytest.raises(Missing) as raised:
        await client.messenger.post(notice(place, STARTED), "n", "")
    assert raised.value.code == "MOVED"
    assert raised.value.values == {"address": place.id, "to": f"telegram:{new['id']}"}
    telegram.assert_clean()


async def test_what_is_refused_is_said_plainly_once(client: TelegramClient, telegram: Telegram):
    place = await placed(client.house, telegram.kitchen)
    telegram.fail_next("sendMessage", 400, "Bad Request: something about entities")
    assert await client.messenger.post(notice(place, HIT), "n", "")
    (message,) = telegram.messages_in(telegram.kitchen)
    assert "a giveaway <b>&" in read(message)
    assert "reply_markup" not in message
    telegram.fail_next("sendMessage", 400, "Bad Request: whatever", times=2)
    with pytest.raises(Invalid):
        await client.messenger.post(notice(place, HIT, key="2"), "n", "")
    telegram.assert_clean()


async def test_a_connection_that_does_not_come_about_is_no_doubt(client: TelegramClient, telegram: Telegram):
    place = await placed(client.house, telegram.kitchen)
    await telegram._runner.cleanup()
    with pytest.raises(Transient) as raised:
        await client.messenger.post(notice(place, STARTED), "n", "")
    assert type(raised.value) is Transient


async def test_the_flood_of_one_chat_stops_no_other(client: TelegramClient, telegram: Telegram):
    place, other = await placed(client.house, telegram.kitchen), await placed(client.house, telegram.alice)
    telegram.fail_next("sendMessage", 429, retry_after=30)
    with pytest.raises(Transient):
        await client.messenger.post(notice(place, STARTED), "n", "")
    began = time.monotonic()
    await client.messenger.post(notice(other, STARTED), "n", "")
    await telegram.text("/start", user=telegram.bob)
    assert time.monotonic() - began < 2
    telegram.assert_clean()


async def test_an_answer_waits_out_a_flood_and_is_not_lost(client: TelegramClient, telegram: Telegram):
    telegram.fail_next("sendMessage", 429, retry_after=1)
    (said,) = await telegram.text("/start", user=telegram.bob)
    assert "I am Earshot" in read(said)
    telegram.assert_clean()


async def test_a_busy_group_is_never_called_more_often_than_it_takes(client: TelegramClient, telegram: Telegram):
    place = await placed(client.house, telegram.kitchen)
    for number in range(20):
        await client.messenger.post(notice(place, HIT, key=f"{number}"), "n", "")
    with pytest.raises(Transient) as raised:
        await client.messenger.post(notice(place, HIT, key="more"), "n", "")
    assert raised.value.retry_after
    assert raised.value.retry_after > 2
    assert len(telegram.messages_in(telegram.kitchen)) == 20
    telegram.assert_clean()


async def test_paces_are_those_of_the_chat_with_all_its_topics(client: TelegramClient):
    pace = client.messenger.pace
    assert pace("telegram:-100/7#m5").key == pace("telegram:-100").key == "telegram:-100"
    assert (pace("telegram:-100").every, pace("telegram:-100").edits_every) == (3.0, 5.0)
    assert (pace("telegram:5").every, pace("telegram:5").edits_every) == (1.0, 0.0)
    assert await client.messenger.find(None, "n", NOW) is None  # type: ignore[arg-type]


# ---------------------------------------------------------------- files


def clip(path: Path) -> ClipSaved:
    return ClipSaved(1, 7, "amina", "bob_giveaway.mp4", str(path), 30.0, 1000, 720, 1280, "giveaway")


async def test_a_clip_is_a_video_with_its_shape_uploaded_once(
    client: TelegramClient, telegram: Telegram, tmp_path: Path
):
    path = tmp_path / "7.mp4"
    path.write_bytes(b"moving pictures")
    for number, chat in enumerate((telegram.kitchen, telegram.alice, telegram.bob)):
        place = await placed(client.house, chat)
        await client.messenger.post(notice(place, clip(path), key=f"{number}"), "n", "")
    first, *others = telegram.sent("sendVideo")
    assert (first.params["width"], first.params["height"], first.params["duration"]) == (720, 1280, 30)
    assert first.params["supports_streaming"] is True
    assert [file.filename for file in first.files.values()] == ["bob_giveaway.mp4"]
    assert [call.files for call in others] == [{}, {}]
    assert telegram.file_data(telegram.messages_in(telegram.bob)[0]) == b"moving pictures"
    telegram.files.clear()  # Telegram has forgotten it
    await client.messenger.post(notice(place, clip(path), key="again"), "n", "")
    assert telegram.sent("sendVideo")[-1].files
    telegram.assert_clean(ignore=("refused",))


async def test_a_clip_that_is_gone_is_told_in_words(client: TelegramClient, telegram: Telegram, tmp_path: Path):
    place = await placed(client.house, telegram.kitchen)
    await client.messenger.post(notice(place, clip(tmp_path / "gone.mp4")), "n", "")
    (message,) = telegram.messages_in(telegram.kitchen)
    assert "bob_giveaway.mp4" in read(message)
    telegram.assert_clean()


class Halves:
    """A fitter that cuts files in two, or gives up."""

    def __init__(self, *, gives_up: bool = False) -> None:
        self.gives_up = gives_up

    async def fit(self, path: Path, most: int) -> tuple[Path, ...]:
        if self.gives_up:
            raise Invalid("TOO_BIG", a=51, b=50)
        parts = tuple(path.with_stem(f"{path.stem}.{n}") for n in (1, 2))
        for part in parts:
            part.write_bytes(b"half")
        return parts


async def test_a_file_one_byte_too_large_comes_in_parts_or_is_told_of(
    client: TelegramClient, telegram: Telegram, tmp_path: Path
):
    path = tmp_path / "7.mp4"
    with path.open("wb") as file:
        file.truncate(50_000_001)
    place = await placed(client.house, telegram.kitchen)
    fitting = client._sender.fitting
    fitting.fitter = Halves()
    await client.messenger.post(notice(place, clip(path)), "n", "")
    first, second = telegram.messages_in(telegram.kitchen)
    assert "In 2 parts, as Telegram takes it." in read(first)
    assert [message["video"]["file_name"] for message in (first, second)] == [
        "bob_giveaway_1.mp4",
        "bob_giveaway_2.mp4",
    ]
    fitting.fitter = Halves(gives_up=True)
    await client.messenger.post(notice(place, clip(path), key="2"), "n", "")
    assert "larger than Telegram takes" in read(telegram.messages_in(telegram.kitchen)[-1])
    telegram.assert_clean()


async def test_a_file_that_is_still_being_made_smaller_is_waited_for_elsewhere(
    client: TelegramClient, telegram: Telegram, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    class Slow(Halves):
        made = asyncio.Event()

        async def fit(self, path: Path, most: int) -> tuple[Path, ...]:
            await self.made.wait()
            return await super().fit(path, most)

    monkeypatch.setattr("bot.surfaces.telegram.fitting.WAIT", 0.05)
    path = tmp_path / "7.mp4"
    with path.open("wb") as file:
        file.truncate(50_000_001)
    place = await placed(client.house, telegram.kitchen)
    client._sender.fitting.fitter = Slow()
    with pytest.raises(Transient) as raised:
        await client.messenger.post(notice(place, clip(path)), "n", "")
    assert raised.value.code == "FITTING"
    Slow.made.set()
    await until(lambda: path.with_stem("7.2").exists())
    await client.messenger.post(notice(place, clip(path)), "n", "")
    assert len(telegram.messages_in(telegram.kitchen)) == 2
    telegram.assert_clean()


def test_every_kind_of_notice_is_a_post() -> None:
    assert set(KINDS) == set(NoticeKind)
