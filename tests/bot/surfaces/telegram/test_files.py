"""Videos and files people hand over on Telegram."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.house import House
from bot.kernel import Kernel
from bot.surfaces.telegram.client import TelegramClient
from core.model.account import Handle
from core.model.job import Job
from core.model.person import Place
from core.model.tellable.videos import VideoPosted
from core.model.transcript import Segment
from core.model.video import Video, VideoTranscript
from core.services.videos.transcribing import Transcribing
from tests.bot.surfaces.telegram.conftest import labels, notice, placed, read, running, settled
from tests.platforms.chats import Telegram
from tests.platforms.telegram import Upload
from tests.waiting import until

LINK = "https://www.tiktok.com/@amina/video/7400000000000000001"
CLIP = Upload("egg.mp4", b"moving pictures" * 100_000, "video/mp4")


@pytest.fixture(autouse=True)
def _an_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody can hear: what becomes of the order is asked elsewhere."""
    from core.services.videos.hearing import Hearing

    monkeypatch.setattr(Hearing, "engines", lambda self, name="", **_: ["one"])


async def jobs(house: House, chat: dict[str, Any]) -> list[Job]:
    async with house.storage.reading() as work:
        return await work.jobs.of_place(f"telegram:{chat['id']}", "transcribe", unfinished=True)


@pytest.mark.parametrize("text", [LINK, f"look: {LINK} !", f"/transcribe {LINK} language=fr"])
async def test_a_link_in_private_is_transcribed(client: TelegramClient, telegram: Telegram, text: str):
    (said,) = await telegram.text(text, user=telegram.alice)
    assert "Transcribing" in read(said)
    (job,) = await jobs(client.house, telegram.alice)
    assert job.payload["handle"] == "amina"
    telegram.assert_clean()


async def test_several_links_of_one_message_are_transcribed_and_the_feed_shows_how_they_stand(
    client: TelegramClient, telegram: Telegram
):
    (said,) = await telegram.text(f"look: {LINK} and {LINK[:-1]}2", user=telegram.alice)
    assert "I transcribe 2 videos." in read(said)
    assert len(await jobs(client.house, telegram.alice)) == 2
    (feed,) = await telegram.text("/feed mine", user=telegram.alice)
    assert "waiting 2" in read(feed)
    assert "Newest" in labels(feed)
    await telegram.press(feed, "Newest", user=telegram.alice)
    newest = telegram.messages[telegram.alice["id"], feed["message_id"]]
    assert "Nothing here yet" in read(newest)
    telegram.assert_clean()


async def test_a_command_takes_the_link_of_the_message_it_answers(client: TelegramClient, telegram: Telegram):
    post = telegram._user_message(telegram.bob, telegram.kitchen, {"text": f"look {LINK}"}, None)
    (said,) = await telegram.text("/transcribe", user=telegram.alice, chat=telegram.kitchen, reply_to=post)
    assert "Transcribing" in read(said)
    assert [job.payload["handle"] for job in await jobs(client.house, telegram.kitchen)] == ["amina"]
    telegram.assert_clean()


async def test_a_post_about_a_new_video_can_be_answered_too(client: TelegramClient, telegram: Telegram):
    place = await placed(client.house, telegram.kitchen)
    await client.messenger.post(notice(place, VideoPosted("amina", 7400000000000000001, "Eggs")), "n", "")
    (post,) = telegram.messages_in(telegram.kitchen)
    await telegram.text("/transcribe", user=telegram.alice, chat=telegram.kitchen, reply_to=post)
    assert [job.payload["handle"] for job in await jobs(client.house, telegram.kitchen)] == ["amina"]
    telegram.assert_clean()


@pytest.mark.parametrize("kind", ["video", "audio", "voice", "document"])
async def test_a_file_in_private_is_transcribed(client: TelegramClient, telegram: Telegram, kind: str):
    (said,) = await telegram.send_file(kind, CLIP, user=telegram.alice)
    assert "Transcribing" in read(said)
    (job,) = await jobs(client.house, telegram.alice)
    assert Path(job.payload["file"]).read_bytes() == CLIP.data
    telegram.assert_clean()


async def test_a_file_in_a_group_waits_for_a_command(client: TelegramClient, telegram: Telegram):
    await telegram.send_file("video", CLIP, user=telegram.bob, chat=telegram.kitchen, expect=0)
    shared = next(m for (chat, _), m in telegram.messages.items() if chat == telegram.kitchen["id"])
    (said,) = await telegram.text("/transcribe", user=telegram.bob, chat=telegram.kitchen, reply_to=shared)
    assert "egg.mp4" in read(said)
    (job,) = await jobs(client.house, telegram.kitchen)
    assert Path(job.payload["file"]).read_bytes() == CLIP.data
    telegram.assert_clean()


