"""A held clip on Discord: no video before somebody who may review lets it be shown, and then under a spoiler."""

from dataclasses import replace
from typing import Any

from core.model.live import Live
from core.model.person import Person
from core.model.risk import Category, Label
from core.model.screening import Check, Found, Seen, Where
from core.model.tellable.screened import Screened
from tests.bot.surfaces.discord.kit import connected, labels, placed, texts
from tests.bot.surfaces.discord.test_clips import NAME, Stage, edit, posted, stage
from tests.platforms.discord import FakeDiscord

__all__ = ["stage"]


async def held(stage: Stage) -> Stage:
    """The stage's clip, a frame of which shows something."""
    house = stage.house
    seen = Seen(8, (Found(Check.NUDITY, Where.FRAMES, 0.9),), "A person without clothes.", "seer-1", gone=False)
    async with house.storage.work() as work:
        live = await work.lives.get(stage.clip.live_id)
        assert isinstance(live, Live)
        assert house.curating.screens is not None
        screening = await house.curating.screens.clip(work, stage.clip, live, seen, house.clock.now())
    return replace(stage, said=replace(stage.said, screened=Screened.of(screening)))


def spoilers(part: Any) -> list[bool]:
    """Of every picture or video in a message."""
    if isinstance(part, list):
        return [one for inner in part for one in spoilers(inner)]
    if isinstance(part, dict):
        found = [bool(part.get("spoiler"))] if "media" in part else []
        return found + [one for value in part.values() for one in spoilers(value)]
    return []


async def test_it_has_no_video_until_a_moderator_lets_it_be_shown(discord: FakeDiscord, stage: Stage):
    stage = await held(stage)
    async with connected(stage.house) as client:
        post = await posted(stage, client)
        assert post["attachments"] == []
        assert "is held for a person" in texts(post)
        assert labels(post) == ["Look at it", "It is fine", "Keep it away"]
        refused = await discord.click(post, "It is fine", user=stage.server.vera)
        assert refused.ephemeral
        assert "moderator" in refused.text
        done = await discord.click(post, "It is fine", user=stage.server.mona)
        assert done.ephemeral
        assert "is shown now" in done.text
        await edit(stage, client, post)
        (message,) = discord.messages_in(stage.server.channel)
        assert [one["filename"] for one in message["attachments"]] == [NAME]
        assert spoilers(message["components"]) == [True]
        assert "found it fine" in texts(message)
    discord.assert_clean()


async def test_undone_the_video_is_gone_from_the_post(discord: FakeDiscord, stage: Stage):
    stage = await held(stage)
    async with connected(stage.house) as client:
        post = await posted(stage, client)
        await discord.click(post, "It is fine", user=stage.server.mona)
        await edit(stage, client, post)
        (message,) = discord.messages_in(stage.server.channel)
        await discord.click(message, "Hold it again", user=stage.server.mona)
        await edit(stage, client, message)
        (message,) = discord.messages_in(stage.server.channel)
        assert message["attachments"] == []
        assert "is held for a person" in texts(message)
    discord.assert_clean()


async def test_looking_at_it_is_for_the_one_who_pressed(discord: FakeDiscord, stage: Stage):
    stage = await held(stage)
    async with connected(stage.house) as client:
        post = await posted(stage, client)
        looked = await discord.click(post, "Look at it", user=stage.server.mona)
        assert looked.ephemeral
    discord.assert_clean()


async def test_what_somebody_calls_about_minors_is_looked_at_by_named_reviewers_alone(
    discord: FakeDiscord, stage: Stage
):
    stage = await held(stage)
    karim = Person(f"discord:{stage.server.karim['id']}", "Karim")
    place = await placed(stage.house, stage.server, reviewers=(karim.id,))
    async with stage.house.storage.reading() as work:
        (alert,) = await work.alerts.waiting(place.id)
    async with connected(stage.house) as client:
        post = await posted(stage, client)
        await stage.house.reviewing.relabel(place, alert, Category.CONTROVERSIAL, (Label.S3,), karim)
        refused = await discord.click(post, "Look at it", user=stage.server.mona)
        assert refused.ephemeral
        assert "Only named reviewers may look at this" in refused.text
        looked = await discord.click(post, "Look at it", user=stage.server.karim)
        assert looked.ephemeral
        assert spoilers(looked.message["components"]) == [True]
    discord.assert_clean()
