"""A card about an account shows its picture where that is at hand, and goes without it where it is not."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.card import Card
from bot.house import House
from bot.surfaces.telegram.draw import drawn
from bot.wording import Run
from core.model.account import Handle
from core.model.live import Look
from core.services.hurrying import Hurrying
from core.services.picturing import Picturing
from core.services.portraying import Portraying
from tests.bot.surfaces.discord.kit import Server, connected, texts
from tests.bot.surfaces.discord.panels import following, parts
from tests.doubles import BEGAN, StagedStills
from tests.platforms.discord import FakeDiscord
from tests.waiting import PATIENCE

LOOK = Look(BEGAN, False, picture="https://p16.tiktokcdn.com/amina.jpg")


@pytest.fixture
def stills() -> StagedStills:
    return StagedStills()


@pytest.fixture
def faced(house: House, stills: StagedStills, tmp_path: Path) -> House:
    """A house that has read where @amina has her picture."""
    picturing = Picturing(stills, house.clock, tmp_path / "covers")
    portraying = Portraying(Hurrying(picturing, house.clock, PATIENCE))
    portraying.read(Handle("amina"), LOOK)
    return replace(house, portraying=portraying)


async def test_the_card_of_an_account_carries_its_picture_as_bytes_and_changes_in_place(
    discord: FakeDiscord, server: Server, faced: House
):
    await following(faced, server, "amina", "chef")
    async with connected(faced):
        shown = await discord.slash("following", account="amina", user=server.karim, channel=server.channel)
        (file,) = shown.message["attachments"]
        assert discord.attachment_data(file) == b"picture"
        (thumbnail,) = [part["accessory"] for part in parts(shown.message) if part["type"] == 9]
        assert thumbnail["media"]["url"] == file["url"]
        edited = await discord.click(shown.message, "Edit", user=server.karim)
        assert edited.original is not None
        assert [discord.attachment_data(one) for one in edited.original["attachments"]] == [b"picture"]
        other = await discord.slash("following", account="chef", user=server.karim, channel=server.channel)
        assert other.message["attachments"] == []
        assert "@chef" in texts(other.message)
    discord.assert_clean()


async def test_a_picture_that_does_not_come_delays_no_answer(
    discord: FakeDiscord, server: Server, faced: House, stills: StagedStills
):
    await following(faced, server, "amina")
    stills.gate.clear()
    assert faced.portraying.hurrying is not None
    faced.portraying.hurrying.patience = 0.01
    async with connected(faced):
        shown = await discord.slash("following", account="amina", user=server.karim, channel=server.channel)
    stills.gate.set()
    assert shown.message["attachments"] == []
    assert "@amina" in texts(shown.message)
    discord.assert_clean()


async def test_following_somebody_shows_who_that_is(discord: FakeDiscord, server: Server, faced: House):
    async with connected(faced):
        followed = await discord.slash("follow", account="@amina", user=server.karim, channel=server.channel)
    assert [discord.attachment_data(one) for one in followed.message["attachments"]] == [b"picture"]
    discord.assert_clean()


def test_on_telegram_panels_stay_texts() -> None:
    assert drawn(Card((Run("@amina"),), face=Path("amina.jpg"))).first.method == "sendMessage"
