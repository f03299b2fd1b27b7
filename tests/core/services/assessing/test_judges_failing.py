"""Models fail in the middle of one live, each time otherwise, and come back: alerts go on and say who judged."""

import asyncio
from pathlib import Path

from core.errors import Denied, EarshotError, Transient
from core.model.notice import NoticeKind
from core.services.assessing.live import DEADLINE
from core.services.assessing.steps import LOOK_AFTER, LOOK_EVERY, MISSED_EVERY, Standing, Steps
from core.services.incidents import CALM, EVERY, Incidents
from core.services.probing import judging
from tests.builders import HERE, followed, told
from tests.core.services.assessing.judging import HATE, staged, sure
from tests.doubles import CountedStorage, HandClock, StagedJudge

APART = 360.0
FAULTS: tuple[EarshotError | None, ...] = (
    None,
    Denied("ENGINE_MODEL", engine="groq", model="small", setting="GROQ_SCREEN_MODEL"),
    Transient("QUOTA", retry_after=90.0, engine="groq"),
    Transient("ENGINE_DOWN", engine="groq"),
    None,
)


async def test_a_live_goes_through_every_fault_and_its_owner_hears_once_of_each_and_once_of_its_end(
    storage: CountedStorage, clock: HandClock, tmp_path: Path
):
    await followed(storage)
    async with staged(storage, clock, tmp_path) as stage:
        assert stage.assessing
        assert stage.assessing.steps.screen
        probes = judging(stage.assessing.steps.screen, clock)
        incidents = Incidents(storage, clock, probes, ("telegram:34",), ("telegram",))

        async def pass_(seconds: float) -> None:
            for _ in range(round(seconds / EVERY)):
                await clock.advance(EVERY)
                await incidents.round()

        for number, fault in enumerate(FAULTS):
            stage.screen.fault = fault
            await stage.says(HATE, start=number * APART)
            await clock.advance(DEADLINE)
            await pass_(APART)
        await pass_(CALM.total_seconds())
        alerts = [one.says for one in stage.alerts() if not one.notice.edits]
        assert [(said.engine, said.degraded) for said in alerts] == [
            ("large", False),
            ("rules", True),
            ("rules", True),
            ("rules", True),
            ("large", False),
        ]
        assert {one.notice.place for one in stage.alerts()} == {HERE}
        posts = told(tmp_path, NoticeKind.HEALTH)
        said = [(one.says.what, one.notice.edits, one.says.ended is not None) for one in posts]
        assert sorted(said) == [
            ("JUDGE_DOWN:small", False, False),
            ("JUDGE_DOWN:small", True, True),
            ("JUDGE_MODEL:small", False, False),
            ("JUDGE_MODEL:small", True, True),
        ]
        await stage.ends()


async def test_a_model_that_is_gone_is_looked_for_every_minute_and_others_every_hour(clock: HandClock):
    gone = Denied("ENGINE_MODEL", engine="groq", model="small", setting="GROQ_SCREEN_MODEL")
    screen, judge = StagedJudge(sure, "small", trouble=gone), StagedJudge(sure, "large")
    steps = Steps(clock, Standing(screen), Standing(judge))
    task = asyncio.create_task(steps.run())
    await clock.settled()
    await clock.advance(LOOK_AFTER)
    assert [one.why for one in steps.states] == ["ENGINE_MODEL", ""]
    for _ in range(3):
        await clock.advance(MISSED_EVERY)
    assert (screen.checked, judge.checked) == (4, 1)
    screen.trouble = None
    await clock.advance(MISSED_EVERY)
    assert [one.why for one in steps.states] == ["", ""]
    assert steps.able
    for _ in range(round(LOOK_EVERY / MISSED_EVERY) - 5):
        await clock.advance(MISSED_EVERY)
    assert (screen.checked, judge.checked) == (5, 1)
    await clock.advance(MISSED_EVERY)
    assert (screen.checked, judge.checked) == (6, 2)
    task.cancel()


async def test_a_quota_that_is_there_again_is_known_though_nobody_speaks(clock: HandClock):
    screen = StagedJudge(sure, "small")
    steps = Steps(clock, Standing(screen))
    task = asyncio.create_task(steps.run())
    await clock.settled()
    steps.screen.fails(Transient("QUOTA", retry_after=LOOK_EVERY * 1.5, engine="groq"), clock.now())
    for _ in range(round(LOOK_EVERY / MISSED_EVERY)):
        await clock.advance(MISSED_EVERY)
    assert [one.why for one in steps.states] == ["QUOTA"], "it is not over yet"
    for _ in range(round(LOOK_EVERY / MISSED_EVERY) + 1):
        await clock.advance(MISSED_EVERY)
    assert [one.why for one in steps.states] == [""]
    task.cancel()


async def test_a_judging_model_that_may_not_be_asked_takes_nothing_off_its_ration(
    storage: CountedStorage, clock: HandClock, tmp_path: Path
):
    await followed(storage, "maria")
    async with staged(storage, clock, tmp_path) as stage:
        stage.judge.fault = Transient("QUOTA", retry_after=120.0, engine="groq")
        for number in range(4):
            await stage.says(HATE, start=number * 20.0)
            await clock.advance(20)
        assert len(stage.judge.windows) == 1
        stage.judge.fault = None
        await clock.advance(60)
        for number in range(3):
            await stage.says(HATE, start=400.0 + number * 20)
            await clock.advance(1)
        assert len(stage.judge.windows) >= 3


async def test_what_others_meet_who_ask_the_same_model_is_known_within_a_minute(clock: HandClock):
    """As `/review test` does, while nobody speaks."""
    judge = StagedJudge(sure, "large")
    steps = Steps(clock, Standing(StagedJudge(sure, "small")), Standing(judge))
    task = asyncio.create_task(steps.run())
    await clock.settled()
    await clock.advance(LOOK_AFTER)
    judge.trouble = Denied("ENGINE_KEY", engine="groq")
    await clock.advance(MISSED_EVERY)
    assert [one.why for one in steps.states] == ["", "ENGINE_KEY"]
    judge.trouble = None
    await clock.advance(MISSED_EVERY)
    await clock.advance(MISSED_EVERY)
    assert [one.why for one in steps.states] == ["", ""]
    assert (judge.checked, judge.windows) == (1, []), "nothing was asked for that"
    task.cancel()
