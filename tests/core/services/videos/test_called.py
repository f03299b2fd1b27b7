"""A service that has heard a recording calls: whoever waits looks at once, and nothing else that is said is believed."""

from core.model.tellable.videos import Transcribed
from core.ports.speech import Hook
from core.services.videos.entrusting import Entrusting
from tests.builders import rows
from tests.core.services.conftest import Running
from tests.core.services.entrusting_desk import HOOK, TALK, StagedElsewhere, desk, entrusting, handed_over, there
from tests.core.services.transcribing_desk import Desk
from tests.doubles import HandClock

__all__ = ["desk", "entrusting", "there"]


async def test_a_call_has_it_looked_for_at_once_and_a_call_that_is_lost_only_takes_longer(
    desk: Desk, clock: HandClock, running: Running, there: StagedElsewhere, entrusting: Entrusting
):
    entrusting.hook, there.heard = HOOK, None
    async with running(desk.worker().run()):
        await handed_over(desk, clock)
        ((_, _, _, hook),) = there.works.values()
        assert hook is not None
        assert (hook.address, len(hook.secret) >= 32) == (HOOK, True)
        looks = there.looks
        await clock.advance(5)
        assert there.looks == looks
        assert not await entrusting.called("n1", "")
        assert not await entrusting.called("n1", "wrong")
        assert not await entrusting.called("n2", hook.secret)
        assert not await entrusting.called("", "")
        await clock.advance(0)
        assert there.looks == looks, "whoever cannot show the secret wakes nobody"
        assert await entrusting.called("n1", hook.secret)
        await clock.advance(0)
        assert there.looks == looks + 1
        there.heard = TALK
        await clock.advance(16)
        await clock.advance(1)
        assert isinstance(desk.last(), Transcribed)
        assert await entrusting.called("n1", hook.secret), "once more does no harm"
    assert not {row["secret"] for row in rows(desk.folder, "select secret from remote")} & {""}


async def test_a_call_may_come_before_the_number_of_what_is_done_is_written_down(
    desk: Desk, clock: HandClock, running: Running, there: StagedElsewhere, entrusting: Entrusting
):
    entrusting.hook, begin, answers = HOOK, there.submit, []

    async def done_at_once(upload: str, language: str, speakers: bool, hook: Hook | None) -> str:
        number = await begin(upload, language, speakers, hook)
        answers.extend([await entrusting.called(number, shown) for shown in ("wrong", "", hook.secret if hook else "")])
        return number

    there.submit = done_at_once  # type: ignore[method-assign]
    async with running(desk.worker().run()):
        await handed_over(desk, clock)
        await clock.advance(1)
    assert (answers, isinstance(desk.last(), Transcribed)) == ([False, False, True], True)
