"""Clips as people command them: listed and narrowed, opened, named anew, kept, written down, deleted."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.asked import Asked
from bot.card import Card
from bot.cards import draw
from bot.commands import ALL
from bot.house import House
from bot.kernel import Kernel
from bot.replies.clips import ClipDeleted, ClipList, ClipRenamed, ClipShown, ConfirmClipDelete
from bot.replies.common import Failed, Missing
from bot.typed import read, split
from bot.wording import plain
from core.model.clip import Clip, Cut
from core.model.person import Role
from core.services.videos.ordering import Order
from tests.bot.conftest import HERE, THERE, Belongings

Ask = Callable[..., Asked]
Say = Callable[..., Any]


@pytest.fixture
def say(kernel: Kernel, ask: Ask) -> Say:
    """A typed line, or a press after a `!`."""

    async def said(line: str, asked: Asked | None = None) -> Any:
        asked = asked or ask(Role.MODERATOR)
        if line.startswith("!"):
            return await kernel.press(line[1:], asked)
        wish = read(split(line), [command.on(asked.place.platform) for command in ALL])
        return await kernel.run(wish.command, wish.raw, asked)

    return said


@pytest.fixture
async def clips(house: House, mine: Belongings, theirs: Belongings, tmp_path: Path) -> list[Clip]:
    """Twelve more of amina's, an hour apart, the newest last, with their files."""
    made = []
    async with house.storage.work() as work:
        for n in range(12):
            path = tmp_path / f"{100 + n}.mp4"
            path.write_bytes(b"clip")
            cut = Cut(path, float(n), 40.0, 4, 720, 1280)
            at = house.clock.now() - timedelta(hours=12 - n)
            name = f"juno_{'recipe' if n % 2 else 'Giveaway'}_{n:02}.mp4"
            made.append(await work.clips.add(mine.live.id, HERE, name, cut, at, "x", f"job:{100 + n}"))
    return made


def drawn(reply: Any, asked: Asked) -> Card:
    return draw(reply, asked.words)


def pressed(card: Card, label: str) -> str:
    return next(one.key for row in card.buttons for one in row if one.label == label)


def names(reply: ClipList) -> list[str]:
    return [clip.shown for clip in reply.rows]


async def test_the_list_is_newest_first_and_opens_each_clip(say: Say, ask: Ask, clips: list[Clip]):
    listed = await say("clip list")
    assert listed.n == 13  # with the one of the house
    assert names(listed)[:2] == ["amina.mp4", "juno_recipe_11.mp4"]
    card = drawn(listed, ask())
    assert card.items[1].key == f"clip.show:{clips[-1].id}"
    shown = await say(f"!{card.items[1].key}")
    assert isinstance(shown, ClipShown)
    (file,) = drawn(shown, ask()).files
    assert (file.path, file.name, file.still) == (clips[-1].path, clips[-1].shown, clips[-1].still)


async def test_arrows_keep_what_the_list_was_narrowed_by(say: Say, ask: Ask, clips: list[Clip]):
    first = await say("clip list account=@amina name=JUNO")
    assert (first.n, first.pages, names(first)[0]) == (12, 3, "juno_recipe_11.mp4")
    second = await say("!" + pressed(drawn(first, ask()), "▶"))
    assert (second.page, names(second)[0], second.account, second.words) == (2, "juno_Giveaway_06.mp4", "amina", "JUNO")
    back = await say("!" + pressed(drawn(second, ask()), "◀"))
    assert names(back) == names(first)
    assert "@amina" in plain(drawn(second, ask()).foot)
    everything = await say("!" + pressed(drawn(second, ask()), "All clips"))
    assert everything.n == 13


