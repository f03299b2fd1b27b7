"""A text that is tried is judged as speech in a live, and costs its place what a model costs, no more than the place may spend."""

from pathlib import Path

import pytest

from core.adapters.risk.rules import RulesAssessor
from core.errors import Transient
from core.model.policy import Policy
from core.model.risk import Category, Unasked
from core.ports.assessor import SPENT, Spent
from core.services.assessing.paying import Purse
from core.services.assessing.sharing import Sharing
from core.services.reviewing.trying import Trying
from tests.builders import HERE, THERE, placed, rows
from tests.doubles import CountedStorage, HandClock, StagedJudge, harmless

INSULT = "Immigrants are vermin, throw them all out"


@pytest.fixture
def judge() -> StagedJudge:
    return StagedJudge(harmless, "large", cost=Spent(1, 700, 0, 90, 0.01))


def trying(storage: CountedStorage, clock: HandClock, judge: StagedJudge, dollars: float = 0.0) -> Trying:
    return Trying(RulesAssessor(), Purse(storage, Sharing(clock, dollars)), assessor=judge)


def spent(folder: Path) -> list[tuple[str, str, float, float, float]]:
    found = rows(folder, "select * from spending order by place")
    return [(row["place"], row["model"], row["requests"], row["dollars"], row["seconds"]) for row in found]


async def test_the_place_pays_for_it_and_no_second_of_a_live_was_heard_for_that(
    storage: CountedStorage, clock: HandClock, tmp_path: Path, judge: StagedJudge
):
    await placed(storage)
    tries = trying(storage, clock, judge)
    await tries.of(INSULT, "en", HERE)
    await tries.of(INSULT, "en", HERE)
    assert spent(tmp_path) == [(HERE, "large", 2.0, 0.02, 0.0)]


async def test_a_model_that_failed_is_paid_for_what_it_cost(
    storage: CountedStorage, clock: HandClock, tmp_path: Path, judge: StagedJudge
):
    await placed(storage)
    judge.fault = Transient("ENGINE_DOWN", engine="groq", **{SPENT: Spent(2, 1400, 0, 90, 0.015)})
    assert (await trying(storage, clock, judge).of(INSULT, "en", HERE)).trouble == "ENGINE_DOWN"
    assert spent(tmp_path) == [(HERE, "large", 2.0, 0.015, 0.0)]


async def test_a_place_that_has_used_up_its_day_is_answered_by_the_judge_inside(
    storage: CountedStorage, clock: HandClock, judge: StagedJudge
):
    for place in (HERE, THERE):
        await placed(storage, place)
    tries = trying(storage, clock, judge, dollars=0.015)
    for _ in range(2):
        assert (await tries.of(INSULT, "en", HERE)).judged is not None
    over = await tries.of(INSULT, "en", HERE)
    assert (over.engine, over.judged, over.trouble, over.told) == ("large", None, Unasked.BUDGET, over.local)
    assert len(judge.windows) == 2
    assert (await tries.of(INSULT, "en", THERE)).judged is not None, "the budget of another place is its own"
    await clock.advance(24 * 3600)
    assert (await tries.of(INSULT, "en", HERE)).judged is not None


async def test_the_model_is_told_of_the_region_of_the_place(
    storage: CountedStorage, clock: HandClock, judge: StagedJudge
):
    for place in (HERE, THERE):
        await placed(storage, place)
    async with storage.work() as work:
        await work.policies.put(Policy(HERE, region="france"))
    tries = trying(storage, clock, judge)
    for place in (HERE, THERE):
        await tries.of(INSULT, "en", place)
    assert [window.region for window in judge.windows] == ["france", ""]


async def test_a_model_that_denies_what_the_rules_are_sure_of_leaves_it_to_a_person(
    storage: CountedStorage, clock: HandClock, judge: StagedJudge
):
    await placed(storage)
    tries = trying(storage, clock, judge)
    tried, soup = await tries.of(INSULT, "en", HERE), await tries.of("The soup is ready", "en", HERE)
    assert tried.local.hateful
    assert (tried.told.engine, tried.told.category, tried.told.doubtful) == ("large", Category.NEUTRAL, True)
    assert tried.told.quote == tried.local.quote
    assert (soup.told.engine, soup.told.doubtful) == ("large", False)
