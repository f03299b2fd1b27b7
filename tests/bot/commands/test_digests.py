"""The digest's command: shown now, set, switched off; by managers only."""

from collections.abc import Callable
from dataclasses import replace
from datetime import time

import pytest

from bot.asked import Asked
from bot.cards import draw
from bot.commands import ALL
from bot.house import House
from bot.kernel import Kernel
from bot.replies.common import Failed
from bot.replies.digests import DigestSet, DigestShown, DigestTable
from bot.typed import read, split
from core.model.digest import Every, Rhythm
from core.model.person import Place, Role
from tests.bot.conftest import Belongings

Ask = Callable[..., Asked]


async def typed(kernel: Kernel, line: str, asked: Asked) -> object:
    wish = read(split(line), [command.on(asked.place.platform) for command in ALL])
    return await kernel.run(wish.command, wish.raw, asked)


async def test_it_is_shown_with_what_this_place_has(
    house: House, kernel: Kernel, ask: Ask, mine: Belongings, theirs: Belongings
):
    for line in ("digest", "digest now"):
        shown = await typed(kernel, line, ask(Role.MANAGER))
        assert isinstance(shown, DigestShown)
        assert shown.digest.accounts == [("amina", 1, 1, 1, 1)]
        assert shown.digest.waiting == 1
        assert shown.rhythm == Rhythm()


async def test_a_press_hands_out_what_it_counted_as_a_table(
    kernel: Kernel, ask: Ask, mine: Belongings, theirs: Belongings
):
    asked = ask(Role.MANAGER)
    shown = await typed(kernel, "digest", asked)
    (pressed,) = [
        button.key
        for row in draw(shown, asked.words).buttons
        for button in row
        if button.key.startswith("digest.table:")
    ]
    table = await kernel.press(pressed, ask(Role.MODERATOR))
    assert isinstance(table, DigestTable)
    assert table.file.data.decode().splitlines() == ["account,lives,hits,risk alerts,clips", "amina,1,1,1,1"]
    assert isinstance(await kernel.press(pressed, ask(Role.VIEWER)), Failed)
    assert isinstance(await kernel.press("digest.table:999999999999999999;1", ask(Role.MODERATOR)), Failed)


async def test_it_is_set_and_switched_off_and_on(house: House, kernel: Kernel, ask: Ask, mine: Belongings):
    said = await typed(kernel, "digest weekly at=7h30 channel=#staff", ask(Role.MANAGER))
    assert said == DigestSet(Rhythm(Every.WEEKLY, time(7, 30)), "console:staff")
    said = await typed(kernel, "digest at=21:15", ask(Role.MANAGER))
    assert said == DigestSet(Rhythm(Every.WEEKLY, time(21, 15)), "console:staff")
    said = await typed(kernel, "digest off", ask(Role.MANAGER))
    assert isinstance(said, DigestSet)
    assert said.rhythm.every is Every.OFF
    said = await typed(kernel, "digest daily", ask(Role.MANAGER))
    assert isinstance(said, DigestSet)
    assert said.rhythm == Rhythm(Every.DAILY, time(21, 15))


async def test_on_telegram_it_comes_where_it_was_set(house: House, kernel: Kernel, ask: Ask):
    place = Place("telegram:-100", "The kitchen")
    async with house.storage.work() as work:
        await work.places.put(place)
    asked = replace(ask(Role.MANAGER), place=place, address="telegram:-100/7")
    said = await typed(kernel, "digest daily", asked)
    assert said == DigestSet(Rhythm(), "telegram:-100/7")


async def test_only_managers_may(kernel: Kernel, ask: Ask, mine: Belongings):
    refused = await typed(kernel, "digest off", ask(Role.MODERATOR))
    assert isinstance(refused, Failed)
    assert refused.code == "NO_RIGHT"


@pytest.mark.parametrize("at", ["25:00", "nine", "9:75", "-1"])
async def test_what_is_no_time_of_day_is_said(kernel: Kernel, ask: Ask, mine: Belongings, at: str):
    said = await typed(kernel, f"digest at={at}", ask(Role.MANAGER))
    assert isinstance(said, Failed)
    assert (said.code, said.values["x"]) == ("CLOCK", at)
