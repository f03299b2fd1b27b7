"""Clips that are kept away, as people meet them: in lists, looked at alone, decided, and in what the chats are sent."""

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
from bot.replies.clips import ClipDecided, ClipList, ClipLooked, ClipShown
from bot.replies.common import Failed
from bot.surfaces.discord.draw import draw_discord
from bot.surfaces.telegram.draw import Over, draw_telegram
from bot.surfaces.telegram.wishes import confidential
from bot.wording import Words, plain
from core.model.clip import Clip, Cut
from core.model.person import Person, Place, Role, Two
from core.model.screening import Check, Found, Matter, Seen, Where
from tests.bot.conftest import HERE, Belongings

Ask = Callable[..., Asked]
Held = Callable[..., Any]
SERVER, NINA = "discord:42", Person("discord:3", "Nina")


@pytest.fixture
def held(house: House, mine: Belongings, tmp_path: Path) -> Held:
    """Makes a clip in which a frame showed something, screened as it is screened when it is made."""

    async def made(check: Check = Check.NUDITY, place: str = HERE) -> Clip:
        path, now = tmp_path / "900.mp4", house.clock.now()
        path.write_bytes(b"clip")
        seen = Seen(8, (Found(check, Where.FRAMES, 0.9),), "A person without clothes.", "seer-1", gone=False)
        async with house.storage.work() as work:
            if place != HERE:
                await work.places.put(Place(place, "server", reviewers=(NINA.id,)))
            cut = Cut(path, 1.0, 20.0, 4, 720, 1280)
            clip = await work.clips.add(mine.live.id, place, "held.mp4", cut, now, "x", "job:900")
            assert house.curating.screens is not None
            await house.curating.screens.clip(work, clip, mine.live, seen, now)
        return clip

    return made


@pytest.fixture
def press(kernel: Kernel, ask: Ask) -> Callable[..., Any]:
    """A press, by a moderator unless somebody else is given."""

    async def pressed(key: str, asked: Asked | None = None) -> Any:
        return await kernel.press(key, asked or ask(Role.MODERATOR))

    return pressed


def keys(card: Card) -> list[str]:
    return [button.key for row in card.buttons for button in row]


def text(card: Card) -> str:
    return "\n".join(map(plain, (card.title, *card.body, card.foot)))


async def test_a_clip_that_is_held_is_opened_without_a_player_and_says_why(held: Held, press: Any, ask: Ask):
    clip = await held()
    shown = await press(f"clip.show:{clip.id}")
    assert isinstance(shown, ClipShown)
    card = draw(shown, ask().words)
    assert card.files == ()
    assert "is held for a person" in text(card)
    assert "nudity in the picture" in text(card)
    assert "words and 8 frames" in text(card)
    assert {f"clip.look:{clip.id}", f"clip.decide:{clip.id};show", f"clip.decide:{clip.id};hide"} <= set(keys(card))


async def test_the_list_says_which_are_not_shown(held: Held, press: Any, ask: Ask):
    clip = await held()
    listed = await press("clip.list")
    assert isinstance(listed, ClipList)
    assert listed.held == {clip.id}
    lines = [plain(item.line) for item in draw(listed, ask().words).items]
    assert [("not shown" in line, "held.mp4" in line) for line in lines] == [(True, True), (False, False)]


async def test_whoever_may_review_looks_at_it_alone_and_under_a_spoiler(held: Held, press: Any, ask: Ask):
    clip = await held()
    looked = await press(f"clip.look:{clip.id}")
    assert isinstance(looked, ClipLooked)
    card = draw(looked, ask().words)
    (file,) = card.files
    assert (card.private, file.veiled, file.path) == (True, True, clip.path)
    command = next(one for one in ALL if one.name == "clip look")
    assert confidential(command)  # Telegram has no messages for one person in a group: it is handed over in private
    viewer = await press(f"clip.look:{clip.id}", ask(Role.VIEWER))
    assert isinstance(viewer, Failed)
    assert viewer.code == "NO_RIGHT"


async def test_what_is_held_is_not_written_down(held: Held, press: Any):
    failed = await press(f"clip.transcribe:{(await held()).id}")
    assert isinstance(failed, Failed)
    assert failed.code == "CLIP_HELD"


async def test_let_be_shown_it_has_its_player_and_a_way_back(held: Held, press: Any, ask: Ask):
    clip = await held()
    decided = await press(f"clip.decide:{clip.id};show")
    assert isinstance(decided, ClipDecided)
    card = draw(await press(f"clip.show:{clip.id}"), ask().words)
    (file,) = card.files
    assert file.veiled  # what shows nudity is under a spoiler, whoever let it be shown
    assert "Karim found it fine" in text(card)
    again = next(key for key in keys(card) if ";reopen" in key)
    await press(again)
    assert draw(await press(f"clip.show:{clip.id}"), ask().words).files == ()


@pytest.mark.parametrize(("first", "then"), [("show", "hide"), ("hide", "show"), ("show", "show")])
async def test_an_undo_takes_back_no_decision_that_its_card_did_not_show(
    held: Held, press: Any, ask: Ask, first: str, then: str
):
    clip, manager = await held(), ask(Role.MANAGER)
    card = draw(await press(f"clip.decide:{clip.id};{first}"), ask().words)
    old = next(key for key in keys(card) if ";reopen" in key)
    assert len(old.encode()) <= 64
    await press(f"clip.decide:{clip.id};reopen")
    decided = await press(f"clip.decide:{clip.id};{then}")
    assert isinstance(decided, ClipDecided)
    failed = await press(old, manager)
    assert isinstance(failed, Failed)
    assert failed.code == "ALERT_CHANGED"
    mine = next(key for key in keys(draw(decided, ask().words)) if ";reopen" in key)
    assert isinstance(await press(mine, manager), ClipDecided)


