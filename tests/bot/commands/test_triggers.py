"""Keeping triggers as people do it: typed, pressed, changed, listed, taken back, and tried on the past."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.asked import Asked
from bot.card import Choice
from bot.cards import draw
from bot.commands import ALL
from bot.house import House
from bot.kernel import Kernel
from bot.replies.common import Failed, Missing
from bot.replies.triggers import (
    TriggerAdded,
    TriggerBack,
    TriggerEdited,
    TriggerList,
    TriggerRemoved,
    TriggersAdded,
    TriggersGone,
    TriggerShown,
    TriggerTested,
)
from bot.typed import read, split
from bot.wording import plain
from core.model.account import Follow, Handle
from core.model.live import ChatMessage, Chatter
from core.model.person import Role
from core.model.trigger import MatchMode, Then, Trigger, Where
from storage.database import Database
from storage.writer import BatchedWriter
from tests.bot.conftest import HERE, Belongings

Ask = Callable[..., Asked]
Say = Callable[..., Any]


@pytest.fixture
def say(kernel: Kernel, ask: Ask) -> Say:
    """A typed line, or a press after a `!`."""

    async def said(line: str, asked: Asked | None = None) -> Any:
        asked = asked or ask(Role.MANAGER)
        if line.startswith("!"):
            return await kernel.press(line[1:], asked)
        wish = read(split(line), [command.on(asked.place.platform) for command in ALL])
        return await kernel.run(wish.command, wish.raw, asked)

    return said


def text(reply: Any, asked: Asked) -> str:
    card = draw(reply, asked.words)
    lines = [card.title, *card.body, *(item.line for item in card.items)]
    return "\n".join([*map(plain, lines), *(quote.text for quote in card.quotes)])


def keys(reply: Any, asked: Asked) -> list[str]:
    card = draw(reply, asked.words)
    return [button.key for row in card.buttons for button in row] + [item.key for item in card.items if item.key]


async def test_a_trigger_is_changed_and_the_card_says_from_what_to_what(say: Say, ask: Ask, mine: Belongings) -> None:
    number = mine.trigger.id
    edited = await say(f"trigger edit {number} account=@amina then=clip cooldown=5min where=speech match=contains")
    assert isinstance(edited, TriggerEdited)
    after = edited.after
    assert (after.handle, after.then, after.cooldown) == ("amina", Then.CLIP, timedelta(minutes=5))
    assert (after.where, after.match, after.hits) == (Where.SPEECH, MatchMode.CONTAINS, 1)
    said = text(edited, ask())
    for line in ("account · all accounts → @amina", "action · A post and a clip → Only a clip"):
        assert line in said
    assert "cool-down · 30 s → 5 min" in said
    back = await say("trigger edit giveaway amina account=all")
    assert isinstance(back, TriggerEdited)
    assert (back.after.account_id, back.after.then) == (None, Then.CLIP), "what was not named stays"


async def test_without_a_change_the_card_offers_what_can_be_changed(say: Say, ask: Ask, mine: Belongings) -> None:
    number = mine.trigger.id
    shown = await say(f"trigger edit #{number}")
    assert isinstance(shown, TriggerShown)
    assert isinstance(await say(f"trigger edit {number} then=both"), TriggerShown), "it does that already"
    offered = keys(shown, ask())
    assert {f"trigger.edit:{number};then=mark", f"trigger.edit:{number};where=chat", f"trigger.remove:{number}"} <= set(
        offered
    )
    assert f"trigger.edit:{number};then=both" not in offered
    for pressed in offered:
        if pressed.startswith("trigger.edit"):
            assert isinstance(await say(f"!{pressed}"), TriggerEdited), pressed
    assert isinstance(await say(f"!trigger.remove:{number}"), TriggerRemoved)


async def test_only_a_managers_own_place_can_be_changed(
    say: Say, ask: Ask, mine: Belongings, theirs: Belongings, house: House
) -> None:
    for line in ("trigger edit nothing then=clip", f"trigger edit {theirs.trigger.id} then=clip"):
        assert (await say(line)).code == "NOT_FOUND"
    number = mine.trigger.id
    assert (await say(f"!trigger.edit:{number};then=clip", ask(Role.MODERATOR))).code == "NO_RIGHT"
    assert (await say(f"!trigger.takeback:1;{number}", ask(Role.VIEWER))).code == "NO_RIGHT"
    assert isinstance(await say("!trigger.takeback:1;99"), TriggersGone)
    assert [one.id for one in await house.arming.listed(theirs.place.id)] == [theirs.trigger.id]
    assert (await say("trigger edit")).option == "trigger"
    assert (await say(f"trigger edit {theirs.trigger.id} account=@bruno")).code == "NOT_FOUND"


async def test_what_listens_already_is_said_and_can_be_changed(say: Say, ask: Ask, mine: Belongings) -> None:
    there = await say("trigger add GIVEAWAY amina")
    assert isinstance(there, Failed)
    assert (there.code, there.values) == ("TRIGGER_THERE", {"x": "giveaway amina", "n": mine.trigger.id})
    assert keys(there, ask()) == [f"trigger.edit:{mine.trigger.id}"]


async def test_words_of_two_accounts_are_told_apart(
    say: Say, ask: Ask, kernel: Kernel, mine: Belongings, house: House
) -> None:
    async with house.storage.work() as work:
        bruno = await work.accounts.ensure(Handle("bruno"))
        await work.follows.add(Follow(0, HERE, bruno.id, bruno.handle, HERE, house.clock.now()))
    made = [await say(f"trigger add win account={who}") for who in ("@amina", "@bruno")]
    made += [await say(f"trigger add win where={where}") for where in ("chat", "speech")]
    numbers = [one.trigger.id for one in made]
    remove = kernel.named("trigger remove")
    assert remove is not None
    found = await kernel.suggest(remove, remove.options[0], "win", ask())
    assert {Choice("win · @amina", str(numbers[0])), Choice("win · @bruno", str(numbers[1]))} <= set(found)
    assert {Choice(f"#{n} · win", str(n)) for n in numbers[2:]} <= set(found)
    many = await say("trigger remove WIN")
    assert isinstance(many, Failed)
    assert many.code == "TRIGGER_MANY"
    assert many.values["list"] == ", ".join(f"#{n}" for n in numbers)
    removed = await say(f"trigger remove #{numbers[1]}")
    assert isinstance(removed, TriggerRemoved)
    assert removed.trigger.handle == "bruno"
    assert isinstance(await say(f"!trigger.undo:{numbers[1]}"), TriggerBack)


async def test_the_list_keeps_its_account_from_page_to_page_and_opens_its_entries(
    say: Say, ask: Ask, mine: Belongings
) -> None:
    for number in range(12):
        await say(f"trigger add word{number} account=@amina")
    shown = await say("trigger list account=@amina")
    assert isinstance(shown, TriggerList)
    assert (len(shown.rows), shown.n, shown.pages) == (5, 13, 3)
    assert "trigger.list:account=amina;page=2" in keys(shown, ask())
    second = await say("!trigger.list:account=amina;page=2")
    assert {"trigger.list:account=amina;page=1", "trigger.list:account=amina;page=3"} <= set(keys(second, ask()))
    opened = await say(f"!trigger.edit:{second.rows[0].id}")
    assert opened == TriggerShown(second.rows[0])
    assert "trigger.list:page=2" in keys(await say("trigger list"), ask())


async def test_a_list_of_words_becomes_triggers_and_is_taken_back_at_once(
    say: Say, ask: Ask, mine: Belongings, house: House
) -> None:
    added = await say('trigger add "free, Giveaway AMINA, win big, ..., *" where=chat then=alert')
    assert isinstance(added, TriggersAdded)
    assert [(one.word, one.where, one.then) for one in added.made] == [
        (word, Where.CHAT, Then.ALERT) for word in ("free", "Giveaway AMINA", "win big", "...")
    ]
    assert [(word, why.code) for word, why in added.refused] == [("*", "WORD")]
    said = text(added, ask())
    assert "I listen for 4 words more, each by itself" in said
    assert "* · That word cannot be matched: a * needs letters beside it, as in giv*" in said
    (undo,) = [pressed for pressed in keys(added, ask()) if pressed.startswith("trigger.takeback")]
    gone = await say(f"!{undo}")
    assert gone == TriggersGone(4)
    assert [one.id for one in await house.arming.listed(HERE)] == [mine.trigger.id]
    assert (await say(f"!{undo}")).code == "NOT_FOUND"
    again = await say('trigger add "giveaway amina, giveaway amina"')
    assert isinstance(again, Failed), "one word twice is one word"


async def test_a_list_of_which_nothing_can_be_armed_says_why(say: Say, ask: Ask, mine: Belongings) -> None:
    added = await say('trigger add "*, giveaway amina"')
    assert isinstance(added, TriggersAdded)
    assert (added.made, len(added.refused)) == ((), 2)
    assert not [pressed for pressed in keys(added, ask()) if "takeback" in pressed]
    assert "I listen for “giveaway amina” already" in text(added, ask())


async def test_the_past_says_how_many_lines_and_places_and_the_newest_five(
    say: Say, ask: Ask, mine: Belongings, house: House
) -> None:
    assert isinstance(house.storage, Database)
    writer = BatchedWriter(house.storage)
    for second in range(40, 47):
        writer.put(
            mine.live.id,
            second,
            ChatMessage(f"m{second}", mine.live.started, Chatter("bob", "1"), f"later {second}, later"),
        )
    await writer.flush()
    tested = await say("trigger test later")
    assert isinstance(tested, TriggerTested)
    assert (tested.tried.count, tested.tried.places, tested.tried.whole) == (8, 15, True)
    said = text(tested, ask())
    assert "8 lines of the last lives would have fired. It stands there 15 times." in said
    assert said.count("later 4") == 5
    assert (await say("trigger test (later match=pattern")).code == "PATTERN"
    added = await say("trigger add later")
    assert isinstance(added, TriggerAdded)
    assert added.tried.count == 8
    assert len(draw(added, ask().words).quotes) == 3


async def test_limits_are_told_with_what_to_do(say: Say, ask: Ask, mine: Belongings, house: House) -> None:
    wanted = [Trigger(0, HERE, f"p.{n}", match=MatchMode.PATTERN) for n in range(25)]
    await house.arming.add_all(HERE, wanted)
    full = await say("trigger add o.e match=pattern")
    assert "This place has 25 patterns, the most it can have." in text(full, ask())
    await house.arming.add_all(HERE, [Trigger(0, HERE, f"word{n}") for n in range(500)])
    assert "This place has 500 triggers, the most it can have." in text(await say("trigger add more"), ask())
    added = await say('trigger add "' + ", ".join(f"more{n}" for n in range(60)) + '"')
    assert isinstance(added, TriggersAdded)
    assert "52 more could not be armed." in text(added, ask())
    assert (await say(f"trigger add {'x' * 201}")).code == "WORD"
    assert (await say(f"trigger add {'x' * 201} match=pattern")).code == "PATTERN"


async def test_a_trigger_that_is_missing_is_asked_for(say: Say, mine: Belongings) -> None:
    asked = await say("trigger edit")
    assert isinstance(asked, Missing)
    assert asked.choices == (Choice("giveaway amina", str(mine.trigger.id)),)
