"""How long things are kept is shown and changed in a panel; what would be deleted by it is named first."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.asked import Asked
from bot.card import Card
from bot.cards import draw
from bot.kernel import Kernel
from bot.kinds import kind_of
from bot.replies.common import Failed
from bot.replies.keeping import ConfirmKeep, KeepingShown
from bot.typed import read, split
from bot.wording import plain
from core.errors import Missing
from core.model.clip import Clip, Cut
from core.model.keep import Kept, Matter
from core.model.person import Role
from core.services.clipping import Clipping
from core.services.sparing import Space, Sparing
from tests.bot.conftest import HERE, THERE, Belongings

Ask = Callable[..., Asked]
DAY = timedelta(days=1)


@pytest.fixture
def say(kernel: Kernel, ask: Ask) -> Callable[..., Any]:
    """A typed line, in the place as it is stored by then."""

    async def said(line: str, role: Role = Role.MANAGER, place: str = HERE) -> Any:
        asked = ask(role, place)
        async with asked.house.storage.reading() as work:
            asked = replace(asked, place=await work.places.get(place) or asked.place)
        typed = read(split(line), [command.on(asked.place.platform) for command in kernel.commands])
        return await kernel.run(typed.command, typed.raw, asked)

    return said


def text(card: Card) -> str:
    return "\n".join(plain(line) for line in (card.title, *card.body))


def keys(card: Card) -> list[str]:
    return [button.key for row in card.buttons for button in row]


async def aged(ask: Ask, mine: Belongings, days: int) -> None:
    """A clip that was made so long ago."""
    house = ask().house
    async with house.storage.work() as work:
        cut = Cut(Path("9.mp4"), 0, 1, 1, 1, 1)
        await work.clips.add(mine.live.id, HERE, "old.mp4", cut, house.clock.now() - days * DAY, "", "job:9")


async def test_the_panel_says_how_long_each_is_kept(say: Any, ask: Ask, mine: Belongings) -> None:
    shown = await say("settings keeping data")
    assert isinstance(shown, KeepingShown)
    card = draw(shown, ask().words)
    assert text(card).split("\n")[:4] == [
        "Keeping data",
        f"Clips · 30 days · 1 clip, {ask().words.size(mine.clip.size)}",
        "What is said in lives · until somebody deletes it",
        "Chats of lives · until somebody deletes it",
    ]
    assert keys(card) == [
        *(f"settings.keep:clips;{n} days" for n in (7, 90, 365)), *(f"settings.keep:transcripts;{n} days" for n in (30, 90, 365)),
        *(f"settings.keep:chat;{n} days" for n in (30, 90, 365)), "settings",
    ]  # fmt: skip


async def test_where_nothing_would_go_it_is_changed_at_once(
    say: Any, kernel: Kernel, ask: Ask, mine: Belongings
) -> None:
    assert (await kernel.press("settings.keep:clips;90 days", ask())).kept == Kept(90 * DAY)
    assert (await say("settings --keep chat --for 30d")).kept == Kept(90 * DAY, None, 30 * DAY)
    assert (await say("settings --keep chat --for off")).kept.chat is None


async def test_what_would_be_deleted_is_named_and_asked_about(
    say: Any, kernel: Kernel, ask: Ask, mine: Belongings
) -> None:
    await aged(ask, mine, 9)
    asks = await say("settings --keep clips --for 1w")
    assert asks == ConfirmKeep(Matter.CLIPS, 7 * DAY, 1)
    card = draw(asks, ask().words)
    assert "1 clip is older" in text(card)
    assert (await say("settings keeping data")).kept.clips == 30 * DAY, "nothing has changed yet"
    assert keys(card) == ["settings:keeping data", "settings.keep:clips;7 days;yes"]
    assert (await kernel.press(keys(card)[1], ask())).kept.clips == 7 * DAY


async def test_who_may_not_manage_changes_nothing_and_no_place_changes_another(
    say: Any, kernel: Kernel, ask: Ask, mine: Belongings, theirs: Belongings
) -> None:
    refused = await kernel.press("settings.keep:clips;7 days;yes", ask(Role.MODERATOR))
    assert isinstance(refused, Failed)
    assert refused.code == "NO_RIGHT"
    await kernel.press("settings.keep:clips;7 days;yes", ask())
    assert (await say("settings keeping data", place=THERE)).kept == Kept(30 * DAY)


@pytest.mark.parametrize(("said", "code"), [("soon", "KEPT"), ("400d", "KEPT_LONG"), ("off", "KEPT_LONG")])
async def test_what_cannot_be_kept_is_refused_with_a_next_step(say: Any, said: str, code: str) -> None:
    assert (await say(f"settings --keep clips --for {said}")).code == code


async def test_a_clip_that_went_is_named_as_gone(say: Any, ask: Ask) -> None:
    with pytest.raises(Missing) as gone:
        await kind_of(Clip).parse("#7", ask())
    assert (gone.value.code, gone.value.values) == ("CLIP_NONE", {"x": "#7", "n": 30})


async def test_a_clip_asked_for_on_a_full_disk_is_refused_with_what_is_left_and_what_to_do(
    kernel: Kernel, ask: Ask, mine: Belongings
) -> None:
    asked, disk = ask(), Space(1_400_000_000, 10_000_000_000)
    house = asked.house
    spare = Sparing(house.clock, Path(), lambda folder: disk).short
    clipping = Clipping(house.storage, house.clock, house.clipping.clipper, Path(), spare)
    refused = await kernel.press("clip.save:amina", replace(asked, house=replace(house, clipping=clipping)))
    assert text(draw(refused, asked.words)) == (
        "Only 1.4 GB are free; clips stop below 2.0 GB. Delete some with /clip list; the owner can give me more room."
    )
    assert "1,4 Go" in text(draw(refused, replace(asked.words, language="fr")))
