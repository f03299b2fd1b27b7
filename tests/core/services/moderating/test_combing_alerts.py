"""Lines of a chat and the alerts they belong to: one of a cause counts the later ones, until people have said something of it."""

from collections.abc import Awaitable, Callable

import pytest

from core.model.person import Person, Place
from core.model.policy import Provider
from core.model.risk import Alert, Category, Label, Scores, Verdict
from core.services.moderating.asking import EVERY
from core.services.reviewing.deciding import Reviewing
from tests.builders import HERE, chat
from tests.core.services.conftest import Running
from tests.core.services.moderating.test_moderating import desk as desk
from tests.core.services.moderating.texts_desk import Desk
from tests.waiting import until

FALSE, WORSE = "a worm is in my apple", "you worm, I come to your home"
MARA = Person("console:1", "Mara")


async def dismissed(reviewing: Reviewing, alert: Alert) -> None:
    await reviewing.decide(Place(HERE, "here"), alert, Verdict.DISMISSED, MARA)


async def relabelled(reviewing: Reviewing, alert: Alert) -> None:
    await reviewing.relabel(Place(HERE, "here"), alert, Category.CONTROVERSIAL, (Label.S,), MARA)


@pytest.mark.parametrize("said", [dismissed, relabelled])
async def test_what_people_have_said_something_of_counts_only_what_says_the_same(
    desk: Desk, said: Callable[[Reviewing, Alert], Awaitable[None]]
) -> None:
    scene = await desk.live()

    async def says(*texts: str) -> None:
        for text in texts:
            await desk.texts.combing.chat(scene, chat(text))
        await desk.texts.combing.round()

    await says(FALSE)
    (alert,) = await desk.waiting()
    await said(Reviewing(desk.storage, desk.clock), alert)
    await desk.clock.advance(5)
    await says(FALSE.upper())
    async with desk.storage.reading() as work:
        known = await work.alerts.get(HERE, alert.id)
    assert known is not None
    assert known.repeats == 1
    await says(WORSE)
    await says("you worm", "such a worm")
    new = (await desk.waiting())[-1]
    assert (new.id != alert.id, new.assessment.quote, new.repeats) == (True, WORSE, 2)


async def test_at_the_end_of_a_live_what_waits_is_read(desk: Desk):
    scene = await desk.live()
    await desk.texts.combing.chat(scene, chat(FALSE))
    await desk.texts.combing.finish(scene)
    assert len(await desk.waiting()) == 1


async def test_what_nobody_foresaw_of_an_answer_ends_its_round_and_nothing_else(desk: Desk, running: Running):
    scene = await desk.live()
    await desk.wants(provider=Provider.SAFEGUARD)

    def odd(text: str) -> Scores:
        raise OverflowError("int too large to convert to float")

    desk.elsewhere.judge, fine = odd, desk.elsewhere.judge
    async with running(desk.texts.run()):
        await desk.texts.combing.chat(scene, chat("hello"))
        await desk.clock.advance(EVERY)
        desk.elsewhere.judge = fine
        await desk.wants(provider=Provider.LOCAL)
        await desk.texts.combing.chat(scene, chat(FALSE))
        await desk.clock.advance(EVERY)
        await until(desk.waiting)


async def test_a_model_that_sees_nothing_brings_out_no_line_that_may_be_about_minors(desk: Desk):
    scene = await desk.live()
    await desk.wants(provider=Provider.SAFEGUARD)
    await desk.texts.combing.chat(scene, chat("a lolly for you"))
    await desk.texts.combing.round()
    assert desk.elsewhere.asked == [["a lolly for you"]]
    (alert,) = await desk.waiting()
    assert (alert.about_minors, alert.assessment.doubtful) == (True, True)