async def test_after_ten_minutes_a_manager_takes_a_decision_back_and_nobody_else(
    held: Held, press: Any, ask: Ask, house: House
):
    clip = await held()
    await press(f"clip.decide:{clip.id};show")
    async with house.storage.work() as work:
        screening = await work.screenings.of(HERE, Matter.CLIP, clip.id)
        assert screening is not None
        alert = await work.alerts.get(HERE, screening.alert_id or 0)
        assert alert is not None
        assert alert.decided_at is not None
        (decision,) = await work.alerts.decisions(HERE, alert.id)
        await work.alerts.change(alert, replace(alert, decided_at=alert.decided_at - timedelta(minutes=11)), decision)
    assert (await press(f"clip.decide:{clip.id};reopen")).code == "UNDO_LATE"
    assert isinstance(await press(f"clip.decide:{clip.id};reopen", ask(Role.MANAGER)), ClipDecided)


async def test_two_people_at_once_are_one_decision(held: Held, press: Any):
    clip = await held()
    await press(f"clip.decide:{clip.id};hide")
    late = await press(f"clip.decide:{clip.id};show")
    assert isinstance(late, Failed)
    assert late.code == "DECIDED"


async def test_where_two_people_decide_a_clip_stays_held_until_both_have_said_the_same(
    held: Held, press: Any, ask: Ask
):
    clip = await held()
    storage = ask().house.storage
    async with storage.work() as work:
        place = await work.places.get(HERE)
        assert place is not None
        await work.places.put(replace(place, two=Two.EVERY))
    card = draw(await press(f"clip.decide:{clip.id};show"), ask().words)
    assert "What you say is a proposal." in text(card)
    assert draw(await press(f"clip.show:{clip.id}"), ask().words).files == ()
    again = await press(f"clip.decide:{clip.id};show")
    assert isinstance(again, Failed)
    assert again.code == "TWO_PEOPLE"
    decided = await press(f"clip.decide:{clip.id};show", replace(ask(Role.MODERATOR), person=NINA))
    assert "is shown now" in text(draw(decided, ask().words))
    assert draw(await press(f"clip.show:{clip.id}"), ask().words).files


async def test_who_is_not_named_cannot_propose_either_what_becomes_of_what_may_show_minors(
    held: Held, press: Any, ask: Ask
):
    clip = await held(Check.MINORS, SERVER)
    place = Place(SERVER, "server", set_up=clip.made, reviewers=(NINA.id,), two=Two.EVERY)
    async with ask().house.storage.work() as work:
        await work.places.put(place)
    mods = replace(ask(Role.MANAGER, SERVER), place=place)
    refused = await press(f"clip.decide:{clip.id};show", mods)
    assert isinstance(refused, Failed)
    assert refused.code == "REVIEWERS_ONLY"
    assert isinstance(await press(f"clip.decide:{clip.id};show", replace(mods, person=NINA)), ClipDecided)


async def test_only_named_reviewers_look_at_and_decide_what_may_show_minors(held: Held, press: Any, ask: Ask):
    clip = await held(Check.MINORS, SERVER)
    mods = replace(ask(Role.MANAGER, SERVER), place=Place(SERVER, "server", set_up=clip.made, reviewers=(NINA.id,)))
    card = draw(await press(f"clip.show:{clip.id}", mods), mods.words)
    assert "is not posted" in text(card)
    assert "without clothes" not in text(card)
    for key in (f"clip.look:{clip.id}", f"clip.decide:{clip.id};show"):
        refused = await press(key, mods)
        assert isinstance(refused, Failed)
        assert refused.code == "REVIEWERS_ONLY"
    nina = replace(mods, person=NINA)
    assert isinstance(await press(f"clip.look:{clip.id}", nina), ClipLooked)
    assert isinstance(await press(f"clip.decide:{clip.id};show", nina), ClipDecided)
    assert draw(await press(f"clip.show:{clip.id}", nina), nina.words).files == ()


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_on_both_chats_what_is_held_is_text_and_what_is_released_is_veiled(
    language: str, held: Held, press: Any, ask: Ask
):
    clip, words = await held(), Words(language, ask().words.zone)
    kept_away = await press(f"clip.show:{clip.id}")
    assert draw_discord(kept_away, words).files == ()
    assert draw_telegram(kept_away, words).first.method == "sendMessage"
    await press(f"clip.decide:{clip.id};show")
    released = await press(f"clip.show:{clip.id}")
    parts = str(draw_discord(released, words).body())
    assert "'spoiler': True" in parts
    telegram = draw_telegram(released, words)
    assert (telegram.first.method, telegram.first.params["has_spoiler"]) == ("sendVideo", True)
    # the text that said it was held stays a text; the video follows it
    change = draw_telegram(released, words, Over.TEXT)
    assert [change.first.method, *(one.method for one in change.more)] == ["editMessageText", "sendVideo"]
    assert change.more[0].params["has_spoiler"] is True


async def test_the_alert_in_the_queue_leads_to_the_clip_and_decides_it(
    held: Held, press: Any, ask: Ask, mine: Belongings
):
    clip = await held()
    async with ask().house.storage.reading() as work:
        alert = next(one for one in await work.alerts.waiting(HERE) if one.assessment.item == f"clip:{clip.id}")
    card = draw(await press(f"review.show:{alert.id}"), ask().words)
    assert f"clip.look:{clip.id}" in keys(card)
    await press(f"review.decide:{alert.id};dismiss")
    assert len(draw(await press(f"clip.show:{clip.id}"), ask().words).files) == 1
