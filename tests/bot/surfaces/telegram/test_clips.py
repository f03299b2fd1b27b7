"""Clips on Telegram: the buttons under a video, the list, the still, and what is too large."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from bot.surfaces.telegram.client import TelegramClient
from bot.surfaces.telegram.fitting import Fitting
from core.model.account import Follow, Handle
from core.model.clip import Clip, Cut
from core.model.live import Look
from core.model.notice import DeliveryState
from core.model.person import Place
from core.model.tellable.finds import ClipSaved
from core.services.clipping.telling import told
from tests.bot.surfaces.telegram.conftest import labels, notice, placed, read
from tests.doubles import BEGAN
from tests.platforms.chats import Telegram
from tests.waiting import until

NAME = "مرحبا_giveaway_2026-11-20_08-14-05_PM.mp4"


@dataclass
class Stage:
    client: TelegramClient
    telegram: Telegram
    place: Place
    clip: Clip
    said: ClipSaved

    async def post(self) -> dict[str, Any]:
        """The clip is told, and that is remembered."""
        house, post = self.client.house, notice(self.place, self.said, key="clip:7", subject="clip:7")
        external = await self.client.messenger.post(post, "n", "")
        now = house.clock.now()
        async with house.storage.work() as work:
            await work.outbox.put(post, now)
            (claimed,) = await work.outbox.claim("t", ["telegram"], now, now - now, 5)
            await work.outbox.settle(claimed, DeliveryState.SENT, now, external=external)
        self.external = external
        return self.telegram.messages_in(self.telegram.kitchen)[-1]

    async def edit(self) -> None:
        """Hand over what waits to change the post."""
        async with self.client.house.storage.reading() as work:
            last = await work.outbox.newest(self.place.id, "clip:7")
        assert last is not None
        assert last.edits
        await self.client.messenger.post(last, "n", self.external)

    async def pressed(self, message: dict[str, Any], label: str) -> dict[str, Any]:
        """Alice presses; what came of it stands below."""
        kitchen, telegram = self.telegram.kitchen, self.telegram
        before = len(telegram.messages_in(kitchen))
        await telegram.press(message, label, user=telegram.alice)
        await until(lambda: len(telegram.messages_in(kitchen)) > before)
        return telegram.messages_in(kitchen)[-1]

    def videos(self) -> list[Any]:
        return self.telegram.sent("sendVideo")

    def message(self, number: int) -> dict[str, Any]:
        kitchen = self.telegram.messages_in(self.telegram.kitchen)
        return next(one for one in kitchen if one["message_id"] == number)


@pytest.fixture
async def stage(client: TelegramClient, telegram: Telegram, tmp_path: Path) -> Stage:
    house = client.house
    place = await placed(house, telegram.kitchen, set_up=BEGAN)
    path = tmp_path / "7.mp4"
    path.write_bytes(b"moving pictures")
    path.with_suffix(".jpg").write_bytes(b"\xff\xd8\xff a still")
    async with house.storage.work() as work:
        account = await work.accounts.ensure(Handle("amina"))
        await work.follows.add(Follow(0, place.id, account.id, account.handle, place.id, BEGAN))
        live, _ = await work.lives.begin(account, Look(BEGAN, True, "room-1", "Dinner", started=BEGAN), [place.id])
        cut = Cut(path, 1.0, 40.0, 15, 360, 640)
        clip = await work.clips.add(live.id, place.id, NAME, cut, house.clock.now(), "giveaway", "job:7")
    return Stage(client, telegram, place, clip, told(clip, live))


async def test_a_clip_arrives_under_its_whole_name_with_its_still(stage: Stage):
    message = await stage.post()
    (call,) = stage.videos()
    assert {part: file.filename for part, file in call.files.items()} == {"video": NAME, "cover": "7.jpg"}
    assert stage.telegram.file_data(message) == b"moving pictures"
    assert "\u2066" in message["caption"]  # so that nothing beside it turns around
    assert labels(message) == ["Keep 👍", "Longer", "Rename", "Delete", "Transcribe", "All clips"]
    stage.telegram.assert_clean()


async def test_keeping_changes_the_caption_and_sends_no_second_video(stage: Stage):
    telegram, message = stage.telegram, await stage.post()
    await telegram.press(message, "Keep 👍", user=telegram.alice)
    await until(lambda: "Kept" in read(stage.message(message["message_id"])))
    assert "Keep no longer" in labels(stage.message(message["message_id"]))
    await stage.edit()
    assert len(stage.videos()) == 1
    assert len(telegram.messages_in(telegram.kitchen)) == 1
    await telegram.press(stage.message(message["message_id"]), "Keep no longer", user=telegram.alice)
    await until(lambda: "Keep 👍" in labels(stage.message(message["message_id"])))
    telegram.assert_clean()


async def test_who_is_no_moderator_changes_nothing(stage: Stage):
    telegram, message = stage.telegram, await stage.post()
    for label in ("Keep 👍", "Delete", "Rename"):
        await telegram.press(message, label, user=telegram.bob)
    assert "Kept" not in read(stage.message(message["message_id"]))
    assert stage.clip.path.exists()
    telegram.assert_clean()


async def test_a_new_name_is_written_and_stands_in_the_post(stage: Stage):
    telegram, message = stage.telegram, await stage.post()
    asked = await stage.pressed(message, "Rename")
    (answer,) = await telegram.text("best bit", user=telegram.alice, chat=telegram.kitchen, reply_to=asked)
    assert "best bit.mp4" in read(answer)
    await stage.edit()
    assert read(stage.message(message["message_id"])).startswith("best bit.mp4")
    assert len(stage.videos()) == 1
    telegram.assert_clean()


async def test_deleting_asks_and_the_post_says_by_whom(stage: Stage):
    telegram, message = stage.telegram, await stage.post()
    asked = await stage.pressed(message, "Delete")
    assert "cannot be undone" in read(asked)
    await telegram.press(asked, "Delete", user=telegram.alice)
    await until(lambda: not stage.clip.path.exists())
    await stage.edit()
    assert "was deleted" in read(stage.message(message["message_id"]))
    assert labels(stage.message(message["message_id"])) == []
    telegram.assert_clean()


async def test_the_list_opens_a_clip_as_a_video_with_the_same_buttons(stage: Stage):
    telegram = stage.telegram
    (listed,) = await telegram.text("/clip list name=give", user=telegram.alice, chat=telegram.kitchen)
    assert "1 clip" in read(listed)
    opened = await stage.pressed(listed, "1")
    assert opened["message_id"] != listed["message_id"]
    assert (opened["video"]["width"], opened["video"]["duration"]) == (360, 40)
    assert "Keep 👍" in labels(opened)
    await telegram.press(opened, "Keep 👍", user=telegram.alice)
    await until(lambda: "Kept" in read(stage.message(opened["message_id"])))
    assert len(stage.videos()) == 1
    assert "1 clip" in read(stage.message(listed["message_id"]))
    (chosen,) = await telegram.text("/clip delete", user=telegram.alice, chat=telegram.kitchen)
    assert NAME[:10] in labels(chosen)[0].replace("\u2066", "")
    telegram.assert_clean()


async def test_what_is_too_large_is_watched_whole_on_its_page_rather_than_in_parts(stage: Stage, tmp_path: Path):
    class Links:
        def link(self, place: str, number: int) -> str:
            return f"https://e.example/c/{number}"

    class Halves:
        async def of(self, file: Any, most: int) -> tuple[Path, ...]:
            halves = (tmp_path / "1", tmp_path / "2")
            for half in halves:
                half.write_bytes(b"half")
            return halves

    messenger = stage.client.messenger
    sender = replace(messenger.sender, fitting=Fitting(Halves(), 10))  # type: ignore[arg-type]
    stage.client.messenger = replace(messenger, sender=sender, showing=Links())  # type: ignore[arg-type]
    message = await stage.post()
    assert stage.videos() == []
    assert "one press away" in read(message)
    assert labels(message)[4] == "Watch whole"
    stage.telegram.assert_clean()
