"""Replies that become results on Telegram, and what is for one person only."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bot.surfaces.telegram.addresses import Post
from bot.surfaces.telegram.client import TelegramClient
from core.errors import Invalid
from core.model.tellable.videos import NotTranscribed, Transcribed, Transcribing
from tests.bot.surfaces.telegram.conftest import notice, placed, read
from tests.platforms.chats import Telegram


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
    assert done == post
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