async def test_what_finds_no_room_on_an_arrow_is_kept_for_this_place_alone(say: Say, ask: Ask, clips: list[Clip]):
    since = (clips[0].made - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%MZ")
    line = f'clip list account=@amina since={since} name="juno mp4"'
    first = await say(line)
    key = pressed(drawn(first, ask()), "▶")
    assert key.startswith("clip.page:")
    second = await say("!" + key)
    assert (second.page, second.n, second.since, second.account) == (2, 12, first.since, "amina")
    assert names(second)[0] == "juno_Giveaway_06.mp4"
    gone = await say("!" + key, ask(Role.MODERATOR, THERE))
    assert isinstance(gone, Failed)
    assert gone.code == "SEARCH_OLD"


async def test_a_time_narrows_and_nothing_says_what_was_looked_for(say: Say, ask: Ask, clips: list[Clip]):
    assert names(await say("clip list since=3h")) == ["amina.mp4", "juno_recipe_11.mp4", "juno_Giveaway_10.mp4"]
    none = await say("clip list name=nothing")
    card = drawn(none, ask())
    assert "“nothing” in the name" in plain(card.body[0])
    assert pressed(card, "All clips") == "clip.list"


async def test_a_clip_is_named_by_its_number_or_its_name_and_only_ones_own(
    say: Say, clips: list[Clip], theirs: Belongings
):
    assert (await say(f"clip rename {clips[0].shown} best bit")).clip.shown == "best bit.mp4"
    assert (await say(f"clip rename #{clips[1].id} best bit")).clip.shown == "best bit_2.mp4"
    for name in (theirs.clip.shown, str(theirs.clip.id), "nothing"):
        refused = await say(f"clip rename {name} mine")
        assert (type(refused), refused.code) == (Failed, "CLIP_NONE" if name.isdecimal() else "NOT_FOUND")


async def test_a_name_is_asked_for_and_an_empty_one_refused(say: Say, ask: Ask, clips: list[Clip], kernel: Kernel):
    question = await say(f"!clip.rename:{clips[0].id}")
    assert isinstance(question, Missing)
    answered = await kernel.answer(question.key, question.option, "../x", ask(Role.MODERATOR))
    assert isinstance(answered, ClipRenamed)
    assert (answered.clip.shown, answered.before) == ("_x.mp4", clips[0].shown)
    refused = await kernel.answer(question.key, question.option, ".mp4", ask(Role.MODERATOR))
    assert refused.code == "EMPTY"


async def test_deleting_asks_first_and_takes_the_file_along(say: Say, ask: Ask, clips: list[Clip]):
    asked = await say(f"clip delete {clips[0].id}")
    assert isinstance(asked, ConfirmClipDelete)
    assert "cannot be undone" in plain(drawn(asked, ask()).body[0])
    assert clips[0].path.exists()
    gone = await say("!" + pressed(drawn(asked, ask()), "Delete"))
    assert isinstance(gone, ClipDeleted)
    assert not clips[0].path.exists()
    again = await say("!" + pressed(drawn(asked, ask()), "Delete"))
    assert again.code == "CLIP_NONE"


async def test_keeping_changes_the_button(say: Say, ask: Ask, clips: list[Clip]):
    kept = await say(f"!clip.keep:{clips[0].id};yes")
    assert "Kept" in plain(drawn(kept, ask()).body[-1])
    let_go = await say("!" + pressed(drawn(kept, ask()), "Keep no longer"))
    assert pressed(drawn(let_go, ask()), "Keep 👍") == f"clip.keep:{clips[0].id};yes"


async def test_a_longer_one_is_refused_when_its_part_is_gone(say: Say, clips: list[Clip]):
    assert (await say(f"!clip.longer:{clips[0].id}")).code == "CLIP_GONE"


async def test_a_clip_is_written_down_from_a_copy(
    say: Say, ask: Ask, house: House, clips: list[Clip], monkeypatch: Any
):
    orders: list[Order] = []

    async def ask_for(self: Any, place: str, by: str, order: Order) -> Any:
        orders.append(order)
        assert Path(order.file).read_bytes() == b"clip"
        raise LookupError

    monkeypatch.setattr(type(house.transcribing), "ask", ask_for)
    await say(f"!clip.transcribe:{clips[0].id}")
    (order,) = orders
    assert (order.name, order.temporary, order.public) == (clips[0].shown, True, True)
    assert Path(order.file) != clips[0].path


@pytest.mark.parametrize("press", ["clip.show:{}", "clip.keep:{};yes", "clip.transcribe:{}"])
async def test_a_lost_file_is_said(say: Say, ask: Ask, clips: list[Clip], press: str):
    clips[0].path.unlink()
    lost = await say("!" + press.format(clips[0].id))
    assert (lost.code, lost.values) == ("CLIP_FILE", {"x": clips[0].shown})
    assert isinstance(await say(f"!clip.delete:{clips[0].id};sure=yes"), ClipDeleted)


@pytest.mark.parametrize("verb", ["show", "keep", "longer", "transcribe", "rename", "delete"])
async def test_every_press_is_for_moderators_of_the_place(say: Say, ask: Ask, clips: list[Clip], verb: str):
    more = {"keep": ";yes", "rename": ";x", "delete": ";sure=yes"}.get(verb, "")
    refused = await say(f"!clip.{verb}:{clips[0].id}{more}", ask(Role.VIEWER))
    assert refused.code == "NO_RIGHT"
    elsewhere = await say(f"!clip.{verb}:{clips[0].id}{more}", ask(Role.OWNER, THERE))
    assert elsewhere.code == "CLIP_NONE"
    assert clips[0].path.exists()


async def test_names_are_suggested_while_typing_old_ones_too(kernel: Kernel, ask: Ask, clips: list[Clip]):
    for name in ("clip rename", "clip delete"):
        command = kernel.named(name)
        assert command is not None
        option = command.option("clip")
        assert option is not None
        found = await kernel.suggest(command, option, "Giveaway_00", ask(Role.MODERATOR))
        assert found[0].label == "juno_Giveaway_00.mp4"
        assert await kernel.suggest(command, option, "", ask(Role.VIEWER)) == []


async def test_where_clips_have_pages_the_card_knows_the_address(
    kernel: Kernel, ask: Ask, house: House, clips: list[Clip]
):
    class Links:
        def link(self, place: str, number: int) -> str:
            return f"https://e.example/c/{place}-{number}"

    asked = replace(ask(Role.MODERATOR), house=replace(house, showing=Links()))  # type: ignore[arg-type]
    shown = await kernel.press(f"clip.show:{clips[0].id}", asked)
    assert drawn(shown, asked).files[0].link == f"https://e.example/c/{HERE}-{clips[0].id}"
