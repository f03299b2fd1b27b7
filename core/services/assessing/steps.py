"""Steps: a window goes to the screening model, and what is suspicious in it to the judging one. Each fault is remembered until the
model answers again; meanwhile the judge inside stands in, and nobody waits."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.errors import Denied, EarshotError, Transient
from core.model.risk import HATE_CONFIDENCE, Assessment
from core.model.transcript import Segment
from core.ports.assessor import SPENT, Judgement, ModelAssessor, Spent, Window, spent_of
from core.ports.clock import Clock
from core.services.assessing.rationing import Ration
from core.services.assessing.windows import FLAGGED, Desk, Piece
from core.services.enduring import again_and_again

log = logging.getLogger(__name__)
RULES = "rules"
"""The judge inside, as it signs."""

NEAR = 0.2
"""How far below the threshold a score is suspicious."""

LOOK_AFTER, LOOK_EVERY = 20.0, 3600.0  # seconds: nothing outside is asked before everything runs
MISSED_EVERY = 60.0
"""Seconds between two looks for a model that is gone: whoever put it back should not wait a quarter of an hour."""

REFUSED_FOR = timedelta(seconds=60)
"""So long a model that refuses (its key, its name, its address) is not asked again: somebody may have mended it over there."""


@dataclass(frozen=True)
class JudgeState:
    """How a model stands, for other processes: the code of `why` it does not judge and `since` when (unix time), empty while it
    does."""

    name: str
    why: str = ""
    since: float = 0.0


@dataclass(eq=False)
class Standing:
    """How one model stands: `error` and `since` while it does not answer, `again` when it may be asked."""

    model: ModelAssessor
    error: EarshotError | None = None
    since: datetime | None = None
    again: datetime | None = None

    @property
    def gone(self) -> bool:
        """Whether the service knows no model of this name."""
        return self.error is not None and self.error.code == "ENGINE_MODEL"

    @property
    def rests(self) -> bool:
        """Whether its quota was used up."""
        return self.error is not None and self.error.code == "QUOTA"

    def open(self, now: datetime) -> bool:
        """Whether it may be asked."""
        return self.again is None or now >= self.again

    def answers(self) -> None:
        """It is well."""
        if self.error is not None:
            log.warning("%s judges again", self.model.name)
        self.error = self.since = self.again = None

    def fails(self, error: EarshotError, now: datetime) -> None:
        """It is not: logged once."""
        if self.error is None or self.error.code != error.code:
            log.warning("%s cannot judge: %s", self.model.name, error)
        wait = timedelta(seconds=error.retry_after) if isinstance(error, Transient) and error.retry_after else None
        self.error, self.since = error, self.since or now
        self.again = now + REFUSED_FOR if isinstance(error, Denied) else now + wait if wait else None


@dataclass
class Steps:
    """The models of one process, for all its lives; none without a key."""

    clock: Clock
    screen: Standing | None = None
    judge: Standing | None = None
    _looked: datetime | None = None

    @property
    def models(self) -> tuple[Standing, ...]:
        """Those there are, in the order they are asked."""
        return tuple(one for one in (self.screen, self.judge) if one is not None)

    @property
    def states(self) -> list[JudgeState]:
        """How each of them stands."""
        return [
            JudgeState(one.model.name, one.error.code, one.since.timestamp())
            if one.error is not None and one.since is not None
            else JudgeState(one.model.name)
            for one in self.models
        ]

    async def run(self) -> None:
        """Look at the models soon after the start, and now and then, at one that is gone more often, until cancelled."""
        if self.models:
            await self.clock.sleep(LOOK_AFTER)
            await again_and_again(self.clock, MISSED_EVERY, "looking at the models", self.round)

    async def round(self) -> None:
        """Look at every model when LOOK_EVERY has passed since the last time, else at those that are gone. What others who ask the
        same models have met, or got over, is known at once."""
        now = self.clock.now()
        for one in self.models:
            if one.error is None and one.model.trouble is not None:
                one.fails(one.model.trouble, now)
            elif isinstance(one.error, Denied) and not one.gone and one.model.trouble is None and one.open(now):
                one.answers()
        if self._looked is None or (now - self._looked).total_seconds() >= LOOK_EVERY:
            self._looked = now
            await self.look(self.models)
        else:
            await self.look([one for one in self.models if one.gone])

    async def look(self, models: Sequence[Standing]) -> None:
        """Ask each whether it would work: one that is gone is known before anybody speaks, and one that is back, too."""
        for one in models:
            await one.model.check()
            if (trouble := one.model.trouble) is not None:
                one.fails(trouble, self.clock.now())
            elif isinstance(one.error, Denied) or (one.rests and one.open(self.clock.now())):
                one.answers()

    @property
    def trouble(self) -> str:
        """The code of why the first model does not answer; empty while it does."""
        return self.screen.error.code if self.screen is not None and self.screen.error is not None else ""

    @property
    def able(self) -> bool:
        """Whether asking makes sense now."""
        return self.screen is not None and self.screen.open(self.clock.now())

    async def go(
        self,
        window: Window,
        pieces: Sequence[Piece],
        threshold: float,
        desk: Desk,
        now: Callable[[], datetime],
        costs: list[tuple[str, Spent]],
    ) -> str:
        """Write down on each of `pieces`, of which `window` is made, what the models say of it; gives the new summary of the live.
        What each model cost is put on `costs` as soon as it has answered, so that whoever is cancelled can pay for it. `threshold`
        is the lowest of the places that are told; `desk` has the rations of the live, `now` its clock. What fails leaves pieces as
        they are. Examples are for the judging model alone."""
        screened = await self._ask(self.screen, replace(window, examples=()), costs, desk.screenings)
        if screened is None:
            return ""
        for piece, said in zip(pieces, screened.assessments, strict=True):
            piece.screened = said
        suspects = [piece for piece in pieces if suspicious(piece, threshold)]
        # one that is shut takes nothing off its ration
        able = self.judge is not None and self.judge.open(self.clock.now())
        if suspects and able and desk.judgings.take(now()):
            several = replace(window, segments=tuple(piece.segment for piece in suspects))
            around = replace(several, context=_around(window, several))
            judged = await self._ask(self.judge, around, costs, desk.judgings)
            for piece, said in zip(suspects, judged.assessments if judged else (), strict=False):
                piece.judged = _with(said, piece.screened)
        return screened.summary

    async def _ask(
        self, standing: Standing | None, window: Window, costs: list[tuple[str, Spent]], ration: Ration
    ) -> Judgement | None:
        """What a model says, its cost among `costs`, and off `ration` what it took beside the first request; None when it says
        nothing that can be used. Answers that were of no use cost as well (`spent` of an error)."""
        if standing is None or not standing.open(self.clock.now()):
            return None
        try:
            judgement = await standing.model.assess(window)
        except EarshotError as error:
            cost = spent_of(error)
            error.values.pop(SPENT, None)  # counted here, and nothing anybody has to read
            if cost.requests:
                costs.append((standing.model.name, cost))
                ration.owe(cost.requests - 1)
            standing.fails(error, self.clock.now())
            return None
        costs.append((standing.model.name, judgement.spent))
        ration.owe(max(0, judgement.spent.requests - 1))
        if len(judgement.assessments) != len(window.segments):
            standing.fails(Transient("ENGINE_DOWN", engine=standing.model.name), self.clock.now())
            return None
        standing.answers()
        return judgement


def suspicious(piece: Piece, threshold: float) -> bool:
    """Whether the judging model is to have a look at what was screened."""
    said = piece.screened
    if said is None:
        return False
    near = said.score >= threshold - NEAR
    unsure = said.confidence < HATE_CONFIDENCE or said.doubtful
    return said.hateful or near or unsure or (_grave(piece.local) and not _grave(said))


def _grave(said: Assessment) -> bool:
    return said.hateful or said.score >= FLAGGED or bool(said.severe())


def _with(judged: Assessment, screened: Assessment | None) -> Assessment:
    """A text that gives orders does so whichever model notices."""
    return replace(judged, injection=True, doubtful=True) if screened is not None and screened.injection else judged


def _around(window: Window, several: Window) -> tuple[Segment, ...]:
    """What was said around the suspects: the context, and what else is in the window."""
    others = [one for one in window.segments if one not in several.segments]
    return tuple(sorted((*window.context, *others), key=lambda one: one.start))
