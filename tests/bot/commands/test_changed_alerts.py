"""Buttons of alerts: what changed since a card was drawn is read again before it is decided."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.asked import Asked
from bot.card import Card
from bot.cards import draw
from bot.house import House
from bot.kernel import Kernel
from bot.replies.common import Failed
from bot.replies.reviews import AlertShown, Relabelling
from bot.wording import plain
from core.model.person import Person, Role
from core.model.risk import Alert, Category, Verdict
from tests.bot.conftest import HERE, Belongings

Ask = Callable[..., Asked]
LONGEST_KEY = 64  # bytes, Telegram's


def keys(card: Card) -> dict[str, str]:
    return {one.label: one.key for row in card.buttons for one in row}


async def worse(house: House, alert: Alert) -> None:
    """Other words take the place of those the alert was raised for."""
    async with house.storage.work() as work:
        judged = replace(alert.assessment, quote="out with them all, tonight")
        number = await work.alerts.assessed(alert.live_id, judged, house.clock.now())
        await work.alerts.quotes(alert.id, number)


async def stored(house: House, alert: Alert) -> Alert:
    async with house.storage.reading() as work:
        found = await work.alerts.get(HERE, alert.id)
    assert found is not None
    return found


async def card_of(kernel: Kernel, asked: Asked, alert: Alert) -> Card:
    return draw(await kernel.press(f"review.show:{alert.id}", asked), asked.words)


@pytest.mark.parametrize("label", ["Confirm", "Dismiss", "Mute for 30 min"])
async def test_a_press_on_what_changed_decides_nothing_and_shows_it_as_it_is(
    kernel: Kernel, ask: Ask, house: House, mine: Belongings, label: str
):
    asked = ask(Role.MODERATOR)
    pressed = keys(await card_of(kernel, asked, mine.alert))[label]
    await worse(house, mine.alert)
    refused = await kernel.press(pressed, asked)
    assert isinstance(refused, Failed)
    assert isinstance(refused.anew, AlertShown)
    said = draw(refused, asked.words)
    assert plain(said.title).startswith(f"Alert #{mine.alert.id} has changed since you were shown it")
    assert keys(said) == {"The alert": f"review.show:{mine.alert.id}"}
    assert (await stored(house, mine.alert)).verdict is Verdict.WAITING
    again = draw(refused.anew, asked.words)
    assert [quote.text for quote in again.quotes] == ["out with them all, tonight"]
    assert isinstance(await kernel.press(keys(again)[label], asked), AlertShown)
    assert (await stored(house, mine.alert)).verdict is not Verdict.WAITING


async def test_a_panel_for_labels_saves_nothing_about_words_it_was_not_opened_for(
    kernel: Kernel, ask: Ask, house: House, mine: Belongings
):
    asked = ask(Role.MODERATOR)
    opened = await kernel.press(keys(await card_of(kernel, asked, mine.alert))["Relabel"], asked)
    assert isinstance(opened, Relabelling)
    changed = draw(await kernel.press(keys(draw(opened, asked.words))["hate speech"], asked), asked.words)
    await worse(house, mine.alert)
    refused = await kernel.press(keys(changed)["Save"], asked)
    assert isinstance(refused, Failed)
    assert refused.code == "ALERT_CHANGED"
    assert (await stored(house, mine.alert)).category is None


async def test_an_undo_takes_back_no_decision_that_its_card_did_not_show(
    kernel: Kernel, ask: Ask, house: House, mine: Belongings
):
    one = ask(Role.MANAGER)
    two = replace(one, person=Person("console:77", "Tom"))
    pressed = keys(await card_of(kernel, one, mine.alert))["Confirm"]
    stale = keys(draw(await kernel.press(pressed, one), one.words))["Undo"]
    for label in ("Undo", "Dismiss"):
        pressed = keys(await card_of(kernel, two, mine.alert))[label]
        assert isinstance(await kernel.press(pressed, two), AlertShown)
    refused = await kernel.press(stale, one)
    assert isinstance(refused, Failed)
    assert refused.code == "ALERT_CHANGED"
    assert (await stored(house, mine.alert)).verdict is Verdict.DISMISSED
    again = draw(refused.anew, one.words)
    assert plain(again.title).startswith("Dismissed")
    assert isinstance(await kernel.press(keys(again)["Undo"], one), AlertShown)
    assert (await stored(house, mine.alert)).verdict is Verdict.WAITING


async def test_the_undo_beside_who_was_faster_is_about_that_decision(
    kernel: Kernel, ask: Ask, house: House, mine: Belongings
):
    one, n = ask(Role.MODERATOR), mine.alert.id
    two = replace(one, person=Person("console:77", "Tom"))
    await kernel.press(f"review.decide:{n};confirm", two)
    late = keys(draw(await kernel.press(f"review.decide:{n};dismiss", one), one.words))["Undo"]
    await kernel.press(f"review.decide:{n};reopen", two)
    gone = await kernel.press(late, one)
    assert isinstance(gone, Failed)
    assert plain(draw(gone, one.words).title).startswith("Somebody has reopened this.")
    await kernel.press(f"review.decide:{n};confirm", two)
    assert (await kernel.press(late, one)).code == "ALERT_CHANGED"
    assert (await stored(house, mine.alert)).verdict is Verdict.CONFIRMED


async def test_an_undo_stays_the_same_whatever_is_noted_or_said_of_it_meanwhile(
    kernel: Kernel, ask: Ask, house: House, mine: Belongings
):
    asked = ask(Role.MODERATOR)
    shown = draw(await kernel.press(f"review.decide:{mine.alert.id};confirm", asked), asked.words)
    await kernel.press(f"review.note:{mine.alert.id};seen twice", asked)
    await house.reviewing.relabel(mine.place, mine.alert, Category.VIRAL, (), asked.person)
    assert isinstance(await kernel.press(keys(shown)["Undo"], asked), AlertShown)
    assert (await stored(house, mine.alert)).verdict is Verdict.WAITING


async def test_the_undo_of_an_older_version_and_a_typed_one_take_back_what_stands(
    kernel: Kernel, ask: Ask, house: House, mine: Belongings
):
    asked, n = ask(Role.MODERATOR), mine.alert.id
    await kernel.press(f"review.decide:{n};confirm", asked)
    card = await card_of(kernel, asked, mine.alert)
    assert kernel.typed(keys(card)["Undo"]) == ""
    assert isinstance(await kernel.press(f"review.decide:{n};reopen", asked), AlertShown)
    assert (await stored(house, mine.alert)).verdict is Verdict.WAITING


async def test_a_button_of_an_older_version_and_what_is_typed_decide_what_there_is(
    kernel: Kernel, ask: Ask, house: House, mine: Belongings
):
    asked = ask(Role.MODERATOR)
    await worse(house, mine.alert)
    assert isinstance(await kernel.press(f"review.decide:{mine.alert.id};confirm", asked), AlertShown)
    assert (await stored(house, mine.alert)).verdict is Verdict.CONFIRMED


async def test_nobody_has_to_type_what_a_card_showed(kernel: Kernel, ask: Ask, mine: Belongings):
    asked = ask(Role.MODERATOR)
    card = await card_of(kernel, asked, mine.alert)
    assert kernel.typed(keys(card)["Confirm"]) == ""
    assert kernel.typed(keys(card)["Mute for 30 min"]) == f"review mute {mine.alert.id}"


async def test_what_a_card_showed_finds_room_in_every_key(kernel: Kernel, ask: Ask, mine: Belongings):
    asked, reply = ask(Role.MODERATOR), await kernel.press(f"review.show:{mine.alert.id}", ask(Role.MODERATOR))
    assert isinstance(reply, AlertShown)
    far = replace(reply, alert=replace(reply.alert, alert_id=9_999_999_999))
    done = replace(far, alert=replace(far.alert, verdict=Verdict.CONFIRMED))
    made = [*keys(draw(far, asked.words)).values(), keys(draw(done, asked.words))["Undo"]]
    marked = [one for one in made if one.endswith((f";as={reply.alert.seen}", f";as={reply.alert.stands}"))]
    assert len(marked) == 5
    assert all(len(one.encode()) <= LONGEST_KEY for one in made)