async def test_a_file_larger_than_telegram_hands_out_is_refused_before_it_is_fetched(
    client: TelegramClient, telegram: Telegram
):
    big = Upload("long.mp4", bytes(20_000_001), "video/mp4")
    (said,) = await telegram.send_file("document", big, user=telegram.alice)
    assert "20 MB" in read(said)
    assert telegram.sent("getFile") == []
    telegram.assert_clean()


async def test_a_server_of_ones_own_hands_out_larger_files(house: House, kernel: Kernel, tmp_path: Path):
    async with Telegram(local=True) as telegram:
        alice = telegram.add_user("Alice")
        big = Upload("long.mp4", bytes(20_000_001), "video/mp4")
        async with running(TelegramClient(settled(house, telegram, TELEGRAM_LOCAL_MODE=True), kernel)) as client:
            (said,) = await telegram.send_file("document", big, user=alice)
            assert "Transcribing" in read(said)
            (job,) = await jobs(client.house, alice)
            assert Path(job.payload["file"]).stat().st_size == 20_000_001
            kept = tmp_path / "kept.mp4"
            kept.write_bytes(b"on this very disk")
            telegram.fail_next("getFile", 200, raw=json.dumps({"ok": True, "result": {
                "file_id": "x", "file_unique_id": "y", "file_path": str(kept)}}))  # fmt: skip
            await telegram.send_file("video", CLIP, user=alice)
            newest = max(await jobs(client.house, alice), key=lambda one: one.id)
            assert Path(newest.payload["file"]).read_bytes() == b"on this very disk"
        telegram.assert_clean()


async def test_a_long_transcript_is_read_page_by_page(client: TelegramClient, telegram: Telegram):
    """20,000 characters in lines of 500: whole, in pages, none of them cut."""
    lines = [f"{number:03} " + "word " * 99 for number in range(40)]
    segments = [Segment(n * 20.0, n * 20.0 + 19, line.strip(), "en", "groq") for n, line in enumerate(lines)]
    place, now = f"telegram:{telegram.alice['id']}", client.house.clock.now()
    async with client.house.storage.work() as work:
        await work.places.put(Place(place, "Alice"))
        video = await work.videos.ensure(
            Video(0, "7400000000000000001", Handle("amina"), "Amina", "Eggs", "", 800.0, now)
        )
        made = VideoTranscript(0, place, video, "groq", "", "en", False, now, place, "Eggs")
        stored = await work.videos.add(made, segments)
    (page,) = await telegram.text(f"/transcript open {stored.number}", user=telegram.alice)
    seen = read(page)
    while "▶" in labels(page):
        pressed = await telegram.press(page, "▶", user=telegram.alice)
        page = telegram.messages[telegram.alice["id"], page["message_id"]]
        assert pressed.answer is not None
        seen += read(page)
    assert [number for number in range(40) if f"{number:03} word" not in seen] == []
    assert "…" not in seen
    await telegram.press(page, ".txt", user=telegram.alice)
    (sent,) = await until(lambda: [call.result for call in telegram.sent("sendDocument") if call.result])
    assert sent["document"]["mime_type"] == "text/plain"
    telegram.assert_clean()


async def test_a_list_is_followed_from_a_file(client: TelegramClient, telegram: Telegram):
    names = Upload("list.yaml", b"amina, chef", "text/yaml")
    await telegram.send_file("document", names, user=telegram.alice, caption="/account import")

    async def followed() -> list[str]:
        async with client.house.storage.reading() as work:
            return [one.handle for one in await work.follows.of_place(f"telegram:{telegram.alice['id']}")]

    assert await followed() == ["amina", "chef"]
    telegram.assert_clean()


async def test_a_private_transcription_asked_for_in_a_group_is_done_in_private(
    client: TelegramClient, telegram: Telegram
):
    text = f"/transcribe {LINK} private=yes"
    (said,) = await telegram.text(text, user=telegram.bob, chat=telegram.kitchen)
    assert "sent it to you in private" in read(said)
    assert await jobs(client.house, telegram.kitchen) == []
    (job,) = await jobs(client.house, telegram.bob)
    assert job.payload["address"].startswith(f"telegram:{telegram.bob['id']}#g")
    assert "Transcribing" in read(telegram.messages_in(telegram.bob)[0])
    telegram.blocked.add(telegram.alice["id"])
    (refused,) = await telegram.text(text, user=telegram.alice, chat=telegram.kitchen)
    assert "I answer this in private" in read(refused)
    assert await jobs(client.house, telegram.alice) == []
    telegram.assert_clean()


async def test_a_service_that_hands_out_no_file_is_told_of(client: TelegramClient, telegram: Telegram):
    telegram.fail_next("getFile", 502, raw="<html>")
    (said,) = await telegram.send_file("video", CLIP, user=telegram.alice)
    assert await jobs(client.house, telegram.alice) == []
    assert read(said)
    assert isinstance(client.house.transcribing, Transcribing)
    await until(lambda: client.ready)
    telegram.assert_clean()
