"""Clips on Telegram: as videos, sent up once, made to fit."""

import asyncio
from pathlib import Path

import pytest

from bot.surfaces.telegram.client import TelegramClient
from core.errors import Invalid, Transient
from core.model.tellable.finds import ClipSaved
from tests.bot.surfaces.telegram.conftest import notice, placed, read
from tests.builders import rows
from tests.platforms.chats import Telegram
from tests.waiting import until


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
    [memo] = rows(
        tmp_path, "select until > datetime('now', '+59 days') as lasts from memo where name like 'telegram:file:%'"
    )
    assert memo["lasts"] == 1  # for as long as it may be wanted again, not for ever
    telegram.files.clear()  # Telegram has forgotten it
    await client.messenger.post(notice(place, clip(path), key="again"), "n", "")
    assert telegram.sent("sendVideo")[-1].files
    telegram.assert_clean(ignore=("refused",))


async def test_a_clip_that_is_gone_is_told_in_words(client: TelegramClient, telegram: Telegram, tmp_path: Path):
    place = await placed(client.house, telegram.kitchen)
    await client.messenger.post(notice(place, clip(tmp_path / "gone.mp4")), "n", "")
    (message,) = telegram.messages_in(telegram.kitchen)
    assert "bob_giveaway.mp4" in read(message)
    assert "The file is not here any more" in read(message)
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
    fitting.copies.fitter = Halves()
    await client.messenger.post(notice(place, clip(path)), "n", "")
    first, second = telegram.messages_in(telegram.kitchen)
    assert "In 2 parts, as Telegram takes it." in read(first)
    assert [message["video"]["file_name"] for message in (first, second)] == [
        "bob_giveaway_1.mp4",
        "bob_giveaway_2.mp4",
    ]
    fitting.copies.fitter = Halves(gives_up=True)
    await client.messenger.post(notice(place, clip(path), key="2"), "n", "")
    assert "larger than Telegram takes" in read(telegram.messages_in(telegram.kitchen)[-1])
    telegram.assert_clean()


async def test_a_file_that_is_still_being_made_smaller_is_waited_for_elsewhere(
    client: TelegramClient, telegram: Telegram, tmp_path: Path
):
    class Slow(Halves):
        made = asyncio.Event()

        async def fit(self, path: Path, most: int) -> tuple[Path, ...]:
            await self.made.wait()
            return await super().fit(path, most)

    path = tmp_path / "7.mp4"
    with path.open("wb") as file:
        file.truncate(50_000_001)
    place = await placed(client.house, telegram.kitchen)
    client._sender.fitting.copies.fitter = Slow()
    client._sender.fitting.copies.patience = 0.05
    with pytest.raises(Transient) as raised:
        await client.messenger.post(notice(place, clip(path)), "n", "")
    assert raised.value.code == "FITTING"
    Slow.made.set()
    await until(lambda: path.with_stem("7.2").exists())
    await client.messenger.post(notice(place, clip(path)), "n", "")
    assert len(telegram.messages_in(telegram.kitchen)) == 2
    telegram.assert_clean()
