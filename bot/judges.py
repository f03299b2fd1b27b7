"""Who judges: what is said, by rules inside, always, and with a key by two models, step by step; and what is written."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from bot.engines import judges_of, moderator_of, own_heads, packs_of
from core.adapters.clock import SystemClock
from core.adapters.risk.places import PlaceHeads
from core.adapters.risk.rules import RulesAssessor
from core.adapters.risk.scoring import LocalScorer
from core.model.pack import Packs
from core.ports.clock import Clock
from core.ports.store import Storage
from core.services.assessing import Assessing
from core.services.assessing.alone import Alone
from core.services.assessing.paying import Purse
from core.services.assessing.sharing import Sharing
from core.services.assessing.steps import Standing, Steps
from core.services.moderating.weighing import Weighing
from core.services.reviewing.trying import Trying
from core.settings import Settings


@asynccontextmanager
async def steps_of(settings: Settings, clock: Clock) -> AsyncIterator[Steps]:
    """The models of an installation, in the order they are asked; none without a key."""
    async with judges_of(settings) as judges:
        yield Steps(clock, Standing(judges.screen), Standing(judges.judge)) if judges else Steps(clock)


@asynccontextmanager
async def alone_of(settings: Settings) -> AsyncIterator[Alone]:
    """The judges of one source that is listened to without storage."""
    async with steps_of(settings, SystemClock()) as steps:
        yield Alone(RulesAssessor(LocalScorer(own_heads(settings))), steps, settings.RISK_THRESHOLD, settings.RISK_RULE)


def judge_of(steps: Steps) -> str:
    """Who has the last word."""
    return steps.models[-1].model.name if steps.models else RulesAssessor.name


@dataclass(frozen=True)
class Judging:
    """The judges of a process: of what is said (`inside` and the models of `steps`), and of what is written; what they cost
    comes out of `purse`, `heads` are what places have taught the one inside, `packs` reads the prompt packs."""

    scorer: LocalScorer
    inside: RulesAssessor
    steps: Steps
    weighing: Weighing
    purse: Purse
    heads: PlaceHeads
    packs: Callable[[], Packs]

    @property
    def sharing(self) -> Sharing:
        """Counts what they cost."""
        return self.purse.sharing


@asynccontextmanager
async def judging_of(settings: Settings, clock: Clock, storage: Storage) -> AsyncIterator[Judging]:
    """All of an installation, with the newest head it has learned; their connections are closed at the end."""
    scorer = LocalScorer(own_heads(settings))
    async with steps_of(settings, clock) as steps, moderator_of(settings) as elsewhere:
        names = frozenset(one.model.name for one in steps.models)
        purse = Purse(storage, Sharing(clock, settings.PLACE_JUDGE_DOLLARS, names))
        weighing = Weighing(scorer, clock, elsewhere, purse)
        heads, packs = PlaceHeads(own_heads(settings)), partial(packs_of, settings)
        yield Judging(scorer, RulesAssessor(scorer), steps, weighing, purse, heads, packs)


def trying_of(judging: Judging) -> Trying:
    """Who says what would be said of a text: the judge inside, and the model that has the last word where there is one."""
    models = judging.steps.models
    return Trying(judging.inside, judging.purse, judging.scorer, models[-1].model if models else None)


def assessing_of(settings: Settings, storage: Storage, judging: Judging, clock: Clock, sharing: Sharing) -> Assessing:
    """The judges of a process that watches lives."""
    return Assessing(storage, clock, judging.inside, settings.RISK_RULE, judging.steps, sharing)
