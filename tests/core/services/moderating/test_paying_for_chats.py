"""What judging chats elsewhere costs is paid by the places whose lines go there, and by nobody for another's."""

from pathlib import Path

import pytest

from core.errors import Denied
from core.model.policy import Provider
from core.model.risk import Unasked
from core.services.lives.scene import Scene
from core.services.moderating.asking import EVERY
from core.services.moderating.weighing import MOST_TEXTS
from tests.builders import HERE, THERE, chat, followed, placed, rows, scene_of
from tests.core.services.moderating.texts_desk import Desk, desk_of
from tests.doubles import CountedStorage, HandClock

QUESTION = 0.001  # dollars, as Elsewhere takes


@pytest.fixture
async def desk(storage: CountedStorage, clock: HandClock, tmp_path: Path) -> Desk:
    """Two places that have ten questions each a day, and see a live each."""
    made = desk_of(storage, clock, tmp_path, dollars=10 * QUESTION)
    for place in (HERE, THERE):
        await made.wants(place, provider=Provider.SAFEGUARD, sample=0)
    return made


@pytest.fixture
async def here(desk: Desk) -> Scene:
    return await desk.live("maria", HERE)


@pytest.fixture
async def there(desk: Desk) -> Scene:
    return await desk.live("juno", THERE)


async def say(desk: Desk, lines: dict[str, Scene]) -> None:
    """Lines come in lives, and are gone through; time passes until the next question."""
    for line, scene in lines.items():
        await desk.texts.combing.chat(scene, chat(line))
    await desk.texts.combing.round()
    await desk.clock.advance(EVERY)


def spent(desk: Desk) -> dict[str, float]:
    """Dollars, by place."""
    return {row["place"]: round(row["dollars"], 6) for row in rows(desk.folder, "select * from spending")}


async def why(desk: Desk, place: str) -> list[tuple[str, str]]:
    """(engine, code) of what waits there."""
    return [(one.assessment.engine, one.assessment.unasked) for one in await desk.waiting(place)]


async def test_a_place_of_which_nothing_is_sent_pays_nothing_and_keeps_its_model(desk: Desk, here: Scene, there: Scene):
    for number in range(20):
        await say(desk, {f"worm {number}": here, f"hello {number}": there})
    assert spent(desk) == {HERE: 10 * QUESTION}
    await say(desk, {"a vermin": there})
    assert await why(desk, THERE) == [("safeguard", "")]


async def test_a_place_whose_lines_find_no_room_in_a_question_pays_none_of_it(desk: Desk, here: Scene, there: Scene):
    await say(desk, {**{f"worm {n}": here for n in range(MOST_TEXTS)}, "maybe": there})
    assert spent(desk) == {HERE: QUESTION}
    await say(desk, {"worm": here, "maybe not": there})
    assert spent(desk) == {HERE: 1.5 * QUESTION, THERE: 0.5 * QUESTION}


async def test_nothing_worth_a_look_is_nothing_asked_and_nothing_paid(desk: Desk, here: Scene, there: Scene):
    await say(desk, {"hello": here, "good evening": there})
    assert (desk.elsewhere.asked, spent(desk)) == ([], {})


async def test_who_has_used_up_the_day_has_its_lines_judged_at_no_other_places_cost(
    desk: Desk, here: Scene, there: Scene
):
    for number in range(10):
        await say(desk, {f"maybe {number}": here})
    await say(desk, {"a worm": here, "a vermin": there})
    assert desk.elsewhere.asked[-1] == ["a vermin"]
    assert spent(desk) == {HERE: 10 * QUESTION, THERE: QUESTION}
    assert await why(desk, HERE) == [("rules", Unasked.BUDGET)]
    assert await why(desk, THERE) == [("safeguard", "")]


async def test_a_live_that_one_of_its_places_can_pay_for_is_judged_for_all_of_them(
    desk: Desk, storage: CountedStorage, here: Scene
):
    for number in range(10):
        await say(desk, {f"maybe {number}": here})
    await followed(storage, "maria", THERE)
    await placed(storage, THERE, address=f"{THERE}:lives")
    await say(desk, {"a worm": await scene_of(storage, "maria")})
    assert spent(desk) == {HERE: 10 * QUESTION, THERE: QUESTION}
    assert [await why(desk, place) for place in (HERE, THERE)] == [[("safeguard", "")]] * 2


async def test_what_only_a_place_wants_that_has_used_up_the_day_is_asked_at_no_other_places_cost(
    desk: Desk, storage: CountedStorage, here: Scene
):
    await desk.wants(HERE, provider=Provider.SAFEGUARD, sample=60)
    for number in range(10):
        await say(desk, {f"maybe {number}": here})
    await followed(storage, "maria", THERE)
    await placed(storage, THERE, address=f"{THERE}:lives")
    both = await scene_of(storage, "maria")
    await say(desk, {"hello there": both})
    assert spent(desk) == {HERE: 10 * QUESTION}
    await say(desk, {"hello again": both, "a worm": both})
    assert desk.elsewhere.asked[-1] == ["a worm"]
    assert spent(desk) == {HERE: 10 * QUESTION, THERE: QUESTION}


async def test_a_model_that_refuses_is_why_also_where_the_day_is_used_up(desk: Desk, here: Scene, there: Scene):
    for number in range(10):
        await say(desk, {f"maybe {number}": here})
    desk.elsewhere.fault = Denied("ENGINE_KEY")
    await say(desk, {"maybe": there})
    await say(desk, {"a worm": here})
    assert await why(desk, HERE) == [("rules", "ENGINE_KEY")]
