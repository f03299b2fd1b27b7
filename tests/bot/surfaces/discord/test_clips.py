"""Clips on Discord: the buttons under a post, the list, and what is too large."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from bot.house import House
from core.model.clip import Clip, Cut
from core.model.tellable.finds import ClipSaved
from core.services.clipping.telling import told
from tests.bot.surfaces.discord.kit import (
    Server,
    Thing,
    connected,
    delivered,
    labels,
    live_of,
    messenger,
    notice,
    placed,
    texts,
)
from tests.bot.surfaces.discord.test_files import LIMIT, Scissors, sized
from tests.platforms.discord import FakeDiscord
from tests.waiting import until

NAME = "juno_plays_giveaway_2026-11-20_08-14-05_PM.mp4"


@dataclass
class Stage:
    """A clip of the server's, and how it is told."""

    house: House
    server: Server
    clip: Clip
    said: ClipSaved


@pytest.fixture
async def stage(house: House, server: Server, tmp_path: Path) -> Stage:
    await placed(house, server)
    _, live = await live_of(house.storage, server, house.clock.now())
    path = sized(tmp_path, "7.mp4", 5000)
    async with house.storage.work() as work:
        cut = Cut(path, 1.0, 40.0, 5000, 360, 640)
        clip = await work.clips.add(live.id, server.place, NAME, cut, house.clock.now(), "giveaway", "job:7")
    return Stage(house, server, clip, told(clip, live))


async def posted(stage: Stage, client: Any) -> Thing:
    """The post of the clip, as whoever delivers makes and remembers it."""
    post = notice(stage.server, stage.said, key="clip:7")
    external = await messenger(client, stage.house).post(post, "n" * 24, "")
    await delivered(stage.house, post, external)
    return stage.server.discord.messages_in(stage.server.channel)[0]


async def edit(stage: Stage, client: Any, message: Thing) -> None:
    """Hand over what waits to change the post."""
    now = stage.house.clock.now()
    async with stage.house.storage.reading() as work:
        last = await work.outbox.newest(stage.server.address, "clip:7")
    assert last is not None
    assert last.edits, now
    await messenger(client, stage.house).post(last, "n" * 24, f"{message['channel_id']}/{message['id']}")


async def test_keeping_changes_the_post_and_leaves_the_video(discord: FakeDiscord, stage: Stage):
    async with connected(stage.house) as client:
        post = await posted(stage, client)
        assert labels(post) == ["Keep 👍", "Longer", "Rename", "Delete", "Transcribe", "All clips"]
        refused = await discord.click(post, "Keep 👍", user=stage.server.vera)
        assert refused.ephemeral
        assert "moderator" in refused.text
        kept = await discord.click(post, "Keep 👍", user=stage.server.mona)
        assert kept.ack_type in (6, 7), "the post itself changes"
        await until(lambda: "Kept" in texts(discord.messages_in(stage.server.channel)[0]))
        (message,) = discord.messages_in(stage.server.channel)
        assert labels(message)[0] == "Keep no longer"
        assert [one["filename"] for one in message["attachments"]] == [NAME]
        await edit(stage, client, message)
        (message,) = discord.messages_in(stage.server.channel)
        assert [one["filename"] for one in message["attachments"]] == [NAME]
    discord.assert_clean()


async def test_a_new_name_is_asked_for_in_a_form_and_stands_in_the_post(discord: FakeDiscord, stage: Stage):
    async with connected(stage.house) as client:
        post = await posted(stage, client)
        asked = await discord.click(post, "Rename", user=stage.server.mona)
        assert asked.modal is not None
        (part,) = asked.modal["components"]
        done = await discord.submit(asked, {part["label"]: "best bit"}, user=stage.server.mona)
        assert done.ephemeral
        assert "best bit.mp4" in done.text
        await edit(stage, client, post)
        (message,) = discord.messages_in(stage.server.channel)
        assert "best bit.mp4" in texts(message)
        assert [one["filename"] for one in message["attachments"]] == ["best_bit.mp4"]
    discord.assert_clean()


