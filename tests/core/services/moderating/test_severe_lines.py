"""Severe lines of a chat: never counted under what is not, and one alert however many there are."""

from datetime import time
from pathlib import Path

import pytest

from core.model.policy import LIMIT, Severity, WordRule
from core.model.risk import Label, Level, Verdict
from core.services.lives.scene import Scene
from tests.builders import HERE, chat, scene_of
from tests.core.services.moderating.texts_desk import Desk, desk_of
from tests.doubles import CountedStorage, HandClock

NIGHT = {"quiet_from": time(19), "quiet_until": time(7)}  # UTC; everything begins at 20:00
MILD, SEVERE = "what vermin", "hang the vermin"
NUDES, CHILD, TEEN = "send nudes", "a lolly sends nudes", "a teen sends nudes"


@pytest.fixture
async def desk(storage: CountedStorage, clock: HandClock, tmp_path: Path) -> Desk:
    made = desk_of(storage, clock, tmp_path)
    await made.place(HERE, **NIGHT)
    return made


async def say(desk: Desk, scene: Scene, *lines: str) -> None:
    """Lines come, and are gone through; ten seconds pass."""
    for line in lines:
        await desk.texts.combing.chat(scene, chat(line, (desk.clock.now() - scene.live.started).total_seconds()))
    await desk.texts.combing.round()
    await desk.clock.advance(10)


async def waiting(desk: Desk) -> list[tuple[str, Level, int]]:
    """What waits: what it quotes, how much it asks for, and how often it was written again."""
    return [(one.assessment.quote, one.level, one.repeats) for one in await desk.waiting()]


@pytest.mark.parametrize(
    ("mild", "severe", "quoted"), [(MILD, SEVERE, SEVERE), (NUDES, CHILD, "")], ids=["threat", "about minors"]
)
async def test_a_severe_line_is_no_repeat_of_a_milder_one_and_is_told_with_a_sound(
    desk: Desk, mild: str, severe: str, quoted: str
):
    scene = await desk.live()
    await say(desk, scene, mild)
    await say(desk, scene, severe)
    first, second = await desk.waiting()
    assert first.assessment.item == second.assessment.item
    assert await waiting(desk) == [(mild, Level.INFO, 0), (severe, Level.CRITICAL, 0)]
    assert (first.restricted, second.restricted) == (False, severe == CHILD)
    assert [(one.says.quote, one.says.level, one.notice.edits, one.notice.silent) for one in desk.told()] == [
        (mild, Level.INFO, False, True),
        (quoted, Level.CRITICAL, False, False),
    ]


@pytest.mark.parametrize("lines", [(MILD, SEVERE), (SEVERE, MILD)], ids=["milder first", "severe first"])
async def test_of_lines_that_come_together_the_severe_one_is_quoted(desk: Desk, lines: tuple[str, str]):
    scene = await desk.live()
    await say(desk, scene, *lines)
    assert await waiting(desk) == [(SEVERE, Level.CRITICAL, 1)]


async def test_a_flood_of_severe_lines_is_one_alert_and_milder_ones_count_where_they_are_quoted(desk: Desk):
    scene = await desk.live()
    await say(desk, scene, MILD)
    for number in range(5):
        await say(desk, scene, f"{SEVERE} {number}", f"{SEVERE} or {number}", f"{MILD} {number}")
    assert await waiting(desk) == [(MILD, Level.INFO, 5), (f"{SEVERE} 0", Level.CRITICAL, 9)]
    assert len([one for one in desk.told() if not one.notice.edits]) == 2


async def test_milder_lines_count_under_a_severe_one_that_came_first(desk: Desk):
    scene = await desk.live()
    await say(desk, scene, SEVERE)
    await say(desk, scene, MILD, f"{MILD}!")
    assert await waiting(desk) == [(SEVERE, Level.CRITICAL, 2)]


async def test_what_is_severe_otherwise_is_an_alert_of_its_own(desk: Desk):
    scene = await desk.live()
    for line in (SEVERE, "shoot the vermin", "hang or shoot the vermin", "shoot them all, the vermin"):
        await say(desk, scene, line)
    assert await waiting(desk) == [
        (SEVERE, Level.CRITICAL, 0),
        ("shoot the vermin", Level.CRITICAL, 1),
        ("hang or shoot the vermin", Level.CRITICAL, 0),
    ]


@pytest.mark.parametrize(("limit", "levels"), [(0.9, [Level.INFO]), (0.7, [Level.INFO, Level.CRITICAL])])
async def test_severe_is_what_the_place_holds_for_severe(desk: Desk, limit: float, levels: list[Level]):
    scene = await desk.live()
    await desk.wants(limits={**dict.fromkeys(Label, LIMIT), Label.H2: limit})
    await say(desk, scene, MILD)
    await say(desk, scene, SEVERE)
    assert [level for _, level, _ in await waiting(desk)] == levels


async def test_a_line_that_may_be_about_minors_is_not_counted_under_what_anybody_may_read(desk: Desk):
    """Below the limit of the place for it, where it is told for another cause."""
    scene = await desk.live()
    await say(desk, scene, NUDES)
    await say(desk, scene, TEEN)
    assert [(one.assessment.quote, one.restricted, one.repeats) for one in await desk.waiting()] == [
        (NUDES, False, 0),
        (TEEN, True, 0),
    ]


async def test_a_word_of_the_place_hides_no_severe_line_either(desk: Desk):
    scene = await desk.live()
    rule = await desk.rule(WordRule(0, HERE, "soup", severity=Severity.HOLD))
    await say(desk, scene, "soup", "soup again")
    await say(desk, scene, "hang him for his soup")
    assert {one.assessment.item for one in await desk.waiting()} == {f"chat:word:{rule.id}"}
    assert await waiting(desk) == [("soup", Level.INFO, 1), ("hang him for his soup", Level.CRITICAL, 0)]


async def test_what_people_have_said_of_a_milder_line_counts_no_severe_one(desk: Desk):
    scene = await desk.live()
    await say(desk, scene, MILD)
    (mild,) = await desk.waiting()
    await desk.decide(mild, Verdict.DISMISSED)
    await say(desk, scene, SEVERE)
    assert await waiting(desk) == [(SEVERE, Level.CRITICAL, 0)]


async def test_so_it_is_over_a_restart_and_after_five_minutes_both_begin_anew(
    desk: Desk, storage: CountedStorage, clock: HandClock, tmp_path: Path
):
    scene = await desk.live()
    await say(desk, scene, MILD)
    await say(desk, scene, SEVERE)
    again, scene = desk_of(storage, clock, tmp_path), await scene_of(storage)
    await say(again, scene, f"{SEVERE}!!", f"{MILD}!!")
    assert [repeats for _, _, repeats in await waiting(desk)] == [1, 1]
    await clock.advance(300)
    await say(again, scene, f"{MILD} now")
    await say(again, scene, f"{SEVERE} now")
    assert [repeats for _, _, repeats in await waiting(desk)] == [1, 1, 0, 0]
