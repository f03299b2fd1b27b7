"""A held clip on Telegram: no video before somebody who may review lets it be shown, and then under a spoiler."""

from dataclasses import replace
from typing import Any

import pytest

from bot.surfaces.telegram.client import TelegramClient
from core.model.live import Live
from core.model.person import Person
from core.model.risk import Category, Label
from core.model.screening import Check, Found, Seen, Where
from core.model.tellable.screened import Screened
from tests.bot.surfaces.telegram.conftest import labels, placed, read
from tests.bot.surfaces.telegram.test_clips import Stage, stage
from tests.doubles import BEGAN
from tests.waiting import until

__all__ = ["stage"]
Message = dict[str, Any]
MARA = Person("telegram:1", "Mara")


async def held(client: TelegramClient, stage: Stage) -> Stage:
    """The stage's clip, a frame of which shows something."""
    house = client.house
    seen = Seen(8, (Found(Check.NUDITY, Where.FRAMES, 0.9),), "A person without clothes.", "seer-1", gone=False)
    async with house.storage.work() as work:
        live = await work.lives.get(stage.clip.live_id)
        assert isinstance(live, Live)
        assert house.curating.screens is not None
        screening = await house.curating.screens.clip(work, stage.clip, live, seen, house.clock.now())
    return replace(stage, said=replace(stage.said, screened=Screened.of(screening)))


async def test_it_is_a_text_until_a_moderator_lets_it_be_shown(client: TelegramClient, stage: Stage):
    stage = await held(client, stage)
    telegram, message = stage.telegram, await stage.post()
    assert stage.videos() == []
    assert "is held for a person" in read(message)
    assert "nudity in the picture" in read(message)
    assert labels(message) == ["Look at it", "It is fine", "Keep it away"]
    await stage.pressed(message, "It is fine")
    await stage.edit()
    (call,) = stage.videos()
    assert call.params["has_spoiler"] in (True, "true")
    assert "found it fine" in read(stage.message(message["message_id"]))
    telegram.assert_clean()


async def test_who_is_no_moderator_decides_nothing(client: TelegramClient, stage: Stage):
    stage = await held(client, stage)
    telegram, message = stage.telegram, await stage.post()
    await telegram.press(message, "It is fine", user=telegram.bob)
    await until(lambda: telegram.sent("answerCallbackQuery"))
    async with client.house.storage.reading() as work:
        assert len(await work.alerts.waiting(stage.place.id)) == 1
    assert stage.videos() == []


async def test_looking_at_it_in_a_group_leads_to_the_private_chat(client: TelegramClient, stage: Stage):
    stage = await held(client, stage)
    telegram, message = stage.telegram, await stage.post()
    await telegram.press(message, "Look at it", user=telegram.alice)
    await until(lambda: stage.videos())
    (call,) = stage.videos()
    assert str(call.params["chat_id"]) == str(telegram.alice["id"])
    assert not any("video" in one for one in telegram.messages_in(telegram.kitchen))


async def released(client: TelegramClient, stage: Stage) -> tuple[Stage, Message, Message]:
    """A held clip somebody let be shown: the text that was held, and the video that answers it."""
    stage = await held(client, stage)
    message = await stage.post()
    await stage.pressed(message, "It is fine")
    await stage.edit()
    video = next(one for one in stage.telegram.messages_in(stage.telegram.kitchen) if "video" in one)
    return stage, message, video


def there(stage: Stage) -> set[int]:
    return {one["message_id"] for one in stage.telegram.messages_in(stage.telegram.kitchen)}


async def test_the_video_of_a_released_clip_goes_with_it_and_is_sent_once(client: TelegramClient, stage: Stage):
    stage, message, video = await released(client, stage)
    await client.house.curating.keep(stage.clip, kept=True)
    await stage.edit()
    assert len(stage.videos()) == 1, "what is there is not sent again"
    await client.house.curating.delete(stage.clip, MARA)
    await stage.edit()
    assert video["message_id"] not in there(stage)
    said = read(stage.message(message["message_id"]))
    assert "was deleted" in said
    assert "Its video stays" not in said
    stage.telegram.assert_clean()


async def test_a_video_that_a_bot_may_delete_no_more_is_named(client: TelegramClient, stage: Stage):
    stage, message, video = await released(client, stage)
    video["date"] -= 49 * 3600
    await client.house.curating.delete(stage.clip, MARA)
    await stage.edit()
    assert video["message_id"] in there(stage)
    assert "Its video stays in this chat" in read(stage.message(message["message_id"]))


async def test_a_video_somebody_deleted_before_is_not_missed(client: TelegramClient, stage: Stage):
    stage, message, video = await released(client, stage)
    stage.telegram.delete_message(video)
    await client.house.curating.delete(stage.clip, MARA)
    await stage.edit()
    assert "Its video stays" not in read(stage.message(message["message_id"]))


@pytest.mark.parametrize("named", [False, True])
async def test_what_somebody_calls_about_minors_is_looked_at_by_named_reviewers_alone(
    client: TelegramClient, stage: Stage, named: bool
):
    stage = await held(client, stage)
    telegram, house, nina = stage.telegram, client.house, Person("telegram:99", "Nina")
    alice = f"telegram:{telegram.alice['id']}"
    place = await placed(house, telegram.kitchen, set_up=BEGAN, reviewers=(nina.id, *([alice] if named else [])))
    message = await stage.post()
    async with house.storage.reading() as work:
        (alert,) = await work.alerts.waiting(place.id)
    await house.reviewing.relabel(place, alert, Category.CONTROVERSIAL, (Label.S3,), nina)
    await telegram.press(message, "Look at it", user=telegram.alice)
    if not named:
        await until(lambda: any("Only named reviewers" in str(one.params) for one in telegram.calls))
        assert stage.videos() == []
        return
    await until(lambda: stage.videos())
    (call,) = stage.videos()
    assert str(call.params["chat_id"]) == str(telegram.alice["id"])
