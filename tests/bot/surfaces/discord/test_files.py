"""Files: what is gone, what is too large, what is cut; and files people hand over."""

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from bot.asked import Asked
from bot.command import command
from bot.commands import ALL
from bot.house import House
from bot.kernel import Kernel
from bot.kinds import Recording
from bot.surfaces.discord.sending import Sender
from core.errors import Invalid
from core.model.tellable.finds import ClipSaved
from tests.bot.surfaces.discord.kit import Marked, Server, connected, messenger, notice, texts
from tests.platforms.discord import FakeDiscord, UploadedFile

LIMIT = 10 * 1024 * 1024


def clip(path: Path) -> ClipSaved:
    size = path.stat().st_size if path.exists() else 1
    return ClipSaved(1, 1, "amina", "juno_giveaway.mp4", str(path), 28.0, size, 360, 640, "giveaway")


@dataclass
class Scissors:
    """A fitter with what it makes prepared."""

    made: tuple[Path, ...] = ()
    asked: list[tuple[Path, int]] = field(default_factory=list)

    async def fit(self, path: Path, most: int) -> tuple[Path, ...]:
        self.asked.append((path, most))
        if not self.made:
            raise Invalid("TOO_BIG", a=1, b=1)
        return self.made


def sized(folder: Path, name: str, size: int) -> Path:
    path = folder / name
    with path.open("wb") as file:
        file.truncate(size)
    return path


async def posted(discord: FakeDiscord, server: Server, house: House, path: Path) -> list[dict[str, Any]]:
    async with connected(house) as client:
        await messenger(client, house).post(notice(server, clip(path)), "n" * 24, "")
    discord.assert_clean()
    return discord.messages_in(server.channel)


async def test_a_file_of_the_very_limit_goes_as_it_is(
    discord: FakeDiscord, server: Server, house: House, tmp_path: Path
):
    (message,) = await posted(discord, server, house, sized(tmp_path, "c.mp4", LIMIT))
    assert [(one["filename"], one["size"]) for one in message["attachments"]] == [("juno_giveaway.mp4", LIMIT)]


async def test_a_byte_more_becomes_a_smaller_copy_and_that_is_said(
    discord: FakeDiscord, server: Server, house: House, tmp_path: Path
):
    scissors = Scissors((sized(tmp_path, "small.mp4", LIMIT - 1),))
    path = sized(tmp_path, "c.mp4", LIMIT + 1)
    (message,) = await posted(discord, server, replace(house, fitter=scissors), path)
    assert [one["filename"] for one in message["attachments"]] == ["juno_giveaway.mp4"]
    assert "a smaller copy" in texts(message)
    assert scissors.asked == [(path, LIMIT)]


async def test_parts_follow_in_order_each_once(discord: FakeDiscord, server: Server, house: House, tmp_path: Path):
    parts = tuple(sized(tmp_path, f"p{n}.mp4", 1000 + n) for n in range(3))
    path = sized(tmp_path, "c.mp4", LIMIT + 1)
    house = replace(house, fitter=Scissors(parts))
    async with connected(house) as client:
        for _ in range(2):  # a repeat sends nothing twice
            await messenger(client, house).post(notice(server, clip(path)), "n" * 24, "")
    messages = sorted(discord.messages_in(server.channel), key=lambda message: int(message["id"]))
    assert [message["attachments"][0]["filename"] for message in messages] == [
        f"juno_giveaway_{n}.mp4" for n in (1, 2, 3)
    ]
    assert "in 3 parts" in texts(messages[0])
    discord.assert_clean()