async def test_deleting_asks_the_one_who_pressed_and_empties_the_post(discord: FakeDiscord, stage: Stage):
    async with connected(stage.house) as client:
        post = await posted(stage, client)
        asked = await discord.click(post, "Delete", user=stage.server.mona)
        assert asked.ephemeral
        assert "cannot be undone" in asked.text
        assert stage.clip.path.exists()
        done = await discord.click(asked.message, "Delete", user=stage.server.mona)
        assert "is deleted" in done.text
        assert not stage.clip.path.exists()
        await edit(stage, client, post)
        (message,) = discord.messages_in(stage.server.channel)
        assert "was deleted" in texts(message)
        assert (message["attachments"], labels(message)) == ([], [])
    discord.assert_clean()


async def test_the_list_opens_a_clip_for_the_asker_alone(discord: FakeDiscord, stage: Stage):
    async with connected(stage.house):
        listed = await discord.slash("clip list", user=stage.server.mona, channel=stage.server.channel)
        assert listed.ephemeral
        shown = await discord.select(listed.message, "Open one", [f"clip.show:{stage.clip.id}"], user=stage.server.mona)
        await until(lambda: shown.original is not None and bool(shown.original["attachments"]))
        assert shown.original is not None
        assert [one["filename"] for one in shown.original["attachments"]] == [NAME]
        assert "Keep 👍" in labels(shown.original)
        found = await discord.autocomplete(
            "clip rename", "clip", clip="giveaway", user=stage.server.mona, channel=stage.server.channel
        )
        assert [one["name"] for one in found] == [NAME]
    discord.assert_clean()


async def test_what_is_too_large_is_watched_whole_on_its_page_rather_than_in_parts(
    discord: FakeDiscord, stage: Stage, tmp_path: Path
):
    class Links:
        def link(self, place: str, number: int) -> str:
            return f"https://e.example/c/{number}"

    stage.clip.path.unlink()
    sized(tmp_path, "7.mp4", LIMIT + 1)
    parts = tuple(sized(tmp_path, f"p{n}.mp4", 1000) for n in range(2))
    house = replace(stage.house, fitter=Scissors(parts), showing=Links())  # type: ignore[arg-type]
    stage.house = house
    async with connected(house) as client:
        message = await posted(stage, client)
    assert message["attachments"] == []
    assert labels(message)[4] == "Watch whole"
    assert "10.5 MB" in texts(message)
    assert len(discord.messages_in(stage.server.channel)) == 1
    discord.assert_clean()


@pytest.mark.parametrize(
    ("shown", "uploaded"),
    [
        ("\u0645\u0631\u062d\u0628\u0627_giveaway_2026-11-20_08-14-05_PM.mp4", "giveaway_2026-11-20_08-14-05_PM.mp4"),
        ("Z\u00e9lie \U0001f468\u200d\U0001f373_x_2026-11-20_08-14-05_PM.mp4", "Zelie__x_2026-11-20_08-14-05_PM.mp4"),
        ("CON_giveaway_2026-11-20_08-14-05_PM.mp4", "CON_giveaway_2026-11-20_08-14-05_PM.mp4"),
        ("a" * 4096 + "_2026-11-20_08-14-05_PM.mp4", "a" * 53 + "_2026-11-20_08-14-05_PM.mp4"),
    ],
)
async def test_a_name_keeps_in_the_file_what_discord_takes_and_is_whole_in_the_post(
    discord: FakeDiscord, stage: Stage, shown: str, uploaded: str
):
    stage.said = replace(stage.said, shown=shown)
    async with connected(stage.house) as client:
        message = await posted(stage, client)
    assert [one["filename"] for one in message["attachments"]] == [uploaded]
    assert shown[:40].split("\u200d")[0] in texts(message)
    discord.assert_clean()