async def test_a_part_that_is_refused_does_not_have_the_others_posted_again(
    discord: FakeDiscord, server: Server, house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    parts = tuple(sized(tmp_path, f"p{n}.mp4", 1000 + n) for n in range(2))
    path, follow = sized(tmp_path, "c.mp4", LIMIT + 1), Sender.follow

    async def refused(*given: Any) -> None:
        discord.fail_next("POST", "/channels/*/messages", 403, code=50013)
        await follow(*given)

    monkeypatch.setattr(Sender, "follow", refused)
    async with connected(replace(house, fitter=Scissors(parts))) as client:
        external = await messenger(client, client.house).post(notice(server, clip(path)), "n" * 24, "")
    (message,) = discord.messages_in(server.channel)
    assert external == f"{server.channel['id']}/{message['id']}"


async def test_what_cannot_be_made_smaller_is_told_of(
    discord: FakeDiscord, server: Server, house: House, tmp_path: Path
):
    path = sized(tmp_path, "c.mp4", LIMIT + 1)
    for fitter in (None, Scissors()):
        discord.messages.clear()
        (message,) = await posted(discord, server, replace(house, fitter=fitter), path)
        assert message["attachments"] == []
        assert "whoever runs me can hand it over" in texts(message)


async def test_discord_may_take_less_than_it_said(discord: FakeDiscord, server: Server, house: House, tmp_path: Path):
    discord.attachment_limit = 1000
    async with connected(house) as client:
        say = notice(server, clip(sized(tmp_path, "c.mp4", 5000)))
        await messenger(client, house).post(say, "n" * 24, "")
    (message,) = discord.messages_in(server.channel)
    assert message["attachments"] == []
    assert "did not take the file" in texts(message)
    discord.assert_clean(ignore=("request",))  # that it is too large was not to be known


async def test_a_file_that_is_gone_leaves_the_card(discord: FakeDiscord, server: Server, house: House, tmp_path: Path):
    (message,) = await posted(discord, server, house, tmp_path / "gone.mp4")
    assert message["attachments"] == []
    assert "juno_giveaway.mp4" in texts(message)
    assert "The file is not here any more" in texts(message)


async def test_a_file_that_is_handed_over_is_read(discord: FakeDiscord, server: Server, house: House):
    read: list[tuple[str, int, bytes]] = []

    @command("transcribe", quiet=False)
    async def transcribe(asked: Asked, link: Recording) -> Marked:
        """Turn it into text"""
        assert asked.attachment is not None
        data = b"".join([part async for part in asked.attachment.fetch()])
        read.append((asked.attachment.name, asked.attachment.size, data))
        return Marked(link, False)

    kernel = Kernel((*(one for one in ALL if one.name != "transcribe"), transcribe))
    file = UploadedFile("talk.mp3", b"sound" * 50_000, "audio/mpeg")
    async with connected(house, kernel):
        answer = await discord.slash("transcribe", file=file, user=server.vera, channel=server.channel)
        assert "talk.mp3" in answer.text
        message = await discord.say(server.channel, "listen", user=server.mona, files=[file])
        picked = await discord.context_menu("Transcribe", message, user=server.vera, channel=server.channel)
        assert "talk.mp3" in picked.text
    assert read == [("talk.mp3", 250_000, file.data)] * 2
    discord.assert_clean()


async def test_a_file_that_discord_no_longer_has_is_asked_for_again(discord: FakeDiscord, server: Server, house: House):
    async with connected(house):
        file = UploadedFile("follow.yaml", json.dumps({}).encode(), "text/yaml")
        discord.files.clear()
        real = discord._store_file

        def lost(*given: Any, **more: Any) -> Any:
            stored = real(*given, **more)
            discord.files.clear()
            return stored

        discord._store_file = lost  # type: ignore[method-assign]
        answer = await discord.slash("account import", file=file, user=server.karim, channel=server.channel)
    assert "is not here any more" in answer.text
    discord.assert_clean()


async def test_a_message_is_used_for_its_link_and_its_account(discord: FakeDiscord, server: Server, house: House):
    async with connected(house):
        message = await discord.say(
            server.channel, "look https://www.tiktok.com/@amina.k/video/7300000000000000001 !", user=server.vera
        )
        followed = await discord.context_menu("Follow this account", message, user=server.karim, channel=server.channel)
        assert "@amina.k is followed now" in followed.text
        both = await discord.say(
            server.channel,
            "https://www.tiktok.com/@amina.k/video/7300000000000000001 https://www.tiktok.com/@amina.k/video/7300000000000000002",
            user=server.vera,
        )
        begun = await discord.context_menu("Transcribe", both, user=server.vera, channel=server.channel)
        assert "I transcribe 2 videos." in begun.text
        feed = await discord.slash("feed", view="mine", user=server.vera, channel=server.channel)
        assert "waiting 2" in feed.text
        assert feed.ephemeral
        nothing = await discord.say(server.channel, "no link here", user=server.vera)
        none = await discord.context_menu("Transcribe", nothing, user=server.vera, channel=server.channel)
        assert "I cannot read that link" in none.text
        assert none.ephemeral
        nobody = await discord.context_menu("Follow this account", nothing, user=server.karim, channel=server.channel)
        assert "no TikTok account in that message" in nobody.text
    discord.assert_clean()
